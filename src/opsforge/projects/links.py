"""The links of users' projects to data sets: what is linked, and how that changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.datasets.file_schemas import DatasetTree
from opsforge.datasets.schemas import InputDataset
from opsforge.datasets.service import Dataset, DatasetCopy
from opsforge.projects import repository
from opsforge.projects.common import ProjectPart
from opsforge.projects.models import ProjectDataset
from opsforge.storage.journal.operation import Operation


@dataclass(frozen=True, kw_only=True)
class Linked:
    """What a project links."""

    own: Sequence[Dataset] = ()
    copies: Sequence[DatasetCopy] = ()


@dataclass(frozen=True, kw_only=True)
class LinkChange:
    """How a project's links change; `ProjectLinks.record` wants it."""

    added: Sequence[InputDataset] = ()
    removed_ids: Sequence[int] = ()
    """Of rows of links."""
    unneeded: Sequence[int] = field(default=())
    """Copies that no project links any more; taken away."""


class ProjectLinks(ProjectPart):
    """Linking data sets."""

    async def list_linked(self, project_id: int) -> Linked:
        """What a project links now."""
        async with self._db.reading() as session:
            links = await repository.list_links(session, [project_id])
        own, copies = await self._inputs.list_linked(
            dataset_ids=[link.dataset_id for link in links if link.dataset_id is not None],
            copy_ids=[link.copy_id for link in links if link.copy_id is not None],
        )
        return Linked(own=list(own.values()), copies=list(copies.values()))

    async def list_datasets(self, actor: Actor, project_id: int) -> list[DatasetTree]:
        """The data sets of a project of the caller's with their files, as trees (D14).

        Raises:
            NotFound: Absent, or another user's.
        """
        await self._get_own(actor, project_id)
        linked = await self.list_linked(project_id)
        return await self._trees.show_trees(linked.own, linked.copies, username=actor.username)

    async def change(
        self,
        operation: Operation,
        actor: Actor,
        project_id: int,
        wanted: Sequence[Dataset],
        *,
        keep_copies: set[int],
    ) -> LinkChange:
        """Bring wanted data sets in, take copies away that no project needs any more (D6).

        Args:
            operation: Has the caller's input for itself.
            actor: Whose project it is.
            project_id: The project.
            wanted: All that it shall link.
            keep_copies: Copies that stay linked in any case.
        """
        inputs = await self._inputs.bring_in(operation, actor, wanted)
        async with self._db.reading() as session:
            links = await repository.list_links(session, [project_id])
            lonely = set(await repository.list_copies_only_of(session, project_id))
        own = {one.dataset_id for one in inputs if one.dataset_id is not None}
        copies = keep_copies | {one.copy_id for one in inputs if one.copy_id is not None}
        removed = [
            link for link in links if link.dataset_id not in own and link.copy_id not in copies
        ]
        linked = {(link.dataset_id, link.copy_id) for link in links}
        unneeded = [link.copy_id for link in removed if link.copy_id in lonely]
        return LinkChange(
            added=[
                one
                for one in inputs
                if one.copied_from is not None or (one.dataset_id, one.copy_id) not in linked
            ],
            removed_ids=[link.id for link in removed],
            unneeded=await self._inputs.take_away_copies(operation, actor, unneeded),
        )

    async def record(
        self, session: AsyncSession, actor: Actor, project_id: int, change: LinkChange
    ) -> None:
        """Write the rows of changed links."""
        await repository.delete_links(session, change.removed_ids)
        for one in await self._inputs.record_copies(session, actor, change.added):
            link = ProjectDataset(
                project_id=project_id, dataset_id=one.dataset_id, copy_id=one.copy_id
            )
            session.add(link)
        await session.flush()
        await self._inputs.forget_copies(session, change.unneeded)
