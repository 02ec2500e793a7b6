"""The notebook services of all users: create, start, watch, stop, delete."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opsforge.auth.actor import Actor
from opsforge.kit.problems import NotFound
from opsforge.notebooks import repository
from opsforge.notebooks.creation import NewService
from opsforge.notebooks.runs import ServiceRuns
from opsforge.notebooks.schemas import ServiceTokenView, ServiceView


class NotebookService(ServiceRuns):
    """The notebook services of all users."""

    @asynccontextmanager
    async def new_service(self, name: str) -> AsyncIterator[NewService]:
        """A new user's service: volume, engine, row, as one (C1).

        The block ends with the transaction that records the user and calls `NewService.commit`;
        whatever fails, nothing is left behind.

        Raises:
            VolumeExists: There is a volume of this name with somebody's files.
            StorageBusy: Somebody else is creating it.
            EngineAway: The engine does not answer.
        """
        async with self._creator.begin(
            name, flavour=self._flavours.default, keep_volume=False
        ) as new:
            yield new

    async def create_own_service(self, actor: Actor) -> ServiceView:
        """Create the caller's service if they have none, on the volume they may have (C1).

        Raises:
            ServiceExists: There is one.
            StorageBusy: Somebody else is creating it.
            EngineAway: The engine does not answer.
        """
        name = actor.username
        async with self._lock(name):
            await self._creator.create(
                user_id=actor.user_id, name=name, flavour=self._flavours.default
            )
        return await self.get_service(actor, name)

    async def delete_service(self, actor: Actor, *, service_id: int, name: str) -> None:
        """Stop and forget a service (C3); the volume with the user's files stays.

        Raises:
            NotFound: No service of the caller's has both this id and this name.
        """
        async with self._lock(name):
            service = await self._visible(actor, name)
            if service.id != service_id:
                raise NotFound
            self._queue.leave(name)
            await self._engine.delete_service(name)
            await self._tokens.forget(service.user_id)
            await self.credentials.forget(name)
            async with self._db.writing() as session:
                await repository.delete_service(session, service_id)
                self._note(session, actor, "service.delete", service)

    async def close(self) -> None:
        """Leave off following starts; the starts themselves go on."""
        follows = list(self._follows.values())
        for follow in follows:
            follow.cancel()
        await asyncio.gather(*follows, return_exceptions=True)

    async def get_service_token(self, actor: Actor) -> ServiceTokenView:
        """The token for the caller's service, and the flavours to choose from (C2)."""
        token = await self._tokens.get(actor)
        return ServiceTokenView(
            token=token.value, expires_at=token.expires_at, flavours=await self.list_flavours()
        )

    async def cache_service_token(self, actor: Actor) -> None:
        """Put a token for the caller's service in the cache (A1)."""
        await self._tokens.issue(actor)
