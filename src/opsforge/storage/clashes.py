"""What to do with files whose paths are in use where they shall be."""

from itertools import count
from pathlib import PurePosixPath
from typing import Literal

from opsforge.kit.names import numbered_path
from opsforge.storage.port import Place, Storage
from opsforge.storage.trees import file_exists

OnClash = Literal["refuse", "skip", "replace", "rename"]
PROPOSALS_AT_ONCE = 50


class Clashes:
    """Settles, path by path, where the files of one arrival go."""

    def __init__(self, storage: Storage, place: Place, *, on_clash: OnClash) -> None:
        self._storage = storage
        self._place = place
        self._on_clash = on_clash
        self._given: set[str] = set()
        self.replaced: set[str] = set()
        """Paths of the files that will take the places of others."""

    async def settle(self, path: PurePosixPath) -> PurePosixPath | None:
        """Where a file goes; None when it is not wanted.

        Raises:
            FileExistsError: The path is in use; ``filename`` is that path.
        """
        taken = await self._storage.find_taken(self._place, [path])
        settled: PurePosixPath | None = path
        if str(path) in taken:
            settled = await self._settle_taken(path, is_file=taken[str(path)])
        elif self._on_clash == "rename" and str(path) in self._given:
            settled = await self.propose(path)
        if settled is not None:
            self._given.add(str(settled))
        return settled

    async def propose(self, path: PurePosixPath) -> PurePosixPath:
        """A path beside one that is in use; of many that are asked for, each gets one of its own.

        Raises:
            FileExistsError: A file stands where the path needs a folder: no name helps.
        """
        for first in count(2, PROPOSALS_AT_ONCE):
            numbers = range(first, first + PROPOSALS_AT_ONCE)
            proposals = [numbered_path(path, number) for number in numbers]
            taken = await self._storage.find_taken(self._place, proposals)
            free = [one for one in proposals if str(one) not in {*taken, *self._given}]
            if free:
                self._given.add(str(free[0]))
                return free[0]
            if await self._is_blocked(path):
                break
        raise file_exists(path)

    async def _settle_taken(self, path: PurePosixPath, *, is_file: bool) -> PurePosixPath | None:
        match self._on_clash:
            case "skip":
                return None
            case "rename":
                return await self.propose(path)
            case "replace" if is_file:
                self.replaced.add(str(path))
                return path
            case _:
                raise file_exists(path)

    async def _is_blocked(self, path: PurePosixPath) -> bool:
        folders = [folder for folder in path.parents if folder.parts]
        taken = await self._storage.find_taken(self._place, folders)
        return any(taken.values())
