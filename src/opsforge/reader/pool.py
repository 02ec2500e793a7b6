"""Runs jobs in processes that are forked from the zygote, so many at once."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict
from typing import Any

from opsforge.reader.sealing import Limits
from opsforge.reader.unreadable import Unreadable

FOUND = b"+"
LENGTH_BYTES = 8
GRACE_SECONDS = 5.0
"""A job ends itself in time; this is for the zygote's part of it."""
START_SECONDS = 60.0
IDLE_SECONDS = 600.0
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_NUM_THREADS": "1",
    "HOME": "/nonexistent",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
}
"""Of the zygote: no secret of the platform's, no threads, no settings of users."""


class Crowded(Exception):  # noqa: N818 - nothing is wrong.
    """Too many jobs wait."""


class ReaderPool:
    """The zygote, started when it is first needed and ended when it is not needed for a while."""

    def __init__(self, *, at_once: int, waiting: int, limits: Limits) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._limits = limits
        self._slots = asyncio.Semaphore(at_once)
        self._jobs = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._end: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def run(
        self,
        job: str,
        opening: AbstractAsyncContextManager[int],
        *,
        options: Mapping[str, Any],
        max_bytes: int,
    ) -> bytes:
        """What a job of `opsforge.reader.jobs.JOBS` finds in a file.

        Args:
            job: Its name.
            opening: Gives a descriptor for reading; entered when the job's turn has come, for it
                may have to fetch the file.
            options: Of the job.
            max_bytes: More than this is not taken from it.

        Raises:
            Unreadable: There is nothing to be shown, or the job went over its limits.
            Crowded: Too many jobs wait already.
        """
        if self._jobs >= self._waiting + self._at_once:
            raise Crowded
        self._jobs += 1
        try:
            async with self._slots, opening as file:
                return await self._run(job, file, options=options, max_bytes=max_bytes)
        finally:
            self._jobs -= 1
            self._watch_idleness()

    async def close(self) -> None:
        """End the zygote; its jobs end in time by themselves."""
        if self._end is not None:
            self._end.cancel()
        self._end_zygote()
        await asyncio.gather(*self._ending)

    async def _run(
        self, job: str, file: int, *, options: Mapping[str, Any], max_bytes: int
    ) -> bytes:
        order = {"job": job, "options": dict(options), "limits": asdict(self._limits)}
        reading, writing = os.pipe()
        try:
            self._send(json.dumps(order).encode(), [file, writing])
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        # The zygote may have to import its libraries first, when this is its first job.
        patience = self._limits.seconds + GRACE_SECONDS + START_SECONDS
        try:
            async with asyncio.timeout(patience):
                answer = await _read(reading, max_bytes=max_bytes + LENGTH_BYTES + 1)
        except TimeoutError:
            answer = b""
        return _understand(answer)

    def _send(self, order: bytes, descriptors: list[int]) -> None:
        if self._end is not None:
            self._end.cancel()
        for is_last in (False, True):
            orders = self._start()
            try:
                socket.send_fds(orders, [order], descriptors)
            except OSError:  # It was killed; a new one takes its place.
                self._end_zygote()
                if is_last:
                    raise
            else:
                return

    def _start(self) -> socket.socket:
        if self._orders is not None and self._process is not None and self._process.poll() is None:
            return self._orders
        self._end_zygote()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-m", "opsforge.reader.zygote"]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no user's word in it.
                [*command, str(theirs.fileno()), str(self._at_once)],
                pass_fds=[theirs.fileno()],
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
            )
        self._orders = ours
        return ours

    def _end_zygote(self) -> None:
        orders, self._orders = self._orders, None
        process, self._process = self._process, None
        if orders is not None:
            orders.close()
        if process is not None:
            ending = asyncio.create_task(asyncio.to_thread(_end, process))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    def _watch_idleness(self) -> None:
        if self._end is not None:
            self._end.cancel()
        if not self._jobs:
            self._end = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_zygote)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process ends by itself, which it does without orders, or end it."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    process.kill()
    process.wait()


async def _read(pipe: int, *, max_bytes: int) -> bytes:
    """All that comes through a pipe until nobody can write to it, up to a limit."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    try:
        content = bytearray()
        while piece := await reader.read(256 * 1024):
            content += piece
            if len(content) > max_bytes:
                return b""
        return bytes(content)
    finally:
        transport.close()


def _understand(answer: bytes) -> bytes:
    length = int.from_bytes(answer[:LENGTH_BYTES], "big")
    kind, content = answer[LENGTH_BYTES : LENGTH_BYTES + 1], answer[LENGTH_BYTES + 1 :]
    if not kind or len(content) != length:
        raise Unreadable("gave_up")
    if kind == FOUND:
        return content
    reason, detail = json.loads(content)
    raise Unreadable(reason, detail)
