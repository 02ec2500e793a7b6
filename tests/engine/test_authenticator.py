"""How the hub asks whose session it is, without a hub."""

import asyncio
import ssl
from pathlib import Path

import pytest

from opsforge.engine.authenticator import Identity, SessionClient, SessionSource


async def test_a2_asking_whose_session_it_is_reads_no_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading them takes 40 ms, in which the hub answers nobody, and it asks at every request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"username": "alice"}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    def read_certificates(*_: object, **__: object) -> None:
        raise AssertionError("certificates are read")

    socket = tmp_path / "s"
    client = SessionClient(socket=str(socket), url="http://opsforge", secret="s")
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", read_certificates)
    assert await client.identify("token") is SessionSource.AWAY
    async with await asyncio.start_unix_server(answer, path=socket):
        assert await client.identify("token") == Identity(username="alice")
