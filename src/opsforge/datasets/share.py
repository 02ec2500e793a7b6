"""Private data sets become public ones with rows of their own (E7), also for projects (D16)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.datasets import repository, version_repository
from opsforge.datasets.common import file_rows, input_key, input_place, place_of
from opsforge.datasets.errors import DatasetAbsent, DatasetIsPublic, PublicNameTaken
from opsforge.datasets.keeping import KeepingPart, Kept
from opsforge.datasets.models import Dataset, DatasetCopy, DatasetFile
from opsforge.datasets.schemas import DatasetView
from opsforge.kit.names import name_key
from opsforge.storage.checksums import checksum_of
from opsforge.storage.journal.keys import Key, Shared
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Area, FileEntry, Place, Staging


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A data set that is in the public input, with what its rows still need."""

    dataset_id: int | None
    """Of the public one; None for a new one."""
    entries: Sequence[FileEntry] | None = None
    """Those of its files that are new; None when all stays as it is."""
    gone: Sequence[str] = ()
    """Paths of the files that were in the places of these, or are no more."""
    kept: Kept = field(default_factory=Kept)
    name: str = ""
    description: str = ""
    shared_from_id: int | None = None


class DatasetShares(KeepingPart):
    """Sharing data sets."""

    async def share_dataset(self, actor: Actor, dataset_id: int) -> DatasetView:
        """Make a public data set of a private one, or bring that one up to date (E7).

        Raises:
            NotFound: Absent, or another user's private one.
            DatasetIsPublic: It is public itself.
            PublicNameTaken: Another public one has the name.
            StorageBusy: Another operation works on one of them.
        """
        dataset = await self._get_private(actor, dataset_id)
        keys = self.keys_of(actor, [dataset], [])
        async with self._operations.begin("datasets.share", lock=keys) as operation:
            dataset = self._still(dataset, await self._get_private(actor, dataset_id))
            [made] = await self.publish(operation, actor, [dataset], [])
            try:
                async with self._db.writing() as session:
                    [public_id] = await self.record(session, actor, [made])
                    self.note(session, actor, "dataset.share", dataset)
                    await operation.commit(session)
            except IntegrityError:
                raise await self._taken(actor, dataset.name) from None
        return await self.get_dataset(actor, public_id)

    def keys_of(
        self, actor: Actor, datasets: Collection[Dataset], copies: Collection[DatasetCopy]
    ) -> set[Key]:
        """What an operation locks that makes these public; those that are stay as they are."""
        there = {one.name for one in datasets if one.is_public}
        there |= {one.name for one in copies if one.dataset_id is not None}
        new = {one.name for one in datasets if not one.is_public}
        new |= {one.name for one in copies if one.dataset_id is None}
        return {
            input_key(actor.username),
            *(key_of(input_place(actor.username, name)) for name in new | there),
            *(key_of(Place(None, Area.INPUT, name)) for name in new),
            *(Shared(key_of(Place(None, Area.INPUT, name))) for name in there),
        }

    async def publish(
        self,
        operation: Operation,
        actor: Actor,
        datasets: Sequence[Dataset],
        copies: Sequence[DatasetCopy],
    ) -> list[Publication]:
        """Data sets of the caller's input in the public one, under the same names.

        What is there already with the same files stays as it is. The rows are the business of
        `record`.

        Raises:
            PublicNameTaken: Another public one has the name of one of them.
        """
        made = [await self._publish_own(operation, actor, dataset) for dataset in datasets]
        return made + [await self._publish_copy(operation, actor, copy) for copy in copies]

    def already_public(self, datasets: Collection[Dataset]) -> list[Publication]:
        """Public ones, which need no publishing."""
        return [Publication(dataset_id=dataset.id) for dataset in datasets]

    async def record(
        self, session: AsyncSession, actor: Actor, publications: Sequence[Publication]
    ) -> list[int]:
        """Write the rows of public data sets; returns their ids.

        Raises:
            DatasetAbsent: One was deleted meanwhile.
        """
        return [await self._record(session, actor, one) for one in publications]

    async def _get_private(self, actor: Actor, dataset_id: int) -> Dataset:
        dataset = await self._get_visible(actor, dataset_id)
        if dataset.is_public:
            raise DatasetIsPublic(name=dataset.name)
        return dataset

    async def _publish_own(
        self, operation: Operation, actor: Actor, dataset: Dataset
    ) -> Publication:
        async with self._db.reading() as session:
            shared = await repository.find_shared(session, dataset.id)
            rows = await repository.list_all_files(session, dataset.id)
        entries = [file_entry(row.path, row.size_bytes, row.sha256) for row in rows]
        place = Place(None, Area.INPUT, dataset.name)
        if shared and shared.name == dataset.name:
            if shared.checksum == dataset.checksum:
                return Publication(dataset_id=shared.id)
            return await self._publish_again(operation, dataset, shared, rows)
        there = await self._find_same(actor, place, dataset.checksum)
        if there is not None:
            return Publication(dataset_id=there)
        await self._appear(operation, actor, dataset.name, place_of(dataset))
        return Publication(
            dataset_id=None,
            entries=entries,
            name=dataset.name,
            description=dataset.description,
            shared_from_id=dataset.id,
        )

    async def _publish_again(
        self,
        operation: Operation,
        dataset: Dataset,
        shared: Dataset,
        files: Sequence[DatasetFile],
    ) -> Publication:
        async with self._db.reading() as session:
            there = await repository.list_all_files(session, shared.id)
        wanted = {(file.path, file.sha256) for file in files}
        gone = [file for file in there if (file.path, file.sha256) not in wanted]
        stays = {(file.path, file.sha256) for file in there}
        new = [file for file in files if (file.path, file.sha256) not in stays]
        kept = await self._keep(operation, shared, gone)
        await operation.replace(await self._link(operation, dataset.name, place_of(dataset)))
        return Publication(
            dataset_id=shared.id,
            entries=[file_entry(file.path, file.size_bytes, file.sha256) for file in new],
            gone=[file.path for file in gone],
            kept=kept,
        )

    async def _publish_copy(
        self, operation: Operation, actor: Actor, copy: DatasetCopy
    ) -> Publication:
        """A copy leads to the public one that it came from, as long as that is there."""
        if copy.dataset_id is not None:
            return Publication(dataset_id=copy.dataset_id)
        place = Place(None, Area.INPUT, copy.name)
        there = await self._find_same(actor, place, copy.checksum)
        if there is not None:
            return Publication(dataset_id=there)
        source = input_place(actor.username, copy.name)
        entries = await (await self._appear(operation, actor, copy.name, source)).digest_files()
        return Publication(dataset_id=None, entries=entries, name=copy.name)

    async def _find_same(self, actor: Actor, place: Place, checksum: str) -> int | None:
        """The public data set at a place, if it has the same files.

        Raises:
            PublicNameTaken: It has others.
        """
        async with self._db.reading() as session:
            there = await repository.find_named(session, key=name_key(place.name), owner_id=None)
        if there is None:
            return None
        if there.checksum != checksum or there.name != place.name:
            raise await self._taken(actor, place.name)
        return there.id

    async def _link(self, operation: Operation, name: str, source: Place) -> Staging:
        staging = await operation.stage(Place(None, Area.INPUT, name))
        await staging.link_tree(source)
        return staging

    async def _appear(
        self, operation: Operation, actor: Actor, name: str, source: Place
    ) -> Staging:
        staging = await self._link(operation, name, source)
        try:
            await operation.publish(staging)
        except FileExistsError:
            raise await self._taken(actor, name) from None
        return staging

    async def _taken(self, actor: Actor, name: str) -> PublicNameTaken:
        place = Place(None, Area.INPUT, name)
        return PublicNameTaken(name=name, proposal=await self._propose(actor, place))

    async def _record(self, session: AsyncSession, actor: Actor, one: Publication) -> int:
        now = self._clock()
        if one.entries is None:
            if not await repository.list_visible(session, actor, [one.dataset_id or 0]):
                raise DatasetAbsent(dataset_id=one.dataset_id or 0)
            return one.dataset_id or 0
        dataset_id = one.dataset_id or await self._insert(session, actor, one)
        paths = [str(entry.path) for entry in one.entries]
        last = await version_repository.find_last_numbers(session, dataset_id, paths)
        await repository.delete_files(session, dataset_id, one.gone)
        session.add_all(
            file_rows(dataset_id, one.entries, at=now, by=actor.username, last_numbers=last)
        )
        await self._record_kept(session, one.kept)
        await repository.recount(session, dataset_id, at=now)
        return dataset_id

    async def _insert(self, session: AsyncSession, actor: Actor, one: Publication) -> int:
        if one.shared_from_id is not None:  # It may have been shared under another name.
            await repository.forget_shared(session, one.shared_from_id)
        now = self._clock()
        dataset = Dataset(
            owner_id=actor.user_id,
            owner_name=actor.username,
            is_public=True,
            name=one.name,
            name_key=name_key(one.name),
            description=one.description,
            shared_from_id=one.shared_from_id,
            checksum=checksum_of(one.entries or ()),
            created_at=now,
            updated_at=now,
        )
        session.add(dataset)
        await session.flush()
        return dataset.id


def file_entry(path: str, size_bytes: int, sha256: bytes) -> FileEntry:
    """What a file's row says, as the storage says it."""
    return FileEntry(path=PurePosixPath(path), size_bytes=size_bytes, sha256=sha256)
