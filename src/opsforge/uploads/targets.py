"""Where uploads go: the rooms that own data sets and projects, seen as one."""

from pathlib import PurePosixPath

from opsforge.auth.actor import Actor
from opsforge.datasets.errors import DatasetFileExists
from opsforge.datasets.service import DatasetService
from opsforge.projects.errors import ProjectFileExists
from opsforge.projects.service import ProjectService
from opsforge.storage.clashes import OnClash
from opsforge.storage.uploads import Along, FileSource, UploadTarget


class Targets:
    """Data sets and projects that files can be added to."""

    def __init__(self, *, datasets: DatasetService, projects: ProjectService) -> None:
        self._datasets = datasets
        self._projects = projects

    async def find(self, actor: Actor, kind: str, target_id: int) -> UploadTarget:
        """Where files go that the caller adds.

        Raises:
            NotFound: Absent, or another user's private thing.
            Forbidden: Another user's public data set.
            ProjectMoved: The project's files were moved to the public area.
        """
        if kind == "datasets":
            return await self._datasets.updates.find_target(actor, target_id)
        return await self._projects.find_target(actor, target_id)

    async def store(  # noqa: PLR0913 - what, where, and how.
        self,
        actor: Actor,
        kind: str,
        target_id: int,
        source: FileSource,
        *,
        on_clash: OnClash,
        along: Along,
    ) -> None:
        """Let files join a target, all of them or none.

        Raises:
            Problem: What the target's room refuses.
        """
        if kind == "datasets":
            await self._datasets.updates.add_files(
                actor, target_id, source, when_there=on_clash, along=along
            )
        else:
            await self._projects.add_files(
                actor, target_id, source, when_there=on_clash, along=along
            )

    def file_exists(
        self, kind: str, path: PurePosixPath | str
    ) -> DatasetFileExists | ProjectFileExists:
        """The refusal of a path that is in use."""
        problem = DatasetFileExists if kind == "datasets" else ProjectFileExists
        return problem(path=str(path))
