"""Reading files of trees by directory descriptors, as `opsforge.storage.trees` walks them."""

import errno
import hashlib
import heapq
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath

from opsforge.storage.places import FileEntry, FileHead, FolderEntry, FolderKey
from opsforge.storage.trees import READ, open_unless_gone, opened_directory, walk

STAT_BLOCK_BYTES = 512
"""The unit of ``st_blocks``, whatever the file system's own blocks are."""


def digest_tree(at: int) -> list[FileEntry]:
    """The regular files below an open directory with their digests, sorted by path."""
    found: list[FileEntry] = []
    for entry, path, parent in walk(at, PurePosixPath()):
        if not entry.is_file(follow_symlinks=False):
            continue
        with _opened_file(entry.name, at=parent) as fd, os.fdopen(os.dup(fd), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
            size_bytes = os.fstat(fd).st_size
        found.append(FileEntry(path=path, size_bytes=size_bytes, sha256=digest))
    return sorted(found, key=lambda file: file.path)


def read_head(path: PurePosixPath, *, at: int, max_bytes: int) -> FileHead:
    """How the regular file at ``path`` begins.

    Raises:
        FileNotFoundError: There is none.
    """
    fd = open_file(path, at=at)
    try:
        status = os.fstat(fd)
        content = os.read(fd, max_bytes)
    finally:
        os.close(fd)
    return FileHead(
        content=content, size_bytes=status.st_size, disk_bytes=status.st_blocks * STAT_BLOCK_BYTES
    )


def open_file(path: PurePosixPath, *, at: int) -> int:
    """A descriptor of the regular file at ``path``, for reading.

    Raises:
        FileNotFoundError: There is none.
    """
    try:
        with (
            opened_directory(path.parts[:-1], at=at) as folder,
            _opened_file(path.name, at=folder) as fd,
        ):
            return os.dup(fd)
    except NotADirectoryError:
        raise _no_such_file(str(path)) from None


def version_of(status: os.stat_result, *, is_shared: bool) -> str:
    """Changes when the content of a file may have changed.

    Args:
        status: Of the open file.
        is_shared: Whether hard links of it come and go, while nobody ever changes it in place.
            Else the time of the last change counts as well, which no user can set.
    """
    facts = [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns]
    if not is_shared:
        facts.append(status.st_ctime_ns)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def list_folder(
    path: PurePosixPath, *, at: int, after: FolderKey | None, limit: int
) -> list[FolderEntry]:
    """A page of one folder. All its names are read, and only what is shown is looked at.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    try:
        with opened_directory(path.parts, at=at) as fd, os.scandir(fd) as entries:
            keys = (key for entry in entries if (key := _key_of(entry)) is not None)
            wanted = (key for key in keys if after is None or key > after)
            page = [_look(key, at=fd) for key in heapq.nsmallest(limit, wanted)]
    except NotADirectoryError:
        raise _no_such_file(str(path)) from None
    return [entry for entry in page if entry is not None]


def _key_of(entry: "os.DirEntry[str]") -> FolderKey | None:
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return None
    if entry.is_dir(follow_symlinks=False):
        return False, entry.name
    return (True, entry.name) if entry.is_file(follow_symlinks=False) else None


def _look(key: FolderKey, *, at: int) -> FolderEntry | None:
    is_file, name = key
    try:
        status = os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return FolderEntry(
        name=name,
        is_folder=not is_file,
        size_bytes=status.st_size if is_file else None,
        modified_at=modified_at(status),
    )


def modified_at(status: os.stat_result) -> datetime:
    """When a file's content was last changed, as far as a calendar goes."""
    try:
        return datetime.fromtimestamp(status.st_mtime, UTC)
    except (OverflowError, ValueError, OSError):  # Its owner may set what he likes.
        return datetime.fromtimestamp(0, UTC)


@contextmanager
def _opened_file(name: str, *, at: int) -> Iterator[int]:
    """A regular file, open for reading; ``FileNotFoundError`` when it isn't one (any more)."""
    fd = open_unless_gone(name, READ, at=at)
    if fd is None:
        raise _no_such_file(name)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise _no_such_file(name)
        yield fd
    finally:
        os.close(fd)


def _no_such_file(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
