"""The ways out of a service without a network: Unix sockets, to the hub and as configured."""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

SOCKET_NAME = "hub.sock"
_BLOCK_BYTES = 65536
_HUB_FILE = "hub-url"
_CREDENTIALS = struct.Struct("3i")
CONNECTIONS_MAX = 128
"""Of one service at a time: each takes two descriptors, which are everybody's."""


class Relay:
    """Passes bytes between sockets and the addresses that they lead to."""

    idle_seconds = 600.0
    """After which a connection that passes nothing is ended; event streams send pings."""

    def __init__(
        self,
        directory: Path,
        hub_url: str,
        memory: Path,
        *,
        others: Mapping[str, str],
        service_of: Callable[[int], str],
    ) -> None:
        """Remember the addresses.

        Args:
            directory: For the sockets.
            hub_url: The hub's address; without it the last that was learnt.
            memory: A directory, for what is learnt.
            others: Further addresses by name.
            service_of: Names the service that a process belongs to; empty if it is none's.
        """
        self._directory = directory
        self._service_of = service_of
        self._open: Counter[str] = Counter()
        self._memory = memory / _HUB_FILE
        self._hub_url = hub_url
        self._others = others
        if not hub_url:
            with contextlib.suppress(OSError):
                self._hub_url = self._memory.read_text(encoding="utf-8")

    def learn(self, hub_url: str) -> None:
        """Take the hub's address from a spawner, and remember it for the next daemon."""
        if hub_url and hub_url != self._hub_url:
            self._hub_url = hub_url
            self._memory.write_text(hub_url, encoding="utf-8")

    async def start(self) -> list[asyncio.Server]:
        """Listen; every service may connect, whoever is there asks for a token."""
        names = [SOCKET_NAME, *(f"{name}.sock" for name in self._others)]
        return [await self._listen(name) for name in names]

    async def _listen(self, name: str) -> asyncio.Server:
        path = self._directory / name
        path.unlink(missing_ok=True)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            url = self._others.get(name.removesuffix(".sock"), self._hub_url)
            with contextlib.suppress(OSError):
                await self._admit(url, reader, writer)
            writer.transport.abort()

        server = await asyncio.start_unix_server(serve, path)
        path.chmod(0o666)
        return server

    async def _admit(
        self, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass bytes on, unless the service has as many connections as it may have."""
        owner = self._owner(writer)
        if self._open[owner] >= CONNECTIONS_MAX:
            return
        self._open[owner] += 1
        try:
            async with asyncio.timeout(self.idle_seconds) as idle:
                await _connect_and_pass(url, reader, writer, partial(self._postpone, idle))
        finally:
            self._open[owner] -= 1
            if not self._open[owner]:
                del self._open[owner]

    def _owner(self, writer: asyncio.StreamWriter) -> str:
        """The service at the other end; where its process has gone already, all of its user's."""
        sock = writer.get_extra_info("socket")
        credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid, uid, _ = _CREDENTIALS.unpack(credentials)
        return self._service_of(pid) or f"uid {uid}"

    def _postpone(self, idle: asyncio.Timeout) -> None:
        idle.reschedule(asyncio.get_running_loop().time() + self.idle_seconds)


async def _connect_and_pass(
    url: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    passed: Callable[[], None],
) -> None:
    far_reader, far_writer = await _connect(url)
    try:
        await asyncio.gather(_pass(reader, far_writer, passed), _pass(far_reader, writer, passed))
    finally:
        # What nobody takes would stay in memory with the descriptor.
        far_writer.transport.abort()


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    if parts.scheme == "http+unix":
        return await asyncio.open_unix_connection(unquote(parts.netloc))
    return await asyncio.open_connection(parts.hostname, parts.port or 80)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Callable[[], None]
) -> None:
    with contextlib.suppress(OSError):
        while block := await reader.read(_BLOCK_BYTES):
            writer.write(block)
            await writer.drain()
            passed()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()
