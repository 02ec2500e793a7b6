"""The port of volumes, for every machine that can have them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import anyio

from opsforge.storage.moves import Move
from opsforge.storage.places import Staged
from opsforge.storage.port import (
    Amount,
    FileEntry,
    FileHead,
    FolderEntry,
    FolderKey,
    InboxFile,
    Place,
    StoredFile,
    Volume,
)
from opsforge.storage.volumes import Volumes

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
BLOCK_BYTES = 1024 * 1024
"""Received bytes are gathered up to this much before they are hashed and written."""


class Sink(Protocol):
    """A new file that bytes go to."""

    async def write(self, block: bytes) -> None:
        """Append a block."""

    async def finish(self) -> FileEntry:
        """Let it be as it is, durably."""

    async def abandon(self) -> None:
        """Delete it, unless it was finished."""


class Host(Protocol):
    """A machine that has volumes."""

    async def run(
        self,
        call: Callable[Concatenate[Volumes, Arguments], Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Make a call of `Volumes` there. It is seen through even if the caller is cancelled."""

    async def create_file(self, staging: str, path: PurePosixPath) -> Sink:
        """A new file in what is being gathered."""

    async def take_in(
        self, staging: "HostedStaging", path: PurePosixPath, stored: InboxFile
    ) -> None:
        """Let a file of this machine join what is being gathered."""

    async def open_file(self, place: Place, path: PurePosixPath) -> StoredFile:
        """Open a file of a tree for reading."""

    def join(self, worker: str) -> None:
        """Work under the name of this worker from now on."""

    async def fence(self, worker: str) -> None:
        """Make sure that nothing is done any more for a worker that is dead."""

    async def close(self) -> None:
        """Let go of the machine."""


class HostedHolding:
    """`opsforge.storage.port.Holding`."""

    def __init__(self, name: str, *, host: Host) -> None:
        self.name = name
        self._host = host

    async def close(self) -> None:
        """Delete it with what is in it."""
        await self._host.run(Volumes.remove, self.name)

    async def release(self) -> None:
        """Let go of it without deleting."""
        with suppress(ConnectionError):  # A link that dropped has let go of it already.
            await self._host.run(Volumes.release, self.name)


class HostedStaging(HostedHolding):
    """`opsforge.storage.port.Staging`."""

    def __init__(self, place: Place | Volume, staged: Staged, *, host: Host) -> None:
        super().__init__(staged.name, host=host)
        self.place = place
        self.identity = staged.identity

    async def write_file(self, path: PurePosixPath, chunks: AsyncIterator[bytes]) -> FileEntry:
        """Store a new file, streaming; see `Staging.write_file`."""
        sink = await self._host.create_file(self.name, path)
        try:
            async for block in _gathered(chunks):
                await sink.write(block)
            return await sink.finish()
        except BaseException:
            # Over a link that dropped, what began is deleted with the staging.
            with anyio.CancelScope(shield=True), suppress(ConnectionError):
                await sink.abandon()
            raise

    async def take_in(self, path: PurePosixPath, stored: InboxFile) -> FileEntry:
        """Take in a file of the platform's own; see `Staging.take_in`."""
        await self._host.take_in(self, path, stored)
        return FileEntry(path=path, size_bytes=stored.size_bytes, sha256=stored.sha256)

    async def identify(self, path: str) -> str:
        """Tells a staged file from every other one."""
        return await self._host.run(Volumes.identify_staged, self.name, path)

    async def link_tree(self, source: Place, *, leave_out: Collection[str] = ()) -> None:
        """Copy a data set's tree by hard links."""
        await self._host.run(Volumes.link_tree, self.name, source, tuple(leave_out))

    async def link_files(self, source: Place, paths: Mapping[str, str]) -> list[str]:
        """Take in files of a data set by hard links, each under a path of its own."""
        return await self._host.run(Volumes.link_files, self.name, source, dict(paths))

    async def copy_tree(self, source: Place) -> list[FileEntry]:
        """Really copy a project's tree."""
        return await self._host.run(Volumes.copy_tree, self.name, source)

    async def digest_files(self) -> list[FileEntry]:
        """What is staged, with digests."""
        return await self._host.run(Volumes.digest_files, self.name)

    async def rename_file(self, source: str, target: str) -> bool:
        """Rename a file at the top of what is staged."""
        return await self._host.run(Volumes.rename_file, self.name, source, target)

    async def find_new_folders(self, *, leave_out: Collection[str] = ()) -> tuple[str, ...]:
        """The folders that the tree at the place would get by a merge."""
        return await self._host.run(Volumes.find_new_folders, self.name, tuple(leave_out))


