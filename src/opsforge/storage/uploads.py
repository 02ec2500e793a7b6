"""Receiving uploaded files into a staging, inside the limits of the settings."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.kit.names import clean_path
from opsforge.kit.problems import Problem
from opsforge.settings import UploadSettings
from opsforge.storage.clashes import Clashes, OnClash
from opsforge.storage.journal.errors import StorageFull, is_disk_full
from opsforge.storage.port import Amount, FileEntry, InboxFile, Place, Staging, Storage, Volume
from opsforge.storage.quotas import NOTHING, QUOTA_PROBLEMS, Hold, NoQuotas, Quotas

FREE_CHECK_BYTES = 64 * 1024 * 1024
"""How much is received between two looks at the free disk."""


class PathRefused(Problem):
    """A file's name can't be a path inside a tree."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "uploads.path_refused"
    at = "files"
    en = (
        "“{path}” can't be stored. A file's path is relative, at most 1000 characters and 32 "
        "folders long, without “..”, backslashes or control characters. Rename the file."
    )
    zh = (
        "无法保存“{path}”。文件路径必须是相对路径，不超过 1000 个字符、32 层文件夹，"
        "且不含“..”、反斜杠或控制字符，请重命名。"
    )
    path: str


class FileTooLarge(Problem):
    """One file is over the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "uploads.file_too_large"
    at = "files"
    en = (
        "“{path}” is larger than the {limit_bytes} bytes that one file may have. "
        "Split it, or ask an administrator to allow more."
    )
    zh = "“{path}”超过了单个文件 {limit_bytes} 字节的上限，请拆分文件，或联系管理员提高上限。"
    path: str
    limit_bytes: int


class TooManyFiles(Problem):
    """More files than one upload may have."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "uploads.too_many_files"
    at = "files"
    en = "One upload may have {limit} files. Send the rest in another one."
    zh = "一次最多上传 {limit} 个文件，其余文件请分次上传。"
    limit: int


class NoFiles(Problem):
    """An upload without a file."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "uploads.no_files"
    at = "files"
    en = "The upload has no file in it. Choose at least one."
    zh = "上传中没有文件，请至少选择一个文件。"


UPLOAD_PROBLEMS: tuple[type[Problem], ...] = (
    PathRefused,
    FileTooLarge,
    TooManyFiles,
    StorageFull,
    NoFiles,
    *QUOTA_PROBLEMS,
)


class FileSource(Protocol):
    """Where files come from; `opsforge.kit.multipart.MultipartReader` is one."""

    announced_bytes: int | None
    """What the client says that all of it has."""
    reserved_bytes: int
    """What of it the user's quota has room for already."""

    def read_files(self) -> AsyncGenerator[tuple[str, "Content"], None]:
        """Each file's name, sub-folders separated by ``/``, and content, in order of arrival."""


Content = AsyncIterator[bytes] | InboxFile

Along = Callable[[AsyncSession, Sequence[str]], Awaitable[None]]
"""Joins the transaction that makes an upload final; gets the paths that were stored."""


async def nothing_along(session: AsyncSession, paths: Sequence[str]) -> None:
    """Nothing more belongs to it."""
    del session, paths


@dataclass(frozen=True, kw_only=True)
class UploadTarget:
    """Where files go."""

    place: Place
    owner_id: int
    """Whose quota they count against."""


