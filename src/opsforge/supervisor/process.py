"""One part of the platform as a child process that is started again when it dies."""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from opsforge.kit.logfiles import last_lines, open_log

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
SETTLED_SECONDS = 30.0
"""A part that lived this long starts again without a pause."""
READY_CHECK_SECONDS = 0.05
PR_SET_PDEATHSIG = 1


class PartFailed(Exception):  # noqa: N818 - what happened.
    """A part that could not be started at all."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the supervisor has to know of a part."""

    name: str
    """What the terminal calls it."""
    command: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    stop_seconds: float
    """How long it may take to end by itself."""
    stale_socket: Path | None = None
    """A socket that a killed process leaves behind and that would be in its successor's way."""
    after_restart: Callable[[], Awaitable[None]] | None = None


Say = Callable[[str], None]


class RunningPart:
    """Keeps one part running until it is told to stop."""

    def __init__(self, part: Part, say: Say) -> None:
        self.part = part
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._is_stopping = False

    @property
    def pid(self) -> int | None:
        """The process of the moment."""
        return self._process.pid if self._process else None

    async def start(self, *, within_seconds: float) -> None:
        """Start it and wait until it answers.

        Raises:
            PartFailed: It ended, or did not answer in time; says why.
        """
        process = await self._launch()
        give_up_at = time.monotonic() + within_seconds
        while not await self.part.is_ready():
            if process.returncode is not None or time.monotonic() > give_up_at:
                raise PartFailed(self._explain(process.returncode))
            await asyncio.sleep(READY_CHECK_SECONDS)
        self._watch = asyncio.create_task(self._keep_running(process))

    async def stop(self) -> None:
        """End it: with SIGTERM, and when that takes too long with SIGKILL."""
        self._is_stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.part.stop_seconds)
            except TimeoutError:
                self._say(f"{self.part.name} does not end by itself; it is killed.")
                await self.kill()
        if self._watch:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch

    async def kill(self) -> None:
        """End it at once."""
        self._is_stopping = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _keep_running(self, process: asyncio.subprocess.Process) -> None:
        pause_seconds = 0.0
        while True:
            started_at = time.monotonic()
            status = await process.wait()
            if self._is_stopping:
                return
            self._say(f"{self.part.name} {_ended(status)}; it is started again.")
            if time.monotonic() - started_at > SETTLED_SECONDS:
                pause_seconds = 0.0
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, 2 * pause_seconds))
            process = await self._launch()
            await self._welcome_back(process)

    async def _welcome_back(self, process: asyncio.subprocess.Process) -> None:
        while not await self.part.is_ready():
            if process.returncode is not None:
                return
            await asyncio.sleep(READY_CHECK_SECONDS)
        if self.part.after_restart:
            await self.part.after_restart()
        self._say(f"{self.part.name} is back.")

    async def _launch(self) -> asyncio.subprocess.Process:
        if self.part.stale_socket:
            self.part.stale_socket.unlink(missing_ok=True)
        log = open_log(self.part.log)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.part.command,
                env=dict(self.part.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops in order.
                preexec_fn=die_with_parent(),
            )
        finally:
            os.close(log)
        return self._process

    def _explain(self, status: int | None) -> str:
        what = "did not answer in time" if status is None else _ended(status)
        tail = last_lines(self.part.log)
        return f"{self.part.name} {what}. Its log {self.part.log} says last:\n{tail}"


def die_with_parent() -> Callable[[], None]:
    """What a child does first, so that it never outlives a supervisor that was killed."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died before the line above.
            os._exit(1)

    return prepare


def _ended(status: int) -> str:
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"ended with status {status}"
