"""Volumes on a file system of this machine."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Concatenate, ParamSpec, TypeVar

import anyio

from opsforge.storage.hosted import HostedStaging, HostedStorage
from opsforge.storage.port import FileEntry, InboxFile, Place
from opsforge.storage.stored import LocalFile
from opsforge.storage.volumes import Volumes

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
THREADS = 16
"""Of all the worker threads, at most so many wait for disks."""

MEASURING_THREADS = 2
"""A walk over a user's whole volume must not take the threads of those who store something."""


class LocalStorage(HostedStorage):
    """`opsforge.storage.port.Storage` in a data directory of this machine."""

    def __init__(self, data: Path) -> None:
        super().__init__(LocalHost(data))


class LocalHost:
    """`opsforge.storage.hosted.Host`: calls run on threads, never on the event loop."""

    def __init__(self, data: Path) -> None:
        self._volumes = Volumes(data)
        self._limiter = anyio.CapacityLimiter(THREADS)
        self._measuring = anyio.CapacityLimiter(MEASURING_THREADS)

    async def run(
        self,
        call: Callable[Concatenate[Volumes, Arguments], Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Make a call of `Volumes` on a thread; a cancelled request waits for its end."""
        ready = partial(call, self._volumes, *arguments, **named)
        limiter = self._measuring if call is Volumes.measure else self._limiter
        return await anyio.to_thread.run_sync(ready, limiter=limiter)

    async def create_file(self, staging: str, path: PurePosixPath) -> "LocalSink":
        """A new file in what is being gathered."""
        handle = await self.run(Volumes.create_file, staging, path)
        return LocalSink(handle, path, host=self)

    async def take_in(self, staging: HostedStaging, path: PurePosixPath, stored: InboxFile) -> None:
        """Let a file of this machine join what is being gathered, by a link where that can be."""
        await self.run(Volumes.take_in, staging.name, path, stored)

    async def open_file(self, place: Place, path: PurePosixPath) -> LocalFile:
        """Open a file of a tree for reading."""
        fd = await self.run(Volumes.open_descriptor, place, path)
        return LocalFile(fd, is_shared=place.area.is_shared, limiter=self._limiter)

    def join(self, worker: str) -> None:
        """No name is needed: what a process does here ends with it."""

    async def fence(self, worker: str) -> None:
        """What it did here ended with it."""

    async def close(self) -> None:
        """There is nothing to let go of."""


class LocalSink:
    """`opsforge.storage.hosted.Sink`, with the digest of what was written."""

    def __init__(self, handle: str, path: PurePosixPath, *, host: LocalHost) -> None:
        self._handle = handle
        self._path = path
        self._host = host
        self._digest = hashlib.sha256()
        self._size_bytes = 0

    async def write(self, block: bytes) -> None:
        """Hash and append a block."""

        def write(volumes: Volumes) -> None:
            self._digest.update(block)
            volumes.write_file(self._handle, block, self._size_bytes)

        await self._host.run(write)
        self._size_bytes += len(block)

    async def finish(self) -> FileEntry:
        """Let it be as it is, durably."""
        size_bytes = await self._host.run(Volumes.finish_file, self._handle)
        return FileEntry(path=self._path, size_bytes=size_bytes, sha256=self._digest.digest())

    async def abandon(self) -> None:
        """Delete it."""
        await self._host.run(Volumes.abandon_file, self._handle)
