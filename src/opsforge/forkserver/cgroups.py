"""Limits by control groups: version 2 where it is ours, version 1 as root, otherwise none.

Without them `Limits.rlimits` remains: the memory of each single process, the number of all.
"""

import contextlib
import errno
import os
import time
from dataclasses import dataclass
from pathlib import Path

_V2_CONTROLLERS = ("cpu", "memory", "pids")
_V1_HIERARCHIES = ("memory", "pids", "cpu", "freezer")
_PERIOD_US = 100_000
_REMOVE_SECONDS = 2.0
_PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class Limits:
    """What a flavour allows; None is no limit."""

    cpu: float | None = None
    memory_bytes: int | None = None
    processes: int | None = None

    def rlimits(self, *, alone: bool) -> dict[str, int]:
        """Resource limits; with ``alone`` they are all there is."""
        limits = {"CORE": 0}
        if self.processes:
            limits["NPROC"] = self.processes
        if alone and self.memory_bytes:
            limits["DATA"] = self.memory_bytes
        return limits


class NoCgroups:
    """Where control groups are not ours to use."""

    version = 0

    def create(self, name: str, limits: Limits) -> list[str]:
        """Nothing to join."""
        del name, limits
        return []

    def remove(self, name: str) -> None:
        """Nothing to remove."""

    def kill(self, name: str) -> None:
        """Nothing to hasten an end by."""

    def close(self) -> None:
        """Remove the group that holds the services' groups, unless there are any left."""
        for base in self._bases():
            with contextlib.suppress(OSError):
                base.rmdir()

    def _bases(self) -> list[Path]:
        return []


class CgroupsV2(NoCgroups):
    """One group a service below ``base``, whose controllers have been delegated to us."""

    version = 2

    def __init__(self, base: Path) -> None:
        self.base = base

    def _bases(self) -> list[Path]:
        return [self.base]

    def create(self, name: str, limits: Limits) -> list[str]:
        """Make the group of a service and set its limits; returns the directory to join."""
        group = self.base / name
        group.mkdir(exist_ok=True)
        if limits.memory_bytes:
            (group / "memory.max").write_text(str(limits.memory_bytes))
            _try_write(group / "memory.swap.max", "0")
            # One process of a service is ended, not all of them: the server outlives a kernel.
            _try_write(group / "memory.oom.group", "0")
        if limits.processes:
            (group / "pids.max").write_text(str(limits.processes))
        if limits.cpu:
            (group / "cpu.max").write_text(f"{int(limits.cpu * _PERIOD_US)} {_PERIOD_US}")
        return [str(group)]

    def remove(self, name: str) -> None:
        """Remove the group of a service that has ended."""
        _remove(self.base / name)

    def kill(self, name: str) -> None:
        """Kill all that is in the group, which may use every processor to end."""
        _try_write(self.base / name / "cpu.max", "max")
        _try_write(self.base / name / "cgroup.kill", "1")


class CgroupsV1(NoCgroups):
    """One group a service in each hierarchy."""

    version = 1

    def __init__(self, bases: dict[str, Path]) -> None:
        self.bases = bases

    def _bases(self) -> list[Path]:
        return list(self.bases.values())

    def create(self, name: str, limits: Limits) -> list[str]:
        """Make the groups of a service and set their limits; returns the directories to join."""
        for base in self.bases.values():
            (base / name).mkdir(exist_ok=True)
        for controller, file, value in self._settings(limits):
            if value is not None and controller in self.bases:
                path = self.bases[controller] / name / file
                if path.exists():
                    path.write_text(str(value))
        return [str(base / name) for base in self.bases.values()]

    @staticmethod
    def _settings(limits: Limits) -> list[tuple[str, str, int | None]]:
        return [
            ("memory", "memory.limit_in_bytes", limits.memory_bytes),
            ("memory", "memory.memsw.limit_in_bytes", limits.memory_bytes),
            ("pids", "pids.max", limits.processes),
            ("cpu", "cpu.cfs_period_us", _PERIOD_US if limits.cpu else None),
            ("cpu", "cpu.cfs_quota_us", int(limits.cpu * _PERIOD_US) if limits.cpu else None),
        ]

    def kill(self, name: str) -> None:
        """There is no kill file: who is killed otherwise may use every processor to end."""
        if "cpu" in self.bases:
            _try_write(self.bases["cpu"] / name / "cpu.cfs_quota_us", "-1")

    def remove(self, name: str) -> None:
        """Remove the groups of a service that has ended."""
        for base in self.bases.values():
            _remove(base / name)


