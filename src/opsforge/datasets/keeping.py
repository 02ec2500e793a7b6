"""What operations replace or delete stays as earlier versions, as a part of these operations."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.datasets import version_repository
from opsforge.datasets.common import DatasetPart, place_of
from opsforge.datasets.models import Content, Dataset, DatasetFile, FileVersion
from opsforge.kit.problems import NotFound
from opsforge.storage.journal.operation import Operation
from opsforge.storage.port import Area, Place


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What an operation kept, for `KeepingPart._record_kept`."""

    new: Sequence[FileVersion] = ()
    gone: Sequence[FileVersion] = ()
    """What had to go for these."""


class KeepingPart(DatasetPart):
    """Base of the services that replace and delete files."""

    async def _keep(
        self,
        operation: Operation,
        dataset: Dataset,
        files: Collection[DatasetFile],
        *,
        at_least: int = 0,
    ) -> Kept:
        """Keep files that the operation is about to take away, by links; the oldest ones go.

        Args:
            operation: Has the data set for itself.
            dataset: Whose files they are.
            files: What is at its place still.
            at_least: How many versions are kept of each, whatever the setting says.

        Raises:
            NotFound: The data set's directory is gone.
        """
        limit = max(self._settings.file_versions_kept, at_least)
        place = versions_place(dataset)
        now = self._clock()
        staging = await operation.stage(place)
        names = {file.path: stored_name(file) for file in files} if limit else {}
        try:
            linked = set(await staging.link_files(place_of(dataset), names))
        except FileNotFoundError:
            raise NotFound from None
        new = [_ended(file, at=now) for file in files if file.path in linked]
        gone = await self._find_surplus(dataset.id, [file.path for file in files], limit - 1)
        await self._take_out(operation, place, [*new, *gone])
        if not new:
            return Kept(gone=gone)
        if await self._storage.exists(place):
            await operation.merge(staging)
        else:
            await operation.publish(staging)
        return Kept(new=new, gone=gone)

    async def _record_kept(self, session: AsyncSession, kept: Kept) -> None:
        """Write the rows of what was kept; the files' own are gone already."""
        await version_repository.record_versions(
            session, kept.new, gone=[row.id for row in kept.gone]
        )

    async def _take_out(
        self, operation: Operation, place: Place, versions: Collection[Content]
    ) -> None:
        """Let the contents of versions vanish, as far as they are there."""
        paths = [PurePosixPath(stored_name(version)) for version in versions]
        # Of new ones, nothing is: unless the database was brought back from before these.
        there = await self._storage.find_taken(place, paths)
        if there:
            await operation.take_out(place, there)

    async def _find_surplus(
        self, dataset_id: int, paths: Collection[str], room: int
    ) -> list[FileVersion]:
        """Those of the earlier versions of files that are too many."""
        async with self._db.reading() as session:
            earlier = await version_repository.list_earlier(session, dataset_id, paths)
        counts: Counter[str] = Counter()
        surplus = []
        for version in earlier:
            counts[version.path] += 1
            if counts[version.path] > room:
                surplus.append(version)
        return surplus


def versions_place(dataset: Dataset) -> Place:
    """Where a data set's earlier versions are."""
    return Place(place_of(dataset).owner, Area.VERSIONS, str(dataset.id))


def stored_name(version: Content) -> str:
    """The name of a version's content there; no part of it is a user's to choose."""
    return hashlib.sha256(f"{version.number}/{version.path}".encode()).hexdigest()


def _ended(file: DatasetFile, *, at: datetime) -> FileVersion:
    return FileVersion(
        dataset_id=file.dataset_id,
        path=file.path,
        number=file.number,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        added_by=file.added_by,
        created_at=file.created_at,
        ended_at=at,
    )
