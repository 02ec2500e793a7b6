"""Data sets: create and look; the room's other parts."""

from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, file_rows, may_change
from opsforge.datasets.delete import DatasetDeletions
from opsforge.datasets.fork import DatasetForks
from opsforge.datasets.inputs import InputService
from opsforge.datasets.models import Dataset, DatasetCopy
from opsforge.datasets.preview import FilePreviews
from opsforge.datasets.reading import DatasetReading
from opsforge.datasets.schemas import (
    FILES_IN_LISTS,
    DatasetFilter,
    DatasetForm,
    DatasetUses,
    DatasetView,
    UsingProject,
)
from opsforge.datasets.share import DatasetShares, Publication
from opsforge.datasets.trees import DatasetTrees
from opsforge.datasets.update import DatasetUpdates
from opsforge.datasets.uses import Uses
from opsforge.datasets.versions import DatasetVersions
from opsforge.db.database import Database
from opsforge.db.lists import ListOf
from opsforge.kit.clock import Clock
from opsforge.kit.names import name_key
from opsforge.kit.paging import Page
from opsforge.reader.service import ReaderService
from opsforge.settings import DatasetSettings
from opsforge.storage.checksums import checksum_of
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import Operations, key_of
from opsforge.storage.port import Amount, Area, FileEntry, Place, Storage
from opsforge.storage.uploads import FileSource, UploadReceiver

__all__ = [
    "Dataset",
    "DatasetCopy",
    "DatasetService",
    "DatasetUses",
    "Publication",
    "UsingProject",
    "copies_of",
]

Part = TypeVar("Part")


class DatasetService(DatasetPart):
    """The data sets of all users."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        storage: Storage,
        operations: Operations,
        receiver: UploadReceiver,
        reader: ReaderService,
        clock: Clock,
        settings: DatasetSettings,
    ) -> None:
        uses = Uses()

        def make(part: Callable[..., Part]) -> Part:
            return part(
                db=db,
                storage=storage,
                operations=operations,
                receiver=receiver,
                uses=uses,
                clock=clock,
                settings=settings,
            )

        make(super().__init__)
        self.shares = make(DatasetShares)
        self.forks = make(DatasetForks)
        self.updates = make(DatasetUpdates)
        self.deletions = make(DatasetDeletions)
        self.previews = make(FilePreviews)
        self.trees = make(DatasetTrees)
        self.versions = make(DatasetVersions)
        self.reading = make(partial(DatasetReading, reader=reader))
        self.inputs = InputService(db=db, clock=clock)
        """The input directories of users, for the projects room."""

    async def create_dataset(
        self, actor: Actor, form: DatasetForm, source: FileSource
    ) -> DatasetView:
        """Store the files of a new data set (E1), if there are any yet; all of it or nothing.

        Raises:
            DatasetNameTaken: The directory that the flag chooses has this name already.
            DatasetFileExists: Two files of the upload have the same path.
            StorageBusy: Another upload of this name is under way.
            Problem: What `UploadReceiver.receive` raises.
        """
        place = Place(None if form.is_public else actor.username, Area.INPUT, form.name)
        await self._require_free(actor, place)
        async with self._operations.begin("datasets.create", lock=[key_of(place)]) as operation:
            await self._require_free(actor, place)
            staging = await operation.stage(place)
            entries = await self._receive(
                source,
                staging,
                clashes=self._receiver.clashes(place),
                owner_id=actor.user_id,
                at_least=0,
            )
            try:
                await operation.publish(staging)
                dataset_id = await self._record_dataset(actor, form, entries, operation)
            except (FileExistsError, IntegrityError):
                raise await self._name_taken(actor, place) from None
        return await self.get_dataset(actor, dataset_id)

    async def measure_usage(self, user_id: int) -> Amount:
        """What the data sets of a user take that they brought: links and repeats count nothing."""
        async with self._db.reading() as session:
            size_bytes, file_count = await repository.measure_owned(session, user_id)
        return Amount(size_bytes=size_bytes, file_count=file_count)

    async def count_datasets(self) -> tuple[int, int]:
        """How many data sets users have of their own, and how many are public."""
        async with self._db.reading() as session:
            return await repository.count_datasets(session)

    async def find_public(self, actor: Actor, name: str) -> DatasetView | None:
        """The public data set of a name, however it is written, if there is one."""
        async with self._db.reading() as session:
            found = await repository.find_named(session, key=name_key(name), owner_id=None)
        return None if found is None else await self.get_dataset(actor, found.id)

    async def list_datasets(
        self, actor: Actor, which: DatasetFilter, *, cursor: str | None, limit: int
    ) -> Page[DatasetView]:
        """A page of data sets with files (E3).

        Args:
            actor: Who asks.
            which: Flag, words, owner and order.
            cursor: Of the page before.
            limit: Data sets on the page at most.
        """
        page = ListOf(query=which.query, sort=which.sort, cursor=cursor, limit=limit)
        async with self._db.reading() as session:
            found = await repository.list_datasets(session, actor, which, page)
            files = await repository.list_files(
                session, [row.id for row in found.rows], limit=FILES_IN_LISTS
            )
            lineage = await repository.find_lineage(session, found.rows)
        used_by = await self.uses.by.count_uses(actor, [row.id for row in found.rows])
        return Page(
            items=[
                DatasetView.of(
                    row,
                    files[row.id],
                    lineage,
                    used_by_count=used_by.get(row.id, 0),
                    may_change=may_change(actor, row),
                )
                for row in found.rows
            ],
            next_cursor=found.next_cursor,
        )

    async def _record_dataset(
        self, actor: Actor, form: DatasetForm, entries: list[FileEntry], operation: Operation
    ) -> int:
        now = self._clock()
        dataset = Dataset(
            owner_id=actor.user_id,
            owner_name=actor.username,
            is_public=bool(form.is_public),
            name=form.name,
            name_key=name_key(form.name),
            description=form.description,
            size_bytes=sum(entry.size_bytes for entry in entries),
            checksum=checksum_of(entries),
            file_count=len(entries),
            created_at=now,
            updated_at=now,
        )
        async with self._db.writing() as session:
            session.add(dataset)
            await session.flush()
            session.add_all(file_rows(dataset.id, entries, at=now, by=actor.username))
            await session.flush()
            await operation.commit(session)
        return dataset.id


def copies_of(actor: Actor, dataset_ids: Collection[int]) -> Select[int, int | None]:
    """A user's copies of public data sets, each with its origin, for queries of projects."""
    return repository.copies_of(actor, dataset_ids)
