"""A real `opsforge up`: what one sees, what it serves, what happens when parts of it die."""

import signal
import stat
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import psutil
import pytest

from opsforge.engine.authenticator import SECRET_HEADER
from tests.support.kernels import Jupyter, run_cell
from tests.support.platforms import READY, Terminal, opsforge_up
from tests.support.sandboxes import lives_in_sandbox

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One platform that runs."""
    with opsforge_up(tmp_path_factory.mktemp("up") / "data") as terminal:
        terminal.wait_for(READY)
        yield terminal


@pytest.fixture
def client(platform: Terminal) -> Iterator[httpx.Client]:
    with platform.sign_in() as client:
        yield client


def until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it never came true"
        time.sleep(0.05)


def service_state(client: httpx.Client) -> str:
    answer = client.get("/api/v1/services/admin")
    return str(answer.json()["state"]) if answer.is_success else f"HTTP {answer.status_code}"


def visit(client: httpx.Client, url: str) -> tuple[httpx.Response, list[tuple[str, set[str]]]]:
    """The page at the end of the redirects, and each path on the way with the cookies sent."""
    trail = []
    for _ in range(12):
        answer = client.get(url)
        sent = set(SimpleCookie(answer.request.headers.get("cookie", "")))
        trail.append((answer.request.url.path, sent))
        if not answer.is_redirect:
            return answer, trail
        url = answer.headers["location"]
    raise AssertionError(trail)


class Variable:
    """A variable in a kernel of the administrator's service, set by a first cell."""

    def __init__(self, origin: str, client: httpx.Client) -> None:
        token = client.get("/api/v1/services/token").raise_for_status().json()["token"]
        self._jupyter = Jupyter(origin, "admin", token)
        self._id = self._jupyter.http.post("/kernels", json={}).raise_for_status().json()["id"]
        with self._jupyter.connect(self._id) as kernel:
            run_cell(kernel, "kept = 6 * 7")

    def read(self) -> str:
        """What a second cell prints of it."""
        with self._jupyter, self._jupyter.connect(self._id) as kernel:
            [said] = run_cell(kernel, "print(kept)")
            return str(said["text"]).strip()


