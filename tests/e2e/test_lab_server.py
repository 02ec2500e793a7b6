"""The way from a service to the platform: through the service's own server, with its own token."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.support.installation import Installation, running_installation
from tests.support.kernels import Jupyter, run_cell
from tests.support.problems import assert_problem
from tests.support.servers import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


class Desk:
    """The administrator at the platform's API, and their service's own server."""

    def __init__(self, installation: Installation) -> None:
        self.api = httpx.Client(base_url=f"{installation.origin}/api/v1", timeout=60)
        body = {"username": "admin", "password": installation.admin_password}
        signed_in = self.api.post("/auth/login", json=body).raise_for_status().json()
        self.api.headers["Authorization"] = f"Bearer {signed_in['token']}"
        wait_until(lambda: self.state == "running", "the service to run", seconds=60)
        self.token: str = self.api.get("/services/token").raise_for_status().json()["token"]
        self.lab = httpx.Client(
            base_url=f"{installation.origin}/user/admin/opsforge",
            headers={"Authorization": f"token {self.token}"},
            timeout=60,
        )

    @property
    def state(self) -> str:
        """Of the service."""
        return str(self.api.get("/services/admin").raise_for_status().json()["state"])

    @property
    def idle_seconds_left_at_home(self) -> float:
        """As the page's stream says it next."""
        with self.api.stream("GET", "/events") as answer:
            lines = answer.iter_lines()
            while next(lines) != "event: metrics":
                pass
            return float(json.loads(next(lines).removeprefix("data:"))["idle_seconds_left"])

    def close(self) -> None:
        """Close the connections."""
        self.api.close()
        self.lab.close()


@pytest.fixture
def desk(installation: Installation) -> Iterator[Desk]:
    """With each spawner."""
    with closing(Desk(installation)) as desk:
        yield desk


def test_f1_f2_d6_requests_of_the_page_reach_the_platform(desk: Desk) -> None:
    made = desk.lab.post("/api/snippets", json={"title": f"MAD {time.time()}", "code": "x = 1"})
    assert made.status_code == 201, made.text
    found = desk.api.get(f"/snippets/{made.json()['id']}").json()
    assert found["code"] == "x = 1"
    refused = desk.lab.get("/api/projects/987654321", headers={"Accept-Language": "zh-CN"})
    assert "没有" in assert_problem(refused, 404, "request.not_found")["detail"]
    page = desk.lab.get("/api/projects?limit=1&token=x").json()
    assert set(page) == {"items", "next_cursor"}


def test_what_is_not_on_the_list_is_not_handed_on(desk: Desk) -> None:
    assert desk.lab.get("/api/users").json()["code"] == "lab.not_forwarded"
    assert desk.lab.delete("/api/projects/1").json()["code"] == "lab.not_forwarded"
    assert desk.lab.put("/api/projects/1").status_code == 405
    too_long = desk.lab.post("/api/snippets", content=b"x" * (1024**2 + 1))
    assert too_long.status_code == 413


def test_it_is_the_owners_alone_and_asks_for_jupyters_own_proof(
    installation: Installation, desk: Desk
) -> None:
    assert desk.lab.headers["Authorization"]
    with httpx.Client(base_url=installation.origin) as nobody:
        for path in ("api/projects", "status"):
            answer = nobody.get(f"/user/admin/opsforge/{path}")
            assert answer.status_code == 403
        assert nobody.post("/user/admin/opsforge/activity").status_code == 403


