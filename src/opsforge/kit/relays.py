"""Event streams to browsers, which leave when they like."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from typing import TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

Item = TypeVar("Item")

PING_EVERY = timedelta(seconds=15)
"""A silent connection is ended by proxies, and a browser that has gone is not noticed."""


class EventStream(StreamingResponse):
    """A stream of events, as `EventSource` reads them.

    FastAPI's own takes a browser that leaves while an event is on its way for a fault.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncIterator[tuple[str | None, BaseModel] | None], status_code: int = 200
    ) -> None:
        """Answer with events.

        Args:
            events: Name (None for an unnamed one) and data; None to show that we are still here.
                Is left where it waits when the browser leaves, so it must hold nothing: what it
                needs belongs to a dependency of the endpoint.
            status_code: FastAPI describes the one that is the default here.
        """
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_encoded(events), status_code=status_code, headers=headers)


async def _encoded(
    events: AsyncIterator[tuple[str | None, BaseModel] | None],
) -> AsyncIterator[str]:
    async for event in events:
        if event is None:
            yield ": ping\n\n"
            continue
        name, data = event
        prefix = "" if name is None else f"event: {name}\n"
        yield f"{prefix}data: {data.model_dump_json()}\n\n"


@asynccontextmanager
async def relayed(source: AsyncGenerator[Item]) -> AsyncIterator[AsyncIterator[Item | None]]:
    """What ``source`` gives, made by a task of its own; None now and then while nothing comes.

    A server breaks a stream off at whatever it is waiting for, again and again until it has ended.
    In the middle of a query that would leave the database's connection behind. The task is
    cancelled once, and the block ends when it has tidied up.
    """
    queue: asyncio.Queue[tuple[Item] | None] = asyncio.Queue(maxsize=1)

    async def make() -> None:
        try:
            async with aclosing(source) as items:
                async for item in items:
                    await queue.put((item,))
        finally:
            with suppress(asyncio.QueueFull):
                queue.put_nowait(None)

    task = asyncio.create_task(make())

    async def take() -> AsyncIterator[Item | None]:
        while True:
            try:
                async with asyncio.timeout(PING_EVERY.total_seconds()):
                    found = await queue.get()
            except TimeoutError:
                yield None
                continue
            if found is None:
                return
            yield found[0]
            if task.done() and queue.empty():
                return

    try:
        yield take()
    finally:
        task.cancel()
        await asyncio.wait({task})
