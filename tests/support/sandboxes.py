"""Processes of sandboxed services, told by what they have mounted.

A forked process keeps the command line and the first environment of the process it was forked
from; only its view of the file system says whose it is.
"""

from pathlib import Path

import psutil


def lives_in_sandbox(process: psutil.Process, data: Path) -> bool:
    """Whether the process sees a volume of the data directory as somebody's home."""
    return any(
        f"{data}/users/".endswith(f"{Path(source).parent}/") for source, _ in _homes(process)
    )


def is_of_user(process: psutil.Process, username: str) -> bool:
    """Whether the process belongs to the user's notebook service, sandboxed or not."""
    try:
        if process.environ().get("JUPYTERHUB_USER") == username:
            return True
    except psutil.Error:
        return False
    return any(place == f"/home/{username}" for _, place in _homes(process))


def _homes(process: psutil.Process) -> list[tuple[str, str]]:
    """Source within its file system, and place, of each mounted home."""
    try:
        lines = Path(f"/proc/{process.pid}/mountinfo").read_text().splitlines()
    except OSError:
        return []
    fields = [line.split() for line in lines]
    return [(field[3], field[4]) for field in fields if Path(field[4]).parent == Path("/home")]
