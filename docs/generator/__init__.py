"""Generates what the documentation takes from the code: ``make docs``.

Each module makes one page. A test compares the pages with the code, so that none falls behind.
"""

from pathlib import Path

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent


def first_paragraph(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")


def table_row(*cells: str) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
