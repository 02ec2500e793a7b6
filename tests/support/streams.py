"""Event streams as a browser reads them, and leaves them, without a server between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from tests.support.people import ApiClient

PATIENCE_SECONDS = 10


@dataclass
class EventStream:
    """The events of one stream, as they come."""

    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    events: asyncio.Queue[tuple[str, Any]] = field(default_factory=asyncio.Queue)
    status: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _rest: bytes = b""

    async def next(self, name: str) -> Any:  # noqa: ANN401 - JSON.
        """The data of the next event of a name; others before it are passed over."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found, data = await self.events.get()
                if found == name:
                    return data

    async def next_change(self, kind: str) -> dict[str, Any]:
        """The next hint about a kind."""
        while True:
            change: dict[str, Any] = await self.next("changed")
            if change["kind"] == kind:
                return change

    def feed(self, chunk: bytes) -> None:
        """Take what came."""
        *whole, self._rest = (self._rest + chunk).split(b"\n\n")
        for block in whole:
            fields = dict(
                line.split(": ", 1)
                for line in block.decode().splitlines()
                if ": " in line and not line.startswith(":")
            )
            if "data" in fields:
                self.events.put_nowait((fields.get("event", "message"), json.loads(fields["data"])))


@asynccontextmanager
async def event_stream(
    app: FastAPI, client: ApiClient, path: str = "/events"
) -> AsyncIterator[EventStream]:
    """A stream that is open as long as the block lasts; its end is the browser's leaving."""
    stream = EventStream()
    task = asyncio.create_task(serve(app, client, path, stream))
    started = asyncio.ensure_future(stream.started.wait())
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield stream
    finally:
        stream.leaving.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await task
        started.cancel()


async def serve(app: FastAPI, client: ApiClient, path: str, stream: EventStream) -> None:
    """One request, as a server makes it."""
    has_asked = False

    async def receive() -> dict[str, Any]:
        nonlocal has_asked
        if not has_asked:
            has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await stream.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - an ASGI message.
        if message["type"] == "http.response.start":
            stream.status = message["status"]
            stream.started.set()
        elif message["type"] == "http.response.body":
            stream.feed(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"/api/v1{path}",
        "raw_path": f"/api/v1{path}".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"x"), (b"authorization", f"Bearer {client.token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("x", 80),
    }
    await app(scope, receive, send)
