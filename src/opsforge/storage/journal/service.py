"""The journal of operations: begin one, recover those that nobody works on any more."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import anyio
from structlog import get_logger

from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.names import name_key
from opsforge.storage.journal.errors import StorageBusy, refusal_of
from opsforge.storage.journal.keys import Key, KeysTakenError
from opsforge.storage.journal.models import OperationRow
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.rows import Rows
from opsforge.storage.journal.workers import Workers
from opsforge.storage.moves import Move
from opsforge.storage.port import Place, Storage, Volume

log = get_logger()

LOCK_WAIT = timedelta(seconds=10)
RETRY_MIN = timedelta(milliseconds=20)
RETRY_MAX = timedelta(milliseconds=500)
RETRY_AFTER_SECONDS = 2
RECOVERY_INTERVAL = timedelta(seconds=10)


def key_of(place: Place | Volume) -> str:
    """The key that locks what is at a place, however its name is written."""
    return "/".join((*place.parts[:-1], name_key(place.parts[-1])))


class Operations:
    """The journal. One for each process; see docs/decisions/0007-journal.md."""

    def __init__(
        self,
        *,
        db: Database,
        storage: Storage,
        workers: Workers,
        clock: Clock,
        lock_wait: timedelta = LOCK_WAIT,
    ) -> None:
        self._rows = Rows(db=db, worker=workers.name, clock=clock)
        self._storage = storage
        self._workers = workers
        self._lock_wait = lock_wait
        self.on_finished: list[Callable[[Collection[Move]], None]] = []
        """Called with the moves of each operation that became final."""
        self._running: set[str] = set()
        self._ended = anyio.Event()
        self._recovering = asyncio.Lock()

    async def open(self) -> None:
        """Join the workers, and recover what a crash left."""
        self._workers.open()
        try:
            await self.recover()
        except Exception:  # What is half done stays locked until the database answers.
            log.exception("journal.recovery_failed")

    def close(self) -> None:
        """Leave the workers."""
        self._workers.close()

    @asynccontextmanager
    async def begin(self, kind: str, *, lock: Collection[Key] = ()) -> AsyncIterator[Operation]:
        """An operation that is committed by its end or undone.

        The block gathers files, makes moves, and ends with a transaction whose last call is
        `Operation.commit`. An exception, a cancellation or the death of the process at any moment
        before that commit undoes all; after it, nothing.

        Args:
            kind: For people who read the journal: "room.verb".
            lock: Keys (`key_of`) of what no other operation may work on meanwhile; `Shared` ones
                of what others may read, but not change.

        Raises:
            StorageBusy: Another operation has one of them for too long.
            StorageFull: The disk has no room for what the block does.
            FoldersTooDeep: A tree that the block copies is nested too deeply.
            RuntimeError: The block ended without a commit; all is undone.
        """
        operation_id = secrets.token_hex(16)
        operation = Operation(
            operation_id=operation_id,
            storage=self._storage,
            rows=self._rows,
            insert=partial(self._insert, operation_id, kind),
        )
        self._running.add(operation_id)
        try:
            if lock:
                await operation.lock(*lock)
            yield operation
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await operation.undo()
            refusal = refusal_of(error)
            if refusal is not None:
                raise refusal from error
            raise
        else:
            with anyio.CancelScope(shield=True):
                await operation.finish()
                for listener in self.on_finished:
                    listener(operation.moves)
        finally:
            self._running.discard(operation_id)
            self._ended.set()
            self._ended = anyio.Event()

    async def recover(self) -> None:
        """Undo the operations that nobody works on any more; delete what they left in staging."""
        await self._undo_abandoned()
        await self._storage.sweep(list_wanted=self._rows.list_stagings)
        rows = await self._rows.list_operations()
        self._workers.bury(still_named={row.worker for row in rows})

    async def run_recovery(self) -> None:
        """Recover, now and then, what other workers left that died. Runs for ever."""
        while True:
            await asyncio.sleep(RECOVERY_INTERVAL.total_seconds())
            try:
                await self.recover()
            except Exception:
                log.exception("journal.recovery_failed")

    async def _undo_abandoned(self) -> None:
        async with self._recovering:
            for row in await self._rows.list_operations():
                if self._is_worked_on(row):
                    continue
                try:
                    if await self._rows.undo(row.id, self._storage, owner=row.worker):
                        log.warning(
                            "operation.undone", kind=row.kind, started_at=f"{row.started_at:%FT%TZ}"
                        )
                except OSError:  # It stays locked; the others can be undone all the same.
                    log.exception("operation.undo_failed", kind=row.kind)

    def _is_worked_on(self, row: OperationRow) -> bool:
        if row.worker == self._workers.name:
            return row.id in self._running
        return self._workers.is_alive(row.worker)

    async def _insert(
        self, operation_id: str, kind: str, moves: list[Move], *, lock: Collection[Key]
    ) -> None:
        delay = RETRY_MIN
        give_up_at = anyio.current_time() + self._lock_wait.total_seconds()
        while True:
            ended = self._ended
            try:
                await self._rows.insert(operation_id, kind, moves, lock=lock)
            except KeysTakenError:
                if anyio.current_time() >= give_up_at:
                    raise StorageBusy(retry_after_seconds=RETRY_AFTER_SECONDS) from None
            else:
                return
            await self._undo_abandoned()  # The other one may be a dead worker's.
            with anyio.move_on_after(delay.total_seconds()):
                await ended.wait()
            delay = min(2 * delay, RETRY_MAX)
