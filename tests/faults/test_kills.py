"""A process that is killed at any step of any operation leaves the old state or the new one.

Nothing here says where the steps are: they are counted in an undisturbed run, and then the process
is killed at each of them. A fresh process recovers, and rows and directories are compared whole.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.installations import Installation, Stage
from tests.support.databases import PostgresDatabases
from tests.support.operations import OPERATIONS, Report

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def prepared_on_postgres(memory: Path, postgres_databases: PostgresDatabases) -> Installation:
    """The same on PostgreSQL."""
    data = memory / "prepared-postgres"
    data.mkdir()
    installation = Installation(data, postgres_databases.create(), postgres_databases)
    assert installation.run("prepare")
    return installation


def undisturbed(stage: Stage, prepared: Installation, operation: str) -> tuple[Any, Any, Report]:
    """The old state, the new one, and the points between."""
    calm = stage.copy(prepared)
    old = calm.recover()
    report = calm.run(operation)
    assert report is not None
    [new] = report.states
    assert old != new
    assert (new["operations"], new["staging"]) == ([], [])
    calm.remove()
    return old, new, report


def kill_at_each(
    stage: Stage, prepared: Installation, operation: str, *, every: int = 1
) -> list[str]:
    """Kill at each point and recover; what was found, in order."""
    old, new, report = undisturbed(stage, prepared, operation)
    found = []
    # A sample has the last point in it, after the last commit.
    for number in range(len(report.points) % every or every, len(report.points) + 1, every):
        installation = stage.crash(prepared, operation, at=number)
        state = installation.recover()
        assert state in (old, new), (number, report.points[number - 1])
        found.append("old" if state == old else "new")
        installation.remove()
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_at_any_step_it_is_whole_or_absent(
    operation: str, memory: Path, prepared: Installation
) -> None:
    stage = Stage(memory / operation)
    stage.folder.mkdir()
    found = kill_at_each(stage, prepared, operation)
    # There is one instant before which all is undone, and after which nothing is.
    assert found == sorted(found, reverse=True)
    assert set(found) == {"old", "new"}
    assert len(found) > 8


@pytest.mark.parametrize("operation", ["create_project", "delete_project", "use_every_move"])
def test_a_recovery_that_is_killed_is_taken_up_by_the_next(
    operation: str, memory: Path, prepared: Installation
) -> None:
    stage = Stage(memory / f"recover-{operation}")
    stage.folder.mkdir()
    old, new, report = undisturbed(stage, prepared, operation)
    commits = [at for at, name in enumerate(report.points, start=1) if "commit" in name]
    last_before, first_after = commits[-2:]
    for crash_at, expected in ((last_before, old), (first_after, new)):
        calm = stage.crash(prepared, operation, at=crash_at)
        recovery = calm.run("recover")
        assert recovery is not None
        calm.remove()
        for number in range(1, len(recovery.points) + 1, 2):
            again = stage.crash(prepared, operation, at=crash_at)
            assert again.run("recover", strike_at=number) is None
            assert again.recover() == expected, recovery.points[number - 1]
            again.remove()


@pytest.mark.parametrize(
    ("operation", "every"),
    [
        ("create_project", 7),
        ("add_dataset_files", 7),
        ("use_every_move", 7),
        ("share_project", 11),
        ("move_project", 13),
        ("publish_again", 13),
        ("rename_project", 13),
        ("fork_project", 11),
        ("delete_public_project", 5),
        ("share_dataset", 7),
        ("fork_dataset", 7),
        ("rename_dataset", 5),
        ("remove_dataset_files", 7),
        ("replace_dataset_files", 11),
        ("restore_version", 7),
        ("delete_dataset", 5),
    ],
)
def test_on_postgres_a_sample(
    operation: str, every: int, memory: Path, prepared_on_postgres: Installation
) -> None:
    stage = Stage(memory / f"postgres-{operation}", prepared_on_postgres.postgres)
    stage.folder.mkdir()
    found = kill_at_each(stage, prepared_on_postgres, operation, every=every)
    assert found == sorted(found, reverse=True)
    assert set(found) == {"old", "new"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_disk_that_is_full_at_any_step_undoes_it_at_once(
    operation: str, memory: Path, prepared: Installation
) -> None:
    stage = Stage(memory / f"full-{operation}")
    stage.folder.mkdir()
    old, _, report = undisturbed(stage, prepared, operation)
    commit_at = max(at for at, name in enumerate(report.points, start=1) if "commit" in name)
    numbers = [
        at
        for at, name in enumerate(report.points[:commit_at], start=1)
        if "commit" not in name and name != "receive"
    ]
    told = stage.copy(prepared).run(operation, full_at=numbers)
    assert told is not None
    for number, outcome, state in zip(numbers, told.outcomes, told.states, strict=True):
        assert outcome == "full", (number, report.points[number - 1])
        assert state == old, (number, report.points[number - 1])
    assert len(numbers) > 2
