"""Linux system calls that Python 3.11 does not offer."""

import ctypes
import errno
import fcntl
import os

_RENAME_NOREPLACE = 1
_RENAME_EXCHANGE = 2
_FICLONE = 0x40049409
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
    """Copy a file's bytes inside the kernel: by reflink, else by ``copy_file_range``."""
    try:
        fcntl.ioctl(target_fd, _FICLONE, source_fd)
    except OSError as error:
        if error.errno not in _NO_REFLINK:
            raise
    else:
        return
    try:
        while os.copy_file_range(source_fd, target_fd, _CHUNK_BYTES):
            pass
    except OSError as error:
        if error.errno not in _NO_REFLINK:
            raise
        while os.sendfile(target_fd, source_fd, None, _CHUNK_BYTES):
            pass
