"""The data directory of an installation: directories, lock, secrets, addresses."""

import errno
import fcntl
import json
import os
import socket
import tempfile
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from opsforge.engine.runtime import HubRuntime, HubSecrets
from opsforge.kit.ports import free_port
from opsforge.kit.secrets import keep_secret
from opsforge.settings import Settings

SOCKET_PATH_MAX_BYTES = 107
LONGEST_SOCKET = "fork-01234567/services/0123456789abcdef/http.sock:80"
FOLDERS = ("hub", "logs", "public/input", "public/work", "run", "secrets", "users")
PRIVATE = ("hub", "logs", "run", "secrets")


class UserError(Exception):
    """What the person at the terminal has to change, in one sentence."""


def prepare_directories(data: Path) -> None:
    """Make the data directory, for this user alone if there is none, and what belongs in it.

    Raises:
        UserError: It can't be written to.
    """
    try:
        if not data.exists():
            # Whoever owns it may open it to others; sandboxes are given their volumes from inside.
            data.mkdir(parents=True, mode=0o700)
        for folder in FOLDERS:
            (data / folder).mkdir(parents=True, exist_ok=True)
        for folder in PRIVATE:
            (data / folder).chmod(0o700)
        with tempfile.TemporaryFile(dir=data / "run"):
            pass
    except OSError as error:
        reason = (error.strerror or "it cannot be used").lower()
        raise UserError(
            f"The data directory {data} can't be written to ({reason}); "
            "choose another one with --data or give this user the right to write there."
        ) from None


def lock_directory(data: Path) -> int:
    """Take the data directory for this process; closing the descriptor gives it back.

    Raises:
        UserError: Another `opsforge up` has it.
    """
    lock = os.open(data / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(lock, 20, 0).decode().strip()
        os.close(lock)
        raise UserError(
            f"OpsForge already runs on {data} (process {owner}); stop it first, or choose another "
            "data directory with --data."
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def require_free_port(settings: Settings) -> None:
    """Make sure that the public port can be had.

    Raises:
        UserError: It is taken, not allowed, or not an address of this machine.
    """
    host, port = str(settings.server.host), settings.server.port
    try:
        _bind(host, port).close()
    except OSError as error:
        reason = {
            "EADDRINUSE": "another program listens there",
            "EACCES": "this user may not listen there",
            "EADDRNOTAVAIL": "this machine does not have that address",
        }.get(_errno_name(error), (error.strerror or "unknown").lower())
        raise UserError(
            f"Port {port} of {host} can't be used ({reason}); free it, or choose another one with "
            "--port, or server.port in the settings."
        ) from None


def load_runtime(settings: Settings) -> HubRuntime:
    """Addresses and secrets of the installation; made at the first call and kept."""
    data = settings.data
    sockets = _socket_folder(data)
    return HubRuntime(
        hub_port=_hub_port(data),
        proxy_url=f"http://{_local_address(settings)}:{settings.server.port}",
        proxy_socket=sockets / "proxy.sock",
        web_socket=sockets / "web.sock",
        services_socket=sockets / "services.sock",
        fork_server=sockets / f"fork-{_boot_id()}",
        secrets=HubSecrets(
            cookie=keep_secret(data / "secrets", "hub-cookie"),
            proxy_token=keep_secret(data / "secrets", "proxy-token"),
            service_token=keep_secret(data / "secrets", "hub-service-token"),
            supervisor_token=keep_secret(data / "secrets", "hub-supervisor-token"),
            internal=keep_secret(data / "secrets", "internal"),
        ),
    )


def renew_hub_port(data: Path) -> None:
    """Choose another port for the hub if somebody took the one it had.

    It is kept otherwise, because services that outlived a killed platform know the old one.
    """
    try:
        _bind("127.0.0.1", _hub_port(data)).close()
    except OSError:
        (data / "run" / "hub.json").unlink()


def _hub_port(data: Path) -> int:
    path = data / "run" / "hub.json"
    try:
        return int(json.loads(path.read_text())["port"])
    except FileNotFoundError:
        port = free_port()
        path.write_text(json.dumps({"port": port}))
        return port


def _boot_id() -> str:
    """Tells this run of the machine from others: what the fork server records is of one only."""
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]


def _local_address(settings: Settings) -> str:
    """The public port's address as this machine reaches it, for a URL."""
    host = ip_address(str(settings.server.host))
    if host.is_unspecified:
        return "[::1]" if host.version == 6 else "127.0.0.1"  # noqa: PLR2004 - IPv6.
    return f"[{host}]" if host.version == 6 else str(host)  # noqa: PLR2004 - IPv6.


def _socket_folder(data: Path) -> Path:
    """``<data>/run``, or where that path is too long for a socket, a private one of its own."""
    folder = data / "run"
    if len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_MAX_BYTES:
        return folder
    digest = sha256(os.fsencode(data)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"opsforge-{os.geteuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    owner = short.lstat()
    if owner.st_uid != os.geteuid() or owner.st_mode & 0o077 or short.is_symlink():
        raise UserError(f"{short} is not this user's alone; remove it.")
    return short


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        # Binding alone succeeds beside a listener that was itself bound with SO_REUSEADDR.
        bound.listen(1)
    except OSError:
        bound.close()
        raise
    return bound


def _errno_name(error: OSError) -> str:

    return errno.errorcode.get(error.errno or 0, "")
