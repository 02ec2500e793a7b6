"""Kernels inside a real service: warm where they may be, and as good as stock ones."""

import json
import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.forkserver.conftest import World
from tests.forkserver.hub import TOKEN, Kernel, Service, wait_for

pytestmark = pytest.mark.integration

WARM = "import sys; print('pandas' in sys.modules)"


@pytest.fixture(scope="module")
def kate(world: World) -> Service:
    return world.hub.start_service("kate")


@pytest.fixture
def kernel(kate: Service) -> Iterator[Kernel]:
    with kate.kernel() as kernel:
        yield kernel


def server_log(world: World, user: str) -> str:
    return (world.volume(user) / ".local/state/notebook/server.log").read_text()


def make_wheel(directory: Path, name: str, version: str) -> Path:
    """A wheel with one module that knows its version."""
    wheel = directory / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(file, text)
    wheel.chmod(0o644)
    return wheel


class TestWarmKernel:
    def test_libraries_are_there_already(self, kernel: Kernel) -> None:
        assert kernel.run(WARM) == "True"

    def test_looks_like_a_fresh_interpreter(self, kernel: Kernel) -> None:
        code = "import sys, os; print(sys.argv[0], os.getcwd(), __name__, sys.path[0] == '')"
        assert kernel.run(code) == "ipykernel_launcher /home/kate/work __main__ False"

    def test_imports_what_lies_beside_the_notebook(self, world: World, kernel: Kernel) -> None:
        helper = world.volume("kate") / "work" / "my_helper.py"
        helper.write_text("answer = 42\n")
        helper.chmod(0o644)
        code = "import my_helper, sys; print(my_helper.answer, sys.path.count(''))"
        assert kernel.run(code) == "42 1"
        assert kernel.run(WARM) == "True"

    def test_runs_in_the_user_s_own_environment(self, kernel: Kernel) -> None:
        printed = kernel.run("import sys; print(sys.executable, sys.prefix)")
        assert all(part.startswith("/home/kate/.local/") for part in printed.split())

    def test_interrupt(self, kate: Service, kernel: Kernel) -> None:
        message = kernel.start("print('busy'); import time; time.sleep(100)")
        outputs = kernel.outputs(message)
        assert next(o for o in outputs if o["msg_type"] == "stream")
        kate.post(f"/api/kernels/{kernel.id}/interrupt").raise_for_status()
        errors = [o["content"]["ename"] for o in outputs if o["msg_type"] == "error"]
        assert errors == ["KeyboardInterrupt"]
        assert kernel.run("print(1 + 1)") == "2"

    def test_restart_forgets_variables(self, kate: Service, kernel: Kernel) -> None:
        before = kernel.run("x = 1; import os; print(os.getpid())")
        kate.post(f"/api/kernels/{kernel.id}/restart").raise_for_status()
        kernel.close()
        assert kernel.run("print('x' in globals())") == "False"
        assert kernel.run("import os; print(os.getpid())") != before
        assert kernel.run(WARM) == "True"

    def test_shutdown_ends_the_process(self, kate: Service, kernel: Kernel) -> None:
        with kate.kernel() as other:
            pid = other.run("import os; print(os.getpid())")
        exists = f"import os; print(os.path.exists('/proc/{pid}'))"
        wait_for(lambda: kernel.run(exists) == "False")

    def test_a_kernel_that_dies_is_started_again(self, kernel: Kernel) -> None:
        before = kernel.run("import os; print(os.getpid())")
        kernel.start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        kernel.wait_until_restarted()
        kernel.close()
        assert kernel.run("import os; print(os.getpid())") != before

    def test_resource_usage(self, kernel: Kernel) -> None:
        kernel.connect()
        message = kernel.send("usage_request", {}, channel="control")
        assert kernel.reply(message, "usage_reply")["kernel_memory"] > 0

    def test_debugger(self, kernel: Kernel) -> None:
        kernel.run("x = 1")

        def ask(number: int, command: str, **arguments: object) -> dict[str, Any]:
            content = {"type": "request", "seq": number, "command": command, "arguments": arguments}
            message = kernel.send("debug_request", content, channel="control")
            return kernel.reply(message, "debug_reply")

        client = {"clientID": "test", "adapterID": "", "pathFormat": "path"}
        assert ask(1, "initialize", **client)["success"]
        assert ask(2, "attach")["success"]
        dumped = ask(3, "dumpCell", code="a = 1\nb = 2\n")
        assert dumped["success"]
        assert str(dumped["body"]["sourcePath"]).startswith("/tmp/")  # noqa: S108
        assert ask(4, "inspectVariables")["success"]
        ask(5, "disconnect", restart=False, terminateDebuggee=False)

    def test_plots_are_shown(self, kernel: Kernel) -> None:
        message = kernel.start("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()")
        shown = [o["content"]["data"] for o in kernel.outputs(message) if "data" in o["content"]]
        assert any("image/png" in data for data in shown)

    def test_numerical_threads_work_after_the_fork(self, kernel: Kernel) -> None:
        code = "import numpy as np; a = np.ones((500, 500)); print((a @ a).sum())"
        assert kernel.run(code) == "125000000.0"

    def test_worker_processes(self, kernel: Kernel) -> None:
        code = (
            "import joblib, multiprocessing, operator\n"
            "print(joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(-i) for i in range(3)))\n"
            "with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))"
        )
        assert kernel.run(code) == "[0, 1, 2]\n[1, 2]"

    def test_what_the_kernel_writes_below_python_is_shown_too(self, kernel: Kernel) -> None:
        assert "hello" in kernel.run("!echo hello")


