"""Whether notebook services will see the volumes that are on other hosts."""

import os
from collections.abc import Iterator
from pathlib import Path

from opsforge.settings import Settings
from opsforge.storage.create import LOCAL

NOT_MOUNTED = (
    "WARNING: {path} should show what {host} has, and nothing is mounted there: notebooks will see "
    "none of its files. Mount it (NFS, sshfs), then start again."
)


def find_missing_mounts(settings: Settings) -> list[str]:
    """What the terminal says about volumes of other hosts that are not mounted here."""
    return [
        NOT_MOUNTED.format(path=path, host=host)
        for path, host in _remote_folders(settings)
        if not _is_mounted(path, below=settings.data)
    ]


def _remote_folders(settings: Settings) -> Iterator[tuple[Path, str]]:
    storage = settings.storage
    if storage.default != LOCAL:
        for name in ("users", "public"):
            yield settings.data / name, storage.default
    for username, host in storage.volumes.items():
        if host not in {LOCAL, storage.default}:
            yield settings.data / "users" / username, host


def _is_mounted(path: Path, *, below: Path) -> bool:
    steps = [path, *(step for step in path.parents if step.is_relative_to(below))]
    return any(os.path.ismount(step) for step in steps)
