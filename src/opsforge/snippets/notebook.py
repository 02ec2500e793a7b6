"""Notebooks (nbformat 4): Markdown headings are folders, code cells are snippets.

What a reader of the notebook sees is what counts: Markdown between a heading and the end of its
cell describes the folder; Markdown without a heading describes the code cell behind it, and a first
line in bold is that snippet's title. Only language and tags travel in a cell's metadata. Snippets
of a folder stand before its sub-folders, because a heading can't be left again.
"""

import json
import re
from itertools import pairwise
from typing import Annotated, Any, Literal

from markdown_it import MarkdownIt
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from opsforge.snippets.drafts import FolderDraft, FolderFields, SnippetDraft
from opsforge.snippets.elyra import invalid_item
from opsforge.snippets.errors import ImportItemInvalid, ImportUnreadable
from opsforge.snippets.schemas import Language
from opsforge.snippets.texts import clean_title

METADATA_KEY = "opsforge"
MARKDOWN_MAX_CHARACTERS = 500_000
"""Of one notebook; bounds the time that a hostile one takes."""

_MARKDOWN = MarkdownIt("commonmark").disable(["html_block", "reference", "inline"])
"""Finds blocks only: what stands inside of a line is not ours to understand."""

_BOLD_LINE = re.compile(r"\*\*(.+)\*\*")
_HEADING_MARK = r"(?:#{1,6}(?:\s|$)|=+\s*$|-+\s*$)"
_LOOKS_LIKE_HEADING = re.compile(rf"(\s{{0,3}})(\\*{_HEADING_MARK})")
_ESCAPED_HEADING = re.compile(rf"(\s{{0,3}})\\(\\*{_HEADING_MARK})")
_LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)


class Cell(BaseModel):
    """What we read of a cell; outputs are not looked at."""

    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """The source as one text."""
        return self.source if isinstance(self.source, str) else "".join(self.source)


class Notebook(BaseModel):
    """What we read of a notebook."""

    nbformat: Annotated[int, Field(ge=4, le=4)]
    metadata: dict[str, Any] = Field(default_factory=dict)
    cells: list[Cell]


def read_notebook(file: str, document: Any, into: FolderDraft) -> None:  # noqa: ANN401 - JSON.
    """Add the folders and snippets of a notebook to a draft.

    Raises:
        ImportUnreadable: It is no notebook of format 4.
        ImportItemInvalid: A cell does not fit here.
    """
    try:
        notebook = Notebook.model_validate(document)
    except ValidationError:
        raise ImportUnreadable(file=file) from None
    reader = _Reader(into, language=_language_of(notebook), stem=file.removesuffix(".ipynb"))
    characters = 0
    for number, cell in enumerate(notebook.cells, start=1):
        characters += len(cell.text) if cell.cell_type == "markdown" else 0
        if characters > MARKDOWN_MAX_CHARACTERS:
            raise ImportItemInvalid(file=file, item_number=number, item_field="source")
        try:
            reader.read(cell)
        except ValidationError as error:
            raise invalid_item(file, number, error) from None


def write_notebook(root: FolderDraft) -> str:
    """The draft as a notebook of format 4.5."""
    cells = [
        {"id": f"cell-{number}", "metadata": {}, **cell}
        for number, cell in enumerate(_write_folder(root, level=0), start=1)
    ]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


