"""What this machine lets us do, found out by doing it, with a sentence on what to change."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from opsforge.forkserver import cgroups, confine, landlock, linux

_NAMESPACES = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_USERNS_CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")

_OPTIONS = (
    "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
)
_IN_A_CONTAINER = (
    (
        "This container may not create namespaces: start it with `--privileged`, or with "
        f"`{_OPTIONS}`, or use another spawner."
    ),
    f"此容器无法创建命名空间：请以 `--privileged` 或 `{_OPTIONS}` 启动。",
)
_ANYWHERE = (
    (
        "Namespaces cannot be made here (they need Linux 5.12, and user namespaces unless started "
        "by root): start as root, or use `--no-sandbox` for a single trusted user."
    ),
    (
        "此处无法创建命名空间（需要 Linux 5.12；非 root 启动时还需用户命名空间）："
        "请以 root 启动，或仅供单个可信用户时使用 `--no-sandbox`。"
    ),
)

Sandbox = Literal["root", "user", "none"]


@dataclass(frozen=True)
class Preflight:
    """What is possible here."""

    sandbox: Sandbox
    """The strongest that works: ``none`` means that no walls can be built."""
    cgroups: int
    """Version whose limits we can set; 0: resource limits of single processes only."""
    abstract_sockets_hidden: bool
    """Landlock keeps abstract Unix sockets of the machine out of reach."""
    reason: str
    """What failed, when ``sandbox`` is ``none``."""
    advice_en: str
    """What to do about it; empty if nothing need be done."""
    advice_zh: str

    @property
    def ok(self) -> bool:
        """Whether services can be kept apart."""
        return self.sandbox != "none"


def check() -> Preflight:
    """Try it, in a process that ends at once."""
    root = os.geteuid() == 0
    reason = _attempt(in_user_namespace=not root)
    sandbox: Sandbox = "none" if reason else "root" if root else "user"
    english, chinese = _advice(root=root) if reason else ("", "")
    return Preflight(
        sandbox=sandbox,
        cgroups=cgroups.detect_version(),
        abstract_sockets_hidden=landlock.abi_version() >= 6,  # noqa: PLR2004 - Landlock's number.
        reason=reason,
        advice_en=english,
        advice_zh=chinese,
    )


def _attempt(*, in_user_namespace: bool) -> str:
    """The error that building a small sandbox meets; empty if it works."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _build(in_user_namespace=in_user_namespace)
            text = ""
        except BaseException as error:  # noqa: BLE001 - The parent tells it.
            text = str(error) or type(error).__name__
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as file:
        text = file.read()
    os.waitpid(child, 0)
    return text


def _build(*, in_user_namespace: bool) -> None:
    uid, gid = os.getuid(), os.getgid()
    if in_user_namespace:
        linux.unshare(linux.CLONE_NEWUSER)
        confine.map_only_oneself(uid, gid)
    linux.unshare(_NAMESPACES)
    grandchild = os.fork()
    if grandchild == 0:
        code = 1
        try:
            linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
            linux.mount("tmpfs", "/mnt", kind="tmpfs")
            os.mkdir("/mnt/proc")
            os.mkdir("/mnt/usr")
            linux.mount("proc", "/mnt/proc", kind="proc")
            linux.bind("/usr", "/mnt/usr", attributes=linux.MOUNT_ATTR_RDONLY)
            code = 0
        except OSError as error:
            code = error.errno or 1
        finally:
            os._exit(code)
    _, status = os.waitpid(grandchild, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise OSError(code, f"mounting in a namespace: {os.strerror(code)}")


def _advice(*, root: bool) -> tuple[str, str]:
    if not root and _says(_APPARMOR, "1"):
        return _forbidden("kernel.apparmor_restrict_unprivileged_userns=0")
    if not root and _says(_USERNS_CLONE, "0"):
        return _forbidden("kernel.unprivileged_userns_clone=1")
    if os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv"):
        return _IN_A_CONTAINER
    return _ANYWHERE


def _forbidden(setting: str) -> tuple[str, str]:
    return (
        f"This system forbids user namespaces: run `sudo sysctl -w {setting}`, or start as root.",
        f"本系统禁止用户命名空间：请执行 `sudo sysctl -w {setting}`，或以 root 启动。",
    )


def _says(file: Path, value: str) -> bool:
    return file.exists() and file.read_text().strip() == value
