"""Files being gathered in a scratch directory for one place, one blocking call at a time."""

import os
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from opsforge.storage import reading, trees
from opsforge.storage.places import Area, FileEntry, InboxFile, Place, Staged, Volume
from opsforge.storage.scratch import Scratch
from opsforge.storage.syscalls import rename_no_replace
from opsforge.storage.trees import Stamp, made_directory, opened_directory


class Held:
    """A scratch directory of this process."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch

    @property
    def name(self) -> str:
        """The name by which a move finds it again."""
        return self._scratch.name

    def remove(self) -> None:
        """Delete it with what is in it."""
        self._scratch.remove()

    def release(self) -> None:
        """Let go of it without deleting."""
        self._scratch.release()


class Gathering(Held):
    """One that has the beginnings of a tree in it; see `opsforge.storage.port.Staging`."""

    def __init__(
        self,
        place: Place | Volume,
        *,
        root_fd: int,
        tree_fd: int,
        scratch: Scratch,
        stamp: Stamp,
    ) -> None:
        super().__init__(scratch)
        self._place = place
        self._root_fd = root_fd
        self._tree_fd = tree_fd
        self._stamp = stamp

    @property
    def staged(self) -> Staged:
        """What is told about it."""
        return Staged(name=self.name, identity=str(os.fstat(self._tree_fd).st_ino))

    def create_file(self, path: PurePosixPath) -> "NewFile":
        """A new file in the tree."""
        return NewFile(path, self._tree_fd, self._stamp)

    def take_in(self, path: PurePosixPath, stored: InboxFile) -> None:
        """Take a file of the platform's own in, by a link where that can be."""
        with made_directory(path.parts[:-1], at=self._tree_fd, stamp=self._stamp) as folder:
            try:
                trees.take_file(stored.file, path.name, at=folder, stamp=self._stamp)
            except FileExistsError:
                raise trees.file_exists(path) from None

    def identify(self, path: str) -> str:
        """Tells a staged file from every other one."""
        inode = trees.inode_of(PurePosixPath(path).parts, at=self._tree_fd)
        if inode is None:
            raise FileNotFoundError(path)
        return str(inode)

    def link_tree(self, source: Place, leave_out: Collection[str]) -> None:
        """Copy a data set's tree by hard links."""
        with opened_directory(source.parts, at=self._root_fd) as fd:
            trees.link_tree(fd, self._tree_fd, stamp=self._stamp, leave_out=leave_out)

    def link_files(self, source: Place, paths: Mapping[str, str]) -> list[str]:
        """Take in files of a data set by hard links, each under a path of its own."""
        with opened_directory(source.parts, at=self._root_fd) as fd:
            return trees.link_files(fd, self._tree_fd, paths, stamp=self._stamp)

    def copy_tree(self, source: Place) -> list[FileEntry]:
        """Really copy a project's tree."""
        with opened_directory(source.parts, at=self._root_fd) as fd:
            return trees.copy_tree(fd, self._tree_fd, stamp=self._stamp)

    def digest_files(self) -> list[FileEntry]:
        """What is staged, with digests."""
        return reading.digest_tree(self._tree_fd)

    def rename_file(self, source: str, target: str) -> bool:
        """Rename a file at the top of what is staged."""
        try:
            rename_no_replace(self._tree_fd, source, self._tree_fd, target)
        except (FileNotFoundError, FileExistsError):
            return False
        return True

    def find_new_folders(self, leave_out: Collection[str]) -> tuple[str, ...]:
        """The folders that the tree at the place would get by a merge."""
        with opened_directory(self._place.parts, at=self._root_fd) as target:
            return trees.find_clashes(self._tree_fd, target, leave_out=leave_out)

    def remove(self) -> None:
        """Delete it with what is in it."""
        self._let_go()
        super().remove()

    def release(self) -> None:
        """Let go of it without deleting."""
        self._let_go()
        super().release()

    def _let_go(self) -> None:
        os.close(self._tree_fd)
        os.close(self._root_fd)


class NewFile:
    """A file that grows by blocks."""

    def __init__(self, path: PurePosixPath, tree_fd: int, stamp: Stamp) -> None:
        self._path = path
        self._stamp = stamp
        with made_directory(path.parts[:-1], at=tree_fd, stamp=stamp) as folder:
            try:
                self._file = os.fdopen(trees.create_file(path.name, at=folder), "wb", buffering=0)
            except FileExistsError:
                raise trees.file_exists(path) from None
            self._folder_fd = os.dup(folder)

    def write(self, block: bytes, *, at: int) -> None:
        """Write a block, ``at`` bytes from the beginning."""
        self._file.seek(at)
        rest = memoryview(block)
        while rest:
            rest = rest[self._file.write(rest) :]

    def finish(self) -> int:
        """Give it owner and mode, flush it to the disk, and return its size."""
        fd = self._file.fileno()
        self._stamp.on_file(fd)
        os.fsync(fd)
        size_bytes = os.fstat(fd).st_size
        self._file.close()
        os.close(self._folder_fd)
        return size_bytes

    def abandon(self) -> None:
        """Delete it, unless it was finished."""
        if not self._file.closed:
            self._file.close()
            os.unlink(self._path.name, dir_fd=self._folder_fd)
            os.close(self._folder_fd)


def stamp_of(place: Place, root_fd: int) -> Stamp:
    """Owner and mode of files at a place.

    Raises:
        FileNotFoundError: The owner has no volume.
    """
    if place.area is Area.VERSIONS:
        stamp = Stamp(owner=None, file_mode=0o444)
        with made_directory(place.parts[:-1], at=root_fd, stamp=stamp):
            return stamp
    file_mode = 0o444 if place.area is Area.INPUT else 0o644
    with opened_directory(place.parts[:-1], at=root_fd) as area:
        if place.area is Area.INPUT or place.owner is None:
            return Stamp(owner=None, file_mode=file_mode)
        status = os.fstat(area)
    is_ours = status.st_uid == os.geteuid()
    owner = None if is_ours or os.geteuid() != 0 else (status.st_uid, status.st_gid)
    return Stamp(owner=owner, file_mode=file_mode)
