"""Example data sets: public ones that the platform brings, so that every starter has data to read.

They belong to the first administrator, who may change and delete them like others. What was deleted
is not brought again; a newer version of ours replaces the files of the one that is there, and the
copies that users have keep theirs.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from opsforge.auth.actor import Actor
from opsforge.datasets.errors import DatasetNameTaken
from opsforge.datasets.schemas import DatasetForm, DatasetUpdate
from opsforge.datasets.service import DatasetService
from opsforge.db.database import Database
from opsforge.starters import repository
from opsforge.starters.models import ExampleDataset
from opsforge.storage.uploads import Content as StreamedContent

Content = bytes | Path
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Example:
    """A data set that can be installed."""

    name: str
    description: str
    """With origin and licence, in both languages."""
    version: int
    make_files: Callable[[], Mapping[str, Content]]
    """Its files by path; called in a thread, when they are needed."""


class ExampleService:
    """The example data sets of an installation."""

    def __init__(self, *, db: Database, datasets: DatasetService) -> None:
        self._db = db
        self._datasets = datasets

    async def list_ids(self) -> dict[str, int]:
        """Ids of those that are there, by name."""
        async with self._db.reading() as session:
            rows = await repository.list_examples(session)
        return {name: row.dataset_id for name, row in rows.items() if row.dataset_id is not None}

    async def find_missing(self, examples: Sequence[Example]) -> list[Example]:
        """Those that are to be installed: new ones, and newer versions of what is there."""
        async with self._db.reading() as session:
            rows = await repository.list_examples(session)
        return [one for one in examples if _is_wanted(one, rows.get(one.name))]

    async def install(self, actor: Actor, example: Example) -> int:
        """Bring one in, or up to date; returns the data set's id.

        Args:
            actor: Whose it will be: an administrator.
            example: What to install.

        Raises:
            DatasetNameTaken: Another public data set has the name.
            Problem: What storing files raises.
        """
        dataset_id = (await self.list_ids()).get(example.name)
        files = GivenFiles(await anyio.to_thread.run_sync(example.make_files))
        if dataset_id is None:
            dataset_id = await self._create(actor, example, files)
        else:
            await self._renew(actor, dataset_id, example, files)
        async with self._db.writing() as session:
            await repository.record_example(
                session, name=example.name, version=example.version, dataset_id=dataset_id
            )
        return dataset_id

    async def _create(self, actor: Actor, example: Example, files: "GivenFiles") -> int:
        form = DatasetForm(name=example.name, description=example.description, is_public=1)
        try:
            return (await self._datasets.create_dataset(actor, form, files)).id
        except DatasetNameTaken:
            # Ours, if a crash came between its files and our note of it.
            there = await self._datasets.find_public(actor, example.name)
            if there is None or there.owner != actor.username or there.name != example.name:
                raise
            await self._renew(actor, there.id, example, files)
            return there.id

    async def _renew(
        self, actor: Actor, dataset_id: int, example: Example, files: "GivenFiles"
    ) -> None:
        updates = self._datasets.updates
        await updates.add_files(actor, dataset_id, files, when_there="replace")
        described = DatasetUpdate(description=example.description)
        await updates.update_dataset(actor, dataset_id, described)


class GivenFiles:
    """A source of files for `UploadReceiver`: bytes, or files of this machine."""

    def __init__(self, files: Mapping[str, Content]) -> None:
        self._files = files
        self.reserved_bytes = 0
        self.announced_bytes: int | None = sum(_size_bytes(one) for one in files.values())

    async def read_files(self) -> AsyncGenerator[tuple[str, StreamedContent], None]:
        """Each file's path and content."""
        for path, content in self._files.items():
            yield path, _blocks(content)


def _size_bytes(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


async def _blocks(content: Content) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    async with await anyio.open_file(content, "rb") as file:
        while block := await file.read(BLOCK_BYTES):
            yield block


def _is_wanted(example: Example, there: ExampleDataset | None) -> bool:
    if there is None:
        return True
    return there.dataset_id is not None and there.version < example.version
