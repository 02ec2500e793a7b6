"""A place for what need not survive the tests."""

import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it.
ENOUGH_BYTES = 2 * 1024**3


def folder_in_memory() -> Path | None:
    """Where a folder costs no disk; None, as `tempfile` has it, where there is too little."""
    is_enough = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES
    return MEMORY if is_enough else None
