"""Volumes on several machines, behind the one port."""

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from pathlib import PurePosixPath

from structlog import get_logger

from opsforge.storage.hosted import BLOCK_BYTES
from opsforge.storage.journal.errors import StorageAway
from opsforge.storage.moves import Move, Rename
from opsforge.storage.places import owner_of
from opsforge.storage.port import (
    Amount,
    FileEntry,
    FileHead,
    FolderEntry,
    FolderKey,
    Holding,
    InboxFile,
    Place,
    Staging,
    Storage,
    StoredFile,
    Volume,
)

log = get_logger()


class RoutedStorage:
    """`opsforge.storage.port.Storage`: each volume, and the public tree, where the settings say.

    A move never leaves its machine. What is copied from one to another goes through this process,
    file by file: no link is possible there, folders without a file are left out, and copied files
    are not executable.
    """

    def __init__(self, default: Storage, *, elsewhere: Mapping[str, Storage]) -> None:
        """Wire the machines.

        Args:
            default: Has the public tree, and every volume that is not elsewhere.
            elsewhere: Storages of other volumes, by username.
        """
        self._default = default
        self._elsewhere = dict(elsewhere)
        self._all = list({id(each): each for each in (default, *elsewhere.values())}.values())

    async def open(self) -> None:
        """Make the common directories."""
        for storage in self._all:
            await storage.open()

    async def close(self) -> None:
        """Let go of the machines."""
        for storage in self._all:
            await storage.close()

    def join(self, worker: str) -> None:
        """Work under the name of this worker from now on."""
        for storage in self._all:
            storage.join(worker)

    async def stage(self, place: Place) -> Staging:
        """Begin to gather files for a place."""
        return RoutedStaging(await self.of(place).stage(place), routes=self)

    async def stage_volume(self, username: str, *, owner_uid: int | None) -> Staging:
        """A new user's directories, to be published."""
        return await self.of(Volume(username)).stage_volume(username, owner_uid=owner_uid)

    async def hold(self, place: Place | Volume) -> Holding:
        """An empty holding, for the tree at a place that shall be taken away."""
        return await self.of(place).hold(place)

    async def exists(self, place: Place | Volume) -> bool:
        """Whether something is at the place."""
        return await self.of(place).exists(place)

    async def identify(self, parts: tuple[str, ...]) -> str | None:
        """Tells a tree or a file from every other one."""
        return await self._at(parts).identify(parts)

    async def make(self, move: Move) -> bool:
        """Make a move, durably."""
        return await self._at(_parts_of(move)).make(move)

    async def undo(self, move: Move, *, asked_by: str | None = None) -> None:
        """Undo a move, durably."""
        await self._at(_parts_of(move)).undo(move, asked_by=asked_by)

    async def sweep(self, *, list_wanted: Callable[[], Awaitable[Collection[str]]]) -> int:
        """Delete the holdings that no living process has, on the machines that answer."""
        count = 0
        for storage in self._all:
            try:
                count += await storage.sweep(list_wanted=list_wanted)
            except StorageAway:
                log.warning("storage.not_swept")
        return count

    async def list_files(self, place: Place) -> list[FileEntry]:
        """The regular files of a tree, sorted by path."""
        return await self.of(place).list_files(place)

    async def read_head(self, place: Place, path: PurePosixPath, *, max_bytes: int) -> FileHead:
        """Read how a file of a tree begins."""
        return await self.of(place).read_head(place, path, max_bytes=max_bytes)

    async def open_file(self, place: Place, path: PurePosixPath) -> StoredFile:
        """Open a file of a tree for reading."""
        return await self.of(place).open_file(place, path)

    async def list_folder(
        self, place: Place, path: PurePosixPath, *, after: FolderKey | None, limit: int
    ) -> list[FolderEntry]:
        """What is in one folder of a tree."""
        return await self.of(place).list_folder(place, path, after=after, limit=limit)

    async def find_taken(self, place: Place, paths: Collection[PurePosixPath]) -> dict[str, bool]:
        """Those of the paths in a tree that are in use."""
        return await self.of(place).find_taken(place, paths)

    async def measure(self, where: Place | Volume, *, max_entries: int) -> Amount:
        """What the files of a tree take."""
        return await self.of(where).measure(where, max_entries=max_entries)

    async def free_bytes(self, place: Place | Volume | None = None) -> int:
        """Disk that is free for uploads to a place."""
        storage = self._default if place is None else self.of(place)
        return await storage.free_bytes(place)

    def of(self, place: Place | Volume) -> Storage:
        """Where a place is."""
        return self._at(place.parts)

    def _at(self, parts: tuple[str, ...]) -> Storage:
        owner = owner_of(parts)
        return self._default if owner is None else self._elsewhere.get(owner, self._default)


