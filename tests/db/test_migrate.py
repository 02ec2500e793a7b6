"""Migrations on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from opsforge.db import migrate
from opsforge.db.registry import Base
from tests.support.databases import PostgresDatabases


@pytest.fixture
def empty_url(stack: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    if stack == "embedded":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    databases._execute("CREATE DATABASE test_empty")
    url = databases.cluster.url("test_empty")
    yield url.replace("postgresql://", "postgresql+asyncpg://", 1)
    databases.drop("test_empty")


async def table_names(url: str) -> set[str]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    await engine.dispose()
    return set(names)


async def test_an_empty_database_gets_every_table_and_no_other(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    names = {name for name in await table_names(empty_url) if not name.startswith("search_")}
    assert names == set(Base.metadata.tables) | {"alembic_version"}
    migrate.upgrade(empty_url)


def test_no_migration_is_missing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.check(empty_url)


async def test_what_was_migrated_is_what_the_models_say(empty_url: str) -> None:
    """A drifted column is found; otherwise the test above could not fail."""
    migrate.upgrade(empty_url)
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE users DROP COLUMN email"))
    await engine.dispose()
    with pytest.raises(Exception, match="email"):
        migrate.check(empty_url)


def test_an_sqlite_file_is_the_platforms_alone(tmp_path: Path) -> None:
    file = tmp_path / "opsforge.db"
    file.touch(0o644)
    migrate.upgrade(f"sqlite+aiosqlite:///{file}")
    assert file.stat().st_mode & 0o777 == 0o600
