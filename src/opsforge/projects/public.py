"""Public projects: look, search, change, and where they open."""

from collections.abc import Sequence

from opsforge.auth.actor import Actor
from opsforge.datasets.file_schemas import DatasetTree
from opsforge.db.lists import ListOf
from opsforge.kit.paging import Page
from opsforge.kit.problems import Forbidden, NotFound
from opsforge.projects import public_repository, repository
from opsforge.projects.common import ProjectPart, busy, public_place
from opsforge.projects.models import PublicProject
from opsforge.projects.schemas import (
    AddressView,
    PublicFilter,
    PublicProjectUpdate,
    PublicProjectView,
)
from opsforge.storage.journal.service import key_of


class PublicProjects(ProjectPart):
    """The projects that every signed-in user may read."""

    async def get_public(self, actor: Actor, public_id: int) -> PublicProjectView:
        """Details of a public project (D5).

        Raises:
            NotFound: There is none.
        """
        return (await self.show_public(actor, [await self._find(public_id)]))[0]

    async def list_public(
        self, actor: Actor, wanted: PublicFilter, *, cursor: str | None, limit: int
    ) -> Page[PublicProjectView]:
        """A page of the public projects that fit a search (D17).

        Args:
            actor: Who asks.
            wanted: Words, owner and order.
            cursor: Of the page before.
            limit: Projects on the page at most.
        """
        page = ListOf(query=wanted.query, sort=wanted.sort, cursor=cursor, limit=limit)
        async with self._db.reading() as session:
            found = await public_repository.list_public(session, page, owner=wanted.owner)
        return Page(items=await self.show_public(actor, found.rows), next_cursor=found.next_cursor)

    async def update_public(
        self, actor: Actor, public_id: int, changes: PublicProjectUpdate
    ) -> PublicProjectView:
        """Change a public project's row and its associations; no file (D7).

        Raises:
            NotFound: There is no such public project.
            Forbidden: It is another user's, and the caller is no administrator.
            DatasetAbsent: A data set is absent or not public.
            StorageBusy: Another operation works on the project or on a data set.
        """
        place = public_place((await self.get_changeable(actor, public_id)).name)
        ids = list(dict.fromkeys(changes.dataset_ids or ()))
        chosen = await self._inputs.choose_public(ids)
        keys = {key_of(place), *self._inputs.sources_of(chosen)}
        async with self._operations.begin("projects.update_public", lock=keys) as operation:
            if public_place((await self.get_changeable(actor, public_id)).name) != place:
                raise busy()
            await self._inputs.choose_public(ids)  # From now on none of them goes.
            async with self._db.writing() as session:
                public = await public_repository.find_public(session, public_id)
                if public is None:
                    raise NotFound
                if changes.description is not None:
                    public.description = changes.description
                public.updated_at = self._clock()
                self.note(session, actor, "public_project.update", public)
                await session.flush()
                if changes.dataset_ids is not None:
                    await public_repository.set_public_links(session, public_id, ids)
                await operation.commit(session)
        return await self.get_public(actor, public_id)

    async def get_runtime_address(
        self, actor: Actor, public_id: int, *, service_name: str
    ) -> AddressView:
        """Where the notebook opens, to be read, in a service of the caller's (D11).

        Raises:
            NotFound: The project or the service is absent, or another user's.
            EngineAway: The service's state can't be told now.
        """
        place = await self._find_public_place(public_id)
        return await self._address(actor, service_name, view="lab/tree", place=place)

    async def get_content_address(
        self, actor: Actor, public_id: int, *, service_name: str
    ) -> AddressView:
        """Where the running service gives the content of the notebook (D13).

        Raises:
            NotFound: The project or the service is absent, or another user's.
            EngineAway: The service's state can't be told now.
        """
        place = await self._find_public_place(public_id)
        return await self._address(actor, service_name, view="files", place=place)

    async def list_datasets_of_public(self, public_id: int) -> list[DatasetTree]:
        """The data sets of a public project with their files, as trees (D15).

        Raises:
            NotFound: There is no such public project.
        """
        await self._find(public_id)
        async with self._db.reading() as session:
            links = await public_repository.list_public_links(session, [public_id])
        own, _ = await self._inputs.list_linked(dataset_ids=links[public_id], copy_ids=())
        return await self._trees.show_trees(list(own.values()))

    async def get_changeable(self, actor: Actor, public_id: int) -> PublicProject:
        """A public project that the caller may change.

        Raises:
            NotFound: There is none.
            Forbidden: It is another user's, and the caller is no administrator.
        """
        public = await self._find(public_id)
        if not _may_change(actor, public):
            raise Forbidden
        return public

    async def _find(self, public_id: int) -> PublicProject:
        async with self._db.reading() as session:
            public = await public_repository.find_public(session, public_id)
        if public is None:
            raise NotFound
        return public

    async def show_public(
        self, actor: Actor, publics: Sequence[PublicProject]
    ) -> list[PublicProjectView]:
        """Rows with what they link."""
        async with self._db.reading() as session:
            links = await public_repository.list_public_links(
                session, [public.id for public in publics]
            )
            lineage = await repository.find_lineage(session, publics)
        own, _ = await self._inputs.describe_links(
            actor, dataset_ids={one for ids in links.values() for one in ids}, copy_ids=()
        )
        return [
            PublicProjectView.of(
                public,
                [own[one] for one in links[public.id] if one in own],
                lineage,
                may_change=_may_change(actor, public),
            )
            for public in publics
        ]


def _may_change(actor: Actor, public: PublicProject) -> bool:
    return actor.is_admin or public.user_id == actor.user_id
