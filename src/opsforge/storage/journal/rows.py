"""The rows of operations, each call a transaction of its own."""

from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.storage.journal import repository
from opsforge.storage.journal.keys import Key, KeysTakenError, Shared
from opsforge.storage.journal.models import OperationRow
from opsforge.storage.moves import Move, stagings_of
from opsforge.storage.port import Storage

MOVES: TypeAdapter[list[Move]] = TypeAdapter(list[Annotated[Move, Field(discriminator="kind")]])
TURN_TO_LOCK = 0x6F70736C
"""No other transaction of any part of the platform takes turns by this number."""


class OperationLostError(RuntimeError):
    """Another worker took the operation for a dead one's. It must not go on."""


class Rows:
    """What one worker writes and reads."""

    def __init__(self, *, db: Database, worker: str, clock: Clock) -> None:
        self._db = db
        self._worker = worker
        self._clock = clock

    async def insert(
        self, operation_id: str, kind: str, moves: list[Move], *, lock: Collection[Key]
    ) -> None:
        """Write an operation down and lock keys.

        Raises:
            KeysTakenError: Another operation has one of them.
        """
        alone = {key for key in lock if isinstance(key, str)}
        shared = {each.key for each in lock if isinstance(each, Shared)} - alone
        row = OperationRow(
            id=operation_id,
            kind=kind,
            worker=self._worker,
            moves=MOVES.dump_python(moves, mode="json"),
            started_at=self._clock(),
        )
        async with self._db.writing() as session:
            if lock:
                # Two that began at once would not see each other's keys.
                await self._db.take_turn(session, TURN_TO_LOCK)
                if not await repository.are_free(session, alone=alone, shared=shared):
                    raise KeysTakenError
            await repository.insert_operation(session, row, alone=alone, shared=shared)

    async def set_moves(self, operation_id: str, moves: list[Move]) -> None:
        """Write down what is going to be done.

        Raises:
            OperationLostError: The operation is no longer this worker's.
        """
        raw = MOVES.dump_python(moves, mode="json")
        async with self._db.writing() as session:
            if not await repository.set_moves(
                session, operation_id, worker=self._worker, moves=raw
            ):
                raise OperationLostError

    async def delete_in(self, session: AsyncSession, operation_id: str) -> None:
        """Delete the row as a part of a transaction.

        Raises:
            OperationLostError: The operation is no longer this worker's.
        """
        if not await repository.delete_operation(session, operation_id, worker=self._worker):
            raise OperationLostError

    async def undo(self, operation_id: str, storage: Storage, *, owner: str | None = None) -> bool:
        """Undo what was written down and forget the operation; it may be dead ``owner``'s.

        Returns:
            False when it is final or gone already; a commit under way is waited for.
        """
        async with self._db.writing() as session:
            raw = await repository.take_over(
                session, operation_id, owner=owner or self._worker, worker=self._worker
            )
        if raw is None:
            return False
        dead = None if owner == self._worker else owner
        for move in reversed(MOVES.validate_python(raw)):
            await storage.undo(move, asked_by=dead)
        async with self._db.writing() as session:
            await repository.delete_operation(session, operation_id, worker=self._worker)
        return True

    async def list_operations(self) -> Sequence[OperationRow]:
        """All operations under way, the oldest first."""
        async with self._db.reading() as session:
            return await repository.list_operations(session)

    async def list_stagings(self) -> set[str]:
        """The names of the stagings that operations under way need."""
        found: set[str] = set()
        for row in await self.list_operations():
            found |= stagings_of(MOVES.validate_python(row.moves))
        return found
