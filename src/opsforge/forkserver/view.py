"""The file system that a service sees, composed in a mount namespace of its own.

An empty tmpfs becomes the root; into it go the system's directories (read-only), a handful of files
of ``/etc``, a private ``/dev``, ``/proc``, ``/tmp`` and ``/run``, and the user's volume. What a
user controls is opened without following links and mounted by descriptor, so that a link in it
leads nowhere.
"""

import contextlib
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from opsforge.forkserver import linux
from opsforge.forkserver.linux import MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC
from opsforge.forkserver.order import Order

RUN = "/run/service"
"""The service's own runtime directory: kernel channels, connection files, sockets."""

RELAY = "/run/hub"

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives",
    "bash.bashrc",
    "bash_completion.d",
    "ca-certificates",
    "ca-certificates.conf",
    "debian_version",
    "fonts",
    "gai.conf",
    "gitconfig",
    "host.conf",
    "inputrc",
    "ipython",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "jupyter",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "locale.conf",
    "localtime",
    "magic",
    "mime.types",
    "networks",
    "nsswitch.conf",
    "OpenCL",
    "os-release",
    "pip.conf",
    "pki",
    "profile",
    "profile.d",
    "protocols",
    "R",
    "redhat-release",
    "resolv.conf",
    "services",
    "ssl",
    "terminfo",
    "timezone",
    "vim",
    "wgetrc",
    "xattr.conf",
)
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_PROC_HIDDEN = ("kcore", "keys", "key-users", "kmsg", "kallsyms", "timer_list", "sched_debug")
_PROC_EMPTY = ("acpi", "asound", "scsi")
_PROC_READ_ONLY = ("bus", "fs", "irq", "sys", "sysrq-trigger", "mtrr")
_SEALED = linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV
_OWN = linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV


def compose(order: Order) -> None:
    """Build the view and make it the root of this mount namespace."""
    linux.mount("none", "/", flags=MS_REC | MS_PRIVATE)
    # The volume's directories are opened first, while paths of the host still mean something.
    with contextlib.ExitStack() as stack:
        volume = stack.enter_context(_directory(order.volume))
        shared = {
            name: stack.enter_context(_directory(path)) for name, path in order.public.items()
        }
        root = order.mount_point
        linux.mount(
            "view", root, kind="tmpfs", flags=MS_NOSUID | MS_NODEV, options="mode=755,size=4m"
        )
        _private(root, order)  # First: the interpreter may lie below /tmp.
        _system(root, order)
        _etc(root, order)
        _dev(root, order)
        _proc(root)
        _home(root, order, volume, shared)
        _links(root, order)
    linux.enter_root(root)
    linux.mount("none", "/", flags=linux.MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


@contextlib.contextmanager
def _directory(path: str, inside: int | None = None) -> Iterator[int]:
    flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, dir_fd=inside)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _below(root: str, path: str) -> str:
    return root + path


def _system(root: str, order: Order) -> None:
    """System directories and the interpreter's, read-only; links stay links (``/bin``)."""
    shown: list[str] = []
    interpreter = [sys.prefix, sys.base_prefix, *(p for p in sys.path if p)]
    for path in [*_SYSTEM, *interpreter, *order.system_paths]:
        if any(path == s or path.startswith(s + "/") for s in shown) or not os.path.exists(path):
            continue
        target = _below(root, path)
        Path(target).parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        if os.path.islink(path):
            os.symlink(os.readlink(path), target)
            continue
        _empty_like(path, target)
        linux.bind(path, target, attributes=_SEALED)
        shown.append(path)
    _cpu_list(root)


def _cpu_list(root: str) -> None:
    """What libraries read to learn the number of processors, and nothing else of ``/sys``."""
    for path in ("/sys/devices/system/cpu", "/sys/devices/system/node"):
        if os.path.isdir(path):
            os.makedirs(_below(root, path), mode=0o755)
            linux.bind(path, _below(root, path), attributes=_SEALED | linux.MOUNT_ATTR_NOEXEC)


def _empty_like(path: str, target: str) -> None:
    if os.path.isdir(path):
        os.makedirs(target, mode=0o755, exist_ok=True)
    else:
        Path(target).touch(mode=0o644)


def _etc(root: str, order: Order) -> None:
    """The files of ``/etc`` that programs need, if the whole world may read them."""
    etc = _below(root, "/etc")
    os.mkdir(etc, 0o755)
    for name in _ETC:
        path = f"/etc/{name}"
        if not os.path.exists(path) or not os.stat(path).st_mode & stat.S_IROTH:
            continue
        real, target = os.path.realpath(path), f"{etc}/{name}"
        _empty_like(real, target)
        linux.bind(real, target, attributes=_SEALED)
    user = f"{order.username}:x:{order.uid}:{order.gid}:{order.username}:{order.home}:/bin/bash\n"
    root_user = "root:x:0:0:root:/root:/usr/sbin/nologin\n"
    nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    _write(f"{etc}/passwd", root_user + user + nobody)
    _write(f"{etc}/group", f"root:x:0:\n{order.username}:x:{order.gid}:\nnogroup:x:65534:\n")
    host = socket.gethostname()
    _write(f"{etc}/hostname", f"{host}\n")
    _write(f"{etc}/hosts", f"127.0.0.1 localhost {host}\n::1 localhost ip6-localhost\n")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)


