"""Make a user's volume where nothing else does."""

import contextlib
import os
from pathlib import Path


def create(volume: Path, first: str, uid_range: tuple[int, int] | None) -> None:
    """Make ``volume`` with the directory ``first`` in it, if it is missing.

    The owners of the volumes beside it are the registry of uids: the lowest free one is taken.

    Args:
        volume: The directory to make.
        first: The directory whose owner is who the service runs as.
        uid_range: From which to take the owner; None: everything stays ours.

    Raises:
        OSError: It cannot be made, or every uid is taken.
    """
    owned = volume / first
    if owned.exists():
        return
    volume.mkdir(mode=0o755, parents=True, exist_ok=True)
    if uid_range is None:
        owned.mkdir(mode=0o755)
        return
    uid = _free_uid(volume.parent, first, uid_range)
    partial = volume / f".{first}.new"
    with contextlib.suppress(FileExistsError):
        partial.mkdir(mode=0o755)
    os.chown(volume, uid, uid)
    os.chown(partial, uid, uid)
    partial.rename(owned)


def _free_uid(volumes: Path, first: str, uid_range: tuple[int, int]) -> int:
    taken = set()
    for other in volumes.iterdir():
        with contextlib.suppress(FileNotFoundError):
            taken.add((other / first).lstat().st_uid)
    for uid in range(uid_range[0], uid_range[1] + 1):
        if uid not in taken:
            return uid
    raise OSError(f"no free uid in {uid_range[0]}–{uid_range[1]}")
