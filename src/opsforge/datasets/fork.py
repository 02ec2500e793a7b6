"""Public data sets become private ones (E9)."""

from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, input_key, input_place, place_of
from opsforge.datasets.errors import DatasetIsPrivate
from opsforge.datasets.models import Dataset, DatasetFile
from opsforge.datasets.schemas import DatasetFork, DatasetView
from opsforge.kit.names import name_key
from opsforge.kit.problems import NotFound
from opsforge.storage.journal.keys import Key, Shared
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of


class DatasetForks(DatasetPart):
    """Forking data sets."""

    async def fork_dataset(self, actor: Actor, dataset_id: int, fork: DatasetFork) -> DatasetView:
        """Copy a public data set, by links, to the caller's input as one of their own (E9).

        Raises:
            NotFound: Absent, or another user's private one.
            DatasetIsPrivate: It is not public.
            DatasetNameTaken: The caller's input has the name already.
            StorageBusy: Another operation works on one of them.
        """
        origin = await self._get_public(actor, dataset_id)
        place = input_place(actor.username, fork.name or origin.name)
        await self._require_free(actor, place)
        source = Shared(key_of(place_of(origin)))
        keys: set[Key] = {input_key(actor.username), key_of(place), source}
        async with self._operations.begin("datasets.fork", lock=keys) as operation:
            origin = self._still(origin, await self._get_public(actor, dataset_id))
            await self._require_free(actor, place)
            staging = await operation.stage(place)
            await staging.link_tree(place_of(origin))
            try:
                await operation.publish(staging)
                fork_id = await self._record(operation, actor, origin, name=place.name)
            except (FileExistsError, IntegrityError):
                raise await self._name_taken(actor, place) from None
        return await self.get_dataset(actor, fork_id)

    async def _get_public(self, actor: Actor, dataset_id: int) -> Dataset:
        dataset = await self._get_visible(actor, dataset_id)
        if not dataset.is_public:
            raise DatasetIsPrivate(name=dataset.name)
        return dataset

    async def _record(
        self, operation: Operation, actor: Actor, origin: Dataset, *, name: str
    ) -> int:
        now = self._clock()
        fork = Dataset(
            owner_id=actor.user_id,
            owner_name=actor.username,
            is_public=False,
            name=name,
            name_key=name_key(name),
            description=origin.description,
            size_bytes=origin.size_bytes,
            file_count=origin.file_count,
            checksum=origin.checksum,
            origin_id=origin.id,
            origin_name=origin.name,
            origin_owner=origin.owner_name,
            origin_checksum=origin.checksum,
            created_at=now,
            updated_at=now,
        )
        async with self._db.writing() as session:
            if await repository.find_visible(session, actor, origin.id) is None:
                raise NotFound
            session.add(fork)
            await session.flush()
            for row in await repository.list_all_files(session, origin.id):
                copied = DatasetFile(
                    dataset_id=fork.id,
                    path=row.path,
                    size_bytes=row.size_bytes,
                    sha256=row.sha256,
                    added_by=actor.username,
                    created_at=now,
                )
                session.add(copied)
            await repository.count_fork(session, origin.id)
            self.note(session, actor, "dataset.fork", origin)
            await session.flush()
            await operation.commit(session)
        return fork.id
