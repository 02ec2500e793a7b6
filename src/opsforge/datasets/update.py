"""Changes of data sets: files come, change and go (E4), name and description (E8)."""

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.changing import ChangingPart
from opsforge.datasets.common import input_key, input_place, place_of
from opsforge.datasets.errors import DatasetIsPublic
from opsforge.datasets.models import Dataset
from opsforge.datasets.schemas import DatasetFileView, DatasetUpdate, DatasetView
from opsforge.kit.names import name_key
from opsforge.storage.clashes import OnClash
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.uploads import Along, FileSource, UploadTarget, nothing_along


class DatasetUpdates(ChangingPart):
    """Changing data sets. No file is changed in place: copies of the data set keep the old ones."""

    async def find_target(self, actor: Actor, dataset_id: int) -> UploadTarget:
        """Where files that the caller adds to a data set go.

        Raises:
            NotFound: Absent, or another user's private one.
            Forbidden: Another user's public one.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        return UploadTarget(place=place_of(dataset), owner_id=dataset.owner_id)

    async def add_files(
        self,
        actor: Actor,
        dataset_id: int,
        source: FileSource,
        *,
        when_there: OnClash,
        along: Along = nothing_along,
    ) -> list[DatasetFileView]:
        """Store further files; all of them are stored or none.

        Args:
            actor: Who sends them.
            dataset_id: Whose they are.
            source: What arrives.
            when_there: What to do with a file whose path is taken.
            along: Joins the transaction that makes it final.

        Raises:
            NotFound: Absent, or another user's private one.
            Forbidden: Another user's public one.
            DatasetFileExists: A path is taken.
            StorageBusy: Another operation works on the data set.
            Problem: What `UploadReceiver.receive` raises.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        clashes = self._receiver.clashes(place_of(dataset), when_there)
        async with self._operations.begin("datasets.add_files") as operation:
            staging = await operation.stage(place_of(dataset))
            entries = await self._receive(
                source, staging, clashes=clashes, owner_id=dataset.owner_id
            )
            await operation.lock(key_of(place_of(dataset)))
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            kept = await self._keep_at(operation, dataset, clashes.replaced)
            await self._join(operation, staging, clashes.replaced)
            rows = await self._record_files(
                actor, dataset, entries, clashes.replaced, operation, kept=kept, along=along
            )
        if dataset.is_public:
            for callback in self.on_public_added:
                await callback()
        return [DatasetFileView.of(row) for row in rows]

    async def remove_files(
        self, actor: Actor, dataset_id: int, file_ids: Collection[int]
    ) -> DatasetView:
        """Remove files (E4); ids of no file of the data set are passed over.

        Raises:
            NotFound: Absent, or another user's private one.
            Forbidden: Another user's public one.
            StorageBusy: Another operation works on the data set.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        lock = [key_of(place_of(dataset))]
        async with self._operations.begin("datasets.remove_files", lock=lock) as operation:
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            async with self._db.reading() as session:
                rows = await repository.list_all_files(session, dataset_id)
            gone = {row.path for row in rows if row.id in file_ids}
            kept = await self._keep_at(operation, dataset, gone)
            staging = await operation.stage(place_of(dataset))
            await staging.link_tree(place_of(dataset), leave_out=gone)
            await operation.replace(staging)
            await self._record_files(actor, dataset, [], gone, operation, kept=kept)
        return await self.get_dataset(actor, dataset_id)

    async def update_dataset(
        self, actor: Actor, dataset_id: int, changes: DatasetUpdate
    ) -> DatasetView:
        """Change description (E8) and, of a private one, name.

        Raises:
            NotFound: Absent, or another user's private one.
            Forbidden: Another user's public one.
            DatasetIsPublic: The name of a public one.
            DatasetNameTaken: The caller's input has the name already.
            StorageBusy: Another operation works on the data set.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        new_name = changes.name if changes.name not in {None, dataset.name} else None
        if new_name is not None and dataset.is_public:
            raise DatasetIsPublic(name=dataset.name)
        keys = {key_of(place_of(dataset))}
        if new_name is not None:
            target = input_place(dataset.owner_name, new_name)
            keys |= {input_key(dataset.owner_name), key_of(target)}
        async with self._operations.begin("datasets.update", lock=keys) as operation:
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            await self._apply(operation, actor, dataset, changes, new_name=new_name)
        return await self.get_dataset(actor, dataset_id)

    async def _apply(
        self,
        operation: Operation,
        actor: Actor,
        dataset: Dataset,
        changes: DatasetUpdate,
        *,
        new_name: str | None,
    ) -> None:
        fields: dict[str, object] = {"updated_at": self._clock()}
        if changes.description is not None:
            fields["description"] = changes.description
        target = input_place(dataset.owner_name, new_name or dataset.name)
        if new_name is not None:
            fields |= {"name": new_name, "name_key": name_key(new_name)}
            if name_key(new_name) != dataset.name_key:
                await self._require_free(actor, target)
        try:
            if new_name is not None:
                await operation.rename(place_of(dataset), target)
            async with self._db.writing() as session:
                await repository.set_fields(session, dataset.id, fields)
                await operation.commit(session)
        except (FileExistsError, IntegrityError):
            raise await self._name_taken(actor, target) from None
