"""Counting what a tree takes that its user may be changing, by directory descriptors."""

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress

from opsforge.storage.places import Amount
from opsforge.storage.reading import STAT_BLOCK_BYTES
from opsforge.storage.trees import opened_directory

MAX_DEPTH = 200
"""Folders below this are left uncounted: each is found again from the top."""


def measure_tree(at: int, *, leave_out: Collection[str] = (), max_entries: int) -> Amount:
    """What the regular files below an open directory take, each inode once.

    Args:
        at: The directory.
        leave_out: Names of folders directly in it that don't count.
        max_entries: Looked at, before the rest is left uncounted.
    """
    size_bytes = file_count = 0
    linked: set[int] = set()
    walk = _Walk(at, leave_out=leave_out, max_entries=max_entries)
    for status in walk:
        if not stat.S_ISREG(status.st_mode):
            continue
        if status.st_nlink > 1:
            if status.st_ino in linked:
                continue
            linked.add(status.st_ino)
        file_count += 1
        size_bytes += min(status.st_size, status.st_blocks * STAT_BLOCK_BYTES)
    return Amount(size_bytes=size_bytes, file_count=file_count, is_complete=walk.is_complete)


class _Walk:
    """The status of everything below a directory, in constant depth of stack and descriptors."""

    def __init__(self, at: int, *, leave_out: Collection[str], max_entries: int) -> None:
        self._at = at
        self._leave_out = leave_out
        self._entries_left = max_entries
        self.is_complete = True

    def __iter__(self) -> Iterator[os.stat_result]:
        pending: list[tuple[str, ...]] = [()]
        while pending:
            parts = pending.pop()
            # What vanishes, or becomes a link, or can't be entered meanwhile, is passed over.
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                for name, status in self._list(parts):
                    if self._entries_left == 0:
                        self.is_complete = False
                        return
                    self._entries_left -= 1
                    yield status
                    if stat.S_ISDIR(status.st_mode) and self._is_wanted(parts, name):
                        pending.append((*parts, name))

    def _list(self, parts: tuple[str, ...]) -> Iterator[tuple[str, os.stat_result]]:
        with opened_directory(parts, at=self._at) as fd, os.scandir(fd) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    yield entry.name, entry.stat(follow_symlinks=False)

    def _is_wanted(self, parts: tuple[str, ...], name: str) -> bool:
        if not parts and name in self._leave_out:
            return False
        if len(parts) == MAX_DEPTH:
            self.is_complete = False
            return False
        return True
