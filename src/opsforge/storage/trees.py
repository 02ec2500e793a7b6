"""Walking, writing, copying and deleting trees by directory descriptors.

Users can change their trees while these functions walk them. So no path string is ever resolved
below the data directory: each component is opened by itself, relative to the descriptor of its
parent, with ``O_NOFOLLOW``. A component that turns into a symbolic link is refused or left out,
never followed. (``openat2`` with ``RESOLVE_BENEATH`` would save calls on deep paths and add
nothing to this.)
"""

import errno
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from opsforge.storage.places import FileEntry
from opsforge.storage.syscalls import copy_content, sync_file_system

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A named pipe must not block the platform, hence O_NONBLOCK.
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PATH = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_GONE_OR_LINK = {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO}
_NO_LINKS = {errno.EMLINK, errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP}
MAX_DEPTH = 64
"""Folders below this are not walked: each costs a descriptor and a frame of the stack."""
_MAX_RETRIES = 100
_FLUSHED_EACH = 64
"""After so many files a copy is flushed as a whole: a flush a file costs milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Owner and mode of what the platform writes."""

    owner: tuple[int, int] | None
    """uid and gid; None leaves the platform's own."""
    file_mode: int

    def on_file(self, fd: int, *, is_executable: bool = False) -> None:
        """Give an open file its owner and mode."""
        self._own(fd)
        os.fchmod(fd, self.file_mode | (0o111 if is_executable else 0))

    def on_directory(self, fd: int) -> None:
        """Give an open directory its owner and mode."""
        self._own(fd)
        os.fchmod(fd, 0o755)

    def _own(self, fd: int) -> None:
        if self.owner is not None:
            os.fchown(fd, *self.owner)


@contextmanager
def opened_directory(parts: Sequence[str], *, at: int) -> Iterator[int]:
    """The directory ``parts`` below ``at``, open.

    Raises:
        FileNotFoundError: A component is absent.
        NotADirectoryError: A component is a file or a symbolic link.
    """
    fd = _descend(parts, at=at, stamp=None)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def made_directory(parts: Sequence[str], *, at: int, stamp: Stamp) -> Iterator[int]:
    """The same, after the absent components were made with the owner and mode of ``stamp``.

    Raises:
        FileExistsError: A file or a link is in the way; ``filename`` is its path below ``at``.
    """
    fd = _descend(parts, at=at, stamp=stamp)
    try:
        yield fd
    finally:
        os.close(fd)


def _descend(parts: Sequence[str], *, at: int, stamp: Stamp | None) -> int:
    fd = os.dup(at)
    try:
        for depth, part in enumerate(parts, start=1):
            check_component(part)
            is_new = stamp is not None and _make_directory(part, at=fd)
            try:
                deeper = os.open(part, DIRECTORY, dir_fd=fd)
            except NotADirectoryError as error:
                if stamp is None:
                    raise
                raise file_exists("/".join(parts[:depth])) from error
            os.close(fd)
            fd = deeper
            if stamp is not None and is_new:
                stamp.on_directory(fd)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _make_directory(name: str, *, at: int) -> bool:
    try:
        os.mkdir(name, 0o700, dir_fd=at)
    except FileExistsError:
        return False
    return True


def check_component(name: str) -> None:
    """Refuse what is not one plain component; the callers' own checks come before this one.

    Raises:
        ValueError: Empty, ``.``, ``..``, or with a separator or NUL in it.
    """
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise ValueError("not a plain name of a file or directory")


def file_exists(path: str | PurePosixPath) -> FileExistsError:
    """The error that says what is in the way."""
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def is_there(path: PurePosixPath, *, at: int) -> bool:
    """Whether anything, a link included, is at ``path`` or in the way of it."""
    try:
        return inode_of(path.parts, at=at) is not None
    except NotADirectoryError:
        return True


def inode_of(parts: Sequence[str], *, at: int) -> int | None:
    """The number of the file, directory or link at ``parts``; None when nothing is there.

    Raises:
        NotADirectoryError: A component on the way is a file or a symbolic link.
    """
    try:
        with opened_directory(parts[:-1], at=at) as parent:
            return os.stat(parts[-1], dir_fd=parent, follow_symlinks=False).st_ino
    except FileNotFoundError:
        return None


