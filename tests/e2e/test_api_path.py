"""The whole path over the API alone, as the README tells it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.installation import Installation, wait_until_gone
from tests.support.kernels import Jupyter, run_cell
from tests.support.problems import assert_problem

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

README = Path(__file__).parents[2] / "README.md"


def readme_steps(installation: Installation, csv_file: Path) -> list[str]:
    """The Python of the README's tutorial, for this platform and this file."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    given = {
        '"http://127.0.0.1:8000"': repr(installation.origin),
        '"the password that was printed"': repr(installation.admin_password),
        '"latency.csv"': repr(str(csv_file)),
    }
    for said in given:
        assert said in "".join(blocks), f"the tutorial no longer says {said}"
    for said, real in given.items():
        blocks = [block.replace(said, real) for block in blocks]
    return blocks


def wait_until_closed(kernel: ClientConnection) -> None:
    """Read until the other side ends the connection."""
    with pytest.raises(ConnectionClosed):
        while True:
            kernel.recv(timeout=20)


def test_a1_c5_e1_d1_d10_d12_b5_the_readmes_tutorial(
    installation: Installation, csv_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    until_it_runs, read_it, sign_out = readme_steps(installation, csv_file)
    said: dict[str, Any] = {}

    exec(until_it_runs, said)  # noqa: S102 - the README is ours.
    assert '"state":"running"' in capfd.readouterr().out.replace(" ", "")

    exec(read_it, said)  # noqa: S102
    project, service, token = said["project"], said["service"], said["token"]
    path = f"{project['path']}/{project['notebook']}"
    assert said["notebook"]["cells"]
    with Jupyter(installation.origin, service, token) as jupyter, closing(said["api"]) as api:
        kernel_id = jupyter.open_session(path)
        with jupyter.connect(kernel_id) as kernel:
            outputs = [
                output
                for cell in jupyter.read_notebook(path)["cells"]
                if cell["cell_type"] == "code"
                for output in run_cell(kernel, cell["source"])
            ]
            texts = "".join(output.get("text", "") for output in outputs)
            assert f"{csv_file.name}: 4,032 rows" in texts, "it read the uploaded file"
            assert any("image/png" in output.get("data", {}) for output in outputs)

            processes = installation.service_processes("admin")
            assert processes
            exec(sign_out, said)  # noqa: S102
            wait_until_closed(kernel)
        wait_until_gone(processes)
        assert not installation.service_processes("admin")

        assert_problem(api.get("/auth/tokens"), 401, "auth.unauthenticated")
        assert jupyter.http.get("/status").status_code in {403, 404, 424, 503}
        with pytest.raises(InvalidStatus), jupyter.connect(kernel_id):
            pass

    log = installation.logs()
    for secret in (said["session"]["token"], token, installation.admin_password):
        assert secret not in log


def test_c5_c6_many_starts_and_stops_at_once(installation: Installation) -> None:
    """Two clicks at the same moment: one service, and at the end none."""
    with httpx.Client(base_url=f"{installation.origin}/api/v1", timeout=60) as api:
        signed_in = api.post(
            "/auth/login", json={"username": "admin", "password": installation.admin_password}
        ).json()
        api.headers["Authorization"] = f"Bearer {signed_in['token']}"
        with ThreadPoolExecutor() as clicks:
            answers = list(clicks.map(api.post, ["/services/admin/start"] * 3))
        assert {answer.status_code for answer in answers} == {200}
        with api.stream("GET", "/services/admin/events") as events:
            list(events.iter_lines())
        assert api.get("/services/admin").json()["state"] == "running"
        processes = installation.service_processes("admin")
        pids = {process.pid for process in processes}
        first = [process for process in processes if process.ppid() not in pids]
        assert len(first) == 1, "one service, whatever it consists of"
        with ThreadPoolExecutor() as clicks:
            answers = list(clicks.map(api.post, ["/services/admin/stop"] * 3))
        assert {answer.json()["state"] for answer in answers} == {"stopped"}
        assert not installation.service_processes("admin")
        assert api.post("/auth/logout").status_code == 200


def test_a_second_up_on_the_same_data_directory_refuses(installation: Installation) -> None:
    second = Installation(installation.data)
    second.output = installation.output.with_suffix(".second")
    begin = time.monotonic()
    with pytest.raises(AssertionError, match=r"(?i)already"):
        second.start()
    assert time.monotonic() - begin < 20
    assert httpx.get(f"{installation.origin}/api/v1/health").json()["is_healthy"]


def test_nobody_reaches_a_service(installation: Installation) -> None:
    for path in ("/user/admin/lab", "/user/admin/api/status", "/hub/api/users"):
        answer = httpx.get(installation.origin + path, follow_redirects=True)
        is_ours = answer.url.path in {"/", "/sign-in"}  # The page, which asks to sign in.
        assert is_ours or answer.status_code in {401, 403, 404, 424}, answer.url
    socket = f"{installation.origin}/user/admin/api/events/subscribe".replace("http", "ws", 1)
    with pytest.raises(InvalidStatus), connect(socket):
        pass
