"""Which workers live: each locks a file for as long as it does.

The kernel drops the lock (``flock``) when the process dies, however it dies, so nobody is taken for
dead who only is slow, and nobody has to beat a heart.
"""

import fcntl
import os
import secrets
from collections.abc import Collection
from pathlib import Path


class Workers:
    """The workers of one data directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fd: int | None = None
        self.name = secrets.token_hex(16)
        """Of this worker."""

    def open(self) -> None:
        """Become one of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        while self._fd is None:
            fd = os.open(self._folder / self.name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
            fcntl.flock(fd, fcntl.LOCK_EX)
            if os.fstat(fd).st_nlink:
                self._fd = fd
            else:  # Somebody took it for a dead one's before it was locked.
                os.close(fd)

    def close(self) -> None:
        """Leave them."""
        if self._fd is not None:
            (self._folder / self.name).unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = None

    def is_alive(self, name: str) -> bool:
        """Whether a worker lives."""
        fd = self._lock_dead(name)
        if fd is not None:
            os.close(fd)
        return fd is None and (self._folder / name).exists()

    def bury(self, *, still_named: Collection[str]) -> None:
        """Remove the files of dead workers that no operation names."""
        for path in self._folder.iterdir():
            fd = None if path.name in still_named else self._lock_dead(path.name)
            if fd is not None:
                path.unlink(missing_ok=True)
                os.close(fd)

    def _lock_dead(self, name: str) -> int | None:
        """The file of a dead worker, locked; None for a living or a forgotten one."""
        try:
            fd = os.open(self._folder / name, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        return fd