def create_file(name: str, *, at: int) -> int:
    """A new file, open for writing; ``FileExistsError`` when anything is there."""
    check_component(name)
    return os.open(name, _CREATE, 0o600, dir_fd=at)


def take_file(source: Path, name: str, *, at: int, stamp: Stamp) -> None:
    """Let a file of the platform's own appear as ``name`` as well: a link, where it can be.

    Raises:
        FileExistsError: Something of that name is there.
    """
    check_component(name)
    source_fd = os.open(source, READ)
    try:
        try:
            os.link(source, name, dst_dir_fd=at, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            target_fd = create_file(name, at=at)
            copy_content(source_fd, target_fd)
        else:
            target_fd = os.dup(source_fd)
        try:
            stamp.on_file(target_fd)
            os.fsync(target_fd)
        finally:
            os.close(target_fd)
    finally:
        os.close(source_fd)


def list_tree(at: int) -> list[FileEntry]:
    """The regular files below an open directory, sorted by path."""
    found: list[FileEntry] = []
    for entry, path, _ in walk(at, PurePosixPath()):
        if entry.is_file(follow_symlinks=False):
            size_bytes = entry.stat(follow_symlinks=False).st_size
            found.append(FileEntry(path=path, size_bytes=size_bytes))
    return sorted(found, key=lambda file: file.path)


def link_tree(source: int, target: int, *, stamp: Stamp, leave_out: Collection[str] = ()) -> None:
    """Fill ``target`` with hard links to the regular files of ``source``."""
    for entry, path, parent in walk(source, PurePosixPath()):
        if str(path) in leave_out:
            continue
        with made_directory(path.parts[:-1], at=target, stamp=stamp) as folder:
            if entry.is_dir(follow_symlinks=False):
                _make_stamped(entry.name, at=folder, stamp=stamp)
            elif entry.is_file(follow_symlinks=False):
                _link_or_copy(entry.name, entry.name, source=parent, target=folder, stamp=stamp)


def link_files(source: int, target: int, paths: Mapping[str, str], *, stamp: Stamp) -> list[str]:
    """Link regular files of ``source`` into ``target`` under other paths; those that were there."""
    linked: list[str] = []
    for path, wanted in paths.items():
        (*folders, name), (*wanted_folders, wanted_name) = path.split("/"), wanted.split("/")
        check_component(name)
        with suppress(FileNotFoundError, NotADirectoryError):
            with opened_directory(folders, at=source) as old:
                if not stat.S_ISREG(os.stat(name, dir_fd=old, follow_symlinks=False).st_mode):
                    continue
                with made_directory(wanted_folders, at=target, stamp=stamp) as new:
                    _link_or_copy(name, wanted_name, source=old, target=new, stamp=stamp)
            linked.append(path)
    return linked


def copy_tree(source: int, target: int, *, stamp: Stamp) -> list[FileEntry]:
    """Really copy the regular files of ``source`` into ``target``."""
    copied: list[FileEntry] = []
    for entry, path, parent in walk(source, PurePosixPath()):
        with made_directory(path.parts[:-1], at=target, stamp=stamp) as folder:
            if entry.is_dir(follow_symlinks=False):
                _make_stamped(entry.name, at=folder, stamp=stamp)
                continue
            size_bytes = _copy_file(
                entry.name,
                entry.name,
                source=parent,
                target=folder,
                stamp=stamp,
                is_flushed=len(copied) < _FLUSHED_EACH,
            )
            if size_bytes is not None:
                copied.append(FileEntry(path=path, size_bytes=size_bytes))
    if len(copied) > _FLUSHED_EACH:
        sync_file_system(target)
    return sorted(copied, key=lambda file: file.path)


def flush_directories(at: int) -> None:
    """Let the names of all that is below an open directory survive a power loss."""
    os.fsync(at)
    for entry, _, parent in walk(at, PurePosixPath()):
        if entry.is_dir(follow_symlinks=False):
            with opened_directory((entry.name,), at=parent) as folder:
                os.fsync(folder)


def find_taken(paths: Collection[PurePosixPath], *, at: int) -> dict[str, bool]:
    """Those of the paths at which, or in the way of which, something is; True for a plain file."""
    found: dict[str, bool] = {}
    for path in paths:
        try:
            with opened_directory(path.parts[:-1], at=at) as parent:
                mode = os.stat(path.name, dir_fd=parent, follow_symlinks=False).st_mode
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            mode = 0
        found[str(path)] = stat.S_ISREG(mode)
    return found


def find_clashes(source: int, target: int, *, leave_out: Collection[str] = ()) -> tuple[str, ...]:
    """The topmost folders of ``source`` that ``target`` does not have.

    Raises:
        FileExistsError: A file of ``source`` is there already; ``filename`` is its path.
    """
    new_folders: list[PurePosixPath] = []
    for entry, path, _ in walk(source, PurePosixPath()):
        if any(path.is_relative_to(folder) for folder in new_folders[-1:]):
            continue
        if not entry.is_dir(follow_symlinks=False):
            if str(path) not in leave_out and is_there(path, at=target):
                raise file_exists(path)
        elif not is_there(path, at=target):
            new_folders.append(path)
    return tuple(str(folder) for folder in new_folders)


def link_into(source: int, target: int, *, leave_out: Collection[str] = ()) -> None:
    """Let every file of ``source`` appear in ``target`` as well, durably; none is replaced.

    Raises:
        FileExistsError: Something is in the way; ``filename`` is its path.
    """
    folders = [PurePosixPath()]
    for entry, path, parent in walk(source, PurePosixPath()):
        with opened_directory(path.parts[:-1], at=target) as folder:
            try:
                if entry.is_dir(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    stamp = Stamp(owner=(status.st_uid, status.st_gid), file_mode=0)
                    _make_stamped(entry.name, at=folder, stamp=stamp)
                    folders.append(path)
                elif str(path) not in leave_out:
                    _link(entry.name, entry.name, source=parent, target=folder)
            except FileExistsError:
                raise file_exists(path) from None
    for path in folders:
        with opened_directory(path.parts, at=target) as folder:
            os.fsync(folder)


def unlink_from(
    source: int, target: int, *, new_folders: Sequence[str], leave_out: Collection[str] = ()
) -> None:
    """Undo `link_into`: what is no longer the very file that was linked stays."""
    folders: list[PurePosixPath] = []
    for entry, path, _ in walk(source, PurePosixPath()):
        if entry.is_dir(follow_symlinks=False):
            folders.append(path)
            continue
        if str(path) in leave_out:
            continue
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            opened_directory(path.parts[:-1], at=target) as folder,
        ):
            if inode_of((path.name,), at=folder) == entry.stat(follow_symlinks=False).st_ino:
                os.unlink(path.name, dir_fd=folder)
                os.fsync(folder)
    made = [PurePosixPath(folder) for folder in new_folders]
    for path in reversed(folders):
        if any(path.is_relative_to(folder) for folder in made):
            with (
                suppress(OSError),  # Not empty: somebody uses it already.
                opened_directory(path.parts[:-1], at=target) as folder,
            ):
                os.rmdir(path.name, dir_fd=folder)
                os.fsync(folder)


def delete_tree(name: str, *, at: int) -> None:
    """Delete whatever is called ``name`` in ``at``, a directory that only the platform can enter.

    Each folder is first moved up into ``at``, so the depth that a user gave the tree costs neither
    stack nor descriptors. Somebody who still has a folder of it open may keep adding files; after
    some rounds the rest is left for the next sweep.
    """
    pending = [name]
    for _ in range(_MAX_RETRIES):
        left = []
        while pending:
            current = pending.pop()
            if not _empty_directory(current, at=at, pending=pending):
                left.append(current)
        if not left:
            return
        pending = left


def _empty_directory(name: str, *, at: int, pending: list[str]) -> bool:
    """Remove one directory, or one file; False when somebody filled it again meanwhile."""
    _unlock(name, at=at)
    try:
        fd = os.open(name, DIRECTORY, dir_fd=at)
    except NotADirectoryError:
        os.unlink(name, dir_fd=at)
        return True
    except FileNotFoundError:
        return True
    try:
        with os.scandir(fd) as entries:
            for entry in list(entries):
                with suppress(FileNotFoundError):  # Somebody else deletes as well.
                    _remove_entry(entry, source=fd, target=at, pending=pending)
    finally:
        os.close(fd)
    try:
        os.rmdir(name, dir_fd=at)
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True


def _remove_entry(
    entry: "os.DirEntry[str]", *, source: int, target: int, pending: list[str]
) -> None:
    """Remove what is no directory; move a directory up, to be emptied later."""
    if not entry.is_dir(follow_symlinks=False):
        try:
            os.unlink(entry.name, dir_fd=source)
        except IsADirectoryError:  # It was something else when it was listed.
            pass
        else:
            return
    _unlock(entry.name, at=source)
    moved = secrets.token_hex(12)
    os.rename(entry.name, moved, src_dir_fd=source, dst_dir_fd=target)
    pending.append(moved)


def _unlock(name: str, *, at: int) -> None:
    """Make a directory writable for us. Root needs none of it, and others only see their own."""
    if os.geteuid() == 0:
        return
    try:
        fd = os.open(name, _PATH, dir_fd=at)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        os.chmod(f"/proc/self/fd/{fd}", 0o700)  # noqa: PTH101 - by path, a link would be followed.
    finally:
        os.close(fd)


def walk(at: int, path: PurePosixPath) -> Iterator[tuple["os.DirEntry[str]", PurePosixPath, int]]:
    """Each entry with its path and its open parent, folders before what is in them.

    Raises:
        OSError: ``ENAMETOOLONG``: folders are nested too deeply; ``filename`` is the path of one.
    """
    if len(path.parts) > MAX_DEPTH:
        raise OSError(errno.ENAMETOOLONG, "folders are nested too deeply", str(path))
    with os.scandir(at) as entries:
        listed = list(entries)
    for entry in listed:
        yield entry, path / entry.name, at
        if entry.is_dir(follow_symlinks=False):
            fd = open_unless_gone(entry.name, DIRECTORY, at=at)
            if fd is None:
                continue
            try:
                yield from walk(fd, path / entry.name)
            finally:
                os.close(fd)


def open_unless_gone(name: str, flags: int, *, at: int) -> int | None:
    """Open what was listed; None when it vanished or became a link since."""
    try:
        return os.open(name, flags, dir_fd=at)
    except OSError as error:
        if error.errno in _GONE_OR_LINK:
            return None
        raise


def _make_stamped(name: str, *, at: int, stamp: Stamp) -> None:
    with made_directory((name,), at=at, stamp=stamp):
        pass


def _link(name: str, wanted: str, *, source: int, target: int) -> None:
    check_component(wanted)
    os.link(name, wanted, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def _link_or_copy(name: str, wanted: str, *, source: int, target: int, stamp: Stamp) -> None:
    try:
        _link(name, wanted, source=source, target=target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy_file(name, wanted, source=source, target=target, stamp=stamp)


def _copy_file(  # noqa: PLR0913 - from where and what, to where and how.
    name: str, wanted: str, *, source: int, target: int, stamp: Stamp, is_flushed: bool = True
) -> int | None:
    """Copy one regular file and return its size; None when it isn't one (any more)."""
    source_fd = open_unless_gone(name, READ, at=source)
    if source_fd is None:
        return None
    try:
        mode = os.fstat(source_fd).st_mode
        if not stat.S_ISREG(mode):
            return None
        target_fd = create_file(wanted, at=target)
        try:
            copy_content(source_fd, target_fd)
            stamp.on_file(target_fd, is_executable=bool(mode & 0o100))
            if is_flushed:
                os.fsync(target_fd)
            return os.fstat(target_fd).st_size
        finally:
            os.close(target_fd)
    finally:
        os.close(source_fd)
