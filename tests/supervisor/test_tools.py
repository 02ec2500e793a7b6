"""Errands of the command line to an installation."""

import pytest

from opsforge.db.database import Database
from opsforge.settings import Settings
from opsforge.starters.examples import Example
from opsforge.storage.journal.errors import StorageFull
from opsforge.supervisor.installation import UserError, load_runtime, prepare_directories
from opsforge.supervisor.tools import import_datasets, install_examples
from opsforge.users.models import User
from tests.support.clock import MovableClock

EXAMPLE = Example(
    name="example", description="d", version=1, make_files=lambda: {"a.csv": b"a\n1\n"}
)


@pytest.fixture
async def installed(settings: Settings, db: Database, clock: MovableClock) -> Settings:
    """An installation with an administrator, which does not run."""
    prepare_directories(settings.data)
    async with db.writing() as session:
        admin = User(username="admin", password_hash="-", is_admin=True, created_at=clock())
        session.add(admin)
    return settings


async def test_examples_are_installed_once(installed: Settings) -> None:
    said: list[str] = []
    for _ in range(2):
        await install_examples(installed, load_runtime(installed), [EXAMPLE], said.append)
    assert said == ["Public data sets were installed: example."]
    assert (installed.data / "public/input/example/a.csv").read_text() == "a\n1\n"
    await import_datasets(installed, [EXAMPLE], said.append)
    assert said[-1] == "The public data set example is there already."


async def test_a_platform_starts_without_them(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageFull

    said: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr("opsforge.starters.examples.ExampleService.install", full)
        await install_examples(installed, load_runtime(installed), [EXAMPLE], said.append)
        with pytest.raises(UserError, match="disk"):
            await import_datasets(installed, [EXAMPLE], said.append)
    assert len(said) == 1
    assert said[0].startswith("The next start tries again to install example data sets: ")
    await install_examples(installed, load_runtime(installed), [EXAMPLE], said.append)
    assert said[-1] == "Public data sets were installed: example."


async def test_somebody_must_own_them(settings: Settings) -> None:
    with pytest.raises(UserError, match="no data directory of OpsForge"):
        await import_datasets(settings, [EXAMPLE], print)
    prepare_directories(settings.data)
    with pytest.raises(UserError, match="run `opsforge up` first"):
        await import_datasets(settings, [EXAMPLE], print)
