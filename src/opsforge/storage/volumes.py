"""What is done with volumes on the machine that has them, one blocking call at a time.

`opsforge.storage.hosted.HostedStorage` makes the port of these calls. Its host says where they run:
on threads of this process (`opsforge.storage.local`), or in a process on another machine
(`opsforge.storage.sftp`). What is being gathered is known by its name.
"""

import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from opsforge.storage import reading, trees
from opsforge.storage.gathering import Gathering, Held, NewFile, stamp_of
from opsforge.storage.measuring import measure_tree
from opsforge.storage.moves import Move
from opsforge.storage.places import (
    Amount,
    Area,
    FileEntry,
    FileHead,
    FolderEntry,
    FolderKey,
    InboxFile,
    Opened,
    Place,
    Staged,
    Volume,
)
from opsforge.storage.relocation import STAGING, make_move, undo_move
from opsforge.storage.scratch import TREE, lock_abandoned, make_scratch
from opsforge.storage.trees import Stamp, made_directory, opened_directory

PLATFORM = Stamp(owner=None, file_mode=0o644)
AREAS = (("work",), ("input",), ("public", "work"), ("public", "input"))
"""Directories of a volume; the public ones are where a service sees the public tree."""


class Volumes:
    """The volumes below one data directory of this machine.

    Its file system must support ``renameat2`` with ``RENAME_NOREPLACE``, as ext4, XFS, Btrfs,
    ZFS 2.2, tmpfs and overlayfs do. Calls may come from many threads at once.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._held: dict[str, Held] = {}
        self._files: dict[str, NewFile] = {}
        self._opened: dict[str, int] = {}

    def open(self) -> None:
        """Make the common directories."""
        self._data.mkdir(parents=True, exist_ok=True)
        with self._root() as root, self._staging(root):
            for parts in (("users",), ("public", "work"), ("public", "input")):
                with made_directory(parts, at=root, stamp=PLATFORM):
                    pass
            with made_directory((Area.VERSIONS.value,), at=root, stamp=PLATFORM) as versions:
                os.fchmod(versions, 0o700)

    def stage(self, place: Place) -> Staged:
        """Begin to gather files for a place."""
        with self._root() as root:
            return self._stage(root, place, stamp=stamp_of(place, root))

    def stage_volume(self, username: str, owner_uid: int | None) -> Staged:
        """A new user's directories, to be published."""
        is_owned = owner_uid is not None and os.geteuid() == 0
        owner = (owner_uid, owner_uid) if owner_uid is not None and is_owned else None
        stamp = Stamp(owner=owner, file_mode=0o644)

        def fill(volume: int) -> None:
            for parts in AREAS:
                mark = stamp if parts == ("work",) else PLATFORM
                with made_directory(parts, at=volume, stamp=mark):
                    pass

        trees.check_component(username)
        with self._root() as root:
            return self._stage(root, Volume(username), stamp=stamp, fill=fill)

    def hold(self) -> str:
        """An empty holding, for a tree that shall be taken away."""
        with self._root() as root, self._staging(root) as staging:
            return self._keep(Held(make_scratch(staging)))

    def remove(self, name: str) -> None:
        """Delete a holding with what is in it; one that isn't held any more is left alone."""
        held = self._held.pop(name, None)
        if held is not None:
            held.remove()

    def release(self, name: str) -> None:
        """Let go of a holding without deleting it."""
        held = self._held.pop(name, None)
        if held is not None:
            held.release()

    def create_file(self, name: str, path: PurePosixPath) -> str:
        """A new file in what is gathered; the answer is what it is called from now on."""
        file = self._gathering(name).create_file(path)
        handle = secrets.token_hex(8)
        self._files[handle] = file
        return handle

    def write_file(self, handle: str, block: bytes, at: int) -> None:
        """Write a block to a new file, ``at`` bytes from its beginning."""
        self._file(handle).write(block, at=at)

    def finish_file(self, handle: str) -> int:
        """Let a new file be as it is, durably; its size."""
        size_bytes = self._file(handle).finish()
        del self._files[handle]
        return size_bytes

    def abandon_file(self, handle: str) -> None:
        """Delete a new file."""
        file = self._files.pop(handle, None)
        if file is not None:
            file.abandon()

    def take_in(self, name: str, path: PurePosixPath, stored: InboxFile) -> None:
        """Take a file of this machine in, by a link where that can be."""
        self._gathering(name).take_in(path, stored)

    def identify_staged(self, name: str, path: str) -> str:
        """Tells a staged file from every other one."""
        return self._gathering(name).identify(path)

    def link_tree(self, name: str, source: Place, leave_out: Collection[str]) -> None:
        """Copy a data set's tree by hard links."""
        self._gathering(name).link_tree(source, leave_out)

    def link_files(self, name: str, source: Place, paths: Mapping[str, str]) -> list[str]:
        """Take in files of a data set by hard links, each under a path of its own."""
        return self._gathering(name).link_files(source, paths)

    def copy_tree(self, name: str, source: Place) -> list[FileEntry]:
        """Really copy a project's tree."""
        return self._gathering(name).copy_tree(source)

    def digest_files(self, name: str) -> list[FileEntry]:
        """What is gathered, with digests."""
        return self._gathering(name).digest_files()

    def rename_file(self, name: str, source: str, target: str) -> bool:
        """Rename a file at the top of what is gathered."""
        return self._gathering(name).rename_file(source, target)

    def find_new_folders(self, name: str, leave_out: Collection[str]) -> tuple[str, ...]:
        """The folders that the tree at the place would get by a merge."""
        return self._gathering(name).find_new_folders(leave_out)

    def exists(self, place: Place | Volume) -> bool:
        """Whether something is at the place."""
        with self._root() as root:
            return trees.is_there(PurePosixPath(*place.parts), at=root)

    def identify(self, parts: tuple[str, ...]) -> str | None:
        """Tells a tree or a file from every other one."""
        with self._root() as root:
            inode = trees.inode_of(parts, at=root)
        return None if inode is None else str(inode)

    def make(self, move: Move) -> bool:
        """Make a move, durably."""
        with self._root() as root:
            return make_move(root, move)

    def undo(self, move: Move) -> None:
        """Undo a move, durably."""
        with self._root() as root:
            undo_move(root, move)

    def hold_abandoned(self) -> list[str]:
        """Hold what no living process holds; the names of these holdings."""
        with self._root() as root, self._staging(root) as staging:
            return [self._keep(Held(scratch)) for scratch in lock_abandoned(staging)]

    def find_taken(self, place: Place, paths: Collection[PurePosixPath]) -> dict[str, bool]:
        """Those of the paths in a tree that are in use."""
        with (
            suppress(FileNotFoundError),
            self._root() as root,
            opened_directory(place.parts, at=root) as fd,
        ):
            return trees.find_taken(paths, at=fd)
        return {}

    def measure(self, where: Place | Volume, max_entries: int) -> Amount:
        """What the files of a tree take."""
        leave_out = ("input", "public") if isinstance(where, Volume) else ()
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            self._root() as root,
            opened_directory(where.parts, at=root) as fd,
        ):
            return measure_tree(fd, leave_out=leave_out, max_entries=max_entries)
        return Amount()

    def list_folder(
        self, place: Place, path: PurePosixPath, after: FolderKey | None, limit: int
    ) -> list[FolderEntry]:
        """What is in one folder of a tree."""
        with self._root() as root, opened_directory(place.parts, at=root) as fd:
            return reading.list_folder(path, at=fd, after=after, limit=limit)

    def list_files(self, place: Place) -> list[FileEntry]:
        """The regular files of a tree, sorted by path."""
        with self._root() as root, opened_directory(place.parts, at=root) as fd:
            return trees.list_tree(fd)

    def read_head(self, place: Place, path: PurePosixPath, max_bytes: int) -> FileHead:
        """Read how a file of a tree begins."""
        with self._root() as root, opened_directory(place.parts, at=root) as fd:
            return reading.read_head(path, at=fd, max_bytes=max_bytes)

    def open_descriptor(self, place: Place, path: PurePosixPath) -> int:
        """Open a file of a tree for reading."""
        with self._root() as root, opened_directory(place.parts, at=root) as fd:
            return reading.open_file(path, at=fd)

    def open_file(self, place: Place, path: PurePosixPath) -> Opened:
        """The same, for somebody on another machine."""
        fd = self.open_descriptor(place, path)
        handle = secrets.token_hex(8)
        self._opened[handle] = fd
        status = os.fstat(fd)
        return Opened(
            handle=handle,
            size_bytes=status.st_size,
            modified_at=reading.modified_at(status),
            version=reading.version_of(status, is_shared=place.area.is_shared),
        )

    def read_block(self, handle: str, at: int, max_bytes: int) -> bytes:
        """Read on in an open file; empty at its end."""
        opened = self._opened.get(handle)
        if opened is None:
            raise _lost()
        return os.pread(opened, max_bytes, at)

    def close_file(self, handle: str) -> None:
        """Close an open file."""
        opened = self._opened.pop(handle, None)
        if opened is not None:
            os.close(opened)

    def free_bytes(self) -> int:
        """Disk that is free for uploads."""
        with self._root() as root:
            volume = os.fstatvfs(root)
        return volume.f_bavail * volume.f_frsize

    def _stage(
        self,
        root: int,
        place: Place | Volume,
        *,
        stamp: Stamp,
        fill: Callable[[int], None] = lambda _: None,
    ) -> Staged:
        with self._staging(root) as staging:
            scratch = make_scratch(staging)
        try:
            with made_directory((TREE,), at=scratch.fd, stamp=stamp) as tree:
                fill(tree)
                gathering = Gathering(
                    place,
                    root_fd=os.dup(root),
                    tree_fd=os.dup(tree),
                    scratch=scratch,
                    stamp=stamp,
                )
        except BaseException:
            scratch.remove()
            raise
        self._keep(gathering)
        return gathering.staged

    def _keep(self, held: Held) -> str:
        self._held[held.name] = held
        return held.name

    def _gathering(self, name: str) -> Gathering:
        held = self._held.get(name)
        if not isinstance(held, Gathering):
            raise _lost()
        return held

    def _file(self, handle: str) -> NewFile:
        try:
            return self._files[handle]
        except KeyError:
            raise _lost() from None

    @contextmanager
    def _root(self) -> Iterator[int]:
        # The way to the data directory is the administrator's: links in it are followed.
        fd = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def _staging(self, root: int) -> Iterator[int]:
        with made_directory((STAGING,), at=root, stamp=PLATFORM) as staging:
            os.fchmod(staging, 0o700)
            yield staging


def _lost() -> ConnectionResetError:
    return ConnectionResetError("it was begun over a link that has dropped since")
