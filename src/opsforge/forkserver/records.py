"""A running service, as the daemon knows it and as it is written down to be found again."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from opsforge.forkserver import linux

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
RECORD = "service.json"


@dataclass
class Service:
    """Process 1 of a service."""

    name: str
    directory: Path
    pid: int = 0
    started: int = 0
    gpus: list[int] = field(default_factory=list)
    exited: asyncio.Event = field(default_factory=asyncio.Event)
    exit_code: int | None = None
    _pidfd: int = -1

    @property
    def socket(self) -> Path:
        """Where the Jupyter server listens."""
        return self.directory / "http.sock"

    def watch(self, pid: int) -> bool:
        """Take charge of process ``pid``; False if it is gone.

        A descriptor of the process tells its end whether or not it is our child, and a signal sent
        through it never reaches another process that was given the same number.
        """
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        self.pid, self.started = pid, linux.start_ticks(pid) or 0
        asyncio.get_running_loop().add_reader(self._pidfd, self._ended)
        return True

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._pidfd = -1
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(self.pid, os.WNOHANG)
            self.exit_code = os.waitstatus_to_exitcode(status)
        self.exited.set()

    @property
    def running(self) -> bool:
        """Whether its process 1 lives."""
        return self.pid != 0 and not self.exited.is_set()

    def signal(self, number: signal.Signals) -> None:
        """Signal process 1."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def write(self) -> None:
        """Write down what a later daemon needs; nothing of it is secret."""
        text = json.dumps({"pid": self.pid, "started": self.started, "gpus": self.gpus})
        partial = self.directory / f"{RECORD}.new"
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.directory / RECORD)

    def remove(self) -> None:
        """Remove its directory."""
        shutil.rmtree(self.directory, ignore_errors=True)


def find_service(directory: Path) -> Service | None:
    """The service that a former daemon has left running in ``directory``, if it still runs."""
    try:
        record = json.loads((directory / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if linux.start_ticks(record["pid"]) != record["started"]:
        return None
    service = Service(directory.name, directory, gpus=record["gpus"])
    return (
        service if service.watch(record["pid"]) and service.started == record["started"] else None
    )
