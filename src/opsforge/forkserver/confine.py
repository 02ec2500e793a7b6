"""Give up every privilege: identity, capabilities, limits, keys, then the system call filter."""

import os
import resource

from opsforge.forkserver import landlock, linux, seccomp
from opsforge.forkserver.order import Order

_SECUREBITS_LOCKED = 0x2F
"""NOROOT, NO_SETUID_FIXUP and KEEP_CAPS off, each locked: uid 0 would mean nothing."""


def map_only_oneself(uid: int, gid: int) -> None:
    """After `unshare` of the user namespace: the caller keeps its numbers, nobody else exists."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def set_limits(rlimits: dict[str, int]) -> None:
    """Apply resource limits by name (``NPROC``, ``DATA``), never above the present hard limit."""
    for name, bound in rlimits.items():
        # What the fork brings along is shared with all others, and not the user's to answer for.
        wanted = bound + (_data_bytes() if name == "DATA" else 0)
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (value, value))


def _data_bytes() -> int:
    with open("/proc/self/status", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0


def give_up_privileges(order: Order) -> None:
    """Become the service's user for good.

    Raises:
        OSError: A step was refused; the caller must not go on.
    """
    linux.join_new_keyring()
    linux.drop_bounding_set()
    linux.prctl(linux.PR_SET_SECUREBITS, _SECUREBITS_LOCKED)
    if order.sandbox == "root":
        os.setgroups([])
        os.setresgid(order.gid, order.gid, order.gid)
        os.setresuid(order.uid, order.uid, order.uid)
    set_limits(order.rlimits)
    linux.clear_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.scope_abstract_sockets()
    seccomp.install()
