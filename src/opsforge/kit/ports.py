"""A port to listen on that stays free until it is used."""

import secrets
import socket
from pathlib import Path

LOWEST = 10_000
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
TRIES = 100


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on now, below those that the kernel hands out.

    A port that the kernel proposes (``bind`` to 0) may become the local end of any connection that
    some program makes before the port is used.

    Raises:
        OSError: None was found.
    """
    highest = int(RANGE.read_text().split()[0])
    for _ in range(TRIES):
        port = LOWEST + secrets.randbelow(max(1, highest - LOWEST))
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port on {host} between {LOWEST} and {highest}")
