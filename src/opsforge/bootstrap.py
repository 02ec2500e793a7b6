"""Wiring: from settings to a platform whose rooms know each other through their services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from opsforge.audit.service import AuditService
from opsforge.auth.service import AuthService
from opsforge.datasets.service import DatasetService
from opsforge.db.database import Database
from opsforge.engine.port import NotebookEngine
from opsforge.events.service import EventService
from opsforge.kit.bus import Bus, create_bus
from opsforge.kit.cache import Cache, create_cache
from opsforge.kit.clock import Clock, utc_now
from opsforge.notebooks.service import NotebookService
from opsforge.overview.service import OverviewService
from opsforge.projects.service import ProjectService
from opsforge.reader.service import ReaderService
from opsforge.search.service import SearchService
from opsforge.settings import Settings
from opsforge.snippets.service import SnippetService
from opsforge.starters.examples import ExampleService
from opsforge.starters.service import StarterService
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.inbox import Inbox
from opsforge.storage.journal.service import Operations
from opsforge.storage.journal.workers import Workers
from opsforge.storage.port import Storage
from opsforge.storage.uploads import UploadReceiver
from opsforge.uploads.service import UploadService
from opsforge.usage.service import UsageService
from opsforge.users.service import UserService


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Everything that a request can reach. Endpoints get one part each (`kit.wiring.part`)."""

    settings: Settings
    db: Database
    cache: Cache
    engine: NotebookEngine
    storage: Storage
    operations: Operations
    reader: ReaderService
    auth: AuthService
    users: UserService
    notebooks: NotebookService
    datasets: DatasetService
    projects: ProjectService
    starters: StarterService
    usage: UsageService
    uploads: UploadService
    unpacker: Unpacker
    snippets: SnippetService
    search: SearchService
    audit: AuditService
    events: EventService
    bus: Bus
    overview: OverviewService

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect, run what goes on beside the requests, and close all at the end."""
        await self.cache.open()
        await self.storage.open()
        await self.operations.open()
        await self.uploads.sweep.recover()
        beside = [
            asyncio.create_task(self.notebooks.run_idle_watch()),
            asyncio.create_task(self.notebooks.run_start_queue()),
            asyncio.create_task(self.auth.run_sweep()),
            asyncio.create_task(self.audit.run_sweep()),
            asyncio.create_task(self.events.run()),
            asyncio.create_task(self.operations.run_recovery()),
            asyncio.create_task(self.uploads.sweep.run_sweep()),
        ]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            await self.bus.close()
            await asyncio.gather(*beside, return_exceptions=True)
            await self.reader.close()
            await self.notebooks.close()
            await self.engine.close()
            await self.cache.close()
            await self.db.close()
            self.operations.close()
            await self.storage.close()


def build_platform(
    settings: Settings,
    *,
    engine: NotebookEngine,
    storage: Storage,
    cache: Cache | None = None,
    clock: Clock = utc_now,
) -> Platform:
    """Wire the platform.

    Args:
        settings: The effective settings.
        engine: Runs the notebook services.
        storage: Holds the volumes.
        cache: By default the one that the settings name.
        clock: By default the machine's.
    """
    db = Database(settings.database_url, pool_size=settings.database.pool_size)
    cache = cache or create_cache(settings.cache.url.get_secret_value())
    workers = Workers(settings.data / "run" / "workers")
    storage.join(workers.name)
    operations = Operations(db=db, storage=storage, workers=workers, clock=clock)
    notebooks = NotebookService(
        db=db,
        engine=engine,
        storage=storage,
        operations=operations,
        cache=cache,
        clock=clock,
        settings=settings,
    )
    users = UserService(
        db=db, cache=cache, notebooks=notebooks, clock=clock, settings=settings.auth
    )
    auth = AuthService(
        db=db, users=users, notebooks=notebooks, cache=cache, clock=clock, settings=settings.auth
    )
    usage = UsageService(
        storage=storage, users=users, operations=operations, clock=clock, settings=settings.quota
    )
    receiver = UploadReceiver(storage=storage, limits=settings.uploads, quotas=usage)
    reader = ReaderService(settings)
    datasets = DatasetService(
        db=db,
        storage=storage,
        operations=operations,
        receiver=receiver,
        reader=reader,
        clock=clock,
        settings=settings.datasets,
    )
    starters = StarterService(
        examples=ExampleService(db=db, datasets=datasets), own_folder=settings.starters.folder
    )
    projects = ProjectService(
        db=db,
        storage=storage,
        operations=operations,
        receiver=receiver,
        datasets=datasets,
        notebooks=notebooks,
        reader=reader,
        starters=starters,
        clock=clock,
    )
    inbox = Inbox(settings.data / "inbox")
    unpacker = Unpacker(inbox=inbox, limits=settings.uploads)
    uploads = UploadService(
        db=db,
        storage=storage,
        inbox=inbox,
        unpacker=unpacker,
        datasets=datasets,
        projects=projects,
        users=users,
        quotas=usage,
        clock=clock,
        settings=settings.uploads,
    )
    usage.rooms = (datasets, projects)
    usage.count_waiting = uploads.count_waiting
    bus = create_bus(settings.cache.url.get_secret_value())
    events = EventService(bus=bus, notebooks=notebooks)
    datasets.updates.on_public_added.append(events.public_files_added)
    snippets = SnippetService(db=db, clock=clock, settings=settings.snippets)
    return Platform(
        settings=settings,
        db=db,
        cache=cache,
        engine=engine,
        storage=storage,
        operations=operations,
        reader=reader,
        auth=auth,
        users=users,
        notebooks=notebooks,
        datasets=datasets,
        projects=projects,
        starters=starters,
        usage=usage,
        uploads=uploads,
        unpacker=unpacker,
        snippets=snippets,
        search=SearchService(projects=projects, datasets=datasets, snippets=snippets),
        audit=AuditService(db=db, clock=clock, settings=settings.audit),
        events=events,
        bus=bus,
        overview=OverviewService(
            db=db,
            cache=cache,
            engine=engine,
            storage=storage,
            users=users,
            notebooks=notebooks,
            projects=projects,
            datasets=datasets,
            events=events,
        ),
    )
