"""Projects are deleted, one or many: users' own (D8) and public ones (D9)."""

from collections.abc import Sequence
from dataclasses import replace

from opsforge.auth.actor import Actor
from opsforge.kit.batches import delete_each
from opsforge.kit.problems import Language
from opsforge.notebooks.schemas import BusyKernel
from opsforge.projects import public_repository, repository
from opsforge.projects.common import busy, home_path, place_of, public_place
from opsforge.projects.models import Project
from opsforge.projects.public import PublicProjects
from opsforge.projects.schemas import ProjectDeletion
from opsforge.storage.journal.keys import Key
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Place


class ProjectDeletions(PublicProjects):
    """Deleting projects. A running kernel is not asked; the answer says what was in use."""

    async def delete_project(self, actor: Actor, project_id: int) -> ProjectDeletion:
        """Delete files, row and links, and the copies of data sets that nothing links any more.

        What was made public of it stays.

        Raises:
            NotFound: Absent, or another user's.
            StorageBusy: Another operation works on the project or on the caller's input.
        """
        project = await self._get_own(actor, project_id)
        place = place_of(project)
        keys = {key_of(place), *self._inputs.keys_of(actor)}
        async with self._operations.begin("projects.delete", lock=keys) as operation:
            # It may have gone, or been renamed, while this one waited.
            project = await self._get_own(actor, project_id)
            if place_of(project) != place:
                raise busy()
            in_use = await self._list_in_use(actor, place)
            if not project.is_moved:
                await operation.take_away(place)
            unlinked = await self._take_unlinked(operation, actor, project)
            async with self._db.writing() as session:
                await repository.delete_project(session, project_id)
                self.note(session, actor, "project.delete", project)
                await self._inputs.forget_copies(session, unlinked)
                await operation.commit(session)
        return ProjectDeletion(id=project_id, is_deleted=True, name=project.name, in_use=in_use)

    async def delete_projects(
        self, actor: Actor, project_ids: Sequence[int], *, language: Language
    ) -> list[ProjectDeletion]:
        """Delete several of the caller's (D8); a refusal for one does not stop the others."""

        async def delete(project_id: int) -> ProjectDeletion:
            return await self.delete_project(actor, project_id)

        return await delete_each(project_ids, delete, refused=ProjectDeletion, language=language)

    async def delete_public_projects(
        self, actor: Actor, public_ids: Sequence[int], *, language: Language
    ) -> list[ProjectDeletion]:
        """Delete several public ones (D9); a refusal for one does not stop the others."""

        async def delete(public_id: int) -> ProjectDeletion:
            return await self.delete_public(actor, public_id)

        return await delete_each(public_ids, delete, refused=ProjectDeletion, language=language)

    async def delete_public(self, actor: Actor, public_id: int) -> ProjectDeletion:
        """Delete a public project's files and row, and the owner's row if its files were moved.

        With that go the owner's copies of data sets that nothing else of theirs links.

        Raises:
            NotFound: There is no such public project.
            Forbidden: It is another user's, and the caller is no administrator.
            StorageBusy: Another operation works on the project or on the owner's input.
        """
        public = await self.get_changeable(actor, public_id)
        place = public_place(public.name)
        async with self._db.reading() as session:
            project = await repository.find_project(session, public.project_id)
        moved = project if project is not None and project.is_moved else None
        owner = replace(actor, user_id=public.user_id, username=public.owner_name)
        keys: set[Key] = {key_of(place), *([key_of(place_of(project))] if project else [])}
        if moved is not None:
            keys |= self._inputs.keys_of(owner)
        async with self._operations.begin("projects.delete_public", lock=keys) as operation:
            now = await self.get_changeable(actor, public_id)
            if (now.name, now.project_id) != (public.name, public.project_id):
                raise busy()
            in_use = await self._list_in_use(actor, place)
            await operation.take_away(place)
            unlinked = [] if moved is None else await self._take_unlinked(operation, owner, moved)
            async with self._db.writing() as session:
                await public_repository.delete_public(session, public_id)
                await repository.end_sharing(session, public.project_id)
                self.note(session, actor, "public_project.delete", public)
                await self._inputs.forget_copies(session, unlinked)
                await operation.commit(session)
        return ProjectDeletion(id=public_id, is_deleted=True, name=public.name, in_use=in_use)

    async def _take_unlinked(
        self, operation: Operation, owner: Actor, project: Project
    ) -> list[int]:
        """Take away the owner's copies that only this project links; the ids of their rows."""
        async with self._db.reading() as session:
            copies = await repository.list_copies_only_of(session, project.id)
        return await self._inputs.take_away_copies(operation, owner, copies)

    async def _list_in_use(self, actor: Actor, place: Place) -> list[BusyKernel]:
        kernels = await self._notebooks.list_busy_kernels(actor.username)
        return [one for one in kernels if one.path.startswith(f"{home_path(place)}/")]
