"""The local spawner: a service is a plain process of the platform's own user.

There is no wall between the users' processes; it is for people who trust each other.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from traitlets import Dict, Float, Unicode

from opsforge.engine.port import StartStep
from opsforge.kit.logfiles import bound_log, last_lines, open_log

AREAS = ("work", "input")
LISTEN_CHECK_SECONDS = 0.03
STEPS = {
    StartStep.PREPARING: (10, "Preparing the directories"),
    StartStep.LAUNCHING: (30, "Starting the server"),
    StartStep.WAITING: (60, "Waiting for the server to answer"),
}


class StartFailed(Exception):  # noqa: N818 - what happened, in the words of the engine's port.
    """A start that failed; the hub hands the reason on in its event stream."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.jupyterhub_message = reason


class LocalSpawner(SimpleLocalProcessSpawner):  # type: ignore[misc]
    """Starts services in the users' directories, each with a log of its own."""

    data = Unicode(config=True, help="OpsForge's data directory.")
    log_directory = Unicode(config=True, help="Where the services' logs are.")
    flavours = Dict(config=True, help="Cores and bytes of memory by name of flavour.")
    answer_timeout = Float(60, config=True, help="Seconds that a server may take to listen.")

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' own.
        super().__init__(**kwargs)
        self._steps: list[StartStep] = []
        self._stepped = asyncio.Condition()

    @property
    def _log(self) -> Path:
        return Path(self.log_directory) / f"{self.user.name}.log"

    async def start(self) -> str:
        """Start the server and return its address once it listens.

        Raises:
            StartFailed: It ended or did not listen in time; says why.
        """
        self._steps.clear()
        self._apply_flavour(self.user_options.get("flavour", ""))
        await self._enter(StartStep.PREPARING)
        prepare_home(Path(self.data), self.user.name)
        await self._enter(StartStep.LAUNCHING)
        log = open_log(self._log)
        os.ftruncate(log, 0)
        self.popen_kwargs = {"stdin": DEVNULL, "stdout": log, "stderr": log}
        try:
            ip, port = await super().start()
        finally:
            os.close(log)
        await self._enter(StartStep.WAITING)
        await self._until_listening(ip, port)
        return f"http://{ip}:{port}"

    async def poll(self) -> int | None:
        """None while the server runs. Asked now and then, so it is where the log is bounded."""
        bound_log(self._log)
        status: int | None = await super().poll()
        return status

    async def progress(self) -> AsyncIterator[dict[str, object]]:
        """The steps of the start, as they happen; the hub ends this when the start is over."""
        told = 0
        while True:
            async with self._stepped:
                while len(self._steps) <= told:
                    await self._stepped.wait()
            for step in self._steps[told:]:
                percent, message = STEPS[step]
                yield {"progress": percent, "message": message, "step": step.value}
            told = len(self._steps)

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """A home of their own, and thread pools as large as the flavour."""
        super().user_env(env)
        if self.cpu_limit:
            threads = str(max(1, round(self.cpu_limit)))
            for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
                env[f"{library}_NUM_THREADS"] = threads
        return env

    def _apply_flavour(self, name: str) -> None:
        if name not in self.flavours:
            raise StartFailed(f"there is no flavour {name!r}; choose another one")
        self.cpu_limit, self.mem_limit = self.flavours[name]

    async def _enter(self, step: StartStep) -> None:
        self._steps.append(step)
        async with self._stepped:
            self._stepped.notify_all()

    async def _until_listening(self, ip: str, port: int) -> None:
        give_up_at = time.monotonic() + self.answer_timeout
        while not await _listens(ip, port):
            status = await self.poll()
            if status is not None:
                raise StartFailed(self._explain(f"the server ended with status {status}"))
            if time.monotonic() > give_up_at:
                late = f"the server did not answer within {self.answer_timeout:.0f} seconds"
                raise StartFailed(self._explain(late))
            await asyncio.sleep(LISTEN_CHECK_SECONDS)

    def _explain(self, what: str) -> str:
        tail = last_lines(self._log)
        return f"{what}. It said last:\n{tail}" if tail else f"{what}, without a word"


def prepare_home(data: Path, username: str) -> None:
    """Make sure of the user's directories, and of a way from them to what is public."""
    home = data / "users" / username
    for area in AREAS:
        (home / area).mkdir(parents=True, exist_ok=True)
        (data / "public" / area).mkdir(parents=True, exist_ok=True)
        link = home / "public" / area
        link.parent.mkdir(exist_ok=True)
        if link.is_dir() and not link.is_symlink():
            with suppress(OSError):
                link.rmdir()  # A volume has an empty one there, to mount upon.
        if not os.path.lexists(link):
            link.symlink_to(os.path.relpath(data / "public" / area, link.parent))


async def _listens(ip: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(ip, port)
    except OSError:
        return False
    writer.close()
    return True
