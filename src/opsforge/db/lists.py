"""Lists of rows that stay as fast with a million rows as with ten: sorted, searched, in pages.

A page without a search is a range of an index. A search first reads the next rows in the order
that is wanted and keeps those that fit: what is common is found there at once, without an index
that would have to name a good part of all rows. What is rare is looked up in the search index, and
then it is few rows that have to be sorted. Which of the two is asked never changes the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from opsforge.db.search import Searched, grams_of_words, index_table, index_tokens, words_of
from opsforge.kit.paging import behind_cursor, sorted_cursor

Row = TypeVar("Row", bound=Searched)
Columns = Mapping[str, InstrumentedAttribute[Any]]
Key = tuple[Any, int]
"""The sorted column's value and the row's id."""

NEAR_ROWS = 3000
"""Rows that a search reads in order before it asks the index: some milliseconds' worth."""


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """Which page of a list."""

    sort: str
    """A column of the list; with a ``-`` the greatest first."""
    query: str = ""
    """Words that name, description or owner contain."""
    cursor: str | None = None
    limit: int


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[Row]):
    """One page of rows."""

    rows: Sequence[Row]
    next_cursor: str | None


async def list_rows(
    session: AsyncSession,
    model: type[Row],
    branches: Sequence[ColumnElement[bool]],
    wanted: ListOf,
    *,
    columns: Columns,
) -> Rows[Row]:
    """A page of the rows that any of the branches lets through.

    Args:
        session: A transaction.
        model: The table.
        branches: Conditions that exclude each other, each with an index for every order: databases
            read one range of one index well, and "this or that" badly.
        wanted: Which page.
        columns: What the list can be sorted by. Texts must be compared by code points (on
            PostgreSQL with the collation C).
    """
    keys = await list_keys(session, model, branches, wanted, columns=columns)
    return await fetch_rows(session, model, keys, wanted, columns=columns)


async def list_keys(  # noqa: PLR0913 - the list's, and by what its rows are known.
    session: AsyncSession,
    model: type[Searched],
    branches: Sequence[ColumnElement[bool]],
    wanted: ListOf,
    *,
    columns: Columns,
    known_by: InstrumentedAttribute[Any] | None = None,
) -> list[Key]:
    """The keys of a page and one more, for a list that two tables have a part in.

    Args:
        session: A transaction.
        model: The table.
        branches: As `list_rows` has them.
        wanted: Which page.
        columns: What the list can be sorted by.
        known_by: Number of the row that stands in the list for one of this table; by default its
            own.
    """
    is_descending = wanted.sort.startswith("-")
    sorted_by = columns[wanted.sort.removeprefix("-")]
    row_id = model.id if known_by is None else known_by
    words = words_of(wanted.query)
    keys: list[Key] = []
    behind = behind_cursor(wanted.cursor, sorted_by, row_id, is_descending=is_descending)
    for branch, after in product(branches, behind):
        part = _Branch(session, model, branch & after, wanted, sorted_by=sorted_by, row_id=row_id)
        keys += await part.list_keys(words)
    return keys


async def fetch_rows(
    session: AsyncSession,
    model: type[Row],
    keys: Sequence[Key],
    wanted: ListOf,
    *,
    columns: Columns,
) -> Rows[Row]:
    """The page of the rows that keys of `list_keys` stand for."""
    ordered = sorted(keys, reverse=wanted.sort.startswith("-"))
    shown = ordered[: wanted.limit]
    found = select(model).where(model.id.in_([row_id for _, row_id in shown]))
    by_id = {row.id: row for row in await session.scalars(found)}
    sorted_by = columns[wanted.sort.removeprefix("-")]
    is_last = len(ordered) <= wanted.limit
    return Rows(
        rows=[by_id[row_id] for _, row_id in shown if row_id in by_id],
        next_cursor=None if is_last else sorted_cursor(sorted_by, *shown[-1]),
    )


