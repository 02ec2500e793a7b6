"""What every part of the projects room has and needs."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.audit.schemas import Action
from opsforge.audit.service import note
from opsforge.auth.actor import Actor
from opsforge.datasets.schemas import LinkedDataset
from opsforge.datasets.service import DatasetService
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.names import find_free_name, name_key, name_stem
from opsforge.kit.problems import NotFound
from opsforge.notebooks.service import NotebookService
from opsforge.projects import public_repository, repository
from opsforge.projects.errors import ProjectNameTaken, PublicProjectNameTaken
from opsforge.projects.models import Project, PublicProject
from opsforge.projects.schemas import AddressView, ProjectView
from opsforge.storage.journal.errors import StorageBusy
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import RETRY_AFTER_SECONDS, Operations
from opsforge.storage.port import Amount, Area, Place, Staging, Storage
from opsforge.storage.uploads import UploadReceiver

MEASURED_FILES = 1_000_000


class ProjectPart:
    """Base of the room's services."""

    def __init__(  # noqa: PLR0913 - what every part has, all by name.
        self,
        *,
        db: Database,
        storage: Storage,
        operations: Operations,
        receiver: UploadReceiver,
        datasets: DatasetService,
        notebooks: NotebookService,
        clock: Clock,
    ) -> None:
        self._db = db
        self._storage = storage
        self._operations = operations
        self._receiver = receiver
        self._inputs = datasets.inputs
        self._shares = datasets.shares
        self._trees = datasets.trees
        self._notebooks = notebooks
        self._clock = clock

    async def get_project(self, actor: Actor, project_id: int) -> ProjectView:
        """Details of a project of the caller's (D4).

        Raises:
            NotFound: Absent, or another user's.
        """
        project = await self._get_own(actor, project_id)
        return (await self._show(actor, [project]))[0]

    def note(
        self, session: AsyncSession, actor: Actor, action: Action, row: Project | PublicProject
    ) -> None:
        """Write an audit entry with the transaction of ``session``."""
        note(
            session,
            actor,
            action,
            at=self._clock(),
            kind="project" if isinstance(row, Project) else "public_project",
            name=row.name,
            object_id=row.id,
        )

    async def _show(self, actor: Actor, projects: Sequence[Project]) -> list[ProjectView]:
        if not projects:
            return []
        async with self._db.reading() as session:
            links = await repository.list_links(session, [project.id for project in projects])
            lineage = await repository.find_lineage(session, projects)
        own, copies = await self._inputs.describe_links(
            actor,
            dataset_ids={link.dataset_id for link in links if link.dataset_id is not None},
            copy_ids={link.copy_id for link in links if link.copy_id is not None},
        )
        linked: dict[int, list[LinkedDataset]] = {project.id: [] for project in projects}
        for link in links:
            shown = own.get(link.dataset_id or 0) or copies.get(link.copy_id or 0)
            if shown is not None:
                linked[link.project_id].append(shown)
        return [ProjectView.of(project, linked[project.id], lineage) for project in projects]

    async def _get_own(self, actor: Actor, project_id: int) -> Project:
        async with self._db.reading() as session:
            project = await repository.find_visible(session, actor, project_id)
        if project is None:
            raise NotFound
        return project

    async def _find_place(self, actor: Actor, project_id: int) -> Place:
        """Where the files of a project of the caller's are.

        Raises:
            NotFound: Absent, or another user's.
        """
        project = await self._get_own(actor, project_id)
        if not project.is_moved:
            return place_of(project)
        async with self._db.reading() as session:
            public = await public_repository.find_public_of(session, project_id)
        if public is None:
            raise NotFound
        return public_place(public.name)

    async def _find_public_place(self, public_id: int) -> Place:
        """Where the files of a public project are.

        Raises:
            NotFound: There is none.
        """
        async with self._db.reading() as session:
            public = await public_repository.find_public(session, public_id)
        if public is None:
            raise NotFound
        return public_place(public.name)

    async def _address(
        self, actor: Actor, service_name: str, *, view: str, place: Place
    ) -> AddressView:
        """Where the notebook at a place opens in a service of the caller's."""
        service = await self._notebooks.get_service(actor, service_name)
        if service.user_id != actor.user_id:  # Administrators see it; the files are not in it.
            raise NotFound
        path = quote(f"{home_path(place)}/{notebook_of(place.name)}")
        return AddressView(
            url=f"{service.url.removesuffix('lab')}{view}/{path}", service_state=service.state
        )

    async def _measure(self, place: Place) -> Amount:
        return await self._storage.measure(place, max_entries=MEASURED_FILES)

    async def _copy_files(self, operation: Operation, source: Place, target: Place) -> Staging:
        """Gather a real copy of a project's files for another place.

        Raises:
            FileNotFoundError: The directory is not there.
            NotADirectoryError: Something else is.
            StorageFull: The disk would become too full.
        """
        amount = await self._measure(source)
        await self._receiver.require_space(amount.size_bytes, place=target)
        staging = await operation.stage(target)
        await staging.copy_tree(source)
        return staging

    async def _require_free(self, actor: Actor, place: Place) -> None:
        if name_key(place.name) in await self._taken(actor, place, name_key(place.name)) or (
            await self._storage.exists(place)
        ):
            raise await self._name_taken(actor, place)

    async def _name_taken(
        self, actor: Actor, place: Place
    ) -> ProjectNameTaken | PublicProjectNameTaken:
        taken = await self._taken(actor, place, name_key(name_stem(place.name)))

        async def is_there(name: str) -> bool:
            return await self._storage.exists(Place(place.owner, place.area, name))

        proposal = await find_free_name(place.name, taken=taken, is_there=is_there)
        problem = PublicProjectNameTaken if place.owner is None else ProjectNameTaken
        return problem(name=place.name, proposal=proposal)

    async def _clash(
        self, actor: Actor, places: Mapping[Place, str]
    ) -> ProjectNameTaken | PublicProjectNameTaken | None:
        """Which name somebody took that no lock kept off, after the database refused it.

        Args:
            actor: Who wanted them.
            places: Where the names were wanted, each with the key that the row had before, if any.
        """
        for place, old_key in places.items():
            key = name_key(place.name)
            if key != old_key and key in await self._taken(actor, place, key):
                return await self._name_taken(actor, place)
        return None

    async def _taken(self, actor: Actor, place: Place, prefix_key: str) -> set[str]:
        async with self._db.reading() as session:
            if place.owner is None:
                return await public_repository.public_names_taken(session, prefix_key=prefix_key)
            return await repository.names_taken(session, actor, prefix_key=prefix_key)


def place_of(project: Project) -> Place:
    """The directory of a user's project."""
    return work_place(project.owner_name, project.name)


def work_place(username: str, name: str) -> Place:
    """A directory in a user's work."""
    return Place(username, Area.WORK, name)


def public_place(name: str) -> Place:
    """The directory of a public project."""
    return Place(None, Area.WORK, name)


def notebook_of(name: str) -> str:
    """A project's notebook, in its directory."""
    return f"{name}.ipynb"


def home_path(place: Place) -> str:
    """Where a service sees a place, relative to its home."""
    return "/".join(place.parts if place.owner is None else place.parts[2:])


def busy() -> StorageBusy:
    """What was read before an operation had its locks has changed."""
    return StorageBusy(retry_after_seconds=RETRY_AFTER_SECONDS)