class _Reader:
    """Goes through the cells and knows under which headings it is."""

    def __init__(self, root: FolderDraft, *, language: str, stem: str) -> None:
        self._open: list[tuple[int, FolderDraft]] = [(0, root)]
        self._language = language
        self._stem = stem
        self._prose: list[str] = []
        self._snippets = 0

    def read(self, cell: Cell) -> None:
        if cell.cell_type == "markdown":
            self._read_markdown(cell.text)
        elif cell.cell_type == "code" and cell.text.strip():
            self._read_code(cell)

    def _read_markdown(self, text: str) -> None:
        lines = text.replace("\r\n", "\n").split("\n")
        headings = _headings("\n".join(lines))
        starts = [start for start, *_ in headings] + [len(lines)]
        if prose := _prose(lines[: starts[0]]):
            self._prose.append(prose)
        for (_, behind, level, title), end in zip(headings, starts[1:], strict=True):
            self._prose.clear()
            folder = self._enter(level, title)
            both = "\n\n".join(filter(None, (folder.description, _prose(lines[behind:end]))))
            folder.description = FolderFields(title=folder.title, description=both).description

    def _enter(self, level: int, title: str) -> FolderDraft:
        while self._open[-1][0] >= level:
            self._open.pop()
        folder = self._open[-1][1].open_folder(title)
        self._open.append((level, folder))
        return folder

    def _read_code(self, cell: Cell) -> None:
        self._snippets += 1
        folder = self._open[-1][1]
        title, description = self._take_prose()
        ours = cell.metadata.get(METADATA_KEY)
        stored = ours if isinstance(ours, dict) else {}
        fields = {
            "title": title or self._name_of(cell.text),
            "description": description,
            "language": stored.get("language", self._language),
            "tags": stored.get("tags", []),
            "code": cell.text,
        }
        folder.snippets.append(SnippetDraft.model_validate(fields))

    def _take_prose(self) -> tuple[str | None, str]:
        prose = "\n\n".join(self._prose)
        self._prose.clear()
        first, _, rest = prose.partition("\n")
        bold = _BOLD_LINE.fullmatch(first.strip())
        title = _title_or_none(bold[1]) if bold else None
        return (title, rest) if title else (None, prose)

    def _name_of(self, code: str) -> str:
        """The comment in the first line, else the folder's or the file's name with a number."""
        first = code.strip().splitlines()[0]
        comment = first.lstrip("#%").strip() if first.startswith("#") else ""
        named = f"{self._open[-1][1].title or self._stem} {self._snippets}"
        return _title_or_none(comment) or _title_or_none(named) or str(self._snippets)


def _title_or_none(raw: str) -> str | None:
    try:
        return clean_title(raw)
    except ValueError:
        return None


def _prose(lines: list[str]) -> str:
    return "\n".join(map(_unescape, lines)).strip()


def _headings(text: str) -> list[tuple[int, int, int, str]]:
    """First line, line behind, level and text of each heading that stands outside of all blocks."""
    found: list[tuple[int, int, int, str]] = []
    for token, inline in pairwise(_MARKDOWN.parse(text)):
        title = " ".join(inline.content.replace("\\#", "#").split())
        if token.type == "heading_open" and token.level == 0 and token.map and title:
            start, behind = token.map
            found.append((start, behind, int(token.tag[1:]), title))
    return found


def _language_of(notebook: Notebook) -> str:
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        named = notebook.metadata.get(place)
        language = named.get(key) if isinstance(named, dict) else None
        try:
            return _LANGUAGE.validate_python(language)
        except ValidationError:
            continue
    return "python"


def _write_folder(folder: FolderDraft, *, level: int) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = []
    for snippet in folder.snippets:
        cells.append(_markdown_cell(f"**{snippet.title}**", snippet.description))
        metadata = {METADATA_KEY: {"language": snippet.language, "tags": snippet.tags}}
        code = {"cell_type": "code", "source": snippet.code, "metadata": metadata}
        cells.append({**code, "execution_count": None, "outputs": []})
    for below in folder.folders:
        title = below.title.replace("#", "\\#")
        cells.append(_markdown_cell(f"{'#' * (level + 1)} {title}", below.description))
        cells += _write_folder(below, level=level + 1)
    return cells


def _markdown_cell(first_line: str, description: str) -> dict[str, Any]:
    prose = "\n".join(map(_escape, description.split("\n")))
    return {"cell_type": "markdown", "source": "\n\n".join(filter(None, (first_line, prose)))}


def _escape(line: str) -> str:
    """A line of a description that would be a heading, with a backslash that Markdown hides."""
    found = _LOOKS_LIKE_HEADING.match(line)
    return f"{found[1]}\\{line[found.end(1) :]}" if found else line


def _unescape(line: str) -> str:
    found = _ESCAPED_HEADING.match(line)
    return line[: found.end(1)] + line[found.end(1) + 1 :] if found else line
