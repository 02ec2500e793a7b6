"""A user who lets a folder and a symbolic link change places, without a pause.

Run as a program: ``python swapper.py FOLDER``. In FOLDER, whenever it is there, ``real`` and
``door`` are exchanged in one step (``renameat2``), as fast as this machine can. A folder that was
moved away meanwhile goes on being changed: it is held open.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXCHANGE = 2
ROUNDS = 2000


def swap_for_ever(folder: str) -> None:
    """Exchange until somebody ends it."""
    library = ctypes.CDLL(None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        try:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            continue
        for _ in range(ROUNDS):
            if library.renameat2(fd, b"real", fd, b"door", EXCHANGE) != 0:
                break
        os.close(fd)


@contextmanager
def swapping(folder: Path) -> Iterator[None]:
    """Let it go on while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-I", __file__, str(folder)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    swap_for_ever(sys.argv[1])
