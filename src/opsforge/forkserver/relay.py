"""The ways out of a service without a network: Unix sockets, to the hub and as configured."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

SOCKET_NAME = "hub.sock"
_BLOCK_BYTES = 65536
_HUB_FILE = "hub-url"


class Relay:
    """Passes bytes between sockets and the addresses that they lead to."""

    def __init__(
        self, directory: Path, hub_url: str, memory: Path, *, others: Mapping[str, str]
    ) -> None:
        self._directory = directory
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
            await _connect_and_pass(url, reader, writer)

        server = await asyncio.start_unix_server(serve, path)
        path.chmod(0o666)
        return server


async def _connect_and_pass(
    url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        far_reader, far_writer = await _connect(url)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    if parts.scheme == "http+unix":
        return await asyncio.open_unix_connection(unquote(parts.netloc))
    return await asyncio.open_connection(parts.hostname, parts.port or 80)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await reader.read(_BLOCK_BYTES):
            writer.write(block)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
