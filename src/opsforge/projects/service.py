"""Projects of users: create, look, upload, delete, and where they open."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets.schemas import InputDataset
from opsforge.datasets.service import Dataset, DatasetService, DatasetUses
from opsforge.db.database import Database
from opsforge.db.lists import ListOf
from opsforge.kit.clock import Clock
from opsforge.kit.names import name_key
from opsforge.kit.paging import Page
from opsforge.kit.problems import Language
from opsforge.notebooks.service import NotebookService
from opsforge.projects import public_repository, repository
from opsforge.projects.addresses import ProjectAddresses
from opsforge.projects.common import busy, place_of, public_place, work_place
from opsforge.projects.delete import ProjectDeletions
from opsforge.projects.errors import ProjectFileExists, ProjectFilesGone, ProjectMoved
from opsforge.projects.fork import ProjectForks
from opsforge.projects.links import LinkChange, ProjectLinks
from opsforge.projects.models import Project
from opsforge.projects.public import PublicProjects
from opsforge.projects.reading import ProjectReading
from opsforge.projects.refresh import ProjectRefreshes
from opsforge.projects.schemas import (
    ProjectCreate,
    ProjectFileView,
    ProjectFilter,
    ProjectView,
)
from opsforge.projects.share import ProjectShares
from opsforge.projects.update import ProjectUpdates
from opsforge.reader.service import ReaderService
from opsforge.starters.folders import Starter
from opsforge.starters.service import StarterService
from opsforge.storage.clashes import OnClash
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import Operations, key_of
from opsforge.storage.port import Place, Storage
from opsforge.storage.uploads import (
    Along,
    FileSource,
    UploadReceiver,
    UploadTarget,
    nothing_along,
)

Part = TypeVar("Part")


class ProjectService(ProjectLinks):
    """The projects of all users."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        storage: Storage,
        operations: Operations,
        receiver: UploadReceiver,
        datasets: DatasetService,
        notebooks: NotebookService,
        reader: ReaderService,
        starters: StarterService,
        clock: Clock,
    ) -> None:
        def make(part: Callable[..., Part]) -> Part:
            return part(
                db=db,
                storage=storage,
                operations=operations,
                receiver=receiver,
                datasets=datasets,
                notebooks=notebooks,
                clock=clock,
            )

        make(super().__init__)
        self._starters = starters
        self.addresses = make(ProjectAddresses)
        self.shares = make(ProjectShares)
        self.forks = make(ProjectForks)
        self.updates = make(ProjectUpdates)
        self.refreshes = make(ProjectRefreshes)
        self.deletions = make(ProjectDeletions)
        self.public = make(PublicProjects)
        self.reading = make(partial(ProjectReading, reader=reader))
        datasets.uses.by = self

    async def find_uses(self, actor: Actor, dataset_id: int) -> DatasetUses:
        """Which projects link a data set: the caller's, and public ones."""
        async with self._db.reading() as session:
            return await repository.find_uses(session, actor, dataset_id)

    async def count_uses(self, actor: Actor, dataset_ids: Collection[int]) -> Mapping[int, int]:
        """How many of these projects link each of the data sets, by its id."""
        async with self._db.reading() as session:
            return await repository.count_uses(session, actor, dataset_ids)

    async def create_project(
        self, actor: Actor, new: ProjectCreate, *, language: Language
    ) -> ProjectView:
        """Make directory, files of the starter, links to data sets and row, as one (D1).

        Args:
            actor: Who creates it.
            new: What to create.
            language: Of the starter's notebook.

        Raises:
            UnknownStarter: There is no such starter.
            ProjectNameTaken: The caller's ``work`` has this name already.
            DatasetAbsent: A data set is absent or another user's.
            InputNameTaken: A public data set can't be copied beside another one of its name.
            StorageBusy: Another operation works on the project or on the caller's input.
        """
        starter = await self._starters.require_starter(new.starter)
        place = work_place(actor.username, new.name)
        await self._require_free(actor, place)
        datasets = await self._choose(actor, new, starter)
        keys = {key_of(place), *self._inputs.keys_of(actor, datasets)}
        async with self._operations.begin("projects.create", lock=keys) as operation:
            await self._require_free(actor, place)
            # Only now does nobody change them: files and checksums are those of one moment.
            datasets = await self._inputs.choose(actor, [dataset.id for dataset in datasets])
            if not self._inputs.keys_of(actor, datasets) <= keys:
                raise busy()
            inputs = await self._inputs.bring_in(operation, actor, datasets)
            files = await self._starters.render_files(
                starter, project=new.name, language=language, csv_file=_csv_file(inputs)
            )
            project_id = await self._build(operation, actor, new, inputs, files)
        return await self.get_project(actor, project_id)

    async def list_public_places(self, user_id: int) -> list[Place]:
        """Where the public projects of a user lie, which are copies and take disk."""
        async with self._db.reading() as session:
            names = await public_repository.list_names_of(session, user_id)
        return [public_place(name) for name in names]

    async def count_projects(self) -> tuple[int, int]:
        """How many projects users have, and how many public ones there are."""
        async with self._db.reading() as session:
            return await repository.count_projects(session)

    async def list_projects(
        self, actor: Actor, wanted: ProjectFilter, *, cursor: str | None, limit: int
    ) -> Page[ProjectView]:
        """A page of projects: everybody's by flag (D2), or the caller's (D3)."""
        page = ListOf(query=wanted.query, sort=wanted.sort, cursor=cursor, limit=limit)
        async with self._db.reading() as session:
            found, publics = await repository.list_projects(session, actor, wanted, page)
        shown = {
            project.id: project
            for project in await self._show(
                actor, [row for row in found.rows if row.id not in publics]
            )
        }
        of_others = zip(
            publics, await self.public.show_public(actor, list(publics.values())), strict=True
        )
        shown |= {key: ProjectView.of_public(public, project_id=key) for key, public in of_others}
        items = [shown[row.id] for row in found.rows if row.id in shown]
        return Page(items=items, next_cursor=found.next_cursor)

    async def find_target(self, actor: Actor, project_id: int) -> UploadTarget:
        """Where files that the caller adds to a project go.

        Raises:
            NotFound: Absent, or another user's.
            ProjectMoved: The files were moved to the public area.
        """
        project = await self._get_own(actor, project_id)
        if project.is_moved:
            raise ProjectMoved(name=project.name)
        return UploadTarget(place=place_of(project), owner_id=project.user_id)

    async def add_files(
        self,
        actor: Actor,
        project_id: int,
        source: FileSource,
        *,
        when_there: OnClash = "refuse",
        along: Along = nothing_along,
    ) -> list[ProjectFileView]:
        """Store files in the project's directory (D1); all of them are stored or none.

        Args:
            actor: Who sends them.
            project_id: Whose they are.
            source: What arrives.
            when_there: What to do with a file whose path is taken.
            along: Joins the transaction that makes it final.

        Raises:
            NotFound: Absent, or another user's.
            ProjectFileExists: A path is taken, or twice in the upload.
            ProjectFilesGone: The directory is not there any more.
            ProjectMoved: The files were moved to the public area.
            StorageBusy: Another operation works on the project.
            Problem: What `UploadReceiver.receive` raises.
        """
        target = await self.find_target(actor, project_id)
        place, clashes = target.place, self._receiver.clashes(target.place, when_there)
        async with self._operations.begin("projects.add_files") as operation:
            staging = await operation.stage(place)
            try:
                entries = await self._receiver.receive(
                    source, staging, clashes=clashes, owner_id=target.owner_id
                )
                await operation.lock(key_of(place))
                if place_of(await self._get_own(actor, project_id)) != place:
                    raise busy()  # It was renamed or moved while the files came.
                if clashes.replaced:
                    await operation.exchange(staging, clashes.replaced)
                await operation.merge(staging, leave_out=clashes.replaced)
            except FileExistsError as error:
                raise ProjectFileExists(path=error.filename) from None
            except (FileNotFoundError, NotADirectoryError):
                raise ProjectFilesGone(name=place.name) from None
            async with self._db.writing() as session:
                await repository.touch(session, project_id, at=self._clock())
                await along(session, [str(entry.path) for entry in entries])
                await operation.commit(session)
        return [ProjectFileView(path=str(e.path), size_bytes=e.size_bytes) for e in entries]

    async def _choose(self, actor: Actor, new: ProjectCreate, starter: Starter) -> list[Dataset]:
        """What is linked: what was asked for, then the starter's example, if it is there."""
        wanted = list(dict.fromkeys(new.dataset_ids))
        datasets = await self._inputs.choose(actor, wanted)
        examples = await self._starters.examples.list_ids() if new.link_example else {}
        example_id = examples.get(starter.description.dataset or "")
        if example_id is None or example_id in wanted:
            return datasets
        return [*datasets, *await self._inputs.choose(actor, [example_id])]

    async def _build(
        self,
        operation: Operation,
        actor: Actor,
        new: ProjectCreate,
        inputs: Sequence[InputDataset],
        files: Mapping[PurePosixPath, bytes],
    ) -> int:
        place = work_place(actor.username, new.name)
        staging = await operation.stage(place)
        for path, content in files.items():
            await staging.write_file(path, _once(content))
        try:
            await operation.publish(staging)
            return await self._record(operation, actor, new, inputs)
        except (FileExistsError, IntegrityError):
            raise await self._name_taken(actor, place) from None

    async def _record(
        self,
        operation: Operation,
        actor: Actor,
        new: ProjectCreate,
        inputs: Sequence[InputDataset],
    ) -> int:
        now = self._clock()
        project = Project(
            user_id=actor.user_id,
            owner_name=actor.username,
            name=new.name,
            name_key=name_key(new.name),
            description=new.description,
            share_flag=0,
            starter=new.starter,
            created_at=now,
            updated_at=now,
        )
        async with self._db.writing() as session:
            session.add(project)
            await session.flush()
            await self.record(session, actor, project.id, LinkChange(added=inputs))
            await operation.commit(session)
        return project.id


def _csv_file(inputs: Sequence[InputDataset]) -> str | None:
    """The first CSV of the linked data sets, as the notebook finds it."""
    for one in inputs:
        if one.first_csv is not None:
            return str(PurePosixPath("../../input", one.name, one.first_csv))
    return None


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
