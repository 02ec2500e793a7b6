"""Process 1 of a service: starts the Jupyter server, forks warm kernels, reaps, and ends it all.

When it ends, the kernel ends every process of its PID namespace; so does killing it. It outlives
daemon and zygote.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import NoReturn

from opsforge.forkserver import homepython, kernel, linux, notebook, order, view
from opsforge.forkserver.order import Order

_LOG_TAIL_BYTES = 4000
_KERNEL_OOM_SCORE = "600"
_SERVER_OOM_SCORE = "300"


@dataclass
class _State:
    what: Order
    forker: socket.socket
    wake: socket.socket
    server: int = 0
    kernels: dict[int, socket.socket] = field(default_factory=dict)
    stopping_since: float | None = None


def run(what: Order, report: socket.socket, listening: int) -> NoReturn:
    """Start the server and stay until it is gone."""
    linux.prctl(linux.PR_SET_DUMPABLE, 0)  # Nobody inside may trace process 1.
    linux.prctl(linux.PR_SET_NAME, b"service-init")
    homepython.prepare(what.environment["HOME"])
    _redirect_output(what)
    state = _State(what, _listen_for_kernels(what), _wake_on_signals())
    state.server = os.fork()
    if state.server == 0:
        _as_child(_SERVER_OOM_SCORE)
        state.forker.close()
        state.wake.close()
        if what.sandbox == "none":
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        notebook.serve(what, report, listening)
    os.close(listening)
    _loop(state, report)


def _as_child(oom_score: str) -> None:
    """Undo what is meant for process 1 only. When memory runs out, kernels go before the server."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    linux.prctl(linux.PR_SET_DUMPABLE, 1)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as f:
        f.write(oom_score)


def log_path(home: str) -> str:
    """The log of the user's server, in their own volume, where only they can fill the disk."""
    return os.path.join(home, ".local", "state", "notebook", "server.log")


def _redirect_output(what: Order) -> None:
    path = log_path(what.environment["HOME"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(path):
            os.replace(path, f"{path}.1")
        log = os.open(path, flags, 0o600)
    except OSError:
        # A full volume must not keep anybody from signing in to empty it.
        log = os.open(os.path.join(runtime_directory(what), "server.log"), flags, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def runtime_directory(what: Order) -> str:
    """Where sockets and connection files go."""
    return what.environment["JUPYTER_RUNTIME_DIR"] if what.sandbox == "none" else view.RUN


def _listen_for_kernels(what: Order) -> socket.socket:
    path = os.path.join(runtime_directory(what), "kernels.sock")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    forker = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    forker.bind(path)
    os.chmod(path, 0o600)
    forker.listen(64)
    return forker


def _wake_on_signals() -> socket.socket:
    """A socket that becomes readable at SIGTERM and SIGCHLD."""
    wake, sender = socket.socketpair()
    for end in (wake, sender):
        end.setblocking(False)
    signal.set_wakeup_fd(sender.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return wake


def _loop(state: _State, report: socket.socket) -> NoReturn:
    while True:
        timeout = None if state.stopping_since is None else 0.2
        readable, _, _ = select.select([state.wake, state.forker], [], [], timeout)
        if state.wake in readable and signal.SIGTERM in state.wake.recv(64):
            _begin_to_stop(state)
        _reap(state, report)
        if state.forker in readable:
            _fork_kernel(state, report)
        _stop_in_earnest(state)


def _begin_to_stop(state: _State) -> None:
    if state.stopping_since is None:
        state.stopping_since = time.monotonic()
        os.kill(state.server, signal.SIGTERM)


def _stop_in_earnest(state: _State) -> None:
    since = state.stopping_since
    if since is not None and time.monotonic() - since > state.what.stop_seconds:
        _end(state, 0)


def _reap(state: _State, report: socket.socket) -> None:
    """Take note of what has ended; when it is the server, all ends."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        code = os.waitstatus_to_exitcode(status)
        if pid == state.server:
            if state.stopping_since is None:
                with contextlib.suppress(OSError):
                    order.send(report, error=f"the server ended with {code}", log=_log_tail())
            _end(state, code if code >= 0 else 128 - code)
        elif pid in state.kernels:
            with state.kernels.pop(pid) as connection, contextlib.suppress(OSError):
                order.send(connection, exit=code)


def _log_tail() -> str:
    with contextlib.suppress(OSError), open("/proc/self/fd/1", "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _LOG_TAIL_BYTES))
        return file.read().decode(errors="replace")
    return ""


def _end(state: _State, code: int) -> NoReturn:
    """Leave; in a PID namespace the kernel kills the rest, else we do."""
    if state.what.sandbox == "none":
        _kill_descendants()
    os._exit(code)


def _kill_descendants() -> None:
    """Without a namespace orphans come to us (we are a subreaper), so that none is missed."""
    for _ in range(1000):
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            children = file.read().split()
        if not children:
            return
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _fork_kernel(state: _State, report: socket.socket) -> None:
    connection, _ = state.forker.accept()
    connection.settimeout(2)  # A silent client must not stop the reaping.
    try:
        line = order.receive_line(connection)
    except OSError:
        line = b""
    if not line.endswith(b"\n"):
        connection.close()
        return
    try:
        pid = os.fork()
    except OSError as error:
        with connection, contextlib.suppress(OSError):
            order.send(connection, error=str(error))
        return
    if pid == 0:
        for own in (state.forker, state.wake, report, *state.kernels.values(), connection):
            own.close()
        _as_child(_KERNEL_OOM_SCORE)
        kernel.run(line)
    state.kernels[pid] = connection
    with contextlib.suppress(OSError):
        order.send(connection, pid=pid)
    sys.stdout.flush()
