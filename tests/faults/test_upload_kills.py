"""SIGKILL at every step of a resumable upload: it goes on where it was, and ends as undisturbed.

The points are counted as in `tests.faults.test_kills`.
"""

from pathlib import Path
from typing import Any

import pytest

from opsforge.db.registry import Base
from tests.faults.installations import Installation, Stage
from tests.support.operations import UPLOADS, Report

pytestmark = [pytest.mark.timeout(300)]


def undisturbed(stage: Stage, prepared: Installation, operation: str) -> tuple[Any, Any, Report]:
    """The old state, the new one, and the points between."""
    calm = stage.copy(prepared)
    old = calm.recover()
    report = calm.run(operation)
    assert report is not None
    [new] = report.states
    assert old != new
    assert inbox(calm) == []
    calm.remove()
    return old, new, report


def inbox(installation: Installation) -> list[str]:
    return [path.name for path in (installation.data / "inbox").iterdir()]


@pytest.mark.parametrize("operation", UPLOADS)
def test_killed_at_any_step_an_upload_goes_on_and_lands_once(
    operation: str, memory: Path, prepared: Installation
) -> None:
    stage = Stage(memory / operation)
    stage.folder.mkdir()
    old, new, report = undisturbed(stage, prepared, operation)
    found = []
    for number in range(1, len(report.points) + 1):
        installation = stage.crash(prepared, operation, at=number)
        state = installation.recover()
        # A piece with a checksum was under way: what is there of it will not be believed.
        state["uploads"] = [without_verified(row) for row in state["uploads"]]
        assert state in (old, new), (number, report.points[number - 1])
        found.append("old" if state == old else "new")
        assert (inbox(installation) == []) or state == old
        again = installation.run(operation)
        assert again is not None
        assert again.states == [new], (number, report.points[number - 1])
        assert inbox(installation) == []
        installation.remove()
    assert found == sorted(found, reverse=True)
    assert set(found) == {"old", "new"}
    assert len(found) > 15


@pytest.mark.parametrize("operation", UPLOADS)
def test_a_disk_that_is_full_at_any_step_stops_it_and_loses_nothing(
    operation: str, memory: Path, prepared: Installation
) -> None:
    stage = Stage(memory / f"full-{operation}")
    stage.folder.mkdir()
    old, new, report = undisturbed(stage, prepared, operation)
    commit_at = max(at for at, name in enumerate(report.points, start=1) if "commit" in name)
    numbers = [
        at
        for at, name in enumerate(report.points[:commit_at], start=1)
        if "commit" not in name and name != "receive"
    ]
    for number in numbers:
        installation = stage.copy(prepared)
        told = installation.run(operation, full_at=[number])
        assert told is not None
        assert told.outcomes == ["full"], (number, report.points[number - 1])
        [state] = told.states
        state["uploads"] = [without_verified(row) for row in state["uploads"]]
        assert state == old, (number, report.points[number - 1])
        again = installation.run(operation)
        assert again is not None
        assert again.states == [new], (number, report.points[number - 1])
        installation.remove()
    assert len(numbers) > 2


def without_verified(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of an upload that nothing is under way for."""
    columns = [column.name for column in Base.metadata.tables["uploads"].columns]
    return tuple(
        None if name == "verified_bytes" else value
        for name, value in zip(columns, row, strict=True)
    )
