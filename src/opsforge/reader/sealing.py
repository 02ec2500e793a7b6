"""What a job gives up before it looks at a user's file."""

import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass

from opsforge.forkserver import linux, seccomp
from opsforge.forkserver.confine import set_limits

NOBODY = 65_534
DESCRIPTORS = 64
TASKS = 256
"""Of all jobs and of whoever else is nobody: a library may want a thread."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a job may take."""

    seconds: float
    memory_bytes: int
    """In addition to what it shares with the process that it was forked from."""


def seal(limits: Limits) -> None:
    """Bound this process and take its privileges and its network.

    Whatever walls the machine does not allow are left out: what holds everywhere is that the job
    ends in time, takes no more memory and writes no file.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    seconds = max(1, round(limits.seconds))
    set_limits(
        {
            "CORE": 0,
            "FSIZE": 0,
            "NOFILE": DESCRIPTORS,
            "CPU": seconds,
            "DATA": limits.memory_bytes,
            "AS": _address_space() + limits.memory_bytes,
        }
    )
    with suppress(OSError):
        linux.unshare(linux.CLONE_NEWNET if os.geteuid() == 0 else _NEW_USER_AND_NETWORK)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    set_limits({"NPROC": TASKS})
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    with suppress(OSError):
        linux.clear_capabilities()
        seccomp.install()


_NEW_USER_AND_NETWORK = linux.CLONE_NEWUSER | linux.CLONE_NEWNET


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - as plain as can be.
        return int(file.read().split()[0]) * resource.getpagesize()