class UploadReceiver:
    """Takes uploads in, for every room that stores files."""

    def __init__(
        self, *, storage: Storage, limits: UploadSettings, quotas: Quotas | None = None
    ) -> None:
        self._storage = storage
        self._limits = limits
        self.quotas = quotas or NoQuotas()

    def clashes(self, place: Place, on_clash: OnClash = "refuse") -> Clashes:
        """What to do with files whose paths are in use at a place."""
        return Clashes(self._storage, place, on_clash=on_clash)

    async def require_space(self, wanted_bytes: int, *, place: Place) -> None:
        """Look at the disk before so much is written to a place.

        Raises:
            StorageFull: It would become too full.
        """
        free_bytes = await self._storage.free_bytes(place)
        require_space(free_bytes, self._limits, wanted_bytes)

    async def receive(
        self,
        source: FileSource,
        staging: Staging,
        *,
        clashes: Clashes,
        owner_id: int,
        at_least: int = 1,
    ) -> list[FileEntry]:
        """Stage every file of a source.

        Args:
            source: What arrives.
            staging: Where it goes.
            clashes: Settles what to do with a path that is in use where the files will be.
            owner_id: Of the user whose quota the files count against.
            at_least: So many files must arrive; what is skipped counts.

        Raises:
            FileExistsError: A path is taken, or twice in the upload; ``filename`` is that path.
            PathRefused: A name can't be stored.
            FileTooLarge: One file is over the limit.
            TooManyFiles: There are more than the limit.
            QuotaExceeded: The owner has no room for the bytes.
            FileQuotaExceeded: The owner has no room for so many files.
            StorageFull: The disk would become too full.
            NoFiles: There was none.
            Problem: What the source itself refuses, of an archive.
        """
        kept = NOTHING
        if source.reserved_bytes:
            kept = Amount(size_bytes=source.reserved_bytes, file_count=1)
        async with self.quotas.hold(owner_id, kept=kept) as room:
            room.require(size_bytes=source.announced_bytes or 0, file_count=0)
            place, wanted_bytes = staging.place, source.announced_bytes or 0
            free_bytes = await self._storage.free_bytes(place)
            require_space(free_bytes, self._limits, wanted_bytes)
            try:
                received, arrived = await self._receive(source, staging, clashes, room)
            except OSError as error:
                if is_disk_full(error):
                    raise StorageFull from error
                raise
            if arrived < at_least:
                raise NoFiles
            size_bytes = sum(entry.size_bytes for entry in received)
            room.taken = Amount(size_bytes=size_bytes, file_count=len(received))
        return received

    async def _receive(
        self, source: FileSource, staging: Staging, clashes: Clashes, room: Hold
    ) -> tuple[list[FileEntry], int]:
        received: list[FileEntry] = []
        size_bytes = arrived = 0
        async with aclosing(source.read_files()) as files:
            async for name, content in files:
                if len(received) == self._limits.max_files:
                    raise TooManyFiles(limit=self._limits.max_files)
                arrived += 1
                path = await clashes.settle(accept_path(name))
                if path is None:
                    continue
                room.require(size_bytes=size_bytes, file_count=len(received) + 1)
                if isinstance(content, InboxFile):
                    entry = await staging.take_in(path, content)
                else:
                    guarded = self._guarded(
                        path, content, room, before_bytes=size_bytes, place=staging.place
                    )
                    entry = await staging.write_file(path, guarded)
                size_bytes += entry.size_bytes
                received.append(entry)
        return received, arrived

    async def _guarded(
        self,
        path: PurePosixPath,
        chunks: AsyncIterator[bytes],
        room: Hold,
        *,
        before_bytes: int,
        place: Place | Volume,
    ) -> AsyncIterator[bytes]:
        size_bytes = unchecked_bytes = 0
        async for chunk in chunks:
            size_bytes += len(chunk)
            unchecked_bytes += len(chunk)
            if size_bytes > self._limits.max_file:
                raise FileTooLarge(path=str(path), limit_bytes=int(self._limits.max_file))
            room.require(size_bytes=before_bytes + size_bytes, file_count=0)
            if unchecked_bytes >= FREE_CHECK_BYTES:
                require_space(await self._storage.free_bytes(place), self._limits)
                unchecked_bytes = 0
            yield chunk


def require_space(free_bytes: int, limits: UploadSettings, wanted_bytes: int = 0) -> None:
    """Look at what is free on a disk before so much is written to it.

    Raises:
        StorageFull: It would become too full.
    """
    if free_bytes - wanted_bytes < limits.keep_free:
        raise StorageFull


def accept_path(name: str) -> PurePosixPath:
    """A file's name as a path in a tree.

    Raises:
        PathRefused: It can't be one.
    """
    try:
        return clean_path(name)
    except ValueError:
        raise PathRefused(path=name) from None
