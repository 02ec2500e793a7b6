"""Lists, sorted and searched, beside a model that reads all rows; the same on both databases."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text, true
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.db import lists
from opsforge.db.database import Database
from opsforge.db.lists import ListOf, list_rows
from opsforge.db.search import fold, grams_of_text, grams_of_words, words_of
from opsforge.kit.names import name_key
from opsforge.projects.models import Project
from opsforge.projects.repository import SORTS
from opsforge.settings import Settings
from opsforge.users.models import User

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = st.text(alphabet="aAbßİ磁盘告警为_%é\u0301'\"* \u3000", max_size=8)


@dataclass(frozen=True)
class Listed:
    """What a test makes a project of."""

    name: str
    description: str
    minutes: int
    flag: int
    number: int = 0
    """Makes names differ, and is the row's id."""

    @property
    def full_name(self) -> str:
        return f"{self.name}{self.number}"

    def fits(self, query: str) -> bool:
        everything = fold(f"{self.full_name}\n{self.description}\nalice")
        return all(word in everything for word in fold(query).split())

    def key(self, column: str) -> tuple[Any, int]:
        return (self.minutes if column == "updated" else name_key(self.full_name)), self.number


ROWS = st.lists(
    st.builds(Listed, LETTERS, LETTERS, st.integers(0, 5), st.integers(0, 1)), max_size=14
)


@dataclass(frozen=True)
class Examples:
    """A loop and a database for many examples."""

    runner: asyncio.Runner
    db: Database


@pytest.fixture
def examples(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Examples]:
    """So few rows are near that most searches ask the index."""
    monkeypatch.setattr(lists, "NEAR_ROWS", 2)
    with asyncio.Runner() as runner:
        db = Database(settings.database_url, pool_size=1)
        yield Examples(runner, db)
        runner.run(db.close())


async def fill(session: AsyncSession, rows: list[Listed]) -> None:
    session.add(User(id=1, username="alice", password_hash="", created_at=NOW))
    await session.flush()
    for row in rows:
        project = Project(
            id=row.number,
            user_id=1,
            owner_name="alice",
            name=row.full_name,
            name_key=name_key(row.full_name),
            description="old words",
            share_flag=row.flag,
            created_at=NOW,
            updated_at=NOW + timedelta(minutes=row.minutes),
        )
        session.add(project)
        await session.flush()
        project.description = row.description  # Found by what it says now, not by what it said.
    await session.flush()


async def read_all(session: AsyncSession, query: str, sort: str, limit: int) -> list[int]:
    seen: list[int] = []
    cursor: str | None = None
    branches = [Project.share_flag == 0, Project.share_flag == 1]
    while True:
        wanted = ListOf(query=query, sort=sort, cursor=cursor, limit=limit)
        page = await list_rows(session, Project, branches, wanted, columns=SORTS)
        assert len(page.rows) <= limit
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return seen


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=ROWS,
    query=LETTERS,
    sort=st.sampled_from(["updated", "-updated", "name", "-name"]),
    limit=st.integers(1, 4),
)
def test_d17_a_list_is_what_reading_all_rows_would_give(
    examples: Examples,
    rows: list[Listed],
    query: str,
    sort: str,
    limit: int,
) -> None:
    """Every word of the query in every text, however short, in each order and size of page."""
    numbered = [
        Listed(row.name, row.description, row.minutes, row.flag, number)
        for number, row in enumerate(rows, start=1)
    ]

    async def run() -> list[int]:
        async with examples.db.reading() as session:  # Rolled back: the next finds nothing.
            await fill(session, numbered)
            return await read_all(session, query, sort, limit)

    column = sort.removeprefix("-")
    expected = sorted(
        (row.key(column) for row in numbered if row.fits(query)), reverse=sort.startswith("-")
    )
    assert examples.runner.run(run()) == [number for _, number in expected]


async def test_a_deleted_row_is_found_no_more_and_its_number_may_come_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "NEAR_ROWS", 0)
    first = Listed("磁盘", "", 1, 0, 1)
    async with db.writing() as session:
        await fill(session, [first])
        await session.delete(await session.get_one(Project, 1))
        await session.flush()
        assert await read_all(session, "磁盘", "name", 5) == []
        session.add(
            Project(
                id=1,
                user_id=1,
                owner_name="alice",
                name="内存",
                name_key="内存",
                created_at=NOW,
                updated_at=NOW,
            )
        )
        await session.flush()
        assert await read_all(session, "内存", "name", 5) == [1]
        assert await read_all(session, "磁盘", "name", 5) == []


@given(LETTERS, LETTERS)
def test_a_text_that_contains_the_words_has_all_their_grams(content: str, query: str) -> None:
    folded = fold(content)
    words = words_of(query)
    if all(word in folded for word in words):
        assert set(grams_of_words(words)) <= grams_of_text(folded)


@pytest.mark.parametrize("stack", ["embedded"])
async def test_the_index_of_sqlite_answers_what_is_rare(db: Database, stack: str) -> None:
    """Without rows near, what is found was found by the index; without the index, nothing is."""
    del stack
    async with db.writing() as session:
        await fill(session, [Listed("磁盘告警", "", minute, 0, minute + 1) for minute in range(5)])
        wanted = ListOf(query="告警", sort="name", limit=5)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lists, "NEAR_ROWS", 1)
            found = await list_rows(session, Project, [true()], wanted, columns=SORTS)
            assert len(found.rows) == 5
            await session.execute(
                text("INSERT INTO search_projects (search_projects) VALUES ('delete-all')")
            )
            found = await list_rows(session, Project, [true()], wanted, columns=SORTS)
            assert len(found.rows) == 0