def test_code_in_a_notebook_gets_no_further_with_the_services_token(
    installation: Installation, desk: Desk
) -> None:
    """What the page can ask, its user's code can; not more, and not from outside."""
    code = """
import asyncio, json, os
from urllib.parse import unquote, urlsplit
import aiohttp
token = os.environ["JUPYTERHUB_API_TOKEN"]
async def ask(method, path):
    socket = unquote(urlsplit(os.environ["OPSFORGE_API_URL"]).netloc)
    headers = {"Authorization": "Bearer " + token, "X-Forwarded-For": "192.0.2.1"}
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket)) as session:
        async with session.request(method, "http://x" + path, headers=headers) as answer:
            return answer.status
asked = [("GET", "/api/v1/projects"), ("GET", "/api/v1/users"), ("GET", "/api/v1/services"),
         ("GET", "/api/v1/auth/session"), ("POST", "/api/v1/projects/delete"),
         ("POST", "/internal/session"), ("GET", "/")]
print(json.dumps([[await ask(*one) for one in asked], token]))
"""
    with Jupyter(installation.origin, "admin", desk.token) as jupyter:
        kernel_id = jupyter.http.post("/kernels", json={}).raise_for_status().json()["id"]
        with jupyter.connect(kernel_id) as kernel:
            [said] = run_cell(kernel, code)
        jupyter.http.delete(f"/kernels/{kernel_id}")
    (statuses, own_token) = httpx.Response(200, content=said["text"]).json()
    assert statuses == [200, 403, 403, 403, 403, 404, 404]
    outside = {"Authorization": f"Bearer {own_token}"}
    assert_problem(desk.api.get("/projects", headers=outside), 401, "auth.unauthenticated")


def test_the_status_tells_limits_and_use(desk: Desk) -> None:
    first = desk.lab.get("/status").raise_for_status().json()
    assert (first["username"], first["flavour"]) == ("admin", "small")
    assert (first["cpu_limit"], first["memory_limit_bytes"]) == (1.0, 2 * 1024**3)
    assert 20e6 < first["memory_bytes"] < 2 * 1024**3
    assert desk.lab.get("/status").json()["cores"] >= 0
    assert first["idle_seconds_left"] is None


def test_an_idle_service_is_stopped_and_one_that_computes_is_not(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data: Path = tmp_path_factory.mktemp("idle") / "data"
    environment = {"OPSFORGE_SPAWNER__IDLE_TIMEOUT": "PT20S"}
    with (
        running_installation(data, environment=environment) as installation,
        closing(Desk(installation)) as desk,
        Jupyter(installation.origin, "admin", desk.token) as jupyter,
    ):
        kernel_id = jupyter.http.post("/kernels", json={}).raise_for_status().json()["id"]
        with jupyter.connect(kernel_id) as kernel:
            began = time.monotonic()
            run_cell(kernel, "import time; time.sleep(25)")
        assert desk.state == "running"
        left = desk.lab.get("/status").json()["idle_seconds_left"]
        assert 10 < left <= 20
        assert desk.lab.post("/activity").status_code == 204
        assert desk.lab.get("/status").json()["idle_seconds_left"] > left
        wait_until(lambda: desk.state == "stopped", "the idle service to stop", seconds=60)
        assert time.monotonic() - began > 45


def test_c6_home_shows_the_idle_time_that_counts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A page that is open asks and asks; only what is no mere asking keeps the service."""
    data: Path = tmp_path_factory.mktemp("left") / "data"
    environment = {"OPSFORGE_SPAWNER__IDLE_TIMEOUT": "PT2M"}
    with (
        running_installation(data, environment=environment) as installation,
        closing(Desk(installation)) as desk,
    ):
        desk.lab.post("/activity")

        def difference() -> float:
            shown: float = desk.lab.get("/status").json()["idle_seconds_left"]
            return abs(shown - desk.idle_seconds_left_at_home)

        wait_until(lambda: difference() < 3, "the touch to be seen", seconds=25)
        asked_until = time.monotonic() + 35
        while time.monotonic() < asked_until:
            assert desk.lab.get("/status").json()["idle_limit_seconds"] == 120
            time.sleep(1)
        assert difference() < 3
        assert desk.idle_seconds_left_at_home < 90
        [listed] = desk.api.get("/services?active=1").json()["items"]
        last = datetime.fromisoformat(listed["last_activity_at"])
        assert (datetime.now(UTC) - last).total_seconds() > 30
        desk.lab.post("/activity")
        wait_until(lambda: desk.idle_seconds_left_at_home > 100, "the next touch", seconds=25)
