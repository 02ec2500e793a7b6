"""Services on an interpreter that has Jupyter but not OpsForge."""

import shutil
import sys
import sysconfig
import venv
from pathlib import Path

import httpx
import pytest

from tests.support.installation import running_installation
from tests.support.kernels import Jupyter, run_cell
from tests.support.servers import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that sees the packages of ours, except what is installed editable."""
    folder = tmp_path_factory.mktemp("python") / "venv"
    venv.create(folder, symlinks=True, with_pip=False)
    [site] = folder.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    for part in ("share/jupyter", "etc/jupyter"):
        shutil.copytree(Path(sys.prefix) / part, folder / part)
    return folder / "bin" / "python"


@pytest.mark.parametrize("kind", ["sandbox", "local"])
def test_a1_a_service_of_another_interpreter_has_panels_and_kernels(
    tmp_path: Path, python: Path, kind: str
) -> None:
    environment = {"OPSFORGE_NOTEBOOK__PYTHON": str(python), "OPSFORGE_SPAWNER__KIND": kind}
    with running_installation(tmp_path / "data", environment=environment) as installation:
        account = {"username": "admin", "password": installation.admin_password}
        with httpx.Client(base_url=f"{installation.origin}/api/v1", timeout=60) as api:
            token = api.post("/auth/login", json=account).raise_for_status().json()["token"]
            api.headers["Authorization"] = f"Bearer {token}"

            def state() -> str:
                return str(api.get("/services/admin").json()["state"])

            wait_until(lambda: state() == "running", "the service to run", seconds=90)
            token = api.get("/services/token").raise_for_status().json()["token"]
        headers = {"Authorization": f"token {token}"}
        with httpx.Client(base_url=f"{installation.origin}/user/admin", headers=headers) as lab:
            assert "@opsforge/lab" in lab.get("/lab").text
            assert lab.get("/opsforge/status").json()["username"] == "admin"
            assert lab.get("/opsforge/api/projects").status_code == httpx.codes.OK
            words = lab.get("/lab/api/translations/zh_CN").json()["data"]
            assert words["opsforge"]["Snippets"] == ["代码片段"]
        with Jupyter(installation.origin, "admin", token) as jupyter:
            kernel_id = jupyter.http.post("/kernels", json={}).raise_for_status().json()["id"]
            with jupyter.connect(kernel_id) as kernel:
                code = (
                    "import opsforge_notebook\ntry: import opsforge\nexcept ImportError: print(42)"
                )
                assert run_cell(kernel, code) == [{"name": "stdout", "text": "42\n"}]