def _dev(root: str, order: Order) -> None:
    dev = _below(root, "/dev")
    os.mkdir(dev, 0o755)
    attributes = linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC
    for path in [*(f"/dev/{name}" for name in _DEVICES), *order.devices]:
        target = _below(root, path)
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        Path(target).touch()
        linux.bind(path, target, attributes=attributes)
    os.mkdir(f"{dev}/pts", 0o755)
    options = "newinstance,ptmxmode=0666,mode=0620"
    linux.mount("devpts", f"{dev}/pts", kind="devpts", flags=MS_NOSUID | MS_NOEXEC, options=options)
    os.mkdir(f"{dev}/shm", 0o1777)
    _tmpfs(f"{dev}/shm", f"mode=1777,size={order.tmp_bytes}")
    for name, target in (
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ):
        os.symlink(target, f"{dev}/{name}")


def _tmpfs(target: str, options: str, *, flags: int = 0) -> None:
    linux.mount("tmpfs", target, kind="tmpfs", flags=MS_NOSUID | MS_NODEV | flags, options=options)


def _proc(root: str) -> None:
    proc = _below(root, "/proc")
    os.mkdir(proc, 0o755)
    linux.mount("proc", proc, kind="proc", flags=MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for name in _PROC_READ_ONLY:
        if os.path.exists(f"{proc}/{name}"):
            linux.bind(f"{proc}/{name}", f"{proc}/{name}", attributes=_SEALED)
    for name in _PROC_EMPTY:
        if os.path.isdir(f"{proc}/{name}"):
            _tmpfs(f"{proc}/{name}", "size=0,mode=555", flags=MS_RDONLY)
    for name in _PROC_HIDDEN:
        if os.path.exists(f"{proc}/{name}"):
            linux.bind("/dev/null", f"{proc}/{name}", attributes=_SEALED)


def _private(root: str, order: Order) -> None:
    """``/tmp``, ``/var/tmp`` and the runtime directory, of limited size, gone with the service."""
    own = f"uid={order.uid},gid={order.gid},mode=700"
    for path in ("/tmp", "/var", RUN):  # noqa: S108 - the service's own.
        os.makedirs(_below(root, path), mode=0o755)
    _tmpfs(_below(root, "/tmp"), f"mode=1777,size={order.tmp_bytes}")  # noqa: S108 - the same.
    os.symlink("/tmp", _below(root, "/var/tmp"))  # noqa: S108 - the same.
    _tmpfs(_below(root, RUN), f"{own},size=64m")
    if order.relay:
        os.makedirs(_below(root, RELAY), mode=0o755)
        linux.bind(order.relay, _below(root, RELAY), attributes=_SEALED)


def _home(root: str, order: Order, volume: int, shared: dict[str, int]) -> None:
    """The volume as the home directory; ``input`` and ``public`` in it read-only."""
    _make_directories(order, volume)
    home = _below(root, order.home)
    if os.path.exists(home):
        raise OSError(
            f"{order.home} is where the service has its home, so neither the interpreter nor what "
            "else it is shown can lie there: install them in another directory"
        )
    os.makedirs(home, mode=0o755)
    linux.bind(volume, home, attributes=_OWN)
    with _directory(home) as inside:
        for name in order.read_only:
            with _directory(name, inside) as directory:
                linux.bind(directory, directory, attributes=_SEALED)
        if not shared:
            return
        with _directory("public", inside) as directory:
            _tmpfs(f"/proc/self/fd/{directory}", "mode=755,size=64k")
        with _directory("public", inside) as public:
            for name, source in shared.items():
                os.mkdir(name, 0o755, dir_fd=public)
                with _directory(name, public) as target:
                    linux.bind(source, target, attributes=_SEALED)
    lid = linux.MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV
    linux.mount("none", f"{home}/public", flags=lid)


def _make_directories(order: Order, volume: int) -> None:
    """Make what is missing in the volume; as root with the right owner, never through a link."""
    wanted = [(name, order.uid) for name in order.writable]
    wanted += [
        (name, os.geteuid()) for name in [*order.read_only, *(["public"] * bool(order.public))]
    ]
    for name, owner in wanted:
        try:
            os.mkdir(name, 0o755, dir_fd=volume)
        except FileExistsError:
            continue
        if order.sandbox == "root":
            os.chown(name, owner, order.gid, dir_fd=volume, follow_symlinks=False)


def _links(root: str, order: Order) -> None:
    for path, target in order.links.items():
        if os.path.lexists(_below(root, path)):
            continue
        os.makedirs(os.path.dirname(_below(root, path)), mode=0o755, exist_ok=True)
        os.symlink(target.replace("~", order.home, 1), _below(root, path))
