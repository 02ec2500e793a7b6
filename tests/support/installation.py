"""A whole platform, started as an administrator does: ``opsforge up``."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psutil

from opsforge.kit.ports import free_port
from tests.support.sandboxes import is_of_user, lives_in_sandbox
from tests.support.servers import wait_until

START_SECONDS = 90
STOP_SECONDS = 40
PASSWORD_LINE = re.compile(r"first administrator is admin, with the password (\S+)")


class Installation:
    """A running platform with a data directory of its own."""

    def __init__(self, data: Path, *, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.output = data.parent / f"{data.name}.out"
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """What a browser's address begins with."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_password(self) -> str:
        """The password that the first start printed."""
        found = PASSWORD_LINE.search(self.output.read_text())
        assert found, self.output.read_text()
        return found[1]

    def start(self) -> None:
        """Start, and wait until the terminal says that the page is ready."""
        home = self.data.parent / "home"
        home.mkdir(exist_ok=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("OPSFORGE_")}
        program = Path(sys.executable).with_name("opsforge")
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [program, "up", "--data", self.data, "--port", str(self.port)],
                env={**inherited, "HOME": str(home), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._is_ready, "the platform to be ready", seconds=START_SECONDS)

    def stop(self) -> None:
        """Stop as Ctrl-C does; all its processes are gone afterwards."""
        if self._process is None or self._process.poll() is not None:
            return
        tree = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            _, alive = psutil.wait_procs(tree, timeout=5)
            for process in alive:
                process.kill()
            self._process.kill()
        assert self._process.returncode == 0, self.output.read_text()
        assert not alive, f"left behind: {alive}"

    def service_processes(self, username: str) -> list[psutil.Process]:
        """The processes of a user's notebook service: its server, kernels and terminals.

        Only of this platform: others on this machine may have a user of the same name.
        """
        return [
            process
            for process in psutil.process_iter()
            if is_of_user(process, username) and self._is_ours(process)
        ]

    def logs(self) -> str:
        """Everything that the platform wrote about itself."""
        files = sorted((self.data / "logs").glob("*"))
        return "\n".join(file.read_text(errors="replace") for file in files if file.is_file())

    def _is_ours(self, process: psutil.Process) -> bool:
        if lives_in_sandbox(process, self.data):
            return True
        try:
            return Path(process.cwd()).is_relative_to(self.data)
        except psutil.Error:
            return False

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.output.read_text()
        return "OpsForge is ready" in self.output.read_text()


@contextmanager
def running_installation(
    data: Path, *, environment: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """A platform that runs until the block ends."""
    installation = Installation(data, environment=environment)
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()


def wait_until_gone(processes: list[psutil.Process], *, seconds: float = 10) -> float:
    """Wait until the processes have ended and return how long it took, in seconds."""
    begin = monotonic()
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not alive, f"still there: {alive}"
    return monotonic() - begin
