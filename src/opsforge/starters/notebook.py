"""A starter's notebook: from its source to the document that a project gets.

A source is a notebook (``.ipynb``), or one Python file in the percent format that editors know as
cells, for all languages at once: ``# %% [markdown] lang="en"`` is a cell of one language only, and
``«English|中文»`` anywhere is replaced by the half that the reader understands.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, cast, get_args

from opsforge.kit.problems import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
PARAMETERS = "parameters"
"""Tag of the cell that is filled in when a data set is linked (papermill's convention)."""

_CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?P<options>.*)$", re.MULTILINE)
_OPTION = re.compile(r'(\w+)=("[^"]*"|\[[^\]]*\])')
_TWO_LANGUAGES = re.compile(r"«([^|»]*)\|([^»]*)»")


class SourceRefused(ValueError):  # noqa: N818 - what happened to it.
    """A notebook's source is not what it should be; the sentence says where."""


def parse_notebook(text: str) -> dict[str, Any]:
    """A notebook's document, without outputs.

    Raises:
        SourceRefused: It is none.
    """
    try:
        notebook: Any = json.loads(text)
    except ValueError as error:
        raise SourceRefused(f"it is not JSON: {error}") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise SourceRefused("it is no notebook of format 4: it has no list of cells")
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return cast("dict[str, Any]", notebook)


def parse_percent(text: str, language: Language) -> dict[str, Any]:
    """The notebook of one language in a Python file with cells.

    Raises:
        SourceRefused: There is no cell in it.
    """
    cells = [
        cell
        for kind, options, lines in _split(text)
        if options.get("lang", language) == language
        for cell in [_cell(kind, options, lines, language)]
    ]
    if not cells:
        raise SourceRefused(f"it has no cell (“# %%”) for {language}")
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number:02}"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def fill_in(notebook: dict[str, Any], *, project: str, csv_file: str | None) -> bytes:
    """The document of a project's notebook.

    Args:
        notebook: What a starter has; is changed.
        project: Its name stands for ``{project}`` in the text.
        csv_file: What the notebook reads, relative to it, when a data set is linked.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [line.replace("{project}", project) for line in _lines(cell)]
        elif PARAMETERS in cell.get("metadata", {}).get("tags", ()) and csv_file is not None:
            cell["source"] = [f"CSV_FILE = {csv_file!r}"]
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def _is_cell(cell: object) -> bool:
    return isinstance(cell, dict) and "source" in cell and isinstance(cell.get("cell_type"), str)


def _lines(cell: dict[str, Any]) -> list[str]:
    source = cell["source"]
    return source if isinstance(source, list) else str(source).splitlines(keepends=True)


def _split(text: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Kind, options and lines of each cell; what stands before the first one is for editors."""
    marks = list(_CELL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):  # Without a mark there is one end.
        lines = text[mark.end() : end].strip("\n").splitlines()
        try:
            options = {key: json.loads(value) for key, value in _OPTION.findall(mark["options"])}
        except ValueError:
            raise SourceRefused(f'“{mark[0]}”: options are key="text" or key=[…]') from None
        yield "markdown" if mark["markdown"] else "code", options, lines


def _cell(
    kind: str, options: dict[str, Any], lines: list[str], language: Language
) -> dict[str, Any]:
    half = LANGUAGES.index(language) if language in LANGUAGES else 0
    lines = [_TWO_LANGUAGES.sub(lambda found: found[half + 1], line) for line in lines]
    metadata = {"tags": options["tags"]} if "tags" in options else {}
    if kind == "markdown":
        lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        return {"cell_type": kind, "metadata": metadata, "source": _joined(lines)}
    return {
        "cell_type": kind,
        "metadata": metadata,
        "source": _joined(lines),
        "execution_count": None,
        "outputs": [],
    }


def _joined(lines: list[str]) -> list[str]:
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:]
