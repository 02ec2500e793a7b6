"""Directories of our own on the volumes' file system, for what is coming and what is going.

Each is locked (``flock``) by the process that uses it, and the kernel drops the lock when that
process dies, however it dies. So whatever is unlocked was left by a crash, or is kept for a move
that the journal still has to undo.
"""

import fcntl
import os
import secrets
from dataclasses import dataclass

from opsforge.storage.trees import DIRECTORY, delete_tree

TREE = "tree"
"""Name of the tree that a scratch directory holds."""


@dataclass(frozen=True)
class Scratch:
    """One such directory, locked and open."""

    staging_fd: int
    name: str
    fd: int

    def remove(self) -> None:
        """Delete it with all that it holds, and let go of it."""
        try:
            delete_tree(TREE, at=self.fd)
            delete_tree(self.name, at=self.staging_fd)
        finally:
            self.release()

    def release(self) -> None:
        """Let go of it."""
        os.close(self.fd)
        os.close(self.staging_fd)


def make_scratch(staging_fd: int) -> Scratch:
    """Make one in the directory ``staging_fd``, of which a duplicate is kept."""
    while True:
        name = secrets.token_hex(16)
        os.mkdir(name, 0o700, dir_fd=staging_fd)
        fd = _lock(name, at=staging_fd)
        if fd is not None:
            scratch = Scratch(os.dup(staging_fd), name, fd)
            try:
                os.fsync(staging_fd)
            except BaseException:
                scratch.remove()
                raise
            return scratch
        # A sweep was faster than our lock; it has taken the directory away.


def lock_abandoned(staging_fd: int) -> list[Scratch]:
    """Lock and return the directories that no living process holds."""
    found = []
    for name in os.listdir(staging_fd):
        fd = _lock(name, at=staging_fd)
        if fd is not None:
            found.append(Scratch(os.dup(staging_fd), name, fd))
    return found


def _lock(name: str, *, at: int) -> int | None:
    """The directory, open and locked; None when another process has it or it is gone."""
    try:
        fd = os.open(name, DIRECTORY, dir_fd=at)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    if os.fstat(fd).st_nlink == 0:  # Removed between the open and the lock.
        os.close(fd)
        return None
    return fd