class HostedStorage:
    """`opsforge.storage.port.Storage` on one machine."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def open(self) -> None:
        """Make the common directories."""
        await self._host.run(Volumes.open)

    async def close(self) -> None:
        """Let go of the machine."""
        await self._host.close()

    def join(self, worker: str) -> None:
        """Work under the name of this worker from now on."""
        self._host.join(worker)

    async def stage(self, place: Place) -> HostedStaging:
        """Begin to gather files for a place."""
        staged = await self._host.run(Volumes.stage, place)
        return HostedStaging(place, staged, host=self._host)

    async def stage_volume(self, username: str, *, owner_uid: int | None) -> HostedStaging:
        """A new user's directories, to be published."""
        staged = await self._host.run(Volumes.stage_volume, username, owner_uid)
        return HostedStaging(Volume(username), staged, host=self._host)

    async def hold(self, place: Place | Volume) -> HostedHolding:
        """An empty holding, for the tree at a place that shall be taken away."""
        del place
        return HostedHolding(await self._host.run(Volumes.hold), host=self._host)

    async def exists(self, place: Place | Volume) -> bool:
        """Whether something is at the place."""
        return await self._host.run(Volumes.exists, place)

    async def identify(self, parts: tuple[str, ...]) -> str | None:
        """Tells a tree or a file from every other one."""
        return await self._host.run(Volumes.identify, parts)

    async def make(self, move: Move) -> bool:
        """Make a move, durably."""
        return await self._host.run(Volumes.make, move)

    async def undo(self, move: Move, *, asked_by: str | None = None) -> None:
        """Undo a move, durably."""
        if asked_by is not None:
            await self._host.fence(asked_by)
        await self._host.run(Volumes.undo, move)

    async def sweep(self, *, list_wanted: Callable[[], Awaitable[Collection[str]]]) -> int:
        """Delete the holdings that no living process has."""
        found = await self._host.run(Volumes.hold_abandoned)
        wanted: Collection[str] = found
        try:
            wanted = await list_wanted()
        finally:
            with anyio.CancelScope(shield=True):
                for name in found:
                    call = Volumes.release if name in wanted else Volumes.remove
                    await self._host.run(call, name)
        return sum(name not in wanted for name in found)

    async def list_files(self, place: Place) -> list[FileEntry]:
        """The regular files of a tree, sorted by path."""
        return await self._host.run(Volumes.list_files, place)

    async def read_head(self, place: Place, path: PurePosixPath, *, max_bytes: int) -> FileHead:
        """Read how a file of a tree begins."""
        return await self._host.run(Volumes.read_head, place, path, max_bytes)

    async def open_file(self, place: Place, path: PurePosixPath) -> StoredFile:
        """Open a file of a tree for reading."""
        return await self._host.open_file(place, path)

    async def list_folder(
        self, place: Place, path: PurePosixPath, *, after: FolderKey | None, limit: int
    ) -> list[FolderEntry]:
        """What is in one folder of a tree."""
        return await self._host.run(Volumes.list_folder, place, path, after, limit)

    async def find_taken(self, place: Place, paths: Collection[PurePosixPath]) -> dict[str, bool]:
        """Those of the paths in a tree that are in use."""
        return await self._host.run(Volumes.find_taken, place, tuple(paths))

    async def measure(self, where: Place | Volume, *, max_entries: int) -> Amount:
        """What the files of a tree take."""
        return await self._host.run(Volumes.measure, where, max_entries)

    async def free_bytes(self, place: Place | Volume | None = None) -> int:
        """Disk that is free for uploads."""
        del place
        return await self._host.run(Volumes.free_bytes)


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= BLOCK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)
