"""Creating a service: volume, engine, row, as one operation (C1)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.db.database import Database
from opsforge.engine.port import EngineAway, NotebookEngine
from opsforge.kit.clock import Clock
from opsforge.notebooks import repository
from opsforge.notebooks.errors import ServiceExists, UidsExhausted, VolumeExists
from opsforge.notebooks.models import Service
from opsforge.settings import SpawnerSettings
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import Operations, key_of
from opsforge.storage.port import Storage, Volume


class NewService:
    """A service whose volume is there and that the engine knows; a row makes it final."""

    def __init__(self, operation: Operation, *, name: str, flavour: str, clock: Clock) -> None:
        self._operation = operation
        self._name = name
        self._flavour = flavour
        self._clock = clock

    async def commit(self, session: AsyncSession, *, user_id: int) -> Service:
        """Make it final with the transaction of ``session``: the last call in it."""
        service = Service(
            user_id=user_id, name=self._name, flavour=self._flavour, created_at=self._clock()
        )
        session.add(service)
        await session.flush()
        await self._operation.commit(session)
        return service


class ServiceCreator:
    """Creates services."""

    def __init__(  # noqa: PLR0913 - all by name.
        self,
        *,
        db: Database,
        engine: NotebookEngine,
        storage: Storage,
        operations: Operations,
        clock: Clock,
        spawner: SpawnerSettings,
    ) -> None:
        self._db = db
        self._engine = engine
        self._storage = storage
        self._operations = operations
        self._clock = clock
        self._spawner = spawner

    @asynccontextmanager
    async def begin(
        self, name: str, *, flavour: str, keep_volume: bool, tells_engine: bool = True
    ) -> AsyncIterator[NewService]:
        """Make the volume and tell the engine; undone unless the block commits the new service.

        Args:
            name: Its name, the username.
            flavour: What the first start uses.
            keep_volume: Whether a volume that is there already is this user's.
            tells_engine: Without it the engine hears of the service when it first starts.

        Raises:
            ServiceExists: There is one of this name.
            VolumeExists: A volume is there and ``keep_volume`` is false.
            StorageBusy: Somebody else is creating it.
            EngineAway: The engine does not answer.
        """
        key = key_of(Volume(name))
        async with self._operations.begin("services.create", lock=[key]) as operation:
            await self._require_absent(name)
            await self._make_volume(operation, name, keep=keep_volume)
            if not tells_engine:
                yield NewService(operation, name=name, flavour=flavour, clock=self._clock)
                return
            try:
                await self._engine.create_service(name)
                yield NewService(operation, name=name, flavour=flavour, clock=self._clock)
            except BaseException:
                # A crash may leave the engine with a name that opens nothing; the next creation
                # of the service finds it again.
                with anyio.CancelScope(shield=True), suppress(EngineAway):
                    await self._engine.delete_service(name)
                raise

    async def create(
        self, *, user_id: int, name: str, flavour: str, tells_engine: bool = True
    ) -> Service:
        """Create the service of a user, on the volume that may be there.

        Raises:
            ServiceExists: The user has one.
            Problem: What `begin` raises.
        """
        async with (
            self.begin(name, flavour=flavour, keep_volume=True, tells_engine=tells_engine) as new,
            self._db.writing() as session,
        ):
            return await new.commit(session, user_id=user_id)

    async def ensure(self, *, user_id: int, name: str, flavour: str) -> Service:
        """The user's service, created if there is none, also while the engine is away."""
        service = await self._find(name)
        if service is not None:
            return service
        try:
            try:
                return await self.create(user_id=user_id, name=name, flavour=flavour)
            except EngineAway:  # Whoever signs in at least has a volume to store things in.
                return await self.create(
                    user_id=user_id, name=name, flavour=flavour, tells_engine=False
                )
        except ServiceExists:  # Another worker was faster.
            service = await self._find(name)
            if service is None:
                raise
            return service

    async def _require_absent(self, name: str) -> None:
        if await self._find(name) is not None:
            raise ServiceExists(name=name)

    async def _find(self, name: str) -> Service | None:
        async with self._db.reading() as session:
            return await repository.find_by_name(session, name)

    async def _make_volume(self, operation: Operation, name: str, *, keep: bool) -> None:
        if await self._storage.exists(Volume(name)):
            if not keep:
                raise VolumeExists(name=name)
            return
        staging = await operation.stage_volume(name, owner_uid=await self._uid_of(name))
        try:
            await operation.publish(staging)
        except FileExistsError:  # Not one that we made: we hold the lock.
            raise VolumeExists(name=name) from None

    async def _uid_of(self, name: str) -> int | None:
        """The host uid of a user's sandbox, which nobody else ever had; None without sandboxes."""
        if self._spawner.kind != "sandbox" or self._spawner.walls == "none":
            return None
        async with self._db.writing() as session:
            number = await repository.number_volume(session, name)
        first, last = self._spawner.uid_range
        if first + number > last:
            raise UidsExhausted(first=first, last=last)
        return first + number
