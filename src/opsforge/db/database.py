"""The database engine and its transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)


class Database:
    """Hands out short transactions.

    Services open them themselves (`reading`, `writing`), do their queries and leave; a transaction
    is never open across a call to the engine or the storage.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _create_engine(url, is_sqlite=self.is_sqlite, pool_size=pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries; whatever it changes is rolled back."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits at the end of the block and rolls back on an exception.

        On SQLite it takes the write lock at once (``BEGIN IMMEDIATE``): two transactions that
        both read first and then write would otherwise fail instead of waiting.
        """
        async with self._sessions.begin() as session:
            if self.is_sqlite:
                await session.connection(execution_options={"opsforge_begin": "BEGIN IMMEDIATE"})
            yield session

    async def take_turn(self, session: AsyncSession, number: int) -> None:
        """Wait in a `writing` transaction until no other one has this turn, and have it to its end.

        What those committed that had it before is seen by the queries that follow.
        """
        if not self.is_sqlite:  # There, any other transaction that writes has to wait.
            await session.execute(select(func.pg_advisory_xact_lock(number)))

    async def is_reachable(self) -> bool:
        """Whether the database answers now."""
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except Exception:  # noqa: BLE001 - each driver has errors of its own; all mean "no".
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _create_engine(url: str, *, is_sqlite: bool, pool_size: int) -> AsyncEngine:
    # Parameters are hashes and digests; an error must not carry them into a log.
    if not is_sqlite:
        return create_async_engine(
            url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, hide_parameters=True
        )
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's own types.
    del record
    connection.isolation_level = None  # The driver must not open transactions by itself.
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # NORMAL could lose the last commits at a power loss, after we said that they hold.
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("opsforge_begin", "BEGIN"))
