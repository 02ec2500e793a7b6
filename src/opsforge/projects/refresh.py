"""The copies of public data sets that a project uses are brought up to date (D6)."""

from opsforge.auth.actor import Actor
from opsforge.projects.common import busy
from opsforge.projects.links import ProjectLinks
from opsforge.projects.schemas import ProjectView


class ProjectRefreshes(ProjectLinks):
    """Bringing data sets up to date."""

    async def refresh_datasets(self, actor: Actor, project_id: int) -> ProjectView:
        """Let copies that are older than their public data sets have the present files.

        Other projects of the caller's read the same copies.

        Raises:
            NotFound: Absent, or another user's.
            DatasetAbsent: A public one was deleted meanwhile.
            StorageBusy: Another operation works on a data set or on the caller's input.
        """
        await self._get_own(actor, project_id)
        linked = await self.list_linked(project_id)
        keys = self._inputs.keys_of(actor, await self._inputs.list_newer(linked.copies))
        async with self._operations.begin("projects.refresh_datasets", lock=keys) as operation:
            linked = await self.list_linked(project_id)
            newer = await self._inputs.list_newer(linked.copies)
            if not self._inputs.keys_of(actor, newer) <= keys:
                raise busy()
            for dataset in newer:
                await self._inputs.copy_again(operation, actor, dataset)
            async with self._db.writing() as session:
                await self._inputs.record_copied_again(session, actor, newer)
                await operation.commit(session)
        return await self.get_project(actor, project_id)
