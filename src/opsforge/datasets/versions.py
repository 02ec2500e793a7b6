"""What files of data sets were before: seen, read, brought back, deleted (E4, E6)."""

from pathlib import PurePosixPath

from opsforge.auth.actor import Actor
from opsforge.datasets import repository, version_repository
from opsforge.datasets.changing import ChangingPart
from opsforge.datasets.common import place_of
from opsforge.datasets.errors import VersionBlocked
from opsforge.datasets.keeping import stored_name, versions_place
from opsforge.datasets.models import Dataset, FileVersion
from opsforge.datasets.reading import OpenedFile
from opsforge.datasets.schemas import DatasetFileView
from opsforge.datasets.version_schemas import DeletedFile, FileVersions
from opsforge.kit.paging import Page, moment_cursor
from opsforge.kit.problems import NotFound
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import FileEntry, Staging


class DatasetVersions(ChangingPart):
    """The versions of files of data sets. Who may read a data set may read these."""

    async def list_versions(
        self, actor: Actor, dataset_id: int, path: PurePosixPath
    ) -> FileVersions:
        """All versions of the file at a path, also of one that was deleted.

        Raises:
            NotFound: The data set is absent or another user's private one, or has no such file.
        """
        await self._get_visible(actor, dataset_id)
        async with self._db.reading() as session:
            files = await repository.list_files_at(session, dataset_id, [str(path)])
            earlier = await version_repository.list_earlier(session, dataset_id, [str(path)])
        if not files and not earlier:
            raise NotFound
        return FileVersions.of(
            files[0] if files else None,
            earlier,
            kept_at_most=self._settings.file_versions_kept,
        )

    async def list_deleted(
        self, actor: Actor, dataset_id: int, *, cursor: str | None, limit: int
    ) -> Page[DeletedFile]:
        """A page of the files that were deleted and can be restored, the last one first.

        Raises:
            NotFound: Absent, or another user's private one.
        """
        await self._get_visible(actor, dataset_id)
        async with self._db.reading() as session:
            rows = await version_repository.list_deleted(
                session, dataset_id, cursor=cursor, limit=limit
            )
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(
            items=[DeletedFile.of(row) for row in rows[:limit]],
            next_cursor=last and moment_cursor(last.ended_at, last.id),
        )

    async def open_version(self, actor: Actor, dataset_id: int, version_id: int) -> OpenedFile:
        """Open an earlier version.

        Raises:
            NotFound: Absent, another user's private one, or a version of another data set.
        """
        dataset = await self._get_visible(actor, dataset_id)
        version = await self._get_version(dataset_id, version_id)
        try:
            content = await self._storage.open_file(
                versions_place(dataset), PurePosixPath(stored_name(version))
            )
        except FileNotFoundError:  # Deleted meanwhile.
            raise NotFound from None
        name = PurePosixPath(version.path).name
        return OpenedFile(name=name, sha256=version.sha256.hex(), content=content)

    async def restore_version(
        self, actor: Actor, dataset_id: int, version_id: int
    ) -> DatasetFileView:
        """Make an earlier version the current one, as a new version; what was current is kept.

        Raises:
            NotFound: Absent, another user's private one, or a version of another data set.
            Forbidden: Another user's public one.
            VersionBlocked: Something that is no file is in its way.
            StorageBusy: Another operation works on the data set.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        lock = [key_of(place_of(dataset))]
        async with self._operations.begin("datasets.restore_version", lock=lock) as operation:
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            version = await self._get_version(dataset_id, version_id)
            replaced = await self._find_replaced(dataset, version)
            staging = await self._stage_version(operation, dataset, version)
            kept = await self._keep_at(operation, dataset, [version.path], at_least=1)
            await self._join(operation, staging, replaced)
            entry = FileEntry(
                path=PurePosixPath(version.path),
                size_bytes=version.size_bytes,
                sha256=version.sha256,
            )
            [row] = await self._record_files(
                actor, dataset, [entry], [version.path], operation, kept=kept
            )
        return DatasetFileView.of(row)

    async def delete_version(self, actor: Actor, dataset_id: int, version_id: int) -> None:
        """Delete an earlier version for good.

        Raises:
            NotFound: Absent, another user's private one, or a version of another data set.
            Forbidden: Another user's public one.
            StorageBusy: Another operation works on the data set.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        lock = [key_of(place_of(dataset))]
        async with self._operations.begin("datasets.delete_version", lock=lock) as operation:
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            version = await self._get_version(dataset_id, version_id)
            await self._take_out(operation, versions_place(dataset), [version])
            async with self._db.writing() as session:
                await version_repository.record_versions(session, (), gone=[version.id])
                await operation.commit(session)

    async def _get_version(self, dataset_id: int, version_id: int) -> FileVersion:
        async with self._db.reading() as session:
            version = await version_repository.find_version(session, dataset_id, version_id)
        if version is None:
            raise NotFound
        return version

    async def _find_replaced(self, dataset: Dataset, version: FileVersion) -> list[str]:
        """The path of a version, if a file is at it now."""
        path = PurePosixPath(version.path)
        taken = await self._storage.find_taken(place_of(dataset), [path])
        if taken.get(version.path) is False:
            raise VersionBlocked(path=version.path)
        return list(taken)

    async def _stage_version(
        self, operation: Operation, dataset: Dataset, version: FileVersion
    ) -> Staging:
        staging = await operation.stage(place_of(dataset))
        names = {stored_name(version): version.path}
        try:
            linked = await staging.link_files(versions_place(dataset), names)
        except FileNotFoundError:
            linked = []
        if not linked:  # Somebody deleted it by hand.
            raise NotFound
        return staging
