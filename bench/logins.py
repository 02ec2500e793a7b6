"""From the log-in to a service that answers, and to a first cell: all of OpsForge, not its spawner.

Beside it JupyterHub with its own spawner is asked over its interface alone, so that no password is
checked there: what OpsForge's log-in costs counts against it.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.forkserver import Peer, herd, machine, one_user, summary, write
from tests.forkserver.hub import Hub, Service
from tests.support.installation import Installation, running_installation

PASSWORD = "as-long-as-they-come"  # noqa: S105 - of users who live for minutes.
_HEADERS = {"X-OpsForge-Request": "1"}


@dataclass
class Entrance:
    """What a service is reached through: the platform's port, with its owner's token."""

    url: str
    client: httpx.Client


class Platform:
    """Users who log in to a platform and log out again."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._clients: dict[str, httpx.Client] = {}

    def add_users(self, names: list[str]) -> None:
        """Make accounts; nobody waits for that at a log-in."""
        with self._client() as admin:
            self._log_in(admin, "admin", self._installation.admin_password)
            for name in names:
                body = {"username": name, "password": PASSWORD}
                admin.post("/api/v1/users", json=body).raise_for_status()
            admin.post("/api/v1/auth/logout", json={})

    def start_service(self, user: str) -> Service:
        """Log in, follow the start as the page does, and take the token for the service."""
        client = self._clients[user] = self._client()
        self._log_in(client, user, PASSWORD)
        with client.stream("GET", f"/api/v1/services/{user}/events") as events:
            last = [json.loads(line[5:]) for line in events.iter_lines() if line[:5] == "data:"][-1]
        if last["service"]["state"] != "running":
            raise RuntimeError(last)
        token = client.get("/api/v1/services/token").raise_for_status().json()["token"]
        origin = self._installation.origin
        headers = {"Authorization": f"token {token}"}
        return Service(Entrance(origin, httpx.Client(base_url=origin, headers=headers)), user)

    def stop_service(self, user: str) -> None:
        """Log out."""
        client = self._clients.pop(user)
        client.post("/api/v1/auth/logout", json={}).raise_for_status()
        client.close()

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._installation.origin, headers=_HEADERS, timeout=120)

    @staticmethod
    def _log_in(client: httpx.Client, user: str, password: str) -> None:
        body = {"username": user, "password": password}
        client.post("/api/v1/auth/login", json=body).raise_for_status()


@contextmanager
def peers(names: list[str]) -> Iterator[list[Peer]]:
    """Both, up and warm."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        # The herds are larger than what a small machine would be given by default.
        room = {"OPSFORGE_CAPACITY__CPU": "1000", "OPSFORGE_CAPACITY__MEMORY": "1TiB"}
        with running_installation(directory / "data", environment=room) as installation:
            platform = Platform(installation)
            platform.add_users(names)
            stock = Hub(directory, spawner="stock")
            stock.start()
            try:
                yield [Peer("OpsForge", platform, list), Peer("stock", stock, list)]
            finally:
                stock.stop()


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=30)
    parser.add_argument("--herds", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument("--stock-herd", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path("bench/results/logins"))
    options = parser.parse_args()
    facts = machine()
    users = [f"user{number}" for number in range(options.starts)]
    herds = [f"herd{number}" for number in range(max(options.herds))]
    with peers(["warmup", *users, *herds]) as both:
        for peer in both:
            one_user(peer, "warmup")
            peer.seconds.clear()
        for user in users:
            for peer in both:
                one_user(peer, user)
        for size in options.herds:
            for peer in both:
                if peer.name != "stock" or size <= options.stock_herd:
                    herd(peer, size)
        facts["load_after"] = os.getloadavg()[0]
        results = {"machine": facts, "peers": {peer.name: summary(peer) for peer in both}}
    write(results, options.output)


if __name__ == "__main__":
    main()
