"""What every part of the notebooks room has and needs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.audit.service import note
from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.engine.port import EngineStatus, NotebookEngine
from opsforge.kit.cache import Cache
from opsforge.kit.clock import Clock
from opsforge.kit.problems import NotFound
from opsforge.notebooks import repository
from opsforge.notebooks.creation import ServiceCreator
from opsforge.notebooks.credentials import ServiceCredentials
from opsforge.notebooks.flavours import FlavourBook
from opsforge.notebooks.models import Service
from opsforge.notebooks.queue import StartQueue
from opsforge.notebooks.schemas import ServiceView
from opsforge.notebooks.states import view_service
from opsforge.notebooks.tokens import ServiceTokens
from opsforge.notebooks.usage import UsageMeter
from opsforge.settings import Settings
from opsforge.storage.journal.service import Operations
from opsforge.storage.port import Storage

FOLLOW_PATIENCE = timedelta(seconds=3)
FAILURE_MAX_LENGTH = 2000


class ServicePart:
    """Base of the room's services."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        engine: NotebookEngine,
        storage: Storage,
        operations: Operations,
        cache: Cache,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._db = db
        self._engine = engine
        self._clock = clock
        self._tokens = ServiceTokens(
            engine=engine, cache=cache, clock=clock, ttl=settings.auth.session_ttl
        )
        self.credentials = ServiceCredentials(db=db, engine=engine, cache=cache)
        self._creator = ServiceCreator(
            db=db,
            engine=engine,
            storage=storage,
            operations=operations,
            clock=clock,
            spawner=settings.spawner,
        )
        self._flavours = FlavourBook(settings)
        self._meter = UsageMeter(engine)
        self._service_origin = settings.server.service_origin
        self._idle_timeout = settings.spawner.idle_timeout
        self.on_changed: list[Callable[[str], Awaitable[None]]] = []
        """Called with a service's name when it starts, stops or fails to."""
        self._queue = StartQueue()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._starts = asyncio.Lock()
        self._follows: dict[str, asyncio.Task[None]] = {}

    def _lock(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())

    async def _find(self, name: str) -> Service | None:
        async with self._db.reading() as session:
            return await repository.find_by_name(session, name)

    async def _visible(self, actor: Actor, name: str) -> Service:
        async with self._db.reading() as session:
            service = await repository.find_visible(session, actor, name)
        if service is None:
            raise NotFound
        return service

    async def _record(self, name: str, **fields: str | bool | None) -> None:
        failure = fields.get("failure")
        if isinstance(failure, str):
            fields["failure"] = failure[:FAILURE_MAX_LENGTH]
        async with self._db.writing() as session:
            await repository.set_fields(session, name, fields)

    def _note(
        self,
        session: AsyncSession,
        actor: Actor,
        action: Literal["service.start", "service.stop", "service.delete"],
        service: Service,
    ) -> None:
        note(
            session,
            actor,
            action,
            at=self._clock(),
            kind="service",
            name=service.name,
            object_id=service.id,
        )

    def _view(self, service: Service, status: EngineStatus) -> ServiceView:
        return view_service(
            service,
            status,
            flavour=self._flavours.current(service.flavour),
            queue_position=self._queue.position(service.name),
            origin=self._service_origin(service.name),
        )

    async def _until_followed(self, name: str) -> None:
        follow = self._follows.get(name)
        if follow is not None:
            await asyncio.wait({follow}, timeout=FOLLOW_PATIENCE.total_seconds())
