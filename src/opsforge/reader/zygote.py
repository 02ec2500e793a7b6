"""The process that jobs are forked from: ``python -I -m opsforge.reader.zygote FD JOBS_AT_ONCE``.

It has imported everything once and looks at no file itself. Each message on its
socket is a job with two descriptors: the file to be read, and a pipe for the answer. An answer is
its length, one byte that says how it ended, and what was found; a job that dies leaves less.
"""

import json
import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

from opsforge.reader.sealing import Limits, seal
from opsforge.reader.unreadable import Unreadable

MESSAGE_BYTES = 64 * 1024
FOUND, NOT_FOUND = b"+", b"-"
LENGTH_BYTES = 8


class Zygote:
    """Forks jobs until its socket is closed."""

    def __init__(
        self, orders: socket.socket, jobs: Mapping[str, Callable[..., bytes]], *, at_once: int
    ) -> None:
        self._jobs = jobs
        self._orders = orders
        self._at_once = at_once
        self._running = 0

    def run(self) -> None:
        """Do what is asked for."""
        signal.signal(signal.SIGCHLD, self._reap)
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._orders, MESSAGE_BYTES, 2)
            if not message:
                return
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            self._running += 1
            if os.fork() == 0:
                self._orders.close()
                self._do(json.loads(message), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            while self._running >= self._at_once:
                # A signal from before it was blocked may be handled only now, between any two
                # steps: then `_reap` has been quicker, or finds nothing here.
                with suppress(ChildProcessError):
                    self._bury(os.waitpid(-1, 0)[0])
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _reap(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        with suppress(ChildProcessError):
            while self._running and (pid := os.waitpid(-1, os.WNOHANG)[0]):
                self._bury(pid)

    def _bury(self, pid: int) -> None:
        """Whatever a job has started ends with it."""
        self._running -= 1
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def _do(self, order: dict[str, Any], file: int, answer: int) -> None:
        """Run one job in this process, which ends with it."""
        status = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            os.setpgid(0, 0)
            seal(Limits(**order["limits"]))
            _answer(answer, *self._find(order, file))
            status = 0
        finally:
            os._exit(status)

    def _find(self, order: dict[str, Any], file: int) -> tuple[bytes, bytes]:
        try:
            return FOUND, self._jobs[order["job"]](file, order["options"])
        except MemoryError:
            reason = Unreadable("gave_up")
        except Unreadable as error:
            reason = error
        return NOT_FOUND, json.dumps([reason.reason, reason.detail]).encode()


def _answer(pipe: int, kind: bytes, content: bytes) -> None:
    with open(pipe, "wb", closefd=False) as file:
        file.write(len(content).to_bytes(LENGTH_BYTES, "big") + kind)
        file.write(content)


def main() -> None:
    """Run on the socket that the arguments name."""
    logging.disable()  # Libraries would tell the platform's log about users' notebooks.
    warnings.simplefilter("ignore")
    orders = socket.socket(fileno=int(sys.argv[1]))
    # The validator of notebooks would import it, which takes longer than all the rest together.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from opsforge.reader.jobs import JOBS, warm_up  # noqa: PLC0415 - behind the line above.

    warm_up()
    Zygote(orders, JOBS, at_once=int(sys.argv[2])).run()


if __name__ == "__main__":
    main()
