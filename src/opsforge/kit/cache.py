"""The cache as a port, with an in-process and a Redis implementation.

The cache only ever holds what the database also knows, so losing it, or all of Redis, costs speed
and nothing else: a Redis that does not answer looks like an empty cache.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol, TypeVar

from cachetools import TLRUCache
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from structlog import get_logger

EMBEDDED_URL = "mem://"

log = get_logger()

Answer = TypeVar("Answer")


class Cache(Protocol):
    """Short strings by key, each with a time to live."""

    async def open(self) -> None:
        """Connect. Called once, before anything else."""

    async def close(self) -> None:
        """Disconnect; what is held in-process is gone."""

    async def get(self, key: str) -> str | None:
        """The value, or None when it is absent, expired or can't be reached."""

    async def set(self, key: str, value: str, *, ttl: timedelta) -> None:
        """Store ``value`` for ``ttl``; a ``ttl`` that is over removes the key."""

    async def delete(self, *keys: str) -> None:
        """Remove the keys; absent ones are no error."""

    async def increment(self, key: str, *, ttl: timedelta, by: int = 1) -> int:
        """Add ``by`` atomically and return the count; the first call starts the ``ttl``."""

    async def is_reachable(self) -> bool:
        """Whether the cache answers now."""


def create_cache(url: str = EMBEDDED_URL) -> Cache:
    """The cache at a URL: ``mem://`` in this process, ``redis://host:port/db`` in Redis."""
    return MemoryCache() if url.startswith("mem:") else RedisCache(url)


@dataclass(frozen=True)
class _Entry:
    value: str
    expires: float
    """On the monotonic clock."""


class MemoryCache:
    """A `Cache` in this process; beyond ``max_entries`` the least recently used make room."""

    def __init__(self, *, max_entries: int = 100_000) -> None:
        self._entries: TLRUCache[str, _Entry] = TLRUCache(
            max_entries, ttu=lambda _key, entry, _now: entry.expires, timer=monotonic
        )

    async def open(self) -> None:
        """Nothing to connect."""

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()

    async def get(self, key: str) -> str | None:
        """The value, or None when it is absent or expired."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    async def set(self, key: str, value: str, *, ttl: timedelta) -> None:
        """Store ``value`` for ``ttl``; a ``ttl`` that is over removes the key."""
        self._entries.pop(key, None)
        self._entries[key] = _Entry(value, monotonic() + ttl.total_seconds())

    async def delete(self, *keys: str) -> None:
        """Remove the keys; absent ones are no error."""
        for key in keys:
            self._entries.pop(key, None)

    async def increment(self, key: str, *, ttl: timedelta, by: int = 1) -> int:
        """Add ``by`` and return the count; the first call starts the ``ttl``."""
        entry = self._entries.get(key) or _Entry("0", monotonic() + ttl.total_seconds())
        count = int(entry.value) + by
        self._entries[key] = _Entry(str(count), entry.expires)
        return count

    async def is_reachable(self) -> bool:
        """Always."""
        return True


class RedisCache:
    """A `Cache` in Redis, under keys with a prefix of ours.

    While Redis is away, which is found out once a second at most, nothing is found, nothing is
    stored, and counts go on in this process. Keys that were to be removed meanwhile are removed
    before the first question that is answered again, so that what was revoked stays revoked.
    """

    PREFIX = "opsforge:"
    TIMEOUT_SECONDS = 1
    PAUSE_SECONDS = 1
    MAX_CONNECTIONS = 50

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=self.MAX_CONNECTIONS,
                timeout=self.TIMEOUT_SECONDS,
                socket_timeout=self.TIMEOUT_SECONDS,
                socket_connect_timeout=self.TIMEOUT_SECONDS,
                decode_responses=True,
                encoding_errors="replace",
                # Connections that a restart broke are made anew, once; a time-out is not repeated.
                retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
            )
        )
        self._is_closed = False
        self._away_until = 0.0
        self._to_delete: set[str] = set()
        self._counts = MemoryCache()

    async def open(self) -> None:
        """Nothing: connections are made when they are needed."""

    async def close(self) -> None:
        """Disconnect."""
        self._is_closed = True
        await self._redis.aclose()

    async def get(self, key: str) -> str | None:
        """The value, or None when it is absent, expired or can't be reached."""

        async def ask() -> str | None:
            value = await self._redis.get(self.PREFIX + key)
            return None if value is None else str(value)

        return await self._answer(ask, otherwise=None)

    async def set(self, key: str, value: str, *, ttl: timedelta) -> None:
        """Store ``value`` for ``ttl``; a ``ttl`` that is over removes the key."""
        ttl_ms = ttl // timedelta(milliseconds=1)
        if ttl_ms <= 0:
            await self.delete(key)
            return

        async def ask() -> None:
            await self._redis.set(self.PREFIX + key, value, px=ttl_ms)

        await self._answer(ask, otherwise=None)

    async def delete(self, *keys: str) -> None:
        """Remove the keys; absent ones are no error."""

        async def ask() -> None:
            """`_answer` removes what is to be removed before it asks."""

        self._to_delete.update(self.PREFIX + key for key in keys)
        await self._answer(ask, otherwise=None)

    async def increment(self, key: str, *, ttl: timedelta, by: int = 1) -> int:
        """Add ``by`` atomically and return the count; the first call starts the ``ttl``."""

        async def ask() -> int | None:
            async with self._redis.pipeline(transaction=True) as steps:
                steps.set(self.PREFIX + key, 0, px=ttl, nx=True)
                steps.incrby(self.PREFIX + key, by)
                return int((await steps.execute())[-1])

        count = await self._answer(ask, otherwise=None)
        return await self._counts.increment(key, ttl=ttl, by=by) if count is None else count

    async def is_reachable(self) -> bool:
        """Whether Redis answers now."""
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False
        finally:
            await self._leave()

    async def _answer(self, ask: Callable[[], Awaitable[Answer]], *, otherwise: Answer) -> Answer:
        if monotonic() < self._away_until:
            return otherwise
        try:
            await self._delete_what_is_due()
            return await ask()
        except (RedisError, OSError) as error:
            if monotonic() >= self._away_until:
                log.warning("cache.away", reason=type(error).__name__)
            self._away_until = monotonic() + self.PAUSE_SECONDS
            return otherwise
        finally:
            await self._leave()

    async def _leave(self) -> None:
        """Once closed, disconnect what may have connected after the others were disconnected."""
        if self._is_closed:
            await self._redis.aclose()

    async def _delete_what_is_due(self) -> None:
        keys = frozenset(self._to_delete)
        if keys:
            await self._redis.unlink(*keys)
            self._to_delete -= keys
