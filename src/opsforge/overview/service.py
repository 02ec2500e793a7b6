"""Gathers the overview."""

import asyncio
from typing import Protocol

from opsforge.datasets.service import DatasetService
from opsforge.db.database import Database
from opsforge.engine.port import EngineAway, NotebookEngine
from opsforge.events.service import EventService
from opsforge.kit.cache import Cache
from opsforge.notebooks.service import NotebookService
from opsforge.overview.schemas import Overview, PartHealth
from opsforge.projects.service import ProjectService
from opsforge.storage.port import Storage
from opsforge.users.service import UserService


class Part(Protocol):
    """What can be asked whether it answers."""

    async def is_reachable(self) -> bool:
        """Whether it does."""


class OverviewService:
    """The platform at a glance."""

    def __init__(  # noqa: PLR0913 - it looks at everything, all by name.
        self,
        *,
        db: Database,
        cache: Cache,
        engine: NotebookEngine,
        storage: Storage,
        users: UserService,
        notebooks: NotebookService,
        projects: ProjectService,
        datasets: DatasetService,
        events: EventService,
    ) -> None:
        self._parts: dict[str, Part] = {"database": db, "cache": cache, "engine": engine}
        self._storage = storage
        self._users = users
        self._notebooks = notebooks
        self._projects = projects
        self._datasets = datasets
        self._events = events

    async def get_overview(self) -> Overview:
        """How much there is of everything now."""
        users, active = await self._users.count_users()
        projects, public_projects = await self._projects.count_projects()
        datasets, public_datasets = await self._datasets.count_datasets()
        answers = await asyncio.gather(*(part.is_reachable() for part in self._parts.values()))
        return Overview(
            user_count=users,
            active_user_count=active,
            running_count=await self._count_running(),
            project_count=projects,
            public_project_count=public_projects,
            dataset_count=datasets,
            public_dataset_count=public_datasets,
            free_bytes=await self._storage.free_bytes(),
            parts=[
                PartHealth(name=name, is_healthy=answer)
                for name, answer in zip(self._parts, answers, strict=True)
            ],
            connected_pages=self._events.stream_count,
        )

    async def _count_running(self) -> int | None:
        try:
            return await self._notebooks.count_active()
        except EngineAway:
            return None
