"""Tokens for the service interface (C2), kept in the cache while a user is signed in."""

import json
from datetime import datetime, timedelta

from opsforge.auth.actor import Actor
from opsforge.engine.port import NotebookEngine, ServiceToken
from opsforge.kit.cache import Cache
from opsforge.kit.clock import Clock


class ServiceTokens:
    """One token for each user; the engine makes it, the cache holds it."""

    def __init__(
        self, *, engine: NotebookEngine, cache: Cache, clock: Clock, ttl: timedelta
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._clock = clock
        self._ttl = ttl

    async def issue(self, actor: Actor) -> ServiceToken:
        """A new token for the caller's service; put in the cache (A1)."""
        token = await self._engine.issue_service_token(actor.username, ttl=self._ttl)
        value = json.dumps([token.value, token.expires_at.isoformat()])
        await self._cache.set(_key(actor.user_id), value, ttl=self._ttl)
        return token

    async def get(self, actor: Actor) -> ServiceToken:
        """The caller's token; a new one if the cache holds none that is valid."""
        cached = await self._cache.get(_key(actor.user_id))
        if cached is not None:
            value, expires_at = json.loads(cached)
            token = ServiceToken(value=value, expires_at=datetime.fromisoformat(expires_at))
            if token.expires_at > self._clock():
                return token
        return await self.issue(actor)

    async def forget(self, user_id: int) -> None:
        """Clear a user's token from the cache."""
        await self._cache.delete(_key(user_id))


def _key(user_id: int) -> str:
    return f"service-token:{user_id}"
