"""Uploads of 1 GiB: OpsForge's resumable ones beside nginx's plain PUT in the same run.

Both are sent the same bytes by curl, through one connection and through sixteen, and a time ends
when everything is on the disk (`sync`). Then the line is cut again and again, and the bytes that
had to be sent twice are counted. Needs `nginx` and `curl` on the machine and the built package:

    make setup && PYTHONPATH=. .venv/bin/python bench/uploads.py
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.forkserver import machine
from bench.proxy import process
from bench.web import web_process
from opsforge.kit.ports import free_port
from tests.support.installation import Installation, running_installation
from tests.support.servers import wait_until
from tests.support.tus import BYTES, VERSION, metadata

STREAMS = 16
CUTS = 8
BLOCK_BYTES = 256 * 1024
NGINX = """
daemon off; user root; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0;
    root {folder}/files;
    location / {{ dav_methods PUT DELETE; }}
  }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Plain files by PUT; what is cut is sent again from its beginning."""

    origin: str

    def begin(self, name: str, size_bytes: int) -> tuple[str, dict[str, str], str]:
        """Method, headers and address to send a file with."""
        del size_bytes
        return "PUT", {}, f"{self.origin}/{name}"

    def offset_of(self, address: str) -> int:
        """Nothing is kept of what was cut."""
        del address
        return 0


@dataclass
class OpsForge:
    """Resumable uploads (tus) into a data set."""

    origin: str
    client: httpx.Client
    dataset_id: int
    _addresses: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, size_bytes: int) -> tuple[str, dict[str, str], str]:
        """Method, headers and address to send a file with; an upload that was cut goes on."""
        if name not in self._addresses:
            values = metadata(target=f"datasets/{self.dataset_id}", path=name)
            headers = {**VERSION, "Upload-Length": str(size_bytes), "Upload-Metadata": values}
            answer = self.client.post("/api/v1/uploads", headers=headers).raise_for_status()
            self._addresses[name] = f"{self.origin}{answer.headers['location']}"
        address = self._addresses[name]
        offset = str(self.offset_of(address))
        allowed = {"Authorization": self.client.headers["authorization"]}
        return "PATCH", {**BYTES, **allowed, "Upload-Offset": offset}, address

    def offset_of(self, address: str) -> int:
        """How much is there."""
        return int(self.client.head(address, headers=VERSION).headers["upload-offset"])


@contextmanager
def nginx(folder: Path) -> Iterator[Nginx]:
    """A server on a port of its own, whose files lie on the same disk."""
    port = free_port()
    (folder / "files").mkdir(parents=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    with process(shutil.which("nginx") or "nginx", "-c", configuration):
        wait_until(partial(_answers, port), "nginx")
        yield Nginx(f"http://127.0.0.1:{port}")


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def new_dataset(installation: Installation) -> OpsForge:
    """A signed-in administrator with a data set to send to."""
    headers = {"X-OpsForge-Request": "1"}
    client = httpx.Client(base_url=installation.origin, headers=headers, timeout=60)
    body = {"username": "admin", "password": installation.admin_password}
    token = client.post("/api/v1/auth/login", json=body).raise_for_status().json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    form = {"name": "bench", "description": "", "is_public": "0"}
    files = {"files": ("first.csv", b"a\n1\n")}
    made = client.post("/api/v1/datasets", data=form, files=files).raise_for_status().json()
    return OpsForge(installation.origin, client, made["id"])


def send(peer: Nginx | OpsForge, source: Path, name: str) -> None:
    """One whole file by curl."""
    method, headers, address = peer.begin(name, source.stat().st_size)
    said = [word for key, value in headers.items() for word in ("-H", f"{key}: {value}")]
    subprocess.run(  # noqa: S603
        ["curl", "-sSf", "-X", method, "-T", source, "-H", "Expect:", *said, address],  # noqa: S607
        check=True,
        stdout=subprocess.DEVNULL,
    )


def timed(peer: Nginx | OpsForge, sources: list[Path], run: str) -> float:
    """Seconds until all files are sent, each over a connection of its own, and on the disk."""
    os.sync()
    began = time.perf_counter()
    with ThreadPoolExecutor(len(sources)) as pool:
        list(pool.map(lambda source: send(peer, source, f"{run}-{source.name}"), sources))
    os.sync()
    return time.perf_counter() - began


def sent_twice(peer: Nginx | OpsForge, source: Path, name: str) -> int:
    """Bytes that went over the line beyond the file's own, when it is cut again and again."""
    size_bytes = source.stat().st_size
    handed = 0
    for cut in range(1, CUTS + 2):
        method, headers, address = peer.begin(name, size_bytes)
        begin = int(headers.get("Upload-Offset", 0))
        until = size_bytes * cut // (CUTS + 1) if cut <= CUTS else None
        with suppress(httpx.TransportError, _Cut):
            body = _Body(source, begin, until)
            try:
                length = {"Content-Length": str(size_bytes - begin)}
                httpx.request(
                    method, address, headers={**headers, **length}, content=body, timeout=60
                ).raise_for_status()
            finally:
                handed += body.handed
    return handed - size_bytes


