"""Looking into data sets: one folder at a time, one file, or all of them to take home."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from opsforge.auth.actor import Actor
from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, place_of
from opsforge.datasets.models import Dataset, DatasetFile
from opsforge.kit.archives import Member
from opsforge.kit.paging import Page
from opsforge.kit.problems import NotFound
from opsforge.reader.schemas import TableProfile
from opsforge.reader.service import ReaderService
from opsforge.storage.folders import FolderItem, list_folder, open_members
from opsforge.storage.port import StoredFile


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """A file of a data set, open; whoever has it closes it."""

    name: str
    sha256: str
    content: StoredFile


class DatasetReading(DatasetPart):
    """Reading data sets, one's own and public ones."""

    def __init__(self, *, reader: ReaderService, **parts: Any) -> None:  # noqa: ANN401 - passed on.
        super().__init__(**parts)
        self._reader = reader

    async def open_file(self, actor: Actor, dataset_id: int, file_id: int) -> OpenedFile:
        """Open a file.

        Raises:
            NotFound: Absent, another user's private one, or a file of another data set.
        """
        dataset, file = await self._find_file(actor, dataset_id, file_id)
        path = PurePosixPath(file.path)
        try:
            content = await self._storage.open_file(place_of(dataset), path)
        except FileNotFoundError:  # Deleted meanwhile.
            raise NotFound from None
        return OpenedFile(name=path.name, sha256=file.sha256.hex(), content=content)

    async def profile_file(self, actor: Actor, dataset_id: int, file_id: int) -> TableProfile:
        """Columns, types and spread of a table, from a sample (E6).

        Raises:
            NotFound: Absent, another user's private one, or a file of another data set.
            NoTable: It is no kind of table.
            FileBroken: It is not what its name says.
            FileTooLarge: It can't be looked into here.
            ReaderGaveUp: It takes too long or too much memory.
            ReaderBusy: Too many others wait.
        """
        file = await self.open_file(actor, dataset_id, file_id)
        try:
            return await self._reader.profile_table(
                file.content, name=file.name, digest=file.sha256
            )
        finally:
            await file.content.close()

    async def open_all(self, actor: Actor, dataset_id: int) -> tuple[str, AsyncIterator[Member]]:
        """The data set's name and all its files, each to be opened when its turn comes.

        Raises:
            NotFound: Absent, or another user's private one.
        """
        dataset = await self._get_visible(actor, dataset_id)
        try:
            return dataset.name, await open_members(self._storage, place_of(dataset))
        except FileNotFoundError:
            raise NotFound from None

    async def list_folder(
        self,
        actor: Actor,
        dataset_id: int,
        path: PurePosixPath,
        *,
        cursor: str | None,
        limit: int,
    ) -> Page[FolderItem]:
        """A page of one folder, with ids of files and all that is in each folder counted.

        Raises:
            NotFound: The data set or the folder is absent, or another user's private one.
        """
        dataset = await self._get_visible(actor, dataset_id)
        try:
            page = await list_folder(
                self._storage, place_of(dataset), path, cursor=cursor, limit=limit
            )
        except FileNotFoundError:
            raise NotFound from None
        await self._complete(dataset_id, path, page.items)
        return page

    async def _complete(
        self, dataset_id: int, path: PurePosixPath, items: list[FolderItem]
    ) -> None:
        files = [item.path for item in items if not item.is_folder]
        folders = [item.name for item in items if item.is_folder]
        async with self._db.reading() as session:
            ids = await repository.find_file_ids(session, dataset_id, files) if files else {}
            totals = (
                await repository.sum_folders(session, dataset_id, path, folders) if folders else {}
            )
        for item in items:
            if item.is_folder:
                item.size_bytes, item.file_count = totals.get(item.name, (0, 0))
            else:
                item.file_id = ids.get(item.path)

    async def _find_file(
        self, actor: Actor, dataset_id: int, file_id: int
    ) -> tuple[Dataset, DatasetFile]:
        dataset = await self._get_visible(actor, dataset_id)
        async with self._db.reading() as session:
            file = await repository.find_file(session, dataset_id, file_id)
        if file is None:
            raise NotFound
        return dataset, file
