"""A database with the schema for each test, copied from a template made once."""

import asyncio
import itertools
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from opsforge.db.migrate import upgrade
from tests.support.servers import PostgresCluster

TEMPLATE = "template_opsforge"


class SqliteDatabases:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        upgrade(f"sqlite+aiosqlite:///{self._template}")

    def copy_to(self, path: Path) -> None:
        """Make a fresh database at ``path``."""
        shutil.copyfile(self._template, path)


class PostgresDatabases:
    """Databases of one cluster, each made from the template."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count()
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        upgrade(_driver_url(cluster.url(TEMPLATE)))

    def create(self, *, template: str | None = None) -> str:
        """Make a database, a fresh one or a copy of another, and return its name."""
        name = f"test_{next(self._numbers)}"
        # Copying files is twice as quick as logging every page, the default.
        source = template or TEMPLATE
        self._execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        return name

    def create_empty(self) -> str:
        """Make a database without the schema and return its name."""
        name = f"empty_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        # In a thread, because the caller's may run a loop (Playwright's does).
        with ThreadPoolExecutor(max_workers=1) as thread:
            url = _driver_url(self.cluster.url("postgres"))
            thread.submit(asyncio.run, _execute(url, statement)).result()


def _driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


async def _execute(url: str, statement: str) -> None:
    # CREATE DATABASE can't run in a transaction.
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