class TestTerminal:
    def test_says_what_it_does_and_what_keeps_services_apart(self, platform: Terminal) -> None:
        for sentence in (
            f"Data directory {platform.data}",
            "The database is up to date.",
            "Notebook services run in sandboxes: ",
            "The first administrator is admin, with the password ",
            f"{READY}: {platform.url}/",
        ):
            assert platform.text.count(sentence) == 1, platform.text

    def test_keeps_secrets_to_itself(self, platform: Terminal) -> None:
        kept = list((platform.data / "secrets").iterdir())
        assert len(kept) > 3
        for path in kept:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for folder in ("secrets", "run", "logs", "hub"):
            assert stat.S_IMODE((platform.data / folder).stat().st_mode) == 0o700
        secrets = [path.read_text().strip() for path in kept]
        seen = platform.text + "".join(
            log.read_text() for log in (platform.data / "logs").rglob("*.log")
        )
        commands = " ".join(" ".join(process.cmdline()) for process in platform.processes())
        assert not [secret for secret in secrets if secret in seen or secret in commands]

    def test_a_second_one_on_the_same_data_refuses(self, platform: Terminal) -> None:
        with opsforge_up(platform.data, leave_others=True) as second:
            assert second.wait_for_end() == 1
            assert (
                f"already runs on {platform.data} (process {platform.process.pid})" in second.text
            )
            assert second.text.count("\n") == 1

    def test_a_taken_port_is_one_sentence(self, platform: Terminal, tmp_path: Path) -> None:
        with opsforge_up(tmp_path / "data", port=platform.port) as second:
            assert second.wait_for_end() == 1
            assert f"Port {platform.port} of 127.0.0.1 can't be used" in second.text
            assert "--port" in second.text
            assert second.text.count("\n") == 1

    def test_an_unwritable_directory_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a directory")
        with opsforge_up(tmp_path / "file" / "data") as terminal:
            assert terminal.wait_for_end() == 1
            assert f"{tmp_path / 'file' / 'data'} can't be written to" in terminal.text
            assert terminal.text.count("\n") == 1

    def test_each_wrong_setting_is_one_sentence(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (data / "opsforge.toml").write_text("[server]\nport = 70000\ncolour = 'red'\n")
        with opsforge_up(data, port=70000) as terminal:
            assert terminal.wait_for_end() == 1
            lines = terminal.text.splitlines()
        assert len(lines) == 2
        assert any("server.port: " in line and "OPSFORGE_SERVER__PORT" in line for line in lines)
        assert any("server.colour: there is no such setting" in line for line in lines)


class TestRouting:
    def test_root_is_opsforge_and_hub_is_jupyterhub(self, platform: Terminal) -> None:
        with httpx.Client(base_url=platform.url) as client:
            assert client.get("/api/v1/health").json()["engine"] is True
            assert client.get("/hub/api/").json()["version"].startswith("6.")
            assert client.get("/hub/login").headers["location"] == "/hub/opsforge-login"

    def test_the_internal_endpoint_is_not_there_from_outside(self, platform: Terminal) -> None:
        secret = (platform.data / "secrets" / "internal").read_text().strip()
        with httpx.Client(base_url=platform.url) as client:
            for headers in ({}, {SECRET_HEADER: secret}):
                answer = client.post("/internal/session", json={"token": "x"}, headers=headers)
                assert answer.status_code == httpx.codes.NOT_FOUND

    def test_one_sign_in_opens_jupyterlab_and_its_cookie_stays_away_from_it(
        self, client: httpx.Client
    ) -> None:
        until(lambda: service_state(client) == "running")
        page, trail = visit(client, "/user/admin/lab/tree/work")
        assert page.url.path == "/user/admin/lab/tree/work"
        assert "<title>JupyterLab</title>" in page.text
        assert all("opsforge_session" in sent for path, sent in trail if path.startswith("/hub/"))
        assert not [
            path for path, sent in trail if path[:6] == "/user/" and "opsforge_session" in sent
        ]


class TestFaults:
    @pytest.mark.parametrize(
        ("word", "name"),
        [
            ("opsforge.supervisor.web", "The web service"),
            ("jupyterhub_config.py", "JupyterHub"),
            ("proxy.cjs", "The proxy"),
            ("opsforge.forkserver", "The fork server"),
        ],
    )
    def test_a_killed_part_is_started_again_and_services_go_on(
        self, platform: Terminal, client: httpx.Client, word: str, name: str
    ) -> None:
        """The kernel keeps what it has computed, and signing out still ends it all."""
        until(lambda: service_state(client) == "running")
        visit(client, "/user/admin/lab")
        kernel = Variable(platform.url, client)
        before = client.get("/user/admin/api/status").json()["started"]
        backs = platform.text.count(f"{name} is back.")
        old = platform.part(word)
        old.kill()
        platform.wait_for(f"{name} was killed (SIGKILL); it is started again.")
        platform.wait_for(f"{name} is back.", times=backs + 1)
        assert platform.part(word).pid != old.pid

        def is_well() -> bool:
            return (
                service_state(client) == "running"
                and client.get("/user/admin/api/status").json()["started"] == before
            )

        until(is_well)
        assert kernel.read() == "42"
        inside = [p for p in psutil.process_iter() if lives_in_sandbox(p, platform.data)]
        assert len(inside) >= 3  # Process 1, the server, the kernel.
        answer = client.post("/api/v1/auth/logout", json={"when_busy": "stop"})
        assert answer.raise_for_status().json()["service"]["state"] in {"stopping", "stopped"}
        gone, alive = psutil.wait_procs(inside, timeout=20)
        assert (len(gone), alive) == (len(inside), [])
        assert not [p for p in psutil.process_iter() if lives_in_sandbox(p, platform.data)]

    def test_parts_die_with_a_killed_supervisor_and_services_are_taken_up_by_the_next(
        self, tmp_path: Path
    ) -> None:
        data = tmp_path / "data"
        with opsforge_up(data, leave_others=True) as first:
            first.wait_for(READY)
            password = first.password
            with first.sign_in() as client:
                until(lambda: service_state(client) == "running")
            parts = psutil.Process(first.process.pid).children()
            assert len(parts) == 4
            first.process.kill()
            first.process.wait()
            gone, alive = psutil.wait_procs(parts, timeout=5)
            assert (len(gone), alive) == (4, [])
            servers = [p for p in first.processes() if lives_in_sandbox(p, first.data)]
            assert servers
        with opsforge_up(data, port=first.port) as second:
            second.wait_for(READY)
            assert "password" not in second.text
            with second.sign_in(password) as client:
                assert service_state(client) == "running"
            assert all(server.is_running() for server in servers)


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_stops_everything_and_leaves_no_process(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        with opsforge_up(tmp_path / "data") as terminal:
            terminal.wait_for(READY)
            with terminal.sign_in() as client:
                until(lambda: service_state(client) == "running")
            assert len(terminal.processes()) >= 5
            began_at = time.monotonic()
            terminal.process.send_signal(number)
            assert terminal.wait_for_end() == 0
            assert time.monotonic() - began_at < 25
            assert terminal.processes() == []
            assert terminal.text.endswith("Stopped.\n")
            assert "does not end by itself" not in terminal.text

    def test_services_end_even_when_the_hub_was_killed_just_before(self, tmp_path: Path) -> None:
        with opsforge_up(tmp_path / "data") as terminal:
            terminal.wait_for(READY)
            with terminal.sign_in() as client:
                until(lambda: service_state(client) == "running")
            terminal.part("jupyterhub_config.py").kill()
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.wait_for_end() == 0
            assert terminal.processes() == []

    def test_a_signal_while_it_starts_stops_it(self, tmp_path: Path) -> None:
        with opsforge_up(tmp_path / "data") as terminal:
            terminal.wait_for("Starting: ")
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.wait_for_end() == 0
            assert terminal.processes() == []

    def test_a_data_directory_with_a_long_path_works(self, tmp_path: Path) -> None:
        data = tmp_path / ("long" * 30) / "data"
        data.parent.mkdir()
        with opsforge_up(data) as terminal:
            terminal.wait_for(READY)
            assert httpx.get(f"{terminal.url}/api/v1/health").json()["engine"] is True
