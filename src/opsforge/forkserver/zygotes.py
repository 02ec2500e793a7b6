"""The daemon's end of the zygote: start it, know when it dies or is out of date, have it fork."""

import asyncio
import contextlib
import json
import logging
import os
import resource
import socket
import subprocess
from pathlib import Path
from typing import Any

from opsforge.forkserver.config import ServeConfig

_SCRIPT = Path(__file__).with_name("zygote.py")
_IMPORT_SECONDS = 120.0
_RESTART_SECONDS = 1.0
_PASSED = ("LD_LIBRARY_PATH", "CUDA_HOME", "TZ")
"""Variables that decide what libraries load; none is a secret."""

log = logging.getLogger(__name__)


class ZygoteError(Exception):
    """The zygote cannot be started; the message says why."""


class Zygote:
    """One running zygote."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process = process
        self.control = control
        self.hello: dict[str, Any] = {}
        self.stamp: tuple[Any, ...] = ()

    def fork(self, *descriptors: int) -> None:
        """Have it fork a child that holds ``descriptors``.

        Raises:
            OSError: It is gone.
        """
        socket.send_fds(self.control, [b"fork"], list(descriptors))

    @property
    def outdated(self) -> bool:
        """Whether what it has imported may no longer be what is on disk."""
        return _stamp(self.hello["paths"]) != self.stamp

    def dismiss(self) -> None:
        """Let it go; it ends when the connection does."""
        self.control.close()


def _stamp(paths: list[str]) -> tuple[Any, ...]:
    """Changes whenever a package is installed, removed or upgraded in one of ``paths``."""
    stamps = []
    for path in paths:
        try:
            stamps.append(os.stat(path).st_mtime_ns)
        except FileNotFoundError:
            stamps.append(0)
    return tuple(stamps)


class ZygoteKeeper:
    """Keeps one zygote ready."""

    def __init__(self, config: ServeConfig, *, open_files: tuple[int, int]) -> None:
        """Start nothing yet.

        Args:
            config: The fork server's.
            open_files: Soft and hard limit for the zygote, which services inherit from it.
        """
        self._config = config
        self._open_files = open_files
        self._zygote: Zygote | None = None
        self._lock = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._zygote.process.pid if self._zygote else None

    async def ready(self) -> Zygote:
        """A zygote that is up to date; starts one if there is none.

        Raises:
            ZygoteError: It does not come up.
        """
        async with self._lock:
            if self._zygote is not None and self._zygote.outdated:
                log.info("the environment on disk has changed: a new zygote is started")
                self._dismiss()
            if self._zygote is None:
                self._zygote = await self._start()
            return self._zygote

    def _dismiss(self) -> None:
        if self._zygote is not None:
            asyncio.get_running_loop().remove_reader(self._zygote.control)
            self._zygote.dismiss()
            self._zygote = None

    async def keep(self) -> None:
        """Start it, and again whenever it dies or is out of date; for ever."""
        while True:
            try:
                await self.ready()
            except ZygoteError as error:
                log.error("%s", error)  # noqa: TRY400 - The message says it all.
            await asyncio.sleep(self._config.check_seconds if self._zygote else _RESTART_SECONDS)

    def close(self) -> None:
        """Let it go for good."""
        self._dismiss()

    async def _start(self) -> Zygote:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        config = self._config
        errors = config.runtime / "zygote.log"
        with theirs, errors.open("wb") as output:
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - asyncio would reap it; a setting.
                [str(config.python), "-I", str(_SCRIPT), str(theirs.fileno()), *config.preload],
                env=self._environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
            )
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, self._open_files)
        zygote = Zygote(process, ours)
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            line = await asyncio.wait_for(loop.sock_recv(ours, 1 << 20), _IMPORT_SECONDS)
            zygote.hello = json.loads(line)
        except BaseException as error:  # While it imports, it would not hear that we end.
            ours.close()
            process.kill()
            process.wait()
            if not isinstance(error, OSError | ValueError | TimeoutError):
                raise
            tail = errors.read_text(errors="replace")[-2000:]
            raise ZygoteError(f"{config.python} could not be started: {tail}") from error
        zygote.stamp = _stamp(zygote.hello["paths"])
        for name, reason in zygote.hello["missing"].items():
            log.warning("%s was not imported: %s", name, reason)
        log.info("zygote %s ready after %s s", process.pid, zygote.hello["seconds"])
        loop.add_reader(ours, self._gone, zygote)
        return zygote

    def _gone(self, zygote: Zygote) -> None:
        """A zygote never speaks after its greeting: readable means that it has ended."""
        if self._zygote is zygote:
            log.warning("the zygote has ended: a new one is started")
            self._dismiss()
            task = asyncio.get_running_loop().create_task(self._replace())
            self._replacing = task

    async def _replace(self) -> None:
        with contextlib.suppress(ZygoteError):
            await self.ready()

    def _environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
        cache = self._config.runtime / "matplotlib"
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            # Arrow's allocator would start a thread as soon as pandas is imported.
            "JE_ARROW_MALLOC_CONF": "background_thread:false",
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
            "MPLCONFIGDIR": str(cache),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            **passed,
        }
