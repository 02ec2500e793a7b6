"""Linux system calls that Python 3.11 does not offer."""

import ctypes
import errno
import fcntl
import os

_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
_FICLONE = 0x40049409
_BLOCK_BYTES = 512
_NO_REFLINK = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.ENOSYS}
_CHUNK_BYTES = 1 << 30

_libc = ctypes.CDLL(None, use_errno=True)
_libc.renameat2.argtypes = (
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.c_uint,
)


def rename_no_replace(source_fd: int, source: str, target_fd: int, target: str) -> None:
    """Rename between two open directories; an existing target is never replaced.

    Raises:
        FileExistsError: The target exists; nothing changed.
        OSError: Any other failure of ``renameat2``.
    """
    _rename(source_fd, source, target_fd, target, flags=_RENAME_NOREPLACE)


def rename_exchange(source_fd: int, source: str, target_fd: int, target: str) -> None:
    """Let two existing names in open directories change places in one step.

    Raises:
        FileNotFoundError: One of them does not exist; nothing changed.
        OSError: Any other failure of ``renameat2``.
    """
    _rename(source_fd, source, target_fd, target, flags=_RENAME_EXCHANGE)


def _rename(source_fd: int, source: str, target_fd: int, target: str, *, flags: int) -> None:
    names = os.fsencode(source), os.fsencode(target)
    if _libc.renameat2(source_fd, names[0], target_fd, names[1], flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), target)


def sync_file_system(fd: int) -> None:
    """Let all that was written to the file system of ``fd`` survive a power loss.

    Raises:
        OSError: Something could not be written.
    """
    if _libc.syncfs(fd) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def copy_content(source_fd: int, target_fd: int) -> None:
    """Copy a file's bytes inside the kernel: by reflink, else what is no hole of it.

    Raises:
        OSError: ``ENOSPC`` also for a file with holes that the disk could not hold as bytes. The
            copy itself would take nothing, but whoever reads it (first, for its digest) reads all.
    """
    status = os.fstat(source_fd)
    holes_bytes = status.st_size - status.st_blocks * _BLOCK_BYTES
    volume = os.fstatvfs(target_fd)
    if holes_bytes > volume.f_bavail * volume.f_frsize:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        fcntl.ioctl(target_fd, _FICLONE, source_fd)
    except OSError as error:
        if error.errno not in _NO_REFLINK:
            raise
    else:
        return
    at = 0
    # What is appended meanwhile is not copied: the copy is no longer than what was looked at.
    while (start := _find_data(source_fd, at)) is not None and start < status.st_size:
        at = min(os.lseek(source_fd, start, os.SEEK_HOLE), status.st_size)
        _copy_range(source_fd, target_fd, start, at)
    os.ftruncate(target_fd, min(status.st_size, os.fstat(source_fd).st_size))


def _find_data(fd: int, at: int) -> int | None:
    """Where the next data of a file begin; None when there are no more."""
    try:
        return os.lseek(fd, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None


def _copy_range(source_fd: int, target_fd: int, start: int, end: int) -> None:
    try:
        while start < end:
            count = min(end - start, _CHUNK_BYTES)
            copied = os.copy_file_range(source_fd, target_fd, count, start, start)
            if copied == 0:  # Somebody made the file shorter.
                return
            start += copied
    except OSError as error:
        if error.errno not in _NO_REFLINK:
            raise
        os.lseek(target_fd, start, os.SEEK_SET)
        while start < end:
            copied = os.sendfile(target_fd, source_fd, start, min(end - start, _CHUNK_BYTES))
            if copied == 0:
                return
            start += copied
