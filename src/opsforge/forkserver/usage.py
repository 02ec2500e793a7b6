"""What services use now: processor time and memory, read from /proc.

A service is process 1 of a PID namespace and all that descends from it. Memory is the proportional
share (PSS): pages that many services share with the zygote are counted once in all, not once each.
Where the kernel does not show it to us, the pages that a process shares with nobody stand for it.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TIMES = slice(11, 15)
"""utime, stime, and both of children that have ended, counted from the field after the name."""


@dataclass(frozen=True)
class Usage:
    """Of one service."""

    cpu_seconds: float
    """Since its start, of all its processes, those that have ended included."""
    memory_bytes: int
    processes: int


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    cpu_ticks: int


def measure(services: Mapping[str, int]) -> dict[str, Usage]:
    """The usage of each service.

    Args:
        services: Process 1 of each, by name.
    """
    children = defaultdict(list)
    processes = {process.pid: process for process in _processes()}
    for process in processes.values():
        children[process.parent].append(process.pid)
    found = {}
    for name, first in services.items():
        if first not in processes:
            continue
        members = [first]
        for pid in members:  # Grows while it is read: all that descends from the first.
            members += children[pid]
        found[name] = Usage(
            cpu_seconds=sum(processes[pid].cpu_ticks for pid in members) / _TICKS,
            memory_bytes=sum(_memory_bytes(pid) for pid in members),
            processes=len(members),
        )
    return found


def _processes() -> list[_Process]:
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # It has ended meanwhile.
            continue
        found.append(_Process(int(entry), int(fields[1]), sum(map(int, fields[_TIMES]))))
    return found


def _memory_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:  # Another user's, or gone.
        pass
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            _, resident, shared, *_ = map(int, file.read().split())
    except OSError:
        return 0
    return (resident - shared) * _PAGE_BYTES
