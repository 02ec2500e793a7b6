"""What the daemon asks for and how both sides talk: one JSON object a line, descriptors beside it.

The zygote is never told anything about a service: it gets two descriptors and forks. The child
reads its order from one of them, so no user's token is ever in the zygote's memory.
"""

import dataclasses
import json
import socket
from dataclasses import dataclass, field

ORDER_MAX_BYTES = 1 << 20
GO = b"go\n"
"""The daemon's word that it knows process 1, which runs nothing of the user's before."""
SANDBOXES = ("root", "user", "none")
"""root: a host uid for each user; user: a user namespace; none: no walls, one trusted user."""


@dataclass(frozen=True)
class Order:
    """Everything that a child needs to know to become a service."""

    name: str
    username: str
    sandbox: str
    uid: int
    gid: int
    volume: str
    home: str
    environment: dict[str, str]
    mount_point: str
    arguments: list[str] = field(default_factory=list)
    public: dict[str, str] = field(default_factory=dict)
    """Directories shown read-only below ``~/public``: name to host path."""
    read_only: list[str] = field(default_factory=lambda: ["input"])
    """Directories of the volume that are made if they are missing and mounted read-only."""
    writable: list[str] = field(default_factory=lambda: ["work"])
    """Directories of the volume that are made if they are missing."""
    links: dict[str, str] = field(default_factory=dict)
    """Symbolic links in the service's view: absolute path to target (``~`` is the home)."""
    system_paths: list[str] = field(default_factory=list)
    """Host paths shown read-only, beside the interpreter's own."""
    devices: list[str] = field(default_factory=list)
    network: str = "full"
    relay: str = ""
    """Host directory with the sockets that lead to the hub and elsewhere; empty: there are none."""
    tmp_bytes: int = 1 << 30
    rlimits: dict[str, int] = field(default_factory=dict)
    cgroups: list[str] = field(default_factory=list)
    """Directories of the control groups to join."""
    stop_seconds: float = 5.0

    def to_json(self) -> bytes:
        """One line."""
        return json.dumps(dataclasses.asdict(self)).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> "Order":
        """The reverse of `to_json`."""
        return cls(**json.loads(line))


def receive_line(sock: socket.socket) -> bytes:
    """Read up to and with the next newline; what ends without one is returned as it is."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < ORDER_MAX_BYTES:
        part = sock.recv(65536)
        if not part:
            break
        line += part
    return bytes(line)


def send(sock: socket.socket, **fields: object) -> None:
    """Send one object as one line."""
    sock.sendall(json.dumps(fields).encode() + b"\n")
