"""A real `opsforge up` in a data directory of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from opsforge.kit.ports import free_port
from tests.support.sandboxes import lives_in_sandbox

READY = "OpsForge is ready"
PATIENCE_SECONDS = 60.0


class Terminal:
    """What somebody sees who types `opsforge up`."""

    def __init__(self, data: Path, *, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._output = Path(tempfile.mkstemp(prefix="opsforge-terminal-")[1])
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("OPSFORGE_")
        }
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opsforge", "up", "--data", data, "--port", str(self.port)],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    @property
    def text(self) -> str:
        """All that was said."""
        return self._output.read_text()

    def close(self) -> None:
        """Forget what was said."""
        self._output.unlink()

    @property
    def password(self) -> str:
        """The first administrator's."""
        found = re.search(r"with the password (\S+)", self.text)
        assert found, self.text
        return found[1]

    def wait_for(self, sentence: str, *, times: int = 1) -> None:
        """Wait until it was said so many times."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while self.text.count(sentence) < times:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < give_up_at, self.text
            time.sleep(0.05)

    def wait_for_end(self) -> int:
        """Wait until it ends; returns its status."""
        return self.process.wait(PATIENCE_SECONDS)

    def part(self, word: str) -> psutil.Process:
        """The child in whose command line ``word`` is."""
        [child] = [
            child
            for child in psutil.Process(self.process.pid).children()
            if any(word in argument for argument in child.cmdline())
        ]
        return child

    def processes(self) -> list[psutil.Process]:
        """Everything that belongs to this platform: its parts, the services, their kernels."""
        marks = {str(self.data), self.url}
        with suppress(OSError, ValueError):
            hub_port = json.loads((self.data / "run" / "hub.json").read_text())["port"]
            marks.add(f"http://127.0.0.1:{hub_port}/hub/api")
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                environment = process.environ()
                is_ours = marks & set(environment.values()) or any(
                    str(self.data) in argument
                    for argument in (*process.cmdline(), environment.get("OPSFORGE_PROXY", ""))
                )
                if (
                    is_ours or lives_in_sandbox(process, self.data)
                ) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    @contextmanager
    def sign_in(self, password: str | None = None) -> Iterator[httpx.Client]:
        """A browser-like client, signed in as the first administrator."""
        headers = {"X-OpsForge-Request": "1"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=30) as client:
            body = {"username": "admin", "password": password or self.password}
            client.post("/api/v1/auth/login", json=body).raise_for_status()
            yield client

    def kill_all(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def opsforge_up(
    data: Path, *, port: int | None = None, leave_others: bool = False
) -> Iterator[Terminal]:
    """Type `opsforge up`; at the end nothing of the data directory runs any more.

    Args:
        data: The data directory.
        port: The public port, by default a free one.
        leave_others: End only this one; another one on the same data directory goes on.
    """
    terminal = Terminal(data, port=port)
    try:
        yield terminal
    finally:
        if terminal.process.poll() is None:
            terminal.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                terminal.process.wait(PATIENCE_SECONDS)
        if not leave_others:
            terminal.kill_all()
        terminal.close()
