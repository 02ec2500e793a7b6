"""Files come to a data set and go from it, with directory, rows and versions as one."""

from collections.abc import Collection

from opsforge.auth.actor import Actor
from opsforge.datasets import repository, version_repository
from opsforge.datasets.common import file_rows
from opsforge.datasets.errors import DatasetFileExists
from opsforge.datasets.keeping import KeepingPart, Kept
from opsforge.datasets.models import Dataset, DatasetFile
from opsforge.kit.problems import NotFound
from opsforge.storage.journal.operation import Operation
from opsforge.storage.port import FileEntry, Staging
from opsforge.storage.uploads import Along, nothing_along


class ChangingPart(KeepingPart):
    """Base of the services that change which files a data set has."""

    async def _keep_at(
        self, operation: Operation, dataset: Dataset, paths: Collection[str], *, at_least: int = 0
    ) -> Kept:
        """Keep the files at paths that are about to be taken away; see `_keep`."""
        if not paths:
            return Kept()
        async with self._db.reading() as session:
            files = await repository.list_files_at(session, dataset.id, paths)
        return await self._keep(operation, dataset, files, at_least=at_least)

    async def _join(
        self, operation: Operation, staging: Staging, replaced: Collection[str]
    ) -> None:
        """Let staged files join the data set's, some of them in the places of others."""
        try:
            if replaced:
                await operation.exchange(staging, replaced)
            await operation.merge(staging, leave_out=replaced)
        except FileExistsError as error:
            raise DatasetFileExists(path=error.filename) from None
        except (FileNotFoundError, NotADirectoryError):  # Deleted meanwhile.
            raise NotFound from None

    async def _record_files(  # noqa: PLR0913 - what came, what went, and with what.
        self,
        actor: Actor,
        dataset: Dataset,
        entries: Collection[FileEntry],
        gone: Collection[str],
        operation: Operation,
        *,
        kept: Kept,
        along: Along = nothing_along,
    ) -> list[DatasetFile]:
        """Write the rows of what came, of what went, and of what was kept of that."""
        now = self._clock()
        paths = [str(entry.path) for entry in entries]
        async with self._db.writing() as session:
            if await repository.find_visible(session, actor, dataset.id) is None:
                raise NotFound
            last = await version_repository.find_last_numbers(session, dataset.id, paths)
            await repository.delete_files(session, dataset.id, gone)
            rows = file_rows(dataset.id, entries, at=now, by=actor.username, last_numbers=last)
            session.add_all(rows)
            await self._record_kept(session, kept)
            await repository.recount(session, dataset.id, at=now)
            await along(session, paths)
            await operation.commit(session)
        return rows
