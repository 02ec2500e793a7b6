"""Projects become public (D16), and what was made public is published again (D6)."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.datasets.service import Publication
from opsforge.kit.names import name_key
from opsforge.projects import public_repository, repository
from opsforge.projects.common import busy, notebook_of, place_of, public_place
from opsforge.projects.errors import ProjectFilesGone, ProjectShared
from opsforge.projects.links import Linked, ProjectLinks
from opsforge.projects.models import Project, PublicProject
from opsforge.projects.schemas import ProjectShare, ProjectView
from opsforge.storage.checksums import checksum_of
from opsforge.storage.journal.keys import Key
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Place


@dataclass(frozen=True, kw_only=True)
class PublicState:
    """What the public row of a project will say; `ProjectShares.record_public` wants it."""

    name: str
    checksum: str | None
    """Of the files; None when they stay as they are."""
    datasets: list[Publication]


class ProjectShares(ProjectLinks):
    """Sharing projects."""

    async def share_project(
        self, actor: Actor, project_id: int, share: ProjectShare
    ) -> ProjectView:
        """Copy data sets and files to the public tree and store a public row, as one (D16).

        Args:
            actor: Who shares.
            project_id: A project of theirs.
            share: Under which name, and whether the owner keeps a working copy.

        Raises:
            NotFound: Absent, or another user's.
            ProjectShared: It is shared already.
            ProjectFilesGone: Its directory is not there any more.
            PublicProjectNameTaken: There is another public project of the name.
            PublicNameTaken: There is another public data set of the name of one that it links.
            StorageBusy: Another operation works on the project or on a data set.
        """
        project = await self._get_unshared(actor, project_id)
        place = public_place(share.name or project.name)
        await self._require_free(actor, place)
        linked = await self.list_linked(project_id)
        keys: set[Key] = {
            key_of(place_of(project)),
            key_of(place),
            *self._shares.keys_of(actor, linked.own, linked.copies),
        }
        async with self._operations.begin("projects.share", lock=keys) as operation:
            if (await self._get_unshared(actor, project_id)).name != project.name:
                raise busy()
            await self._require_free(actor, place)
            linked = await self.list_linked(project_id)
            self.require_locked(actor, linked, keys)
            state = await self.publish(operation, actor, project, linked, place=place, old=None)
            if not share.keep_working_copy:
                await operation.take_away(place_of(project))
            fields = {"share_flag": 1, "is_moved": not share.keep_working_copy}
            try:
                async with self._db.writing() as session:
                    await repository.set_fields(session, project_id, fields)
                    await self.record_public(session, actor, project, state)
                    self.note(session, actor, "project.share", project)
                    await operation.commit(session)
            except IntegrityError as error:
                raise await self._clash(actor, {place: ""}) or error from None
        return await self.get_project(actor, project_id)

    def require_locked(self, actor: Actor, linked: Linked, keys: set[Key]) -> None:
        """Make sure that links did not change before the locks were there.

        Raises:
            StorageBusy: They did.
        """
        if not self._shares.keys_of(actor, linked.own, linked.copies) <= keys:
            raise busy()

    async def publish(  # noqa: PLR0913 - what is published, from where, to where.
        self,
        operation: Operation,
        actor: Actor,
        project: Project,
        linked: Linked,
        *,
        place: Place,
        old: PublicProject | None,
    ) -> PublicState:
        """Data sets in the public input, and a copy of the project's files at ``place``.

        Args:
            operation: Has all of it for itself.
            actor: The owner.
            project: The project, under its present name.
            linked: Its data sets.
            place: Where it will be.
            old: The public row, if it is public already.

        Raises:
            ProjectFilesGone: The project's directory is not there.
            PublicProjectNameTaken: Something is at the place.
            PublicNameTaken: There is another public data set of the name of one that it links.
            StorageFull: The disk would become too full.
        """
        datasets = await self._shares.publish(operation, actor, linked.own, linked.copies)
        if project.is_moved:
            return PublicState(name=place.name, checksum=None, datasets=datasets)
        try:
            staging = await self._copy_files(operation, place_of(project), place)
        except (FileNotFoundError, NotADirectoryError):
            raise ProjectFilesGone(name=project.name) from None
        if place.name != project.name:
            await staging.rename_file(notebook_of(project.name), notebook_of(place.name))
        checksum = checksum_of(await staging.digest_files())
        is_in_place = old is not None and old.name == place.name
        try:
            await (operation.replace if is_in_place else operation.publish)(staging)
        except FileNotFoundError:  # An administrator removed it by hand.
            await operation.publish(staging)
        except FileExistsError:
            raise await self._name_taken(actor, place) from None
        if old is not None and not is_in_place:
            await operation.take_away(public_place(old.name))
        return PublicState(name=place.name, checksum=checksum, datasets=datasets)

    async def record_public(
        self, session: AsyncSession, actor: Actor, project: Project, state: PublicState
    ) -> None:
        """Write the public row with its links."""
        dataset_ids = await self._shares.record(session, actor, state.datasets)
        fields = {
            "name": state.name,
            "name_key": name_key(state.name),
            "description": project.description,
            "origin_id": project.origin_id,
            "origin_name": project.origin_name,
            "origin_owner": project.origin_owner,
            "origin_checksum": project.origin_checksum,
            "updated_at": self._clock(),
        }
        if state.checksum is not None:
            fields["checksum"] = state.checksum
        public = await public_repository.find_public_of(session, project.id)
        if public is None:
            public = PublicProject(
                user_id=actor.user_id,
                owner_name=actor.username,
                project_id=project.id,
                created_at=self._clock(),
            )
            session.add(public)
        for field, value in fields.items():
            setattr(public, field, value)
        await session.flush()
        await public_repository.set_public_links(session, public.id, dataset_ids)

    async def _get_unshared(self, actor: Actor, project_id: int) -> Project:
        project = await self._get_own(actor, project_id)
        async with self._db.reading() as session:
            public = await public_repository.find_public_of(session, project_id)
        if public is not None:
            raise ProjectShared(name=project.name, public_id=public.id)
        return project
