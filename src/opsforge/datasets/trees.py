"""Data sets with their files as trees, for projects (D14, D15)."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from opsforge.datasets import repository
from opsforge.datasets.common import DatasetPart, input_place, place_of
from opsforge.datasets.file_schemas import DatasetTree, TreeNode
from opsforge.datasets.models import Dataset, DatasetCopy, DatasetFile
from opsforge.datasets.schemas import DatasetFileView, LinkedDataset

FILES_IN_TREE = 5000
FILES_IN_ANSWER = 10_000
"""Many trees share them."""


class DatasetTrees(DatasetPart):
    """Showing what projects read."""

    async def show_trees(
        self, datasets: Sequence[Dataset], copies: Sequence[DatasetCopy] = (), *, username: str = ""
    ) -> list[DatasetTree]:
        """Trees of data sets; who may see them is the caller's to know.

        Args:
            datasets: Own or public ones.
            copies: A user's copies of public ones, as they are in the user's input.
            username: Whose copies these are.
        """
        limit = min(FILES_IN_TREE, FILES_IN_ANSWER // max(1, len(datasets) + len(copies)))
        return [
            *[await self._show(dataset, limit) for dataset in datasets],
            *[await self._show_copy(username, copy, limit) for copy in copies],
        ]

    async def _show(self, dataset: Dataset, limit: int) -> DatasetTree:
        place = place_of(dataset)
        linked = LinkedDataset(
            id=dataset.id, name=dataset.name, is_public=1 if dataset.is_public else 0
        )
        path = "/".join(place.parts if dataset.is_public else place.parts[2:])
        return _tree(linked, path, await self._list_rows(dataset.id, limit), dataset.file_count)

    async def _show_copy(self, username: str, copy: DatasetCopy, limit: int) -> DatasetTree:
        path = f"input/{copy.name}"
        async with self._db.reading() as session:
            found, _ = await repository.list_linked(
                session, dataset_ids=[copy.dataset_id or 0], copy_ids=()
            )
        original = found.get(copy.dataset_id or 0)
        linked = LinkedDataset(
            id=copy.dataset_id,
            name=copy.name,
            is_public=1,
            has_moved_on=original is not None and original.checksum != copy.checksum,
        )
        if original is not None and not linked.has_moved_on:
            return _tree(
                linked, path, await self._list_rows(original.id, limit), original.file_count
            )
        # The file table knows the public one's present files, if any; the copy has the old ones.
        try:
            entries = await self._storage.list_files(input_place(username, copy.name))
        except FileNotFoundError:
            entries = []
        nodes = [
            (entry.path, TreeNode(name=entry.path.name, size_bytes=entry.size_bytes))
            for entry in entries[:limit]
        ]
        return _planted(linked, path, nodes, len(entries))

    async def _list_rows(self, dataset_id: int, limit: int) -> list[DatasetFile]:
        async with self._db.reading() as session:
            files = await repository.list_files(session, [dataset_id], limit=limit)
        return files[dataset_id]


def _tree(
    linked: LinkedDataset, path: str, files: Iterable[DatasetFile], file_count: int
) -> DatasetTree:
    nodes = []
    for file in files:
        where = PurePosixPath(file.path)
        view = DatasetFileView.of(file)
        nodes.append((where, TreeNode(name=where.name, size_bytes=file.size_bytes, file=view)))
    return _planted(linked, path, nodes, file_count)


def _planted(
    linked: LinkedDataset,
    path: str,
    nodes: Sequence[tuple[PurePosixPath, TreeNode]],
    file_count: int,
) -> DatasetTree:
    """The tree over its leaves: folders first, with the sizes of what is shown in them."""
    root = TreeNode(name=linked.name, children=[])
    folders = {PurePosixPath(): root}

    def folder(where: PurePosixPath) -> TreeNode:
        if where not in folders:
            folders[where] = TreeNode(name=where.name, children=[])
            folder(where.parent).add(folders[where])
        return folders[where]

    for where, node in nodes:
        folder(where.parent).add(node)
        for parent in where.parents:
            folders[parent].size_bytes += node.size_bytes
    for one in folders.values():
        one.sort()
    return DatasetTree(
        dataset=linked,
        path=path,
        file_count=file_count,
        is_cut=len(nodes) < file_count,
        children=root.children or [],
    )
