"""The journal on both databases: whole or not at all, one at a time, whatever dies."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path, PurePosixPath

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import text

from opsforge.db.database import Database
from opsforge.kit.clock import utc_now
from opsforge.settings import Settings
from opsforge.storage.journal.errors import StorageBusy
from opsforge.storage.journal.keys import Shared
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.rows import OperationLostError, Rows
from opsforge.storage.journal.service import Operations, key_of
from opsforge.storage.journal.workers import Workers
from opsforge.storage.local import LocalStorage
from opsforge.storage.moves import Move
from opsforge.storage.port import Area, Place, Volume
from tests.support.trees import chunks, make_volume, put
from tests.support.uploads import staging_is_empty, tree

PROJECT = Place("alice", Area.WORK, "Alerts")
DATASET = Place(None, Area.INPUT, "nab")
KEY = key_of(PROJECT)
READ = key_of(Place(None, Area.WORK, "read"))


@pytest.fixture
async def storage(settings: Settings) -> LocalStorage:
    storage = LocalStorage(settings.data)
    await storage.open()
    await make_volume(storage, "alice")
    return storage


def new_worker(settings: Settings, db: Database, storage: LocalStorage) -> Operations:
    return Operations(
        db=db,
        storage=storage,
        workers=Workers(settings.data / "run" / "workers"),
        clock=utc_now,
        lock_wait=timedelta(milliseconds=300),
    )


@pytest.fixture
async def operations(
    settings: Settings, db: Database, storage: LocalStorage
) -> AsyncIterator[Operations]:
    operations = new_worker(settings, db, storage)
    await operations.open()
    yield operations
    operations.close()


async def count_rows(db: Database) -> tuple[int, int]:
    async with db.reading() as session:
        operations = await session.scalar(text("SELECT count(*) FROM operations"))
        locks = await session.scalar(text("SELECT count(*) FROM operation_locks"))
        shares = await session.scalar(text("SELECT count(*) FROM operation_shares"))
    return operations or 0, (locks or 0) + (shares or 0)


def visible(settings: Settings) -> list[str]:
    """All that users can see."""
    return tree(settings, "users") + tree(settings, "public")


async def publish(operation: Operation, place: Place, path: str = "a.txt") -> None:
    staging = await operation.stage(place)
    await staging.write_file(PurePosixPath(path), chunks(b"x"))
    await operation.publish(staging)


class TestCommit:
    async def test_makes_every_move_final(
        self, operations: Operations, storage: LocalStorage, db: Database, settings: Settings
    ) -> None:
        await put(storage, DATASET, "old.csv")
        async with operations.begin("test", lock=[KEY]) as operation:
            await publish(operation, PROJECT)
            staging = await operation.stage(DATASET)
            await staging.write_file(PurePosixPath("new.csv"), chunks(b"x"))
            await operation.replace(staging)
            assert await count_rows(db) == (1, 1)
            async with db.writing() as session:
                await operation.commit(session)
        assert tree(settings, "users/alice/work") == ["Alerts/a.txt"]
        assert tree(settings, "public/input") == ["nab/new.csv"]
        assert await count_rows(db) == (0, 0)
        assert staging_is_empty(settings)

    async def test_is_required(
        self, operations: Operations, storage: LocalStorage, settings: Settings
    ) -> None:
        del storage
        with pytest.raises(RuntimeError, match="without a commit"):
            async with operations.begin("test") as operation:
                await publish(operation, PROJECT)
        assert tree(settings, "users/alice/work") == []
        assert staging_is_empty(settings)

    async def test_a_failure_after_it_undoes_nothing(
        self, operations: Operations, db: Database, settings: Settings
    ) -> None:
        with pytest.raises(LookupError):
            async with operations.begin("test") as operation:
                await publish(operation, PROJECT)
                async with db.writing() as session:
                    await operation.commit(session)
                raise LookupError
        assert tree(settings, "users/alice/work") == ["Alerts/a.txt"]
        assert staging_is_empty(settings)

    async def test_whose_answer_was_lost_counts(
        self, operations: Operations, db: Database, settings: Settings
    ) -> None:
        with pytest.raises(ConnectionError):
            async with operations.begin("test", lock=[KEY]) as operation:
                await publish(operation, PROJECT)
                async with db.writing() as session:
                    await operation.commit(session)
                    await session.commit()
                    operation._is_committed = False  # As if nobody had told it.
                raise ConnectionError
        assert tree(settings, "users/alice/work") == ["Alerts/a.txt"]
        assert await count_rows(db) == (0, 0)
        assert staging_is_empty(settings)


class TestUndo:
    @pytest.mark.parametrize("is_committing", [False, True])
    async def test_a_failure_takes_every_move_back(
        self,
        operations: Operations,
        storage: LocalStorage,
        db: Database,
        settings: Settings,
        *,
        is_committing: bool,
    ) -> None:
        await put(storage, DATASET, "old.csv")
        await put(storage, Place("alice", Area.WORK, "other"), "b.txt")
        before = visible(settings)
        with pytest.raises(LookupError):
            async with operations.begin("test", lock=[KEY]) as operation:
                await operation.take_away(DATASET)
                await publish(operation, PROJECT)
                staging = await operation.stage(PROJECT)
                await staging.write_file(PurePosixPath("lib/b.py"), chunks(b"x"))
                await operation.merge(staging)
                await operation.rename(PROJECT, Place("alice", Area.WORK, "renamed"))
                async with db.writing() as session:
                    if is_committing:
                        await operation.commit(session)
                    raise LookupError
        assert visible(settings) == before
        assert await count_rows(db) == (0, 0)
        assert staging_is_empty(settings)

    async def test_a_cancelled_upload_leaves_nothing(
        self, operations: Operations, storage: LocalStorage, settings: Settings
    ) -> None:
        arrived = anyio.Event()

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 100_000
                arrived.set()
                await anyio.lowlevel.checkpoint()

        async def upload() -> None:
            async with operations.begin("test") as operation:
                staging = await operation.stage(DATASET)
                await staging.write_file(PurePosixPath("a.csv"), endless())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upload)
            await arrived.wait()
            tasks.cancel_scope.cancel()
        assert not await storage.exists(DATASET)
        assert staging_is_empty(settings)

    async def test_without_a_database_the_directories_are_right_at_once(
        self,
        operations: Operations,
        db: Database,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def away(*_: object, **__: object) -> None:
            raise ConnectionError

        with pytest.raises(LookupError):
            async with operations.begin("test", lock=[KEY]) as operation:
                await publish(operation, PROJECT)
                monkeypatch.setattr(Rows, "undo", away)
                raise LookupError
        assert tree(settings, "users/alice/work") == []
        assert await count_rows(db) == (1, 1)
        monkeypatch.undo()
        await operations.recover()
        assert await count_rows(db) == (0, 0)
        assert staging_is_empty(settings)


class TestLocks:
    def test_a_name_is_one_however_it_is_written(self) -> None:
        composed, decomposed = "caf\u00e9", "CAFE\u0301"
        keys = {key_of(Place("alice", Area.WORK, name)) for name in (composed, decomposed)}
        assert len(keys) == 1
        assert key_of(Volume("alice")) != key_of(Volume("alice2"))

    async def test_one_waits_for_the_other(self, operations: Operations, db: Database) -> None:
        steps: list[str] = []
        has_begun = anyio.Event()

        async def first() -> None:
            async with operations.begin("test", lock=[KEY, "other"]) as operation:
                has_begun.set()
                await anyio.lowlevel.checkpoint()
                steps.append("first")
                async with db.writing() as session:
                    await operation.commit(session)

        async def second() -> None:
            await has_begun.wait()
            async with operations.begin("test", lock=["another", KEY]) as operation:
                steps.append("second")
                async with db.writing() as session:
                    await operation.commit(session)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(second)
            tasks.start_soon(first)
        assert steps == ["first", "second"]
        assert await count_rows(db) == (0, 0)

    async def test_another_worker_waits_too_and_gives_up(
        self, operations: Operations, db: Database, settings: Settings, storage: LocalStorage
    ) -> None:
        other = new_worker(settings, db, storage)
        await other.open()
        with pytest.raises(LookupError):
            async with operations.begin("test", lock=[KEY]):
                with pytest.raises(StorageBusy):
                    async with other.begin("test", lock=["free", KEY]):
                        raise AssertionError
                await other.recover()  # It takes nothing from a worker that lives.
                assert await count_rows(db) == (1, 1)
                raise LookupError
        other.close()
        assert await count_rows(db) == (0, 0)

    async def test_those_that_share_go_on_beside_each_other_and_nobody_else(
        self, operations: Operations, db: Database
    ) -> None:
        with pytest.raises(LookupError):
            async with (
                operations.begin("test", lock=["one", Shared(KEY)]),
                operations.begin("test", lock=["two", Shared(KEY)]),
            ):
                assert await count_rows(db) == (2, 4)
                with pytest.raises(StorageBusy):
                    async with operations.begin("test", lock=[KEY]):
                        raise AssertionError
                raise LookupError
        assert await count_rows(db) == (0, 0)

    async def test_nobody_shares_what_another_has_alone(self, operations: Operations) -> None:
        with pytest.raises(LookupError):
            # Who needs it both ways has it alone.
            async with operations.begin("test", lock=[KEY, Shared(KEY)]):
                with pytest.raises(StorageBusy):
                    async with operations.begin("test", lock=[Shared(KEY)]):
                        raise AssertionError
                raise LookupError

    async def test_many_at_once_never_exclude_each_other_too_little(
        self, operations: Operations, db: Database, settings: Settings, storage: LocalStorage
    ) -> None:
        """Two transactions at once do not see each other's rows; the locks hold all the same."""
        other = new_worker(settings, db, storage)
        await other.open()
        alone, sharing, most = 0, 0, 0

        async def run(number: int) -> None:
            nonlocal alone, sharing, most
            is_alone = number % 4 == 0
            by = (operations, other)[number % 2]
            while True:
                try:
                    with suppress(LookupError):
                        async with by.begin("test", lock=[KEY if is_alone else Shared(KEY)]):
                            alone, sharing = alone + is_alone, sharing + (not is_alone)
                            most = max(most, sharing)
                            assert (alone, sharing) == (1, 0) if is_alone else alone == 0
                            await anyio.sleep(0.01)
                            alone, sharing = alone - is_alone, sharing - (not is_alone)
                            raise LookupError
                except StorageBusy:
                    continue
                return

        async with anyio.create_task_group() as tasks:
            for number in range(24):
                tasks.start_soon(run, number)
        other.close()
        assert most > 1
        assert await count_rows(db) == (0, 0)

    async def test_locks_are_taken_once(self, operations: Operations) -> None:
        with pytest.raises(RuntimeError, match="once"):
            async with operations.begin("test", lock=[KEY]) as operation:
                await operation.lock("more")


