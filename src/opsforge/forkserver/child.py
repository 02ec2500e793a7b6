"""What a fork of the zygote does to become a service: leave the machine behind, step by step."""

import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile
import traceback
from typing import NoReturn

from opsforge.forkserver import confine, init, linux, order, view
from opsforge.forkserver.order import Order

_NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)


def main(report_descriptor: int, listening_descriptor: int) -> NoReturn:
    """Never return: the copy of the zygote's stack above must not run twice."""
    code = 1
    try:
        report = socket.socket(fileno=report_descriptor)
        _forget_the_zygote({report_descriptor, listening_descriptor})
        _become_service(report, listening_descriptor)
        code = 0
    except BaseException as error:  # noqa: BLE001 - Whatever it is, it ends here and is told.
        _tell(report, error)
    finally:
        os._exit(code)


def _forget_the_zygote(keep: set[int]) -> None:
    """Own session, standard descriptors on /dev/null, every other closed, signals as new."""
    os.setsid()
    os.umask(0o022)
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    first = 3
    for descriptor in sorted(keep):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _become_service(report: socket.socket, listening: int) -> None:
    what = Order.from_json(order.receive_line(report))
    _join_cgroups(what.cgroups)
    if what.sandbox == "none":
        os.umask(0o022)
    elif what.sandbox == "user":
        linux.unshare(linux.CLONE_NEWUSER)
        confine.map_only_oneself(what.uid, what.gid)
    if what.sandbox != "none":
        linux.unshare(_NAMESPACES | (linux.CLONE_NEWNET if what.network == "none" else 0))
    first = os.fork()
    if first:
        # The daemon adopts the child (it is a subreaper) and knows it by the number seen outside.
        order.send(report, pid=first)
        return
    try:
        if order.receive_line(report) != order.GO:
            os._exit(1)  # Nobody knows this process, so nobody would ever stop it.
        _close_the_door(what)
        init.run(what, report, listening)
    except BaseException as error:  # noqa: BLE001 - The same as in `main`.
        _tell(report, error)
        os._exit(1)


def _tell(report: socket.socket, error: BaseException) -> None:
    text = f"{type(error).__name__}: {error}"
    with contextlib.suppress(OSError):
        order.send(report, error=text, log=traceback.format_exc(limit=-4))


def _join_cgroups(directories: list[str]) -> None:
    for directory in directories:
        with open(os.path.join(directory, "cgroup.procs"), "w", encoding="ascii") as file:
            file.write("0")


def _close_the_door(what: Order) -> None:
    if what.sandbox == "none":
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        confine.set_limits(what.rlimits)
    else:
        socket.sethostname(what.username[:63])
        if what.network == "none":
            linux.bring_up_loopback()
        view.compose(what)
        confine.give_up_privileges(what)
    _renew_state(what.environment)


def _renew_state(environment: dict[str, str]) -> None:
    """What Python and libraries keep from the time before the fork, made the child's own."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(environment["HOME"])
    tempfile.tempdir = None
    modules = sys.modules
    if "numpy.random" in modules:
        modules["numpy.random"].seed()
    if "multiprocessing.process" in modules:
        # The key with which worker processes know each other; the zygote's would be everybody's.
        modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
    if "matplotlib" in modules:
        for name in ("get_cachedir", "get_configdir"):  # They remember the zygote's.
            remembering = getattr(modules["matplotlib"], name)
            setattr(modules["matplotlib"], name, getattr(remembering, "__wrapped__", remembering))
    gc.enable()