class TestPathLiterals:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/kaggle/input", "input"),
            ("/kaggle/working", "work"),
            ("/home/mw/input", "input"),
            ("/home/mw/work", "work"),
            ("/home/mw/project", "work"),
        ],
    )
    def test_resolve(self, kernel: Kernel, path: str, name: str) -> None:
        code = f"import os; print(os.path.realpath({path!r}))"
        assert kernel.run(code) == f"/home/kate/{name}"

    def test_user_has_an_account(self, kernel: Kernel) -> None:
        code = "import pwd, os; p = pwd.getpwuid(os.getuid()); print(p.pw_name, p.pw_dir)"
        assert kernel.run(code) == "kate /home/kate"


class TestOwnPackages:
    def test_installed_package_is_there_in_the_next_kernel(
        self, world: World, kate: Service, kernel: Kernel
    ) -> None:
        make_wheel(world.volume("kate"), "littlething", "1.0")
        printed = kernel.run("%pip install --no-index ~/littlething-1.0-py3-none-any.whl")
        assert "Successfully installed littlething-1.0" in printed
        code = "import littlething; print(littlething.__version__, littlething.__file__)"
        version, file = kate.run(code).split()
        assert version == "1.0"
        assert file.startswith("/home/kate/.local/")
        assert kate.run(WARM) == "True"

    def test_a_package_that_shadows_makes_the_kernel_cold(
        self, world: World, kate: Service, kernel: Kernel
    ) -> None:
        make_wheel(world.volume("kate"), "pandas", "99.0")
        printed = kernel.run("%pip install --no-index ~/pandas-99.0-py3-none-any.whl")
        assert "Successfully installed pandas-99.0" in printed
        with kate.kernel() as cold:
            assert cold.run(WARM) == "False"
            assert cold.run("import pandas; print(pandas.__version__)") == "99.0"
            assert cold.run("import numpy; print(numpy.ones(1).sum())") == "1.0"
        assert "starts cold: your own packages stand before" in server_log(world, "kate")
        assert "Successfully uninstalled" in kernel.run("%pip uninstall -y pandas")
        assert kate.run(WARM) == "True"

    def test_a_file_of_the_project_that_shadows(self, world: World, kate: Service) -> None:
        project = world.volume("kate") / "work" / "shadow"
        project.mkdir()
        (project / "pandas.py").write_text("__version__ = 'mine'\n")
        with kate.kernel(path="work/shadow") as cold:
            assert cold.run("import pandas; print(pandas.__version__)") == "mine"

    def test_terminal_finds_the_same_python(self, kate: Service) -> None:
        name = kate.post("/api/terminals").json()["name"]
        url = kate.hub.url.replace("http", "ws", 1)
        with connect(
            f"{url}/user/kate/terminals/websocket/{name}",
            additional_headers={"Authorization": f"token {TOKEN}"},
        ) as terminal:
            terminal.send(
                json.dumps(["stdin", "python -c 'import sys; print(sys.prefix[::-1])'\r"])
            )
            text, expected = "", "/home/kate/.local/share/notebook-python"[::-1]
            while expected not in text:
                kind, *content = json.loads(terminal.recv(timeout=20))
                text += content[0] if kind == "stdout" else ""
        kate.delete(f"/api/terminals/{name}")


class TestOtherKernels:
    def test_a_kernel_spec_of_the_user_starts_in_the_ordinary_way(
        self, world: World, kate: Service
    ) -> None:
        python = kate.run("import sys; print(sys.executable)")
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Mine", "language": "python"}
        directory = world.volume("kate") / ".local/share/jupyter/kernels/mine"
        directory.mkdir(parents=True)
        (directory / "kernel.json").write_text(json.dumps(spec))
        with kate.kernel("mine") as cold:
            assert cold.run(WARM) == "False"


class TestZygote:
    def test_has_one_thread(self, world: World, kernel: Kernel) -> None:
        """After services and kernels were forked from it, too: nothing there waits for a lock."""
        kernel.run("print(1)")
        zygote = world.fork_server.ask("status")["zygote"]
        assert len(list(Path(f"/proc/{zygote}/task").iterdir())) == 1

    def test_holds_no_secret(self, world: World, kernel: Kernel) -> None:
        kernel.run("print(1)")
        zygote = world.fork_server.ask("status")["zygote"]
        environment = Path(f"/proc/{zygote}/environ").read_text()
        assert "JUPYTERHUB" not in environment
        assert "OPSFORGE" not in environment

    def test_is_replaced_when_it_dies_and_services_stay(self, world: World, kernel: Kernel) -> None:
        kernel.run("kept = 42")
        before = world.fork_server.ask("status")["zygote"]
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: world.fork_server.ask("status")["zygote"] not in (None, before))
        assert kernel.run("print(kept)") == "42"
        assert world.hub.start_service("late").run(WARM) == "True"
