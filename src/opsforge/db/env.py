"""What alembic runs: connects to the database and applies or compares."""

import asyncio
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from opsforge.db.base import UtcDateTime
from opsforge.db.registry import Base


def migrate(connection: Connection) -> None:
    """Run what alembic was asked for, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        include_name=is_ours_to_compare,
        # SQLite changes a table by copying it.
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def is_ours_to_compare(name: str | None, kind: str, parents: Any) -> bool:  # noqa: ANN401
    """Leave out the search indexes, which no model has; see `opsforge.db.search`."""
    del parents
    return kind not in {"table", "index"} or not (name or "").startswith(("search_", "ix_search_"))


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:  # noqa: ANN401
    """Write our own types as what they are in the database: a migration must not change later."""
    del autogen_context
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


async def connect() -> None:
    """Connect and migrate."""
    url = sa.make_url(context.config.attributes["url"])
    engine = create_async_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        # Transactions around DDL need the driver's own to be off. Foreign keys stay off, or the
        # copying of a table would delete what refers to it.
        event.listen(engine.sync_engine, "connect", _leave_transactions)
        event.listen(engine.sync_engine, "begin", _begin)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def _leave_transactions(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's own.
    del record
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


asyncio.run(connect())
