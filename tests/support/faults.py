"""Every step at which a process can die, or a disk can be full, counted and hit.

`FaultPoints.install` wraps the system calls by which the storage changes directories and the
commits of a database. Each of them is a point, before it happens, and a commit also after it.
Installed in child processes only.
"""

import ctypes
import errno
import functools
import os
import signal
import threading
from collections.abc import Callable
from typing import Any, Literal

from opsforge.db.database import Database
from opsforge.storage import syscalls

CALLS = ("fsync", "link", "mkdir", "rename", "rmdir", "unlink")


class FaultPoints:
    """Counts points while it is armed, and strikes at one of them."""

    def __init__(self, *, how: Literal["kill", "full"]) -> None:
        self._how = how
        self._strike_at: int | None = None
        self._guard = threading.Lock()
        self.is_armed = False
        self.passed: list[str] = []
        """What was about to happen at each point."""

    def arm(self, *, strike_at: int | None) -> None:
        """Count from the beginning."""
        self._strike_at = strike_at
        self.passed = []
        self.is_armed = True

    def install(self, db: Database) -> None:
        """Wrap the calls."""
        for name in CALLS:
            setattr(os, name, self._before(name, getattr(os, name)))
        os.open = self._before_creating(os.open)
        library: Any = syscalls._libc
        library.renameat2 = self._before_rename(library.renameat2)
        dialect: Any = db.engine.dialect
        dialect.do_commit = self._around_commit(dialect.do_commit)

    def point(self, name: str) -> None:
        """Pass a point, or not."""
        if not self.is_armed:
            return
        with self._guard:
            self.passed.append(name)
            is_hit = len(self.passed) == self._strike_at
        if not is_hit:
            return
        if self._how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()
        if "commit" not in name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _before(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.point(name)
            return call(*arguments, **named)

        return wrapped

    def _before_creating(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def wrapped(path: Any, flags: int, *arguments: Any, **named: Any) -> Any:
            if flags & os.O_CREAT:
                self.point("create")
            return call(path, flags, *arguments, **named)

        return wrapped

    def _before_rename(self, call: Callable[..., int]) -> Callable[..., int]:
        def wrapped(*arguments: Any) -> int:
            try:
                self.point("renameat2")
            except OSError:
                ctypes.set_errno(errno.ENOSPC)
                return -1
            return call(*arguments)

        return wrapped

    def _around_commit(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            self.point("before a commit")
            result = call(*arguments)
            self.point("after a commit")
            return result

        return wrapped
