"""Changes of users' projects: fields, data sets, and the public project (D6)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets.service import Dataset
from opsforge.kit.names import name_key
from opsforge.projects import public_repository, repository
from opsforge.projects.common import busy, notebook_of, place_of, public_place, work_place
from opsforge.projects.errors import ProjectFilesGone, ProjectMoved
from opsforge.projects.links import LinkChange, Linked
from opsforge.projects.models import Project, PublicProject
from opsforge.projects.schemas import ProjectUpdate, ProjectView
from opsforge.projects.share import ProjectShares, PublicState
from opsforge.storage.journal.keys import Key
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Place


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What an update works on: read once to know the locks, and again behind them."""

    project: Project
    public: PublicProject | None
    linked: Linked
    wanted: Sequence[Dataset] | None
    """All data sets that shall be linked; None to leave the links alone."""
    name: str
    """The new one, or the present one."""

    @property
    def public_place(self) -> Place:
        """Where the public project will be: under the project's name, if it was before."""
        if self.public is None or self.public.name == self.project.name:
            return public_place(self.name)
        return public_place(self.public.name)


class ProjectUpdates(ProjectShares):
    """Updating projects."""

    async def update_project(
        self, actor: Actor, project_id: int, changes: ProjectUpdate
    ) -> ProjectView:
        """Change fields and links, and with ``share_flag`` 1 publish what is there then (D6).

        Raises:
            NotFound: Absent, or another user's.
            ProjectNameTaken: The caller's ``work`` has the new name already.
            ProjectMoved: A project whose files were moved can't be renamed.
            ProjectFilesGone: Its directory is not there any more.
            DatasetAbsent: A data set is absent or another user's.
            InputNameTaken: A public data set can't be copied beside another one of its name.
            PublicProjectNameTaken: There is another public project of the name.
            PublicNameTaken: There is another public data set of the name of one that it links.
            StorageBusy: Another operation works on the project or on a data set.
        """
        plan = await self._plan(actor, project_id, changes)
        if plan.project.is_moved and plan.name != plan.project.name:
            raise ProjectMoved(name=plan.project.name)
        keys = self._keys(actor, plan, changes)
        async with self._operations.begin("projects.update", lock=keys) as operation:
            plan = await self._plan(actor, project_id, changes)
            if not self._keys(actor, plan, changes) <= keys:
                raise busy()
            places = {work_place(actor.username, plan.name): plan.project.name_key}
            if changes.share_flag:
                places[plan.public_place] = plan.public.name_key if plan.public else ""
            try:
                await self._carry_out(operation, actor, plan, changes)
            except IntegrityError as error:
                raise await self._clash(actor, places) or error from None
        return await self.get_project(actor, project_id)

    async def _plan(self, actor: Actor, project_id: int, changes: ProjectUpdate) -> _Plan:
        project = await self._get_own(actor, project_id)
        async with self._db.reading() as session:
            public = await public_repository.find_public_of(session, project_id)
        wanted = None
        if changes.dataset_ids is not None:
            ids = list(dict.fromkeys(changes.dataset_ids))
            wanted = await self._inputs.choose(actor, ids)
        return _Plan(
            project=project,
            public=public,
            linked=await self.list_linked(project_id),
            wanted=wanted,
            name=changes.name or project.name,
        )

    def _keys(self, actor: Actor, plan: _Plan, changes: ProjectUpdate) -> set[Key]:
        keys: set[Key] = {
            key_of(place_of(plan.project)),
            key_of(work_place(actor.username, plan.name)),
        }
        if plan.wanted is not None:
            keys |= self._inputs.keys_of(actor, plan.wanted)
        if changes.share_flag:
            own = [*plan.linked.own, *(plan.wanted or ())]
            keys |= self._shares.keys_of(actor, own, plan.linked.copies)
            keys.add(key_of(plan.public_place))
            if plan.public is not None:
                keys.add(key_of(public_place(plan.public.name)))
        return keys

    async def _carry_out(
        self, operation: Operation, actor: Actor, plan: _Plan, changes: ProjectUpdate
    ) -> None:
        project, change = plan.project, LinkChange()
        state: PublicState | None = None
        await self._rename(operation, actor, project, plan.name)
        if plan.wanted is not None:
            deleted = {one.id for one in plan.linked.copies if one.dataset_id is None}
            keep = set() if changes.drop_deleted else deleted
            change = await self.change(operation, actor, project.id, plan.wanted, keep_copies=keep)
        if changes.description is not None:
            project.description = changes.description
        place = plan.public_place
        project.name = plan.name
        if changes.share_flag:
            state = await self._publish(operation, actor, plan, changes, place=place)
        fields = {
            "name": project.name,
            "name_key": name_key(project.name),
            "description": project.description,
            "updated_at": self._clock(),
            "share_flag": 1 if state else project.share_flag,
        }
        async with self._db.writing() as session:
            await repository.set_fields(session, project.id, fields)
            await self.record(session, actor, project.id, change)
            if state is not None:
                await self.record_public(session, actor, project, state)
                self.note(session, actor, "project.publish", project)
            await operation.commit(session)

    async def _publish(
        self,
        operation: Operation,
        actor: Actor,
        plan: _Plan,
        changes: ProjectUpdate,
        *,
        place: Place,
    ) -> PublicState:
        linked = plan.linked
        also: list[Dataset] = []
        if plan.wanted is not None:
            deleted = [one for one in linked.copies if one.dataset_id is None]
            linked = Linked(
                own=[one for one in plan.wanted if not one.is_public],
                copies=[] if changes.drop_deleted else deleted,
            )
            also = [one for one in plan.wanted if one.is_public]
        if plan.public is None or plan.public.name_key != name_key(place.name):
            await self._require_free(actor, place)
        state = await self.publish(
            operation, actor, plan.project, linked, place=place, old=plan.public
        )
        state.datasets.extend(self._shares.already_public(also))
        return state

    async def _rename(
        self, operation: Operation, actor: Actor, project: Project, name: str
    ) -> None:
        """Rename the directory, and the notebook in it unless something has its new name."""
        if name == project.name:
            return
        target = work_place(actor.username, name)
        if name_key(name) != project.name_key:
            await self._require_free(actor, target)
        try:
            await operation.rename(place_of(project), target)
        except FileExistsError:
            raise await self._name_taken(actor, target) from None
        except (FileNotFoundError, NotADirectoryError):
            raise ProjectFilesGone(name=project.name) from None
        with suppress(FileNotFoundError, NotADirectoryError, FileExistsError):
            await operation.rename_file(
                target, PurePosixPath(notebook_of(project.name)), PurePosixPath(notebook_of(name))
            )
