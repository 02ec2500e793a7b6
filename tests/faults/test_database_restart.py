"""A database server that is restarted in the middle of an operation."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from opsforge.db.database import Database
from opsforge.db.migrate import upgrade
from opsforge.kit.clock import utc_now
from opsforge.settings import DatabaseSettings, Settings
from opsforge.storage.journal.operation import Operation
from opsforge.storage.journal.service import Operations, key_of
from opsforge.storage.journal.workers import Workers
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from tests.support.servers import PostgresCluster
from tests.support.trees import chunks, put
from tests.support.uploads import staging_is_empty, tree

OLD = Place(None, Area.INPUT, "old")
NEW = Place(None, Area.INPUT, "new")


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server of its own: others must not feel its restarts."""
    if not PostgresCluster.is_installed():
        pytest.skip("postgresql is not installed")
    with TemporaryDirectory(prefix="postgres-") as folder:
        cluster = PostgresCluster(Path(folder))
        cluster.start()
        url = _settings(cluster, Path(folder)).database_url
        upgrade(url)
        asyncio.run(_keep_commits(url))
        yield cluster
        cluster.stop()


@pytest.fixture
def settings(cluster: PostgresCluster, tmp_path: Path) -> Settings:
    return _settings(cluster, tmp_path)


async def _keep_commits(url: str) -> None:
    """Let a commit that was answered survive a crash, as in every server but a test's."""
    db = Database(url)
    async with db.writing() as session:
        await session.execute(text("ALTER DATABASE postgres SET synchronous_commit = on"))
    await db.close()


def _settings(cluster: PostgresCluster, data: Path) -> Settings:
    url = SecretStr(cluster.url("postgres"))
    return Settings(data=data, database=DatabaseSettings(url=url))


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url)
    yield database
    await database.close()


@pytest.fixture
async def operations(settings: Settings, db: Database) -> AsyncIterator[Operations]:
    storage = LocalStorage(settings.data)
    await storage.open()
    await put(storage, OLD, "a.csv")
    operations = Operations(
        db=db,
        storage=storage,
        workers=Workers(settings.data / "run" / "workers"),
        clock=utc_now,
        lock_wait=timedelta(seconds=1),
    )
    await operations.open()
    yield operations
    operations.close()


async def change(operation: Operation) -> None:
    staging = await operation.stage(NEW)
    await staging.write_file(PurePosixPath("b.csv"), chunks(b"x"))
    await operation.take_away(OLD)
    await operation.publish(staging)


async def is_journal_empty(db: Database) -> bool:
    async with db.reading() as session:
        return not await session.scalar(text("SELECT count(*) FROM operations"))


async def test_before_the_commit_all_is_undone(
    operations: Operations, db: Database, cluster: PostgresCluster, settings: Settings
) -> None:
    with pytest.raises(DBAPIError):
        async with operations.begin("test", lock=[key_of(NEW)]) as operation:
            await change(operation)
            async with db.writing() as session:
                await operation.commit(session)
                cluster.restart()
    assert tree(settings, "public") == ["input/old/a.csv"]
    assert await is_journal_empty(db)
    assert staging_is_empty(settings)


@pytest.mark.parametrize("was_committed", [False, True])
async def test_while_it_is_away_the_state_is_kept_and_settled_when_it_is_back(
    operations: Operations,
    db: Database,
    cluster: PostgresCluster,
    settings: Settings,
    *,
    was_committed: bool,
) -> None:
    """The answer to the commit is lost, and only the database knows whether it was made."""
    with pytest.raises((DBAPIError, ConnectionError)):
        async with operations.begin("test", lock=[key_of(NEW)]) as operation:
            await change(operation)
            async with db.writing() as session:
                await operation.commit(session)
                if was_committed:
                    await session.commit()
                    operation._is_committed = False  # As if nobody had told it.
                cluster.stop()
                raise ConnectionError
    # Nobody knows yet, so nothing is deleted.
    assert not staging_is_empty(settings)
    cluster.resume()
    await operations.recover()
    expected = ["input/new/b.csv"] if was_committed else ["input/old/a.csv"]
    assert tree(settings, "public") == expected
    assert await is_journal_empty(db)
    assert staging_is_empty(settings)


async def test_between_operations_nobody_notices(
    operations: Operations, db: Database, cluster: PostgresCluster, settings: Settings
) -> None:
    async with db.reading() as session:
        await session.execute(text("SELECT 1"))
    cluster.restart()
    async with operations.begin("test", lock=[key_of(NEW)]) as operation:
        await change(operation)
        async with db.writing() as session:
            await operation.commit(session)
    assert tree(settings, "public") == ["input/new/b.csv"]