def die_in_the_middle(settings: Settings) -> None:
    """What a worker's process does that is killed between its moves and its commit."""

    async def run() -> None:
        db = Database(settings.database_url)
        operations = new_worker(settings, db, LocalStorage(settings.data))
        await operations.open()
        async with operations.begin("test", lock=[KEY, Shared(READ)]) as operation:
            await operation.take_away(DATASET)
            await publish(operation, PROJECT)
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(run())


def kill_a_worker(settings: Settings) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=die_in_the_middle, args=(settings,)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


class TestRecovery:
    async def test_a_dead_workers_operation_is_undone_at_the_start(
        self, storage: LocalStorage, db: Database, settings: Settings
    ) -> None:
        await put(storage, DATASET, "a.csv")
        before = visible(settings)
        kill_a_worker(settings)
        assert tree(settings, "users/alice/work") == ["Alerts/a.txt"]
        assert tree(settings, "public/input") == []
        for _ in range(2):
            operations = new_worker(settings, db, storage)
            await operations.open()
            operations.close()
            assert visible(settings) == before
            assert await count_rows(db) == (0, 0)
            assert staging_is_empty(settings)
            assert tree(settings, "run/workers") == []

    @pytest.mark.parametrize("key", [KEY, READ])
    async def test_who_waits_for_a_dead_workers_lock_gets_it(
        self,
        operations: Operations,
        storage: LocalStorage,
        db: Database,
        settings: Settings,
        key: str,
    ) -> None:
        await put(storage, DATASET, "a.csv")
        kill_a_worker(settings)
        async with operations.begin("test", lock=[key]) as operation:
            assert tree(settings, "public/input") == ["nab/a.csv"]
            async with db.writing() as session:
                await operation.commit(session)

    async def test_a_worker_that_was_taken_for_dead_can_not_go_on(
        self, operations: Operations, db: Database, settings: Settings, storage: LocalStorage
    ) -> None:
        other = new_worker(settings, db, storage)
        await other.open()
        with pytest.raises(OperationLostError):
            async with operations.begin("test", lock=[KEY]) as operation:
                operations._workers.close()
                await other.recover()
                await publish(operation, PROJECT)
        other.close()
        assert tree(settings, "users/alice/work") == []

    async def test_what_can_not_be_undone_keeps_nobody_else_waiting(
        self,
        operations: Operations,
        storage: LocalStorage,
        db: Database,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await put(storage, DATASET, "a.csv")
        kill_a_worker(settings)
        undo = storage.undo

        async def broken(move: Move, *, asked_by: str | None = None) -> None:
            if move.kind == "take_away":
                raise OSError
            await undo(move, asked_by=asked_by)

        monkeypatch.setattr(storage, "undo", broken)
        await operations.recover()
        assert await count_rows(db) == (1, 2)
        assert tree(settings, "public/input") == []
        monkeypatch.undo()
        await operations.recover()
        assert await count_rows(db) == (0, 0)
        assert tree(settings, "public/input") == ["nab/a.csv"]


class TestWorkers:
    def test_a_worker_lives_until_it_leaves(self, tmp_path: Path) -> None:
        one, two = Workers(tmp_path), Workers(tmp_path)
        one.open()
        two.open()
        assert two.is_alive(one.name)
        one.close()
        assert not two.is_alive(one.name)
        two.close()
        assert list(tmp_path.iterdir()) == []

    def test_only_the_dead_are_buried_and_not_while_they_are_named(self, tmp_path: Path) -> None:
        living = Workers(tmp_path)
        living.open()
        for name in ("dead", "named"):
            (tmp_path / name).touch()
        living.bury(still_named={"named"})
        assert {path.name for path in tmp_path.iterdir()} == {living.name, "named"}
        living.close()