def _try_write(file: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        file.write_text(text)


def _remove(group: Path) -> None:
    """A group is busy for a moment after its last process has been reaped."""
    end = time.monotonic() + _REMOVE_SECONDS
    while True:
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                return
            time.sleep(0.002)


def _own_groups(process: Path) -> dict[str, str]:
    """Hierarchy (``""`` for version 2) to the path of our group in it."""
    groups = {}
    for line in (process / "cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path
    return groups


def _mounts(process: Path) -> dict[str, Path]:
    """Controller (``""`` for version 2) to the mount point of its hierarchy."""
    mounts = {}
    for line in (process / "mounts").read_text(encoding="utf-8").splitlines():
        _, target, kind, options, *_ = line.split(" ")
        if kind == "cgroup2":
            mounts[""] = Path(target)
        elif kind == "cgroup":
            for option in options.split(","):
                mounts[option] = Path(target)
    return mounts


def detect(label: str, process: Path = _PROCESS) -> NoCgroups:
    """The best that this process may use, below its own groups; version 2 moves it aside.

    Args:
        label: Name of the group that holds the services' groups.
        process: What the kernel tells about this process.
    """
    with contextlib.suppress(OSError):
        groups, mounts = _own_groups(process), _mounts(process)
        own = _own_v2_group(groups, mounts)
        if own is not None:
            return _delegate(own, label)
        if os.geteuid() == 0 and "memory" in mounts:
            return _below_own_groups(groups, mounts, label)
    return NoCgroups()


def detect_version(process: Path = _PROCESS) -> int:
    """The version that `detect` would find; leaves everything and everybody where they are."""
    label = f"trial-{os.getpid()}"
    with contextlib.suppress(OSError):
        groups, mounts = _own_groups(process), _mounts(process)
        own = _own_v2_group(groups, mounts)
        found: NoCgroups
        if own is not None:
            (own / label).mkdir()
            found = CgroupsV2(own / label)
        elif os.geteuid() == 0 and "memory" in mounts:
            found = _below_own_groups(groups, mounts, label)
        else:
            return 0
        found.close()
        return found.version
    return 0


def _own_v2_group(groups: dict[str, str], mounts: dict[str, Path]) -> Path | None:
    """Our group of version 2, if it has the controllers that limits need."""
    if "" not in mounts or "" not in groups:
        return None
    own = mounts[""] / groups[""].lstrip("/")
    controllers = (own / "cgroup.controllers").read_text(encoding="utf-8").split()
    return own if set(_V2_CONTROLLERS) <= set(controllers) else None


def _delegate(own: Path, label: str) -> CgroupsV2:
    """Version 2: a group with processes cannot pass controllers on, so the daemon moves aside.

    Raises:
        OSError: The group is not ours.
    """
    aside = f"{label}-daemon"
    if own.name == aside:
        # Started by what a former daemon moved along: the services that it left are beside us.
        own = own.parent
    base = own / label
    base.mkdir(exist_ok=True)
    if (own / "cgroup.type").exists():  # Every group but the root of the hierarchy.
        (own / aside).mkdir(exist_ok=True)
        for pid in (own / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                (own / aside / "cgroup.procs").write_text(pid)
    wanted = " ".join(f"+{controller}" for controller in _V2_CONTROLLERS)
    for group in (own, base):
        (group / "cgroup.subtree_control").write_text(wanted)
    return CgroupsV2(base)


def _below_own_groups(groups: dict[str, str], mounts: dict[str, Path], label: str) -> CgroupsV1:
    bases = {}
    for controller in _V1_HIERARCHIES:
        if controller in mounts:
            base = mounts[controller] / groups.get(controller, "/").lstrip("/") / label
            base.mkdir(exist_ok=True)
            bases[controller] = base
    return CgroupsV1(bases)
