"""What this service uses of processor and memory, as far as it can see itself.

Behind walls that is every process of the PID namespace; a plain process looks at those that it
has started. Memory is the proportional share (PSS): what services share counts in parts.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_INIT = "service-init"
"""What process 1 of a forked service calls itself; kernels are its children, not the server's."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One look."""

    memory_bytes: int
    cores: float | None
    """Busy on average since the look before; None at the first."""


class UsageMeter:
    """Looks at the processes of this service."""

    def __init__(self, proc: Path = Path("/proc"), *, root: int | None = None) -> None:
        self._proc = proc
        self._root = root if root is not None else _root_process(proc)
        self._before: tuple[float, dict[int, int]] | None = None

    def look(self) -> Usage:
        """What is used now."""
        now = time.monotonic()
        ticks: dict[int, int] = {}
        memory = 0
        for pid in self._processes():
            used = self._ticks_of(pid)
            if used is not None:
                ticks[pid] = used
                memory += self._memory_of(pid)
        cores = self._cores(now, ticks)
        self._before = now, ticks
        return Usage(memory_bytes=memory, cores=cores)

    def _cores(self, now: float, ticks: dict[int, int]) -> float | None:
        if self._before is None or now <= self._before[0]:
            return None
        then, before = self._before
        # A process that has ended in between is not counted; one that began, from its beginning.
        used = sum(max(0, count - before.get(pid, 0)) for pid, count in ticks.items())
        return used / _TICKS / (now - then)

    def _processes(self) -> Iterator[int]:
        if self._root == 1:
            yield from (int(path.name) for path in self._proc.iterdir() if path.name.isdigit())
            return
        waiting = [self._root]
        while waiting:
            pid = waiting.pop()
            yield pid
            for task in (self._proc / str(pid) / "task").glob("*/children"):
                waiting += [int(child) for child in _read(task).split()]

    def _ticks_of(self, pid: int) -> int | None:
        fields = _read(self._proc / str(pid) / "stat").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12]) if fields else None

    def _memory_of(self, pid: int) -> int:
        for line in _read(self._proc / str(pid) / "smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0


def _root_process(proc: Path) -> int:
    parent = os.getppid()
    return parent if _read(proc / str(parent) / "comm").strip() == _INIT else os.getpid()


def _read(path: Path) -> str:
    """What a file of a process says; nothing once it has ended, or if it is not ours to read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
