"""What every part of the data sets room has and needs."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.audit.schemas import Action
from opsforge.audit.service import note
from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.errors import DatasetFileExists, DatasetNameTaken
from opsforge.datasets.models import Dataset, DatasetFile
from opsforge.datasets.schemas import FILES_IN_DETAILS, DatasetView
from opsforge.datasets.uses import Uses
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.names import find_free_name, name_key, name_stem
from opsforge.kit.problems import Forbidden, NotFound
from opsforge.settings import DatasetSettings
from opsforge.storage.clashes import Clashes
from opsforge.storage.journal.errors import StorageBusy
from opsforge.storage.journal.service import RETRY_AFTER_SECONDS, Operations
from opsforge.storage.port import Area, FileEntry, Place, Staging, Storage
from opsforge.storage.uploads import FileSource, UploadReceiver


class DatasetPart:
    """Base of the room's services."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        storage: Storage,
        operations: Operations,
        receiver: UploadReceiver,
        uses: Uses,
        clock: Clock,
        settings: DatasetSettings,
    ) -> None:
        self._db = db
        self._storage = storage
        self._operations = operations
        self._receiver = receiver
        self.uses = uses
        self._clock = clock
        self._settings = settings
        self.on_public_added: list[Callable[[], Awaitable[None]]] = []
        """Called when files have joined a public one."""

    async def get_dataset(self, actor: Actor, dataset_id: int) -> DatasetView:
        """Details with files (E2).

        Raises:
            NotFound: Absent, or another user's private one.
        """
        async with self._db.reading() as session:
            dataset = await repository.find_visible(session, actor, dataset_id)
            if dataset is None:
                raise NotFound
            files = await repository.list_files(session, [dataset_id], limit=FILES_IN_DETAILS)
            lineage = await repository.find_lineage(session, [dataset])
        used_by = await self.uses.by.count_uses(actor, [dataset_id])
        return DatasetView.of(
            dataset,
            files[dataset_id],
            lineage,
            used_by_count=used_by.get(dataset_id, 0),
            may_change=may_change(actor, dataset),
        )

    def note(self, session: AsyncSession, actor: Actor, action: Action, row: Dataset) -> None:
        """Write an audit entry with the transaction of ``session``."""
        note(
            session,
            actor,
            action,
            at=self._clock(),
            kind="dataset",
            name=row.name,
            object_id=row.id,
        )

    async def _get_visible(self, actor: Actor, dataset_id: int) -> Dataset:
        async with self._db.reading() as session:
            dataset = await repository.find_visible(session, actor, dataset_id)
        if dataset is None:
            raise NotFound
        return dataset

    async def _get_changeable(self, actor: Actor, dataset_id: int) -> Dataset:
        dataset = await self._get_visible(actor, dataset_id)
        if not may_change(actor, dataset):
            raise Forbidden
        return dataset

    def _still(self, before: Dataset, now: Dataset) -> Dataset:
        """What is there now that the operation has its lock, which is that of the name.

        Raises:
            StorageBusy: Another operation renamed it meanwhile.
        """
        if now.name != before.name:
            raise StorageBusy(retry_after_seconds=RETRY_AFTER_SECONDS)
        return now

    async def _receive(
        self,
        source: FileSource,
        staging: Staging,
        *,
        clashes: Clashes,
        owner_id: int,
        at_least: int = 1,
    ) -> list[FileEntry]:
        try:
            return await self._receiver.receive(
                source, staging, clashes=clashes, owner_id=owner_id, at_least=at_least
            )
        except FileExistsError as error:
            raise DatasetFileExists(path=error.filename) from None

    async def _require_free(self, actor: Actor, place: Place) -> None:
        key = name_key(place.name)
        async with self._db.reading() as session:
            user_id = None if place.owner is None else actor.user_id
            taken = await repository.names_taken(session, user_id=user_id, prefix_key=key)
        if key in taken or await self._storage.exists(place):
            raise await self._name_taken(actor, place)

    async def _name_taken(self, actor: Actor, place: Place) -> DatasetNameTaken:
        return DatasetNameTaken(name=place.name, proposal=await self._propose(actor, place))

    async def _propose(self, actor: Actor, place: Place) -> str:
        async with self._db.reading() as session:
            user_id = None if place.owner is None else actor.user_id
            prefix_key = name_key(name_stem(place.name))
            taken = await repository.names_taken(session, user_id=user_id, prefix_key=prefix_key)

        async def is_there(name: str) -> bool:
            return await self._storage.exists(Place(place.owner, place.area, name))

        return await find_free_name(place.name, taken=taken, is_there=is_there)


def may_change(actor: Actor, dataset: Dataset) -> bool:
    """One's own; administrators may change everybody's public ones, and see no others."""
    return actor.is_admin or dataset.owner_id == actor.user_id


def place_of(dataset: Dataset) -> Place:
    """The directory of a data set."""
    owner = None if dataset.is_public else dataset.owner_name
    return Place(owner, Area.INPUT, dataset.name)


def input_place(username: str, name: str) -> Place:
    """A directory in a user's input."""
    return Place(username, Area.INPUT, name)


def input_key(username: str) -> str:
    """Locks which directories are in a user's input, and who needs them."""
    return "/".join(input_place(username, "any").parts[:-1])


def file_rows(
    dataset_id: int,
    entries: Iterable[FileEntry],
    *,
    at: datetime,
    by: str,
    last_numbers: Mapping[str, int] | None = None,
) -> list[DatasetFile]:
    """Rows for files of a data set.

    Args:
        dataset_id: Whose they are.
        entries: The files.
        at: When they were added.
        by: The username of who added them.
        last_numbers: Of the versions that were at their paths before, by path.
    """
    last = last_numbers or {}
    return [
        DatasetFile(
            dataset_id=dataset_id,
            path=str(entry.path),
            number=last.get(str(entry.path), 0) + 1,
            added_by=by,
            size_bytes=entry.size_bytes,
            sha256=entry.sha256 or b"",
            created_at=at,
        )
        for entry in entries
    ]
