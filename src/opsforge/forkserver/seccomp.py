"""A seccomp filter in classic BPF: what a notebook never needs is refused.

A list of refusals, not of permissions: notebooks run anything from R to CUDA, and the kernel keeps
apart what namespaces and credentials already separate. Refused is what has led out of containers
before: new namespaces and mounts, keyrings, io_uring, BPF, performance events, user fault
handling, handles to files, kernel modules and clocks, terminals' input queues, and exotic socket
families (AF_VSOCK reaches the host of a virtual machine).
"""

import ctypes
import errno
import os
import struct

from opsforge.forkserver import linux

# name: (x86_64, aarch64); None where the architecture has no such call.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "personality": (135, 92),
}
_ARGUMENT_CALLS = {"clone": (56, 220), "ioctl": (16, 29), "socket": (41, 198), "clone3": (435, 435)}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NAMESPACES = 0x7E020000 | linux.CLONE_NEWTIME
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink (getaddrinfo asks it for addresses).

_LOAD, _EQUAL, _GREATER, _SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NUMBER, _ARCH, _ARGUMENT_0, _ARGUMENT_1 = 0, 4, 16, 24
_X32_BIT = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_Step = tuple[int, int, int, int]


def _refuse(number: int) -> _Step:
    return (_RETURN, 0, 0, 0x00050000 | number)


def _when_call(number: int, steps: list[_Step]) -> list[_Step]:
    """Run ``steps``, which must end in a return, if the call is ``number``; else go past them."""
    return [(_EQUAL, 0, len(steps), number), *steps]


def _clone() -> list[_Step]:
    return [
        (_LOAD, 0, 0, _ARGUMENT_0),
        (_SET, 0, 1, _NAMESPACES),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _ioctl() -> list[_Step]:
    return [
        (_LOAD, 0, 0, _ARGUMENT_1),
        (_EQUAL, 1, 0, _TIOCSTI),
        (_EQUAL, 0, 1, _TIOCLINUX),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _socket() -> list[_Step]:
    count = len(_FAMILIES)
    allowed = [(_EQUAL, count - i, 0, family) for i, family in enumerate(_FAMILIES)]
    return [
        (_LOAD, 0, 0, _ARGUMENT_0),
        *allowed,
        _refuse(errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]


def program(machine: str) -> list[_Step]:
    """The filter for an architecture (``x86_64`` or ``aarch64``), as BPF instructions."""
    column = ("x86_64", "aarch64").index(machine)
    steps: list[_Step] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        # The x32 numbers of the same calls would slip past the comparisons below.
        steps += [(_GREATER, 0, 1, _X32_BIT), _refuse(errno.ENOSYS)]
    calls = {name: numbers[column] for name, numbers in _ARGUMENT_CALLS.items()}
    # The C library falls back to clone, whose flags a filter can read, when clone3 is missing.
    steps += _when_call(calls["clone3"], [_refuse(errno.ENOSYS)])
    steps += _when_call(calls["clone"], _clone())
    steps += _when_call(calls["ioctl"], _ioctl())
    steps += _when_call(calls["socket"], _socket())
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            steps += _when_call(number, [_refuse(errno.EPERM)])
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def install() -> None:
    """Put the filter on this process and all that it will start; needs no_new_privs.

    Raises:
        OSError: The kernel has no seccomp, or this architecture has no table here.
    """
    if linux.MACHINE not in _AUDIT_ARCH:
        raise OSError(
            errno.ENOSYS, f"no system call table for {linux.MACHINE}; see forkserver README"
        )
    steps = program(linux.MACHINE)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = _Program(len(steps), ctypes.addressof(buffer))
    if linux.libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filter_), 0, 0) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
