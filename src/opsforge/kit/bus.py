"""Messages from one web worker to all, itself among them; nobody waits for them, none is kept.

In one process a message goes straight to the listeners; with Redis through its publish and
subscribe. A Redis that is away loses messages: who listens is told that some may have been missed.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog import get_logger

log = get_logger()

CHANNEL = "opsforge:bus"
PAUSE_SECONDS = 1.0


class Bus(Protocol):
    """Messages to all workers."""

    async def publish(self, message: str) -> None:
        """Send a message to whoever listens now."""

    def listen(self) -> AsyncIterator[str | None]:
        """The messages from now on; None when some may have been missed. The first is None."""

    async def close(self) -> None:
        """Disconnect."""


def create_bus(url: str) -> Bus:
    """The bus beside the cache of this URL."""
    return MemoryBus() if url.startswith("mem:") else RedisBus(url)


class MemoryBus:
    """A `Bus` in this process."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()

    async def publish(self, message: str) -> None:
        """Send a message to whoever listens now."""
        for queue in self._listeners:
            queue.put_nowait(message)

    async def listen(self) -> AsyncIterator[str | None]:
        """The messages from now on."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield None
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    async def close(self) -> None:
        """Nothing to disconnect."""


class RedisBus:
    """A `Bus` through Redis."""

    def __init__(self, url: str) -> None:
        self._is_closed = False
        self._redis = Redis.from_url(
            url, decode_responses=True, encoding_errors="replace", socket_connect_timeout=1
        )

    async def publish(self, message: str) -> None:
        """Send a message to whoever listens now; lost while Redis is away."""
        if self._is_closed:
            return
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                await self._redis.publish(CHANNEL, message)
        except (RedisError, OSError, TimeoutError):
            return
        finally:
            await self._leave()

    async def _leave(self) -> None:
        """Once closed, disconnect what may have connected after the others were disconnected."""
        if self._is_closed:
            await self._redis.aclose()

    async def listen(self) -> AsyncIterator[str | None]:
        """The messages from now on; begins anew, after a None, when the connection breaks.

        Looks up now and then whether it is closed: the client may take a cancellation that comes
        while it connects for its own, and would listen on for ever.
        """
        while not self._is_closed:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(CHANNEL)
                    yield None
                    while not self._is_closed:
                        message = await subscription.get_message(timeout=PAUSE_SECONDS)
                        if message is not None:
                            yield str(message["data"])
            except (RedisError, OSError) as error:
                log.warning("bus.away", reason=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def close(self) -> None:
        """Disconnect; who listens comes to an end."""
        self._is_closed = True
        await self._redis.aclose()
