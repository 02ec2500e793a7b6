from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.installations import Installation
from tests.support.databases import SqliteDatabases
from tests.support.memory import folder_in_memory


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory: what a disk's flush costs is not what these tests show."""
    with TemporaryDirectory(dir=folder_in_memory()) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def prepared(memory: Path, sqlite_databases: SqliteDatabases) -> Installation:
    """An installation with users, data sets and projects."""
    data = memory / "prepared"
    data.mkdir()
    sqlite_databases.copy_to(data / "opsforge.db")
    installation = Installation(data, None, None)
    assert installation.run("prepare")
    return installation
