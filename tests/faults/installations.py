"""Data directories with their databases, in which processes do things and are killed."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.databases import PostgresDatabases
from tests.support.operations import Order, Report, run


@dataclass
class Stage:
    """Data directories with their databases, made from prepared ones."""

    folder: Path
    postgres: PostgresDatabases | None = None
    _numbers: int = 0

    def copy(self, source: "Installation") -> "Installation":
        """The same again."""
        self._numbers += 1
        data = self.folder / str(self._numbers)
        subprocess.run(["cp", "-a", source.data, data], check=True)  # noqa: S607 - coreutils.
        database = None
        if self.postgres:
            database = self.postgres.create(template=source.database_name)
        return Installation(data, database, self.postgres)

    def crash(self, source: "Installation", operation: str, *, at: int) -> "Installation":
        """The same again, killed in the middle. (A copy of it would have other inodes.)"""
        installation = self.copy(source)
        assert installation.run(operation, strike_at=at) is None
        return installation


@dataclass
class Installation:
    """One data directory with its database."""

    data: Path
    database_name: str | None
    postgres: PostgresDatabases | None

    @property
    def database(self) -> str | None:
        """The URL, where it isn't the file in the data directory."""
        if self.postgres is None or self.database_name is None:
            return None
        return self.postgres.cluster.url(self.database_name)

    def run(
        self, task: str, *, strike_at: int | None = None, full_at: Sequence[int] = ()
    ) -> Report | None:
        """Let a process do something; None if it was killed."""
        order = Order(
            data=self.data,
            database=self.database,
            task=task,
            strike_at=strike_at,
            full_at=tuple(full_at),
        )
        return run(order)

    def recover(self) -> dict[str, Any]:
        """Start, and recover once more; what is there then."""
        report = self.run("recover")
        assert report is not None
        once, twice = report.states
        assert once == twice
        assert once["workers"] == 1
        assert (once["operations"], once["operation_locks"], once["staging"]) == ([], [], [])
        return once

    def remove(self) -> None:
        """Forget it."""
        shutil.rmtree(self.data)
        if self.postgres and self.database_name:
            self.postgres.drop(self.database_name)
