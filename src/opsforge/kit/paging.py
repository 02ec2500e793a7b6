"""Keyset pages: a list and the cursor of the next page."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple

from fastapi import Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, literal, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from opsforge.kit.names import PlainText

Item = TypeVar("Item")
Columns = TypeVarTuple("Columns")
MAX_ID = 2**63 - 1

RowId = Annotated[int, Path(ge=1, le=MAX_ID)]
"""A row's number in a path."""

PageLimit = Annotated[int, Query(ge=1, le=200, description="Items on a page at most.")]
PageCursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.")
]

SearchQuery = Annotated[
    PlainText,
    Field(
        max_length=200,
        description="Words that name, description or owner contain, down to one character.",
    ),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="Give this as `cursor` for the next page; absent on the last."
    )


def encode_cursor(*key: str | float) -> str:
    """The sort key of the last row of a page as an opaque string."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> list[str | int | float] | None:
    """The sort key that `encode_cursor` was given; None for no cursor or one that is not ours."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    return key if isinstance(key, list) else None


def newest_first(
    rows: Select[*Columns],
    *,
    moment: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[int],
    cursor: str | None,
    limit: int,
) -> Select[*Columns]:
    """The page of ``rows`` behind ``cursor``, latest first, and one row more to tell the last page.

    Ordered and cut by the pair of columns, so that an index on them keeps every page equally fast
    and rows that were made at the same moment are neither repeated nor left out.
    """
    key = decode_cursor(cursor)
    with suppress(ValueError, TypeError, OverflowError):  # Not a cursor of ours: the first page.
        last_moment, last_id = key or [""]
        after = tuple_(
            literal(datetime.fromisoformat(str(last_moment)).astimezone(UTC), moment.type),
            literal(max(0, min(int(last_id), MAX_ID)), row_id.type),
        )
        rows = rows.where(tuple_(moment, row_id) < after)
    return rows.order_by(moment.desc(), row_id.desc()).limit(limit + 1)


def moment_cursor(moment: datetime, row_id: int) -> str:
    """The cursor behind a row of `newest_first`."""
    return encode_cursor(moment.isoformat(), row_id)


def behind_cursor(
    cursor: str | None,
    column: InstrumentedAttribute[Any],
    row_id: InstrumentedAttribute[int],
    *,
    is_descending: bool,
) -> list[ColumnElement[bool]]:
    """Which rows are behind a cursor of `sorted_cursor`, in the order of a column.

    Those of the same value, and those of other values: apart, because SQLite would read all of the
    same value to find where to go on (it does not see that an index's last column is the row's
    id). All rows for the first page. The cursor names the column: one of another order begins anew.
    """
    key = decode_cursor(cursor)
    with suppress(ValueError, TypeError, OverflowError):  # Not a cursor of ours: the first page.
        name, last_value, last_id = key or [""]
        if name != column.key:
            raise ValueError
        value = literal(_parse(last_value, column.type.python_type), column.type)
        number = literal(max(0, min(int(last_id), MAX_ID)), row_id.type)
        if is_descending:
            return [(column == value) & (row_id < number), column < value]
        return [(column == value) & (row_id > number), column > value]
    return [true()]


def sorted_cursor(
    column: InstrumentedAttribute[Any], value: str | datetime | int, row_id: int
) -> str:
    """The cursor behind a row in the order of a column; see `behind_cursor`."""
    text = value.isoformat() if isinstance(value, datetime) else value
    return encode_cursor(column.key, text, row_id)


def _parse(value: str | float, kind: type) -> str | int | datetime:
    """A value of a cursor as its column has it.

    Raises:
        ValueError: It is none.
    """
    if kind is datetime:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    if kind is int:
        return max(0, min(int(value), MAX_ID))
    return str(value).replace("\0", "")
