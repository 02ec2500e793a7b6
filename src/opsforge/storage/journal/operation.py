"""One operation that changes directories and database."""

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from opsforge.storage.journal.keys import Key
from opsforge.storage.journal.rows import Rows
from opsforge.storage.moves import (
    Exchange,
    Merge,
    Move,
    Parts,
    Publish,
    Rename,
    Replace,
    TakeAway,
    TakeOut,
)
from opsforge.storage.port import Holding, Place, Staging, Storage, Volume

log = get_logger()
HoldingT = TypeVar("HoldingT", bound=Holding)


class Insert(Protocol):
    """Writes an operation down and locks its keys, as soon as they are free."""

    async def __call__(self, moves: list[Move], *, lock: Collection[Key]) -> None:
        """Raise `StorageBusy` when they don't become free."""


class Operation:
    """What `Operations.begin` gives to a service.

    Each step that users can see is written down before it is made. Whatever is not committed in the
    end is undone.
    """

    def __init__(self, *, operation_id: str, storage: Storage, rows: Rows, insert: Insert) -> None:
        self._id = operation_id
        self._storage = storage
        self._rows = rows
        self._insert = insert
        self._moves: list[Move] = []
        self._holdings: list[Holding] = []
        self._is_written = False
        self._is_committing = False
        self._is_committed = False

    @property
    def moves(self) -> Collection[Move]:
        """What was done, in order."""
        return tuple(self._moves)

    async def lock(self, *keys: Key) -> None:
        """Have projects, data sets and the like for oneself until the end; once, before any move.

        Raises:
            StorageBusy: Another operation has one of them for too long.
        """
        if self._is_written:
            # Two operations that take locks one after the other could wait for each other.
            raise RuntimeError("an operation locks once, all that it needs")
        self._is_written = True  # Perhaps, even if the answer is lost.
        await self._insert(self._moves, lock=keys)

    async def stage(self, place: Place) -> Staging:
        """Begin to gather files for a place.

        Raises:
            FileNotFoundError: The place's user has no volume.
        """
        return self._keep(await self._storage.stage(place))

    async def stage_volume(self, username: str, *, owner_uid: int | None) -> Staging:
        """A new user's directories, to be published; see `Storage.stage_volume`."""
        return self._keep(await self._storage.stage_volume(username, owner_uid=owner_uid))

    async def publish(self, staging: Staging) -> None:
        """Let a staged tree appear at its place.

        Raises:
            FileExistsError: Something is there already; nothing changed.
        """
        move = Publish(staging=staging.name, place=staging.place.parts, identity=staging.identity)
        await self._make(move)

    async def replace(self, staging: Staging) -> None:
        """Let a staged tree take the place of the one that is there, in one step.

        Raises:
            FileNotFoundError: Nothing is there; nothing changed.
        """
        move = Replace(staging=staging.name, place=staging.place.parts, identity=staging.identity)
        await self._make(move)

    async def merge(self, staging: Staging, *, leave_out: Collection[str] = ()) -> None:
        """Let the staged files join the tree that is at their place; none is replaced.

        Args:
            staging: The files.
            leave_out: Paths of staged files that don't: `exchange` is for these.

        Raises:
            FileExistsError: A file is there already (``filename`` is its path in the tree). It may
                be found half-way: end the operation, which undoes the rest.
            FileNotFoundError: No tree is at the place.
        """
        new_folders = await staging.find_new_folders(leave_out=leave_out)
        move = Merge(
            staging=staging.name,
            place=staging.place.parts,
            new_folders=new_folders,
            leave_out=tuple(sorted(leave_out)),
        )
        await self._make(move)

    async def exchange(self, staging: Staging, paths: Collection[str]) -> None:
        """Let staged files take the places of those in the tree at their place, each in one step.

        Raises:
            FileNotFoundError: The tree, or a folder in it, is gone.
        """
        files = tuple([(path, await staging.identify(path)) for path in sorted(paths)])
        move = Exchange(staging=staging.name, place=staging.place.parts, files=files)
        await self._make(move)

    async def take_out(self, place: Place, names: Collection[str]) -> None:
        """Let files at the top of a tree vanish; those that are not there are passed over.

        Raises:
            FileNotFoundError: No tree is at the place.
        """
        staging = await self.stage(place)
        names = tuple(sorted(names))
        await self._make(TakeOut(staging=staging.name, place=place.parts, names=names))

    async def take_away(self, place: Place | Volume) -> bool:
        """Let the tree vanish from its place; False when nothing was there."""
        holding = self._keep(await self._storage.hold(place))
        return await self._make(TakeAway(staging=holding.name, place=place.parts))

    async def rename(self, source: Place, target: Place) -> None:
        """Give a tree another name.

        Raises:
            FileExistsError: Something has that name already; nothing changed.
            FileNotFoundError: Nothing is at the source.
        """
        await self._rename(source.parts, target.parts)

    async def rename_file(self, place: Place, source: PurePosixPath, target: PurePosixPath) -> None:
        """Give a file in a tree another path; the folders must be there.

        Raises:
            FileExistsError: Something has that path already; nothing changed.
            FileNotFoundError: There is no such file or folder.
        """
        await self._rename((*place.parts, *source.parts), (*place.parts, *target.parts))

    async def commit(self, session: AsyncSession) -> None:
        """Make all of it final with the transaction of ``session``: the last call in it."""
        self._is_committing = True
        if self._is_written:
            await self._rows.delete_in(session, self._id)
        event.listen(session.sync_session, "after_commit", self._note_commit, once=True)

    async def finish(self) -> None:
        """Clean up after the service is done.

        Raises:
            RuntimeError: It was not committed; all of it is undone.
        """
        if self._is_committed:
            await self._close_holdings()
            return
        await self.undo()
        raise RuntimeError("the operation ended without a commit")

    async def undo(self) -> None:
        """Undo all of it, unless the commit was made after all and only its answer was lost."""
        if self._is_written and not self._is_committed:
            try:
                if not self._is_committing:  # Then it needs no database to know what is final.
                    for move in reversed(self._moves):
                        await self._storage.undo(move)
                await self._rows.undo(self._id, self._storage)
            except Exception:
                # Without the database, or the disk, recovery does it later, from the row.
                log.exception("operation.undo_failed")
                for holding in self._holdings:
                    await holding.release()
                return
        await self._close_holdings()

    async def _rename(self, source: Parts, target: Parts) -> None:
        identity = await self._storage.identify(source)
        if identity is None:
            raise FileNotFoundError(source[-1])
        await self._make(Rename(source=source, target=target, identity=identity))

    async def _make(self, move: Move) -> bool:
        self._moves.append(move)
        if self._is_written:
            await self._rows.set_moves(self._id, self._moves)
        else:
            self._is_written = True  # Perhaps, even if the answer is lost.
            await self._insert(self._moves, lock=())
        return await self._storage.make(move)

    def _keep(self, holding: HoldingT) -> HoldingT:
        self._holdings.append(holding)
        return holding

    def _note_commit(self, session: object) -> None:
        del session
        self._is_committed = True

    async def _close_holdings(self) -> None:
        for holding in self._holdings:
            try:
                await holding.close()
            except OSError:  # What is left of it is nobody's now, and recovery deletes it.
                log.exception("operation.staging_left")
