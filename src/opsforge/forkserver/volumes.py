"""Make a user's volume where nothing else does."""

import contextlib
import os
from pathlib import Path


def create(volume: Path, first: str, uid_range: tuple[int, int] | None) -> None:
    """Make ``volume`` and give it to a user, if it is missing.

    The owners of the volumes beside it are the registry of uids: the lowest free one is taken.

    Args:
        volume: The directory to make.
        first: The directory in it whose owner is who the service runs as, and the volume's owner
            while it is missing.
        uid_range: From which to take the owner; None: everything stays ours.

    Raises:
        OSError: It cannot be made, or every uid is taken.
    """
    if os.path.lexists(volume / first):
        return
    volume.mkdir(mode=0o755, parents=True, exist_ok=True)
    if uid_range is None:
        (volume / first).mkdir(mode=0o755)
    elif not uid_range[0] <= volume.stat().st_uid <= uid_range[1]:
        # Nothing in it is touched: it may be a user's, who laid a link there.
        uid = _free_uid(volume.parent, first, uid_range)
        os.chown(volume, uid, uid)


def _free_uid(volumes: Path, first: str, uid_range: tuple[int, int]) -> int:
    taken = set()
    for other in volumes.iterdir():
        for owned in (other, other / first):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                taken.add(owned.lstat().st_uid)
    for uid in range(uid_range[0], uid_range[1] + 1):
        if uid not in taken:
            return uid
    raise OSError(f"no free uid in {uid_range[0]}–{uid_range[1]}")
