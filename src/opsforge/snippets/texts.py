"""Texts of snippets: how they are cleaned, compared and searched."""

import unicodedata
from collections.abc import Iterable

from opsforge.kit.field_faults import fault
from opsforge.kit.names import name_key
from opsforge.snippets.models import TITLE_MAX_CHARACTERS

TAG_MARK = "\x1f"
"""Stands around each tag in a node's search text; no cleaned text contains it."""


def clean_line(raw: str) -> str:
    """One line in Unicode normal form C, with single blanks, as a heading shows it.

    Raises:
        ValueError: It is empty or has a control character.
    """
    line = unicodedata.normalize("NFC", raw).strip()
    if not line:
        raise fault("blank")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in line):
        raise fault("not_one_line")
    return " ".join(line.split())


def clean_title(raw: str) -> str:
    """A title that is one line of at most `TITLE_MAX_CHARACTERS`.

    Raises:
        ValueError: It is not.
    """
    title = clean_line(raw)
    if len(title) > TITLE_MAX_CHARACTERS:
        raise fault("title_too_long", most=TITLE_MAX_CHARACTERS)
    return title


def clean_text(raw: str) -> str:
    """Text of many lines, ended by LF as in notebooks.

    Raises:
        ValueError: It has a character that a database can't store or that marks our tags.
    """
    if "\x00" in raw or TAG_MARK in raw:
        raise fault("not_storable")
    return raw.replace("\r\n", "\n").replace("\r", "\n")


def clean_description(raw: str) -> str:
    """The same without blank lines around it.

    Raises:
        ValueError: As `clean_text`.
    """
    return clean_text(raw).strip()


def fold(text: str) -> str:
    """The text without regard to case, width and composition: ＣＰＵ and cpu are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def derived_fields(
    *, title: str, description: str, tags: Iterable[str] = (), code: str = "", **other: object
) -> dict[str, str]:
    """The columns of a node that follow from its others.

    In the search text each tag stands between marks, so that it can be asked for exactly.
    """
    del other
    text = "\n".join([*map(tag_pattern, tags), fold(title), fold(description), fold(code)])
    return {"title_key": name_key(title), "search_text": text}


def tag_pattern(tag: str) -> str:
    """How a tag stands in a search text."""
    return f"{TAG_MARK}{fold(tag)}{TAG_MARK}"
