"""Files that arrive in pieces: each lies here until it is whole.

One file for each upload, beside the volumes on their file system, so that what is whole joins a
tree by a link. Its length says how much is there, and nothing else does. Whoever writes holds its
lock (``flock``), which ends with the process, however it ends.
"""

import fcntl
import hashlib
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio

from opsforge.storage.hosted import BLOCK_BYTES
from opsforge.storage.local import THREADS
from opsforge.storage.port import InboxFile
from opsforge.storage.trees import check_component

Result = TypeVar("Result")
DIGESTS_KEPT = 1024
"""Digests of so many unfinished files go on where they were; others are computed in the end."""

_WRITE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class InboxBusyError(Exception):
    """Somebody else writes to the file."""


class ArrivingFile:
    """A file of the inbox, locked for whoever has it."""

    def __init__(self, path: Path, fd: int, digest: "hashlib._Hash | None") -> None:
        self.path = path
        self._fd = fd
        self.size_bytes = os.fstat(fd).st_size
        self._digest = hashlib.sha256() if self.size_bytes == 0 else digest
        self.piece_digest: hashlib._Hash | None = None
        """Of what is written from now on, where somebody wants to know it."""

    @property
    def digest_so_far(self) -> "hashlib._Hash | None":
        """Of all that is there; None when it has to be read for that."""
        return self._digest

    @property
    def is_gone(self) -> bool:
        """Whether somebody deleted it meanwhile."""
        return os.fstat(self._fd).st_nlink == 0

    def write(self, block: bytes) -> None:
        """Append, and go on with the digest."""
        rest = memoryview(block)
        at = self.size_bytes
        while rest:
            written = os.pwrite(self._fd, rest, at)
            rest, at = rest[written:], at + written
        for digest in (self._digest, self.piece_digest):
            if digest is not None:
                digest.update(block)
        self.size_bytes = at

    def cut(self, size_bytes: int, digest: "hashlib._Hash | None") -> None:
        """Forget what is behind ``size_bytes``, at which the digest was this."""
        os.ftruncate(self._fd, size_bytes)
        self.size_bytes = size_bytes
        self._digest = hashlib.sha256() if size_bytes == 0 else digest

    def flush(self) -> None:
        """Let what is there survive a power loss."""
        os.fsync(self._fd)

    def finish(self) -> InboxFile:
        """The whole file, flushed, with the digest of its content."""
        os.fsync(self._fd)
        if self._digest is None:
            with self.path.open("rb") as file:
                self._digest = hashlib.file_digest(file, "sha256")
        return InboxFile(file=self.path, size_bytes=self.size_bytes, sha256=self._digest.digest())


class Inbox:
    """The directory of such files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._limiter = anyio.CapacityLimiter(THREADS)
        self._digests: OrderedDict[str, tuple[int, hashlib._Hash]] = OrderedDict()

    async def open(self) -> None:
        """Make the directory."""
        await self.run(lambda: self._folder.mkdir(0o700, parents=True, exist_ok=True))

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:  # noqa: ANN401 - passed on.
        """Do something with a file on one of the threads that may wait for the disk."""
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self._limiter)

    @asynccontextmanager
    async def writing(self, name: str) -> AsyncIterator[ArrivingFile]:
        """The file ``name``, made if it is not there, for oneself.

        Raises:
            InboxBusyError: Somebody else has it.
        """
        path = self._path(name)
        fd = await self.run(_lock_file, path)
        try:
            file = ArrivingFile(path, fd, self._find_digest(name, fd))
            yield file
            if file.size_bytes and file.digest_so_far is not None:
                self._keep_digest(name, file.size_bytes, file.digest_so_far)
        finally:
            os.close(fd)

    async def append(self, file: ArrivingFile, chunks: AsyncIterator[bytes]) -> None:
        """Write what arrives, block by block; what came before a failure is kept."""
        buffer = bytearray()
        try:
            async for chunk in chunks:
                buffer += chunk
                if len(buffer) >= BLOCK_BYTES:
                    block = bytes(buffer)
                    buffer.clear()
                    await self.run(file.write, block)
        finally:
            if buffer:
                with anyio.CancelScope(shield=True):
                    await self.run(file.write, bytes(buffer))

    async def list_sizes(self, names: Collection[str]) -> dict[str, int]:
        """How much there is of each; 0 for what has not begun."""

        def look() -> dict[str, int]:
            return {name: _size_of(self._path(name)) for name in names}

        return await self.run(look)

    async def free_bytes(self) -> int:
        """Disk that is free here, which is not where the volumes are when those are elsewhere."""

        def look() -> int:
            disk = os.statvfs(self._folder)
            return disk.f_bavail * disk.f_frsize

        return await self.run(look)

    async def list_names(self) -> list[str]:
        """All files that are there."""
        return await self.run(lambda: sorted(path.name for path in self._folder.iterdir()))

    async def remove(self, name: str) -> None:
        """Delete a file, even from under somebody who writes to it; an absent one is no error."""
        self._digests.pop(name, None)
        await self.run(lambda: self._path(name).unlink(missing_ok=True))

    async def remove_idle(self, name: str) -> bool:
        """Delete a file unless somebody writes to it."""

        def remove() -> bool:
            path = self._path(name)
            try:
                fd = _lock_file(path)
            except InboxBusyError:
                return False
            path.unlink(missing_ok=True)
            os.close(fd)
            return True

        return await self.run(remove)

    def _path(self, name: str) -> Path:
        check_component(name)
        return self._folder / name

    def _find_digest(self, name: str, fd: int) -> "hashlib._Hash | None":
        size_bytes, digest = self._digests.pop(name, (0, None))
        # Another process may have written to it since.
        return digest if size_bytes == os.fstat(fd).st_size else None

    def _keep_digest(self, name: str, size_bytes: int, digest: "hashlib._Hash") -> None:
        self._digests[name] = size_bytes, digest
        while len(self._digests) > DIGESTS_KEPT:
            self._digests.popitem(last=False)


def _lock_file(path: Path) -> int:
    while True:
        fd = os.open(path, _WRITE, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            raise InboxBusyError from None
        if os.fstat(fd).st_nlink:
            return fd
        os.close(fd)  # Somebody deleted it before it was locked.


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
