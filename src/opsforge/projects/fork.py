"""Public projects become private ones of whoever wants to work on them (D18)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets.service import Dataset
from opsforge.kit.names import name_key
from opsforge.kit.problems import NotFound
from opsforge.projects import public_repository
from opsforge.projects.common import busy, notebook_of, public_place, work_place
from opsforge.projects.links import LinkChange, ProjectLinks
from opsforge.projects.models import Project, PublicProject
from opsforge.projects.schemas import ProjectFork, ProjectView
from opsforge.storage.journal.keys import Key, Shared
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Place


class ProjectForks(ProjectLinks):
    """Forking projects."""

    async def fork_project(self, actor: Actor, public_id: int, fork: ProjectFork) -> ProjectView:
        """Copy files and data sets of a public project to the caller's directories (D18).

        Raises:
            NotFound: There is no such public project.
            ProjectNameTaken: The caller's ``work`` has this name already.
            InputNameTaken: The caller's ``input`` has another data set of the name of a linked one.
            StorageBusy: Another operation works on the project or on the caller's input.
            QuotaExceeded: The caller has no room for the files.
            FileQuotaExceeded: The caller has no room for so many files.
            StorageFull: The disk would become too full.
        """
        public, datasets = await self._find(actor, public_id)
        place = work_place(actor.username, fork.name or public.name)
        await self._require_free(actor, place)
        source = public_place(public.name)
        keys: set[Key] = {
            key_of(place),
            Shared(key_of(source)),
            *self._inputs.keys_of(actor, datasets),
        }
        async with self._operations.begin("projects.fork", lock=keys) as operation:
            public, datasets = await self._find(actor, public_id)
            if public.name != source.name or not self._inputs.keys_of(actor, datasets) <= keys:
                raise busy()
            await self._require_free(actor, place)
            added = await self._inputs.bring_in(operation, actor, datasets)
            async with self._room_for(actor, public):
                await self._copy(operation, actor, public, place)
            try:
                project_id = await self._record(
                    operation, actor, public, LinkChange(added=added), name=place.name
                )
            except IntegrityError:
                raise await self._name_taken(actor, place) from None
        return await self.get_project(actor, project_id)

    async def _find(self, actor: Actor, public_id: int) -> tuple[PublicProject, list[Dataset]]:
        async with self._db.reading() as session:
            public = await public_repository.find_public(session, public_id)
            links = await public_repository.list_public_links(session, [public_id])
        if public is None:
            raise NotFound
        return public, await self._inputs.choose(actor, links[public_id])

    @asynccontextmanager
    async def _room_for(self, actor: Actor, public: PublicProject) -> AsyncIterator[None]:
        amount = await self._measure(public_place(public.name))
        async with self._receiver.quotas.hold(actor.user_id) as room:
            room.require(size_bytes=amount.size_bytes, file_count=amount.file_count)
            yield

    async def _copy(
        self, operation: Operation, actor: Actor, public: PublicProject, place: Place
    ) -> None:
        try:
            staging = await self._copy_files(operation, public_place(public.name), place)
        except FileNotFoundError:
            raise NotFound from None
        if place.name != public.name:
            await staging.rename_file(notebook_of(public.name), notebook_of(place.name))
        try:
            await operation.publish(staging)
        except FileExistsError:
            raise await self._name_taken(actor, place) from None

    async def _record(
        self,
        operation: Operation,
        actor: Actor,
        public: PublicProject,
        change: LinkChange,
        *,
        name: str,
    ) -> int:
        now = self._clock()
        project = Project(
            user_id=actor.user_id,
            owner_name=actor.username,
            name=name,
            name_key=name_key(name),
            description=public.description,
            origin_id=public.id,
            origin_name=public.name,
            origin_owner=public.owner_name,
            origin_checksum=public.checksum,
            created_at=now,
            updated_at=now,
        )
        async with self._db.writing() as session:
            session.add(project)
            await session.flush()
            await self.record(session, actor, project.id, change)
            await public_repository.count_fork(session, public.id)
            self.note(session, actor, "project.fork", public)
            await operation.commit(session)
        return project.id
