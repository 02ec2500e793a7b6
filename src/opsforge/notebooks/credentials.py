"""The credential of a running service: the token with which it asks the engine."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from opsforge.db.database import Database
from opsforge.engine.port import NotebookEngine
from opsforge.kit.cache import Cache
from opsforge.notebooks import repository

TRUSTED_FOR = timedelta(seconds=15)
"""How long a token is believed that the engine knew: how long it may outlive a service that ends
without us. One that we stop is forgotten at once."""


@dataclass(frozen=True, kw_only=True)
class ServiceOwner:
    """Whose service asks."""

    user_id: int
    name: str


class ServiceCredentials:
    """Whose service a token stands for: the engine knows, the cache remembers for a moment."""

    def __init__(self, *, db: Database, engine: NotebookEngine, cache: Cache) -> None:
        self._db = db
        self._engine = engine
        self._cache = cache

    async def identify(self, token: str) -> ServiceOwner | None:
        """Whose running service asks with ``token``; None if no one's.

        Raises:
            EngineAway: It can't be told now.
        """
        key = _key(token)
        cached = await self._cache.get(key)
        if cached is not None:
            user_id, name = json.loads(cached)
            return ServiceOwner(user_id=user_id, name=name)
        name = await self._engine.identify_service(token)
        if name is None:
            return None
        async with self._db.reading() as session:
            service = await repository.find_by_name(session, name)
        if service is None:
            return None
        await self._cache.set(key, json.dumps([service.user_id, name]), ttl=TRUSTED_FOR)
        await self._cache.set(_latest(name), key, ttl=TRUSTED_FOR)
        return ServiceOwner(user_id=service.user_id, name=name)

    async def forget(self, name: str) -> None:
        """Believe the token of a service that was stopped no longer."""
        key = await self._cache.get(_latest(name))
        await self._cache.delete(_latest(name), *([key] if key else []))


def _key(token: str) -> str:
    return f"service-credential:{hashlib.sha256(token.encode()).hexdigest()}"


def _latest(name: str) -> str:
    return f"service-credential-of:{name}"
