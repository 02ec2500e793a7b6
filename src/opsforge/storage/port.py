"""What OpsForge needs of the place where volumes are.

A tree (a project's or a data set's directory) is built in a `Staging`, out of everybody's sight.
What changes the things that users see is a `opsforge.storage.moves.Move`; rooms make moves through
an `opsforge.storage.journal.service.Operations`, which writes each down before it is made.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Protocol

from opsforge.storage.moves import Move
from opsforge.storage.places import (
    Amount,
    Area,
    FileEntry,
    FileHead,
    FolderEntry,
    FolderKey,
    InboxFile,
    Place,
    Volume,
)

__all__ = [
    "Amount",
    "Area",
    "FileEntry",
    "FileHead",
    "FolderEntry",
    "FolderKey",
    "Holding",
    "InboxFile",
    "Place",
    "Staging",
    "Storage",
    "StoredFile",
    "Volume",
]


class StoredFile(Protocol):
    """An open file of a tree. It can be read whatever becomes of its name."""

    @property
    def size_bytes(self) -> int:
        """The length when it was opened."""

    @property
    def modified_at(self) -> datetime:
        """When its content was last changed."""

    @property
    def version(self) -> str:
        """Changes when the content may have changed."""

    @property
    def descriptor(self) -> int | None:
        """Its number where it is open on this machine, for `os.pread` and child processes."""

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        """Bytes from a position; fewer than asked for only at the end, none behind it."""

    def keep(self) -> None:
        """Have it together with whoever opened it: the last of them to `close` it closes it."""

    async def close(self) -> None:
        """Let go of it."""


class Holding(Protocol):
    """A directory out of everybody's sight, on the volumes' file system, for a tree."""

    @property
    def name(self) -> str:
        """The name by which a move finds it again, also from another process."""

    async def close(self) -> None:
        """Delete it with what is in it."""

    async def release(self) -> None:
        """Let go of it without deleting: a move that is written down still needs it."""


class Staging(Holding, Protocol):
    """Files being gathered for one place.

    Files for an `Area.is_shared` become read-only and stay the platform's own, because a hard link
    shares them; files for a user's `Area.WORK` get the owner of that directory.
    """

    @property
    def place(self) -> Place | Volume:
        """Where the files will be."""

    @property
    def identity(self) -> str:
        """Tells the staged tree from every other one, wherever it is moved."""

    async def write_file(self, path: PurePosixPath, chunks: AsyncIterator[bytes]) -> FileEntry:
        """Store a new file, streaming; parent folders are made.

        Raises:
            FileExistsError: Something staged is in the way; ``filename`` says what.
        """

    async def take_in(self, path: PurePosixPath, stored: InboxFile) -> FileEntry:
        """Take in a file that is whole already, by a link where the file system can.

        Whoever has it must not change it any more.

        Raises:
            FileExistsError: Something staged is in the way; ``filename`` says what.
        """

    async def identify(self, path: str) -> str:
        """Tells a staged file from every other one, wherever it is moved."""

    async def link_tree(self, source: Place, *, leave_out: Collection[str] = ()) -> None:
        """Copy a data set's tree by hard links: one system call a file, no disk.

        Args:
            source: The tree.
            leave_out: Paths of files in it that are not wanted.

        Raises:
            FileNotFoundError: Nothing is at the place.
        """

    async def link_files(self, source: Place, paths: Mapping[str, str]) -> list[str]:
        """Take in files of a tree by hard links, each under a path of its own.

        Both trees are of one owner: of a data set, and of what it was before.

        Args:
            source: The tree.
            paths: What each file is called there, and here.

        Returns:
            Those of the files, by their paths in ``source``, that are there.

        Raises:
            FileNotFoundError: Nothing is at the place.
            FileExistsError: Something staged is in the way; ``filename`` says what.
        """

    async def copy_tree(self, source: Place) -> list[FileEntry]:
        """Really copy a project's tree (reflink where the file system can); links are left out.

        Raises:
            FileNotFoundError: Nothing is at the place.
        """

    async def digest_files(self) -> list[FileEntry]:
        """What is staged, with the digests of the contents, sorted by path."""

    async def rename_file(self, source: str, target: str) -> bool:
        """Rename a file at the top of the tree; False when that is impossible.

        The file may not be there, or its new name be in use.
        """

    async def find_new_folders(self, *, leave_out: Collection[str] = ()) -> tuple[str, ...]:
        """The folders that the tree at the place would get by a merge; see `Merge`.

        Args:
            leave_out: Paths of staged files that are not merged.

        Raises:
            FileExistsError: A file is there already; ``filename`` is its path in the tree.
            FileNotFoundError: No tree is at the place.
        """


class Storage(Protocol):
    """The volumes."""

    async def open(self) -> None:
        """Make the common directories."""

    async def close(self) -> None:
        """Let go of the machine that has the volumes."""

    def join(self, worker: str) -> None:
        """Work under the name of this worker from now on; before `open`."""

    async def stage(self, place: Place) -> Staging:
        """Begin to gather files for a place.

        Raises:
            FileNotFoundError: The place's user has no volume.
        """

    async def stage_volume(self, username: str, *, owner_uid: int | None) -> Staging:
        """A new user's directories, to be published.

        Args:
            username: The volume's name.
            owner_uid: Host uid that the user's service runs as and that may write to the volume
                (not to ``input``); None for the platform's own.
        """

    async def hold(self, place: Place | Volume) -> Holding:
        """An empty holding, for the tree at a place that shall be taken away."""

    async def exists(self, place: Place | Volume) -> bool:
        """Whether something is at the place."""

    async def identify(self, parts: tuple[str, ...]) -> str | None:
        """Tells a tree or a file from every other one; None when nothing is there."""

    async def make(self, move: Move) -> bool:
        """Make a move, durably; False when a tree to be taken away is not there.

        Raises:
            FileExistsError: Something is in the way; for a merge ``filename`` says what. What a
                merge did until then has to be undone.
            FileNotFoundError: The tree to be merged into, replaced or renamed is not there.
        """

    async def undo(self, move: Move, *, asked_by: str | None = None) -> None:
        """Undo a move, durably; one that was not made, or undone already, is no error.

        A tree that was taken away and whose place is in use comes back beside it.

        Args:
            move: What may have been made.
            asked_by: The dead worker that asked for it. What is still under way for that worker,
                on a machine that does not know yet, is ended first.
        """

    async def sweep(self, *, list_wanted: Callable[[], Awaitable[Collection[str]]]) -> int:
        """Delete the holdings that no living process has.

        Args:
            list_wanted: Asked, after it is certain which ones are nobody's, for the names of those
                that are needed all the same.

        Returns:
            How many were deleted.
        """

    async def list_files(self, place: Place) -> list[FileEntry]:
        """The regular files of a tree, sorted by path.

        Raises:
            FileNotFoundError: Nothing is at the place.
        """

    async def find_taken(self, place: Place, paths: Collection[PurePosixPath]) -> dict[str, bool]:
        """Those of the paths in a tree that are in use, or have something in their way.

        Returns:
            Whether it is a regular file, by path; nothing when no tree is at the place.
        """

    async def measure(self, where: Place | Volume, *, max_entries: int) -> Amount:
        """What the files of a tree take, each counted once however many links it has.

        Of a volume, only what its user can write: not the platform's copies of data sets. Of a
        file with holes only what is on the disk counts. Nothing at the place is no error.

        Args:
            where: What is measured.
            max_entries: After so many the rest is left uncounted.
        """

    async def read_head(self, place: Place, path: PurePosixPath, *, max_bytes: int) -> FileHead:
        """Read how a file of a tree begins, and no more.

        Raises:
            FileNotFoundError: There is no such regular file.
        """

    async def open_file(self, place: Place, path: PurePosixPath) -> StoredFile:
        """Open a file of a tree for reading; the caller closes it.

        Raises:
            FileNotFoundError: There is no such regular file.
        """

    async def list_folder(
        self, place: Place, path: PurePosixPath, *, after: FolderKey | None, limit: int
    ) -> list[FolderEntry]:
        """What is in one folder of a tree: folders first, then by name.

        Links, and names that are no Unicode, are left out.

        Args:
            place: The tree.
            path: Of the folder in it; `PurePosixPath()` for the top.
            after: Key of the last entry of the page before.
            limit: Entries at most.

        Raises:
            FileNotFoundError: There is no such folder.
        """

    async def free_bytes(self, place: Place | Volume | None = None) -> int:
        """Disk that is free for uploads to a place; None stands for the public tree."""
