"""The system calls that Python 3.11 does not offer, by ctypes: each raises OSError on failure."""

import contextlib
import ctypes
import fcntl
import os
import platform
import socket
import struct

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_REC, MS_PRIVATE = 32, 16384, 1 << 18
MNT_DETACH = 2

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
CLONE_NEWTIME = 0x00000080

MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC = 1, 2, 4, 8
_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE, _CLONE = -100, 0x1000, 0x8000, 1
_MOVE_FROM_EMPTY, _MOVE_TO_EMPTY = 0x4, 0x40

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME = 1, 4, 15
PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 24, 28, 38
PR_SET_CHILD_SUBREAPER, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 47, 4

MACHINE = platform.machine()
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_CAP_LAST = 63
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1

libc = ctypes.CDLL(None, use_errno=True)
_Number = ctypes.c_ulong


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: int | bytes | ctypes.Structure | None) -> int:
    """Call the kernel by number; structures go by reference, integers as machine words."""
    words = [
        ctypes.byref(a)
        if isinstance(a, ctypes.Structure)
        else ctypes.c_long(a)
        if isinstance(a, int)
        else a
        for a in arguments
    ]
    return _check(libc.syscall(ctypes.c_long(number), *words), f"system call {number}")


def unshare(flags: int) -> None:
    """Leave the namespaces that ``flags`` (``CLONE_NEW…``) name for new ones."""
    _check(libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount as the system call of the same name does."""
    done = libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() or None,
        _Number(flags),
        options.encode() or None,
    )
    _check(done, f"mount {kind or 'bind'} {source} on {target}")


def bind(source: str | int, target: str | int, *, attributes: int) -> None:
    """Bind ``source`` and all mounted below it to ``target``, with ``attributes`` on each of them.

    Paths, or descriptors where a path might have been tampered with. The attributes are set before
    anybody can see the mount; a plain remount would leave the mounts below as they are.
    """
    at, path = _place(source)
    tree = syscall(_OPEN_TREE, at, path, _AT_RECURSIVE | _AT_EMPTY_PATH | _CLONE | os.O_CLOEXEC)
    try:
        wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
        flags = _AT_EMPTY_PATH | _AT_RECURSIVE
        syscall(_MOUNT_SETATTR, tree, b"", flags, wanted, len(wanted))
        at, path = _place(target)
        syscall(_MOVE_MOUNT, tree, b"", at, path, _MOVE_FROM_EMPTY | _MOVE_TO_EMPTY)
    except OSError as error:
        raise OSError(error.errno, f"bind {source} to {target}: {error.strerror}") from error
    finally:
        os.close(tree)


def _place(where: str | int) -> tuple[int, bytes]:
    return (_AT_FDCWD, where.encode()) if isinstance(where, str) else (where, b"")


def enter_root(new_root: str) -> None:
    """Make ``new_root`` the root and detach the old one, so that nothing leads back to it."""
    os.chdir(new_root)
    syscall(_PIVOT_ROOT[MACHINE], b".", b".")
    _check(libc.umount2(b".", ctypes.c_int(MNT_DETACH)), "umount2")
    os.chdir("/")


def prctl(option: int, first: int | bytes = 0, second: int = 0) -> None:
    """Set something about this process; two arguments at most."""
    value = ctypes.c_char_p(first) if isinstance(first, bytes) else _Number(first)
    _check(
        libc.prctl(ctypes.c_int(option), value, _Number(second), _Number(0), _Number(0)), "prctl"
    )


def drop_bounding_set() -> None:
    """Give up every capability for good, also for programs run later."""
    for capability in range(_CAP_LAST + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # Past the last capability that this kernel knows.


def clear_capabilities() -> None:
    """Empty the ambient, permitted, effective and inheritable sets."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", 0x20080522, 0)
    syscall(_CAPSET[MACHINE], header, bytes(24))


def join_new_keyring() -> None:
    """Leave the session keyring that was inherited, with the keys in it."""
    # A kernel without keyrings, or a container that refuses them, has nothing to leave.
    with contextlib.suppress(OSError):
        syscall(_KEYCTL[MACHINE], 1, None)


def bring_up_loopback() -> None:
    """Switch on ``lo`` in a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def parent(pid: int) -> int:
    """The process's parent; 0 if it has none or is gone."""
    fields = _status(pid)
    return int(fields[1]) if fields else 0


def start_ticks(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None if it is gone or a zombie.

    Together with its number this names a process for ever: numbers are used again, both are not.
    """
    fields = _status(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else None


def _status(pid: int) -> list[str]:
    """What the kernel tells of a process, from its state on; empty if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
