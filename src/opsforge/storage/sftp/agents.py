"""Which agents live on the host, and the end of those whose worker is gone.

A link can drop without the host's noticing, and what was sent over it may still arrive. So before
anything is undone, the agent of the worker that asked for it is ended for certain: each agent locks
a file that is named after its worker, with its process number in it.
"""

import fcntl
import os
import signal
import time
from pathlib import Path

FOLDER = "agents"
_PAUSE_SECONDS = 0.02
_NUMBER_BYTES = 20


def enlist(folder: Path, worker: str) -> int:
    """Become the only agent of a worker; the descriptor is held for as long as the agent lives."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    bury(folder)
    while True:
        end(folder, worker)
        fd = os.open(folder / worker, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _try_lock(fd) and os.fstat(fd).st_nlink:
            os.ftruncate(fd, 0)
            os.pwrite(fd, str(os.getpid()).encode(), 0)
            return fd
        os.close(fd)


def end(folder: Path, worker: str) -> None:
    """End the agent of a worker, if there is one, and return when it is gone."""
    while True:
        try:
            fd = os.open(folder / worker, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            if _try_lock(fd):
                (folder / worker).unlink(missing_ok=True)
                return
            _kill_holder(fd)
        finally:
            os.close(fd)
        time.sleep(_PAUSE_SECONDS)


def bury(folder: Path) -> None:
    """Remove the files of agents that are gone."""
    for path in folder.iterdir():
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            if _try_lock(fd):
                path.unlink(missing_ok=True)
        finally:
            os.close(fd)


def _kill_holder(fd: int) -> None:
    number = os.pread(fd, _NUMBER_BYTES, 0)
    if not number:
        return  # It has locked the file this very moment.
    try:
        process = os.pidfd_open(int(number))
    except ProcessLookupError:
        return
    try:
        # The number is the holder's as long as the lock is held, so it isn't somebody else's now.
        if not _try_lock(fd):
            signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        os.close(process)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