class _Branch:
    """The rows behind the cursor that one condition lets through."""

    def __init__(  # noqa: PLR0913 - what `list_keys` has.
        self,
        session: AsyncSession,
        model: type[Searched],
        condition: ColumnElement[bool],
        wanted: ListOf,
        *,
        sorted_by: InstrumentedAttribute[Any],
        row_id: InstrumentedAttribute[Any],
    ) -> None:
        self._session = session
        self._model = model
        self._condition = condition
        self._sorted_by = sorted_by
        self._row_id = row_id
        self._is_descending = wanted.sort.startswith("-")
        self._take = wanted.limit + 1  # One more, to tell the last page.
        self._is_sqlite = session.get_bind().dialect.name == "sqlite"

    async def list_keys(self, words: Sequence[str]) -> list[Key]:
        """The first keys in order."""
        if not words:
            keys = self._rows(self._condition)
            return await self._fetch(self._sort(keys, self._sorted_by, self._row_id))
        found = await self._search_near(words)
        if len(found) == self._take or not await self._has_more_than(NEAR_ROWS):
            return found
        return await self._look_up(words)

    async def _search_near(self, words: Sequence[str]) -> list[Key]:
        rows = self._rows(self._condition).add_columns(self._model.search_text)
        near = self._order(rows, self._sorted_by, self._row_id).limit(NEAR_ROWS).subquery()
        fitting = select(near.c.value, near.c.id).where(self._fits(near.c.search_text, words))
        return await self._fetch(self._sort(fitting, near.c.value, near.c.id))

    async def _has_more_than(self, count: int) -> bool:
        rows = self._order(self._rows(self._condition), self._sorted_by, self._row_id)
        return (await self._session.execute(rows.offset(count).limit(1))).first() is not None

    async def _look_up(self, words: Sequence[str]) -> list[Key]:
        rows = self._rows(*self._may_fit(words), self._fits(self._model.search_text, words))
        # Materialised, or a planner may read all rows in order instead and compare each.
        found = rows.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
        return await self._fetch(
            self._sort(select(found.c.value, found.c.id), found.c.value, found.c.id)
        )

    def _may_fit(self, words: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """The conditions of rows that have the words as far as the search index knows."""
        grams = grams_of_words(words)
        if not self._is_sqlite:
            of_row = func.opsforge_grams(self._model.search_text, type_=ARRAY(Text))
            return self._condition, of_row.contains(literal(grams, ARRAY(Text)))
        index = table(index_table(self._model.__tablename__), column("rowid"))
        tokens = index_tokens(grams)
        matching = select(index.c.rowid).where(
            column(index.name, is_literal=True).op("MATCH")(tokens)
        )
        # SQLite would rather use an index of the condition; inside a CASE it can't.
        return case((self._condition, 1), else_=0) == 1, self._model.id.in_(matching)

    def _fits(self, texts: Any, words: Sequence[str]) -> ColumnElement[bool]:  # noqa: ANN401 - a column.
        position = func.instr if self._is_sqlite else func.strpos
        return and_(*(position(texts, word) > 0 for word in words))

    def _rows(self, *conditions: ColumnElement[bool]) -> Select[Any, int]:
        return select(self._sorted_by.label("value"), self._row_id.label("id")).where(*conditions)

    def _sort(self, rows: Select[Any, int], value: Any, row_id: Any) -> Select[Any, int]:  # noqa: ANN401
        ordered: Select[Any, int] = self._order(rows, value, row_id)
        return ordered.limit(self._take)

    def _order(self, rows: Any, value: Any, row_id: Any) -> Any:  # noqa: ANN401 - columns.
        if self._is_descending:
            return rows.order_by(value.desc(), row_id.desc())
        return rows.order_by(value, row_id)

    async def _fetch(self, keys: Select[Any, int]) -> list[Key]:
        return [(value, row_id) for value, row_id in await self._session.execute(keys)]
