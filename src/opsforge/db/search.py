"""What rows are found by: their folded text, and an index of its one, two and three characters.

A word is found wherever a text contains it, in every language alike. The index only narrows down
which rows to look at (whoever searches compares the text itself, see `opsforge.db.lists`), so it
may know too much of a row and must never know too little. On PostgreSQL it is a GIN index over an
expression and keeps itself; on SQLite it is a contentless FTS5 table, which the events below keep
in the transaction that changes the row. For that, rows of a `Searched` table are inserted, changed
and deleted as objects, never by a statement over many.
"""

import unicodedata
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Text, event, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from opsforge.kit.names import name_key

GRAM_MAX_LENGTH = 3
QUERY_MAX_GRAMS = 40
"""More would narrow nothing further down."""


class Searched:
    """A table whose rows are found by name, description and owner."""

    if TYPE_CHECKING:  # Columns of each table's own.
        __tablename__: str
        id: Mapped[int]
        name: Mapped[str]
        description: Mapped[str]
        owner_name: Mapped[str]

    search_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Name, description and owner, folded."""


def fold(raw: str) -> str:
    """A text without regard to case, in normal form C."""
    return name_key(unicodedata.normalize("NFC", raw))


def search_text(*, name: str, description: str, owner: str) -> str:
    """What a search looks through."""
    return fold(f"{name}\n{description}\n{owner}")


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, each of which must be in the text."""
    return tuple(dict.fromkeys(fold(query).split()))


def grams_of_text(folded: str) -> set[str]:
    """Every piece of one to three characters in the words of a text."""
    return {
        word[start : start + length]
        for word in folded.split()
        for length in range(1, GRAM_MAX_LENGTH + 1)
        for start in range(len(word) - length + 1)
    }


def grams_of_words(words: Iterable[str]) -> list[str]:
    """The longest pieces of some words: a text that contains the words has all of them."""
    grams = {
        word[start : start + GRAM_MAX_LENGTH]
        for word in words
        for start in range(max(1, len(word) - GRAM_MAX_LENGTH + 1))
    }
    return sorted(grams)[:QUERY_MAX_GRAMS]


def index_table(tablename: str) -> str:
    """The SQLite table that finds the rows of another one."""
    return f"search_{tablename}"


def index_tokens(grams: Iterable[str]) -> str:
    """Pieces as words of letters and digits, which SQLite's tokenizer leaves alone."""
    return " ".join(f"x{zlib.crc32(gram.encode('utf-8', 'surrogatepass')):08x}" for gram in grams)


def add_to_index(connection: Connection, tablename: str, row_id: int, folded: str) -> None:
    """Let a row of an SQLite table be found."""
    index = index_table(tablename)
    connection.execute(
        text(f"INSERT INTO {index} (rowid, grams) VALUES (:row_id, :grams)"),  # noqa: S608 - ours.
        {"row_id": row_id, "grams": index_tokens(grams_of_text(folded))},
    )


def _remove_from_index(connection: Connection, row: Searched, folded: str) -> None:
    index = index_table(row.__tablename__)
    connection.execute(
        text(f"INSERT INTO {index} ({index}, rowid, grams) VALUES ('delete', :row_id, :grams)"),  # noqa: S608 - ours.
        {"row_id": row.id, "grams": index_tokens(grams_of_text(folded))},
    )


@event.listens_for(Searched, "before_insert", propagate=True)
@event.listens_for(Searched, "before_update", propagate=True)
def _fold_row(mapper: Mapper[Searched], connection: Connection, row: Searched) -> None:
    del mapper, connection
    row.search_text = search_text(
        name=row.name, description=row.description or "", owner=row.owner_name
    )


@event.listens_for(Searched, "after_insert", propagate=True)
def _index_row(mapper: Mapper[Searched], connection: Connection, row: Searched) -> None:
    del mapper
    if connection.dialect.name == "sqlite":
        add_to_index(connection, row.__tablename__, row.id, row.search_text)


@event.listens_for(Searched, "after_update", propagate=True)
def _index_row_again(mapper: Mapper[Searched], connection: Connection, row: Searched) -> None:
    del mapper
    old = inspect(row).attrs.search_text.history.deleted
    if old and connection.dialect.name == "sqlite":
        _remove_from_index(connection, row, old[0])
        add_to_index(connection, row.__tablename__, row.id, row.search_text)


@event.listens_for(Searched, "after_delete", propagate=True)
def _forget_row(mapper: Mapper[Searched], connection: Connection, row: Searched) -> None:
    del mapper
    if connection.dialect.name == "sqlite":
        _remove_from_index(connection, row, row.search_text)
