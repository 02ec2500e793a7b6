"""What a user's projects read: own data sets, and copies of public ones."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import input_key, input_place, place_of
from opsforge.datasets.errors import DatasetAbsent, InputNameTaken
from opsforge.datasets.models import Dataset, DatasetCopy
from opsforge.datasets.schemas import InputDataset, LinkedDataset
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.names import name_key
from opsforge.storage.journal.keys import Key, Shared
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import key_of
from opsforge.storage.port import Staging


class InputService:
    """The ``input`` directories of users, as parts of the projects room's operations."""

    def __init__(self, *, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def choose(self, actor: Actor, dataset_ids: Sequence[int]) -> list[Dataset]:
        """The data sets with these ids, of which the caller may link each.

        Raises:
            DatasetAbsent: One is absent, or another user's private one.
        """
        async with self._db.reading() as session:
            found = await repository.list_visible(session, actor, dataset_ids)
        for dataset_id in dataset_ids:
            if dataset_id not in found:
                raise DatasetAbsent(dataset_id=dataset_id)
        return [found[dataset_id] for dataset_id in dataset_ids]

    async def choose_public(self, dataset_ids: Sequence[int]) -> list[Dataset]:
        """The public data sets with these ids.

        Raises:
            DatasetAbsent: One is absent, or private.
        """
        async with self._db.reading() as session:
            found, _ = await repository.list_linked(session, dataset_ids=dataset_ids, copy_ids=())
        for dataset_id in dataset_ids:
            if dataset_id not in found or not found[dataset_id].is_public:
                raise DatasetAbsent(dataset_id=dataset_id)
        return [found[dataset_id] for dataset_id in dataset_ids]

    def keys_of(self, actor: Actor, datasets: Sequence[Dataset] = ()) -> set[Key]:
        """What an operation locks that links or unlinks: which copies are needed may not change."""
        copies = [input_place(actor.username, one.name) for one in datasets if one.is_public]
        keys: set[Key] = {input_key(actor.username), *(key_of(place) for place in copies)}
        return keys | self.sources_of(datasets)

    def sources_of(self, datasets: Sequence[Dataset]) -> set[Key]:
        """What an operation locks that needs data sets to stay as they are."""
        return {Shared(key_of(place_of(dataset))) for dataset in datasets}

    async def bring_in(
        self, operation: Operation, actor: Actor, datasets: Sequence[Dataset]
    ) -> list[InputDataset]:
        """Data sets in the caller's input: own ones as they are, public ones copied by links.

        The rows of new copies are the business of `record_copies`.

        Raises:
            DatasetAbsent: A public one was deleted meanwhile.
            InputNameTaken: Something else in the input has the name of a public one.
        """
        found = [await self._bring_in(operation, actor, dataset) for dataset in datasets]
        # One's own data set also stands for the public one that was shared from it.
        return list({(one.dataset_id, one.copy_id, one.copied_from): one for one in found}.values())

    async def record_copies(
        self, session: AsyncSession, actor: Actor, inputs: Sequence[InputDataset]
    ) -> list[InputDataset]:
        """Record the copies that are new; returns all inputs, now each with its id."""
        return [await self._record_copy(session, actor, one) for one in inputs]

    async def take_away_copies(
        self, operation: Operation, actor: Actor, copy_ids: Collection[int]
    ) -> list[int]:
        """Take away copies that no project links any more; `forget_copies` wants the answer."""
        async with self._db.reading() as session:
            copies = await repository.list_copies(session, user_id=actor.user_id, copy_ids=copy_ids)
        for copy in copies:
            await operation.take_away(input_place(actor.username, copy.name))
        return [copy.id for copy in copies]

    async def list_linked(
        self, *, dataset_ids: Collection[int], copy_ids: Collection[int]
    ) -> tuple[dict[int, Dataset], dict[int, DatasetCopy]]:
        """Own data sets and copies by id; what links they come from is the caller's to know."""
        async with self._db.reading() as session:
            return await repository.list_linked(session, dataset_ids=dataset_ids, copy_ids=copy_ids)

    async def forget_copies(self, session: AsyncSession, copy_ids: Collection[int]) -> None:
        """Delete the rows of copies."""
        await repository.delete_copies(session, copy_ids)

    async def describe_links(
        self, actor: Actor, *, dataset_ids: Collection[int], copy_ids: Collection[int]
    ) -> tuple[dict[int, LinkedDataset], dict[int, LinkedDataset]]:
        """Data sets that the caller may know, and copies, by id, as a project shows them."""
        if not dataset_ids and not copy_ids:
            return {}, {}
        async with self._db.reading() as session:
            own, copies = await repository.list_linked(
                session, dataset_ids=dataset_ids, copy_ids=copy_ids
            )
            current = await repository.find_checksums(
                session, [copy.dataset_id for copy in copies.values() if copy.dataset_id]
            )
        return (
            {
                key: LinkedDataset(id=key, name=row.name, is_public=1 if row.is_public else 0)
                for key, row in own.items()
                if row.is_public or row.owner_id == actor.user_id
            },
            {
                key: LinkedDataset(
                    id=row.dataset_id,
                    name=row.name,
                    is_public=1,
                    has_moved_on=current.get(row.dataset_id or 0, row.checksum) != row.checksum,
                )
                for key, row in copies.items()
            },
        )

    async def list_newer(self, copies: Collection[DatasetCopy]) -> list[Dataset]:
        """The public data sets whose files are no longer those of the copies."""
        by_origin = {copy.dataset_id: copy for copy in copies if copy.dataset_id is not None}
        async with self._db.reading() as session:
            found, _ = await repository.list_linked(session, dataset_ids=by_origin, copy_ids=())
        return [one for key, one in found.items() if one.checksum != by_origin[key].checksum]

    async def copy_again(self, operation: Operation, actor: Actor, dataset: Dataset) -> None:
        """Let the caller's copy have the present files, in one step.

        The row is the business of `record_copied_again`.

        Raises:
            DatasetAbsent: The public one was deleted meanwhile.
        """
        staging = await self._stage_copy(operation, actor, dataset)
        try:
            await operation.replace(staging)
        except FileNotFoundError:  # An administrator removed it by hand.
            await operation.publish(staging)

    async def record_copied_again(
        self, session: AsyncSession, actor: Actor, datasets: Sequence[Dataset]
    ) -> None:
        """Note that the caller's copies have the present files."""
        for dataset in datasets:
            await repository.set_copied_again(session, actor.user_id, dataset)

    async def _bring_in(self, operation: Operation, actor: Actor, dataset: Dataset) -> InputDataset:
        async with self._db.reading() as session:
            first_csv = await repository.find_first_csv(session, dataset.id)
            own, copy = await self._find_in_input(session, actor, dataset)
        is_new = own is None and copy is None
        if is_new:
            await self._copy(operation, actor, dataset)
        return InputDataset(
            name=dataset.name,
            dataset_id=own.id if own else None,
            copy_id=copy.id if copy else None,
            copied_from=dataset.id if is_new else None,
            checksum=dataset.checksum,
            first_csv=first_csv,
        )

    async def _find_in_input(
        self, session: AsyncSession, actor: Actor, dataset: Dataset
    ) -> tuple[Dataset | None, DatasetCopy | None]:
        """What in the caller's input is this data set: itself, its copy, or the same files."""
        if not dataset.is_public:
            return dataset, None
        copy = await repository.find_copy(session, user_id=actor.user_id, dataset_id=dataset.id)
        if copy is not None:
            return None, copy
        key, user_id = name_key(dataset.name), actor.user_id
        own = await repository.find_named(session, key=key, owner_id=user_id)
        if own and own.name == dataset.name and _is_source(own, dataset):
            return own, None
        copy = await repository.find_copy_named(session, user_id=user_id, key=key)
        is_same = copy and (copy.name, copy.checksum) == (dataset.name, dataset.checksum)
        return None, copy if is_same else None

    async def _copy(self, operation: Operation, actor: Actor, dataset: Dataset) -> None:
        key = name_key(dataset.name)
        async with self._db.reading() as session:
            taken = await repository.names_taken(session, user_id=actor.user_id, prefix_key=key)
        if key in taken:
            raise InputNameTaken(name=dataset.name)
        staging = await self._stage_copy(operation, actor, dataset)
        try:
            await operation.publish(staging)
        except FileExistsError:
            raise InputNameTaken(name=dataset.name) from None

    async def _stage_copy(self, operation: Operation, actor: Actor, dataset: Dataset) -> Staging:
        staging = await operation.stage(input_place(actor.username, dataset.name))
        try:
            await staging.link_tree(place_of(dataset))
        except FileNotFoundError:  # Deleted meanwhile.
            raise DatasetAbsent(dataset_id=dataset.id) from None
        return staging

    async def _record_copy(
        self, session: AsyncSession, actor: Actor, one: InputDataset
    ) -> InputDataset:
        if one.copied_from is None:
            return one
        source = await repository.list_visible(session, actor, [one.copied_from])
        row = DatasetCopy(
            user_id=actor.user_id,
            dataset_id=one.copied_from if source else None,  # Deleted after it was copied.
            name=one.name,
            name_key=name_key(one.name),
            checksum=one.checksum,
            created_at=self._clock(),
        )
        session.add(row)
        await session.flush()
        return replace(one, copy_id=row.id, copied_from=None)


def _is_source(own: Dataset, public: Dataset) -> bool:
    """Whether a user's own data set can stand for the public one in the user's input."""
    return own.checksum == public.checksum or own.id == public.shared_from_id
