"""Data sets are deleted, one or many (E5)."""

from collections.abc import Sequence

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, input_key, place_of
from opsforge.datasets.keeping import versions_place
from opsforge.datasets.models import Dataset
from opsforge.datasets.schemas import DatasetDeletion, DatasetUses
from opsforge.kit.batches import delete_each
from opsforge.kit.problems import Language
from opsforge.storage.journal.service import key_of


class DatasetDeletions(DatasetPart):
    """Deleting data sets. Copies that others have of a public one keep the bytes."""

    async def get_uses(self, actor: Actor, dataset_id: int) -> DatasetUses:
        """Who uses a data set, as far as the caller may know.

        Raises:
            NotFound: Absent, or another user's private one.
        """
        await self._get_visible(actor, dataset_id)
        return await self.uses.by.find_uses(actor, dataset_id)

    async def delete_dataset(self, actor: Actor, dataset_id: int) -> DatasetDeletion:
        """Delete the files and the rows: in the user's input or in the public one.

        Raises:
            NotFound: Absent, or another user's private one.
            Forbidden: Another user's public one.
            StorageBusy: Another operation works on the data set.
        """
        dataset = await self._get_changeable(actor, dataset_id)
        async with self._operations.begin("datasets.delete", lock=_keys(dataset)) as operation:
            dataset = self._still(dataset, await self._get_changeable(actor, dataset_id))
            uses = await self.uses.by.find_uses(actor, dataset_id)
            await operation.take_away(place_of(dataset))
            await operation.take_away(versions_place(dataset))
            async with self._db.writing() as session:
                await repository.delete_dataset(session, dataset_id)
                self.note(session, actor, "dataset.delete", dataset)
                await operation.commit(session)
        return DatasetDeletion(
            id=dataset_id,
            is_deleted=True,
            name=dataset.name,
            used_by=[project.name for project in uses.projects],
            public_use_count=uses.public_count,
        )

    async def delete_datasets(
        self, actor: Actor, dataset_ids: Sequence[int], *, language: Language
    ) -> list[DatasetDeletion]:
        """Delete several (E5); what is refused for one does not stop the others."""

        async def delete(dataset_id: int) -> DatasetDeletion:
            return await self.delete_dataset(actor, dataset_id)

        return await delete_each(dataset_ids, delete, refused=DatasetDeletion, language=language)


def _keys(dataset: Dataset) -> set[str]:
    keys = {key_of(place_of(dataset))}
    return keys if dataset.is_public else {*keys, input_key(dataset.owner_name)}