class RoutedStaging:
    """`opsforge.storage.port.Staging` that can be filled from other machines, too."""

    def __init__(self, inner: Staging, *, routes: RoutedStorage) -> None:
        self._inner = inner
        self._routes = routes
        self.name = inner.name
        self.place = inner.place
        self.identity = inner.identity

    async def write_file(self, path: PurePosixPath, chunks: AsyncIterator[bytes]) -> FileEntry:
        """Store a new file, streaming."""
        return await self._inner.write_file(path, chunks)

    async def take_in(self, path: PurePosixPath, stored: InboxFile) -> FileEntry:
        """Take in a file of the platform's own."""
        return await self._inner.take_in(path, stored)

    async def identify(self, path: str) -> str:
        """Tells a staged file from every other one."""
        return await self._inner.identify(path)

    async def link_tree(self, source: Place, *, leave_out: Collection[str] = ()) -> None:
        """Copy a data set's tree: by hard links, unless it is on another machine."""
        if self._is_near(source):
            await self._inner.link_tree(source, leave_out=leave_out)
        else:
            await self._fetch(source, leave_out=leave_out)

    async def link_files(self, source: Place, paths: Mapping[str, str]) -> list[str]:
        """Take in files of a data set by hard links: both are the same owner's, so it is near."""
        return await self._inner.link_files(source, paths)

    async def copy_tree(self, source: Place) -> list[FileEntry]:
        """Really copy a project's tree."""
        if self._is_near(source):
            return await self._inner.copy_tree(source)
        return await self._fetch(source, leave_out=())

    async def digest_files(self) -> list[FileEntry]:
        """What is staged, with digests."""
        return await self._inner.digest_files()

    async def rename_file(self, source: str, target: str) -> bool:
        """Rename a file at the top of what is staged."""
        return await self._inner.rename_file(source, target)

    async def find_new_folders(self, *, leave_out: Collection[str] = ()) -> tuple[str, ...]:
        """The folders that the tree at the place would get by a merge."""
        return await self._inner.find_new_folders(leave_out=leave_out)

    async def close(self) -> None:
        """Delete it with what is in it."""
        await self._inner.close()

    async def release(self) -> None:
        """Let go of it without deleting."""
        await self._inner.release()

    def _is_near(self, source: Place) -> bool:
        return self._routes.of(source) is self._routes.of(self.place)

    async def _fetch(self, source: Place, *, leave_out: Collection[str]) -> list[FileEntry]:
        there = self._routes.of(source)
        fetched = []
        listed = await there.list_files(source)
        wanted = [file for file in listed if str(file.path) not in leave_out]
        # Holes come as bytes, and so take disk.
        if sum(file.size_bytes for file in wanted) > await self._routes.free_bytes(self.place):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for file in wanted:
            with suppress(FileNotFoundError):  # Its owner deleted it meanwhile.
                content = await there.open_file(source, file.path)
                try:
                    entry = await self._inner.write_file(file.path, _read_all(content))
                finally:
                    await content.close()
                fetched.append(entry)
        return fetched


async def _read_all(file: StoredFile) -> AsyncIterator[bytes]:
    at = 0
    while block := await file.read(at, max_bytes=BLOCK_BYTES):
        yield block
        at += len(block)


def _parts_of(move: Move) -> tuple[str, ...]:
    return move.source if isinstance(move, Rename) else move.place
