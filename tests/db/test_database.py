"""The database's promises, on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.models import Token, TokenKind
from opsforge.db.database import Database
from opsforge.settings import Settings
from opsforge.users.models import User

NOON_IN_SHANGHAI = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))


def account(username: str, created_at: datetime = NOON_IN_SHANGHAI) -> User:
    return User(username=username, password_hash="-", created_at=created_at)


async def count_users(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(User)) or 0


async def test_runs_on_the_database_that_the_settings_name(
    db: Database, settings: Settings, stack: str
) -> None:
    assert db.is_sqlite is (stack == "embedded")
    assert await db.is_reachable()
    assert settings.data.is_dir()


async def test_a_block_that_ends_well_is_committed(db: Database) -> None:
    async with db.writing() as session:
        session.add(account("alice"))
    async with db.reading() as session:
        assert await count_users(session) == 1


async def test_a_block_that_fails_leaves_nothing(db: Database) -> None:
    async def add_and_fail() -> None:
        async with db.writing() as session:
            session.add(account("alice"))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await add_and_fail()
    async with db.reading() as session:
        assert await count_users(session) == 0


async def test_what_a_reading_block_changes_is_not_kept(db: Database) -> None:
    async with db.reading() as session:
        session.add(account("alice"))
        await session.flush()
    async with db.reading() as session:
        assert await count_users(session) == 0


async def test_each_test_has_a_fresh_database(db: Database) -> None:
    async with db.reading() as session:
        assert await count_users(session) == 0


async def test_moments_come_back_in_utc(db: Database) -> None:
    async with db.writing() as session:
        session.add(account("alice"))
    async with db.reading() as session:
        stored = await session.scalar(select(User.created_at))
    assert stored == NOON_IN_SHANGHAI
    assert stored is not None
    assert stored.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        async with db.writing() as session:
            session.add(account("alice", created_at=NOON_IN_SHANGHAI.replace(tzinfo=None)))


async def test_foreign_keys_hold(db: Database) -> None:
    token = Token(
        user_id=12345,
        kind=TokenKind.API,
        digest=b"d" * 32,
        created_at=NOON_IN_SHANGHAI,
        expires_at=NOON_IN_SHANGHAI,
    )
    with pytest.raises(IntegrityError):
        async with db.writing() as session:
            session.add(token)


async def test_two_writers_that_read_first_both_succeed(db: Database) -> None:
    """The classic lost SQLite write: both hold a read lock and neither can get the write lock."""
    both_in = asyncio.Barrier(2) if not db.is_sqlite else None

    async def add_one(username: str) -> None:
        async with db.writing() as session:
            await count_users(session)
            if both_in is not None:
                await both_in.wait()
            session.add(account(username))

    await asyncio.gather(add_one("alice"), add_one("bob"))
    async with db.reading() as session:
        assert await count_users(session) == 2


async def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    async with db.writing() as writer:
        writer.add(account("alice"))
        await writer.flush()
        async with asyncio.timeout(5), db.reading() as reader:
            assert await count_users(reader) == 0


async def test_an_absent_database_is_not_reachable(db: Database, stack: str) -> None:
    url = db.url.set(database="/absent/file.db" if stack == "embedded" else "absent")
    absent = Database(url.render_as_string(hide_password=False))
    assert not await absent.is_reachable()
    await absent.close()


@pytest.mark.parametrize("stack", ["embedded"])
async def test_sqlite_survives_a_power_loss(db: Database) -> None:
    async with db.reading() as session:
        mode = await session.scalar(text("PRAGMA journal_mode"))
        synchronous = await session.scalar(text("PRAGMA synchronous"))
    assert (mode, synchronous) == ("wal", 2)
