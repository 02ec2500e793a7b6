"""What speaks to Redis, closed at any instant of what it does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from tests.support.servers import RedisServer


class Closable(Protocol):
    """Something with connections."""

    async def close(self) -> None:
        """Disconnect."""


One = TypeVar("One", bound=Closable)


async def assert_leaves_no_connection(
    server: RedisServer, make: Callable[[str], One], use: Callable[[One], Awaitable[Any]]
) -> None:
    """Close one after another, each a step later in its use; then all have disconnected."""
    before = server.count_connections()
    for turns in range(40):
        one = make(server.url)
        using = asyncio.ensure_future(use(one))
        for _ in range(turns):
            await asyncio.sleep(0)
        await one.close()
        await asyncio.gather(using, return_exceptions=True)
        await use(one)
    async with asyncio.timeout(10):
        while server.count_connections() > before:
            await asyncio.sleep(0.05)
