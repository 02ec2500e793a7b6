"""Log files that processes write to directly, bounded in size, private to the platform."""

import os
from pathlib import Path

MAX_BYTES = 10 * 1024**2


def open_log(path: Path) -> int:
    """A descriptor for a child's output. It appends, so the file may be emptied under it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def bound_log(path: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Keep the end of a log that has grown beyond ``max_bytes`` in ``<name>.1`` and empty it.

    The writers go on with their descriptors; what they write in between is lost.
    """
    try:
        if path.stat().st_size <= max_bytes:
            return
    except FileNotFoundError:
        return
    old = path.with_name(path.name + ".1")
    with os.fdopen(os.open(old, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
        copy.write(read_tail(path, max_bytes=max_bytes))
    os.truncate(path, 0)


def read_tail(path: Path, *, max_bytes: int) -> bytes:
    """The last bytes of a file, none of an absent one."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - max_bytes))
            return log.read(max_bytes)
    except FileNotFoundError:
        return b""


def last_lines(path: Path, *, max_bytes: int = 1500) -> str:
    """The last lines as text, for telling somebody why a process ended."""
    lines = read_tail(path, max_bytes=max_bytes).decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if line.strip())[-max_bytes:].strip() if lines else ""