class _Cut(Exception):  # noqa: N818 - no fault: the line is cut on purpose.
    """The line is cut here."""


@dataclass
class _Body:
    source: Path
    begin: int
    until: int | None
    handed: int = 0

    def __iter__(self) -> Iterator[bytes]:
        with self.source.open("rb") as file:
            file.seek(self.begin)
            while block := file.read(BLOCK_BYTES):
                self.handed += len(block)
                yield block
                if self.until is not None and self.begin + self.handed >= self.until:
                    raise _Cut


def watched(action: Callable[[], float], process_of_web: psutil.Process) -> tuple[float, float]:
    """Seconds, and how many MiB the web service grew by meanwhile at most."""
    before = peak = process_of_web.memory_info().rss
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(action)
        while not running.done():
            peak = max(peak, process_of_web.memory_info().rss)
            time.sleep(0.02)
    return running.result(), (peak - before) / 2**20


def measure(folder: Path, installation: Installation, *, size_bytes: int, rounds: int) -> Any:  # noqa: ANN401 - a table.
    """Every figure, the peers in turn."""
    whole = [_fill(folder / "whole.bin", size_bytes)]
    parts = [_fill(folder / f"part{n:02d}.bin", size_bytes // STREAMS) for n in range(STREAMS)]
    ours = new_dataset(installation)
    web = web_process(installation)
    figures: dict[str, dict[str, list[float]]] = {"OpsForge": {}, "nginx PUT": {}}
    with nginx(folder / "nginx") as plain:
        for number in range(rounds):
            for name, sources in (("1 stream", whole), (f"{STREAMS} streams", parts)):
                for peer_name, peer in (("OpsForge", ours), ("nginx PUT", plain)):
                    action = partial(timed, peer, sources, f"{number}")
                    seconds, grown = watched(action, web)
                    figures[peer_name].setdefault(f"{name}, seconds", []).append(seconds)
                    if peer is ours:
                        figures[peer_name].setdefault(f"{name}, MiB", []).append(grown)
        for peer_name, peer in (("OpsForge", ours), ("nginx PUT", plain)):
            twice = sent_twice(peer, whole[0], "cut")
            figures[peer_name][f"MiB sent twice after {CUTS} cuts"] = [twice / 2**20]
    return figures


def _fill(path: Path, size_bytes: int) -> Path:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for _ in range(size_bytes >> 20):
            file.write(block)
    return path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    facts = machine()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        running_installation(Path(name) / "data") as installation,
    ):
        figures = measure(
            Path(name),
            installation,
            size_bytes=options.mebibytes << 20,
            rounds=options.rounds,
        )
    output = Path("bench/results/uploads.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps({"machine": facts, "figures": figures}, indent=1))
    print(output.read_text())


if __name__ == "__main__":
    main()
