"""Archives as sources of files."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar

import anyio

from opsforge.settings import UploadSettings
from opsforge.storage.archives.reading import Archive, Limits, is_archive
from opsforge.storage.inbox import Inbox
from opsforge.storage.port import InboxFile
from opsforge.storage.uploads import (
    FREE_CHECK_BYTES,
    Content,
    FileSource,
    FileTooLarge,
    require_space,
)

Result = TypeVar("Result")
AT_ONCE = 2
"""Unpacking computes: more of it would be for those who wait, and against everybody else."""


class Unpacker:
    """Unpacks archives, a few at a time, beside the event loop."""

    def __init__(self, *, inbox: Inbox, limits: UploadSettings) -> None:
        self._inbox = inbox
        self._limits = limits
        self._turns = anyio.CapacityLimiter(AT_ONCE)
        self._threads = anyio.CapacityLimiter(AT_ONCE)

    def open_archive(self, stored: Path, *, path: str, reserved_bytes: int) -> "ArchiveSource":
        """The files of a whole archive, below the folder of ``path``."""
        return ArchiveSource(self, stored, path=path, reserved_bytes=reserved_bytes)

    def unpacking(self, source: FileSource) -> "UnpackingSource":
        """The files of a source, with those of archives in the place of archives."""
        return UnpackingSource(self, source)

    async def read_archive(
        self, stored: Path, *, path: str
    ) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        """Name and content of each file of an archive.

        Raises:
            Problem: What `Archive` refuses.
        """
        folder = PurePosixPath(path).parent
        limits = Limits(
            max_bytes=int(self._limits.unpacked_max),
            ratio=self._limits.unpacked_ratio,
            max_members=2 * self._limits.max_files,
        )
        async with self._turns:
            archive = await self._run(lambda: Archive(stored, name=path, limits=limits))
            members = archive.read_members()
            try:
                while (member := await self._run(next, members, None)) is not None:
                    name, content = member
                    inside = name if folder == PurePosixPath() else f"{folder}/{name}"
                    yield inside, self._read(archive, content)
            finally:
                with anyio.CancelScope(shield=True):
                    await self._run(members.close)  # type: ignore[attr-defined]  # A generator.

    @asynccontextmanager
    async def spooled(self, path: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Path]:
        """What arrives, as a file for a while: a zip tells only at its end what is in it.

        Raises:
            FileTooLarge: It is over the limit of one file.
            StorageFull: The disk becomes too full.
        """
        name = f"spool-{secrets.token_hex(16)}"
        async with self._inbox.writing(name) as file:
            try:
                await self._inbox.append(file, self._guarded(path, chunks))
                yield file.path
            finally:
                with anyio.CancelScope(shield=True):
                    await self._inbox.remove(name)

    async def _guarded(self, path: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size_bytes = unchecked_bytes = 0
        async for chunk in chunks:
            size_bytes += len(chunk)
            unchecked_bytes += len(chunk)
            if size_bytes > self._limits.max_file:
                raise FileTooLarge(path=path, limit_bytes=int(self._limits.max_file))
            if unchecked_bytes >= FREE_CHECK_BYTES:
                require_space(await self._inbox.free_bytes(), self._limits)
                unchecked_bytes = 0
            yield chunk

    async def _read(self, archive: Archive, content: IO[bytes]) -> AsyncIterator[bytes]:
        while block := await self._run(archive.read_block, content):
            yield block

    async def _run(self, function: Callable[..., Result], *arguments: Any) -> Result:  # noqa: ANN401 - passed on.
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self._threads)


class ArchiveSource:
    """The files of one archive that is there already."""

    announced_bytes: int | None = None

    def __init__(self, unpacker: Unpacker, stored: Path, *, path: str, reserved_bytes: int) -> None:
        self._unpacker = unpacker
        self._stored = stored
        self._path = path
        self.reserved_bytes = reserved_bytes

    def read_files(self) -> AsyncGenerator[tuple[str, Content], None]:
        """Each file's name and content."""
        return self._unpacker.read_archive(self._stored, path=self._path)


class UnpackingSource:
    """A source whose archives are unpacked as they arrive."""

    def __init__(self, unpacker: Unpacker, source: FileSource) -> None:
        self._unpacker = unpacker
        self._source = source
        self.announced_bytes = source.announced_bytes
        self.reserved_bytes = source.reserved_bytes

    async def read_files(self) -> AsyncGenerator[tuple[str, Content], None]:
        """Each file's name and content."""
        async for name, content in self._source.read_files():
            if not is_archive(name) or isinstance(content, InboxFile):
                yield name, content
                continue
            async with (
                self._unpacker.spooled(name, content) as stored,
                aclosing(self._unpacker.read_archive(stored, path=name)) as files,
            ):
                async for inside in files:
                    yield inside
