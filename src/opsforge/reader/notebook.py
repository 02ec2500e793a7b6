"""A notebook as static HTML: nbconvert renders it, nh3 lets nothing through that could run."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import nh3
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook
from nbformat.converter import convert
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from opsforge.reader.trimming import trim
from opsforge.reader.unreadable import Unreadable

MAX_BYTES = 32 * 1024**2
HTML_MAX_BYTES = 24 * 1024**2
BEGINNING = '<!doctype html>\n<html lang="{language}" data-theme="'
"""What the service puts a theme's name behind."""

LANGUAGES = ("bash", "r", "julia", "sql", "json", "yaml", "html", "javascript", "latex", "text")
"""Imported before the first job, which may not be allowed to read their modules."""

PICTURES = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "gif", "webp", "svg+xml"))
WARMING = {
    "cells": [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "# a\n|a|\n|-|\n|$x$|\n\n```python\n1```",
        },
        {
            "cell_type": "code",
            "metadata": {},
            "source": "%time x = 1",
            "execution_count": 1,
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": "\x1b[31ma\x1b[0m"},
                {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>a</b>"}},
                {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a"]},
            ],
        },
        {"cell_type": "raw", "metadata": {}, "source": "raw"},
    ],
    "metadata": {"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def careful_highlighter(lexer: str | None) -> Callable[..., str]:
    """Shows code plainly whose language's colours it can't have: its module may be unreadable."""
    highlighter: Callable[..., str] = Highlight2HTML(pygments_lexer=lexer)

    def highlight(source: str, language: str | None = None, metadata: object = None) -> str:
        try:
            return highlighter(source, language=language, metadata=metadata)
        except Exception:  # noqa: BLE001 - whatever a lexer raises on a hostile text.
            return highlighter(source, language="text")

    return highlight


def make_exporter() -> HTMLExporter:
    """Only what nbconvert makes of cells: no page, no script, no file that a notebook names."""
    return HTMLExporter(
        template_name="lab",
        template_file="base.html.j2",
        exclude_anchor_links=True,
        embed_images=False,
        sanitize_html=True,  # By `CLEANER`: each piece, so that none swallows the next one.
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Links lead to the web, pictures come with the notebook."""
    if (tag, attribute) == ("img", "src"):
        return value if value.startswith(PICTURES) else None
    if attribute in {"href", "src", "cite"}:
        return value if value.startswith(("http://", "https://", "mailto:")) else None
    return value


CLEANER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS - {"map", "area"},
    clean_content_tags={"script", "style", "iframe", "object", "embed", "svg", "math", "form"},
    attributes={
        **nh3.ALLOWED_ATTRIBUTES,
        "*": {"class", "style", "dir", "lang", "title"},
        "div": {"data-mime-type"},
        "img": {"src", "alt", "width", "height"},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto", "data"},
    url_relative="deny",
    filter_style_properties={
        "background-color",
        "color",
        "font-style",
        "font-weight",
        "text-align",
        "text-decoration",
    },
)
EXPORTER = make_exporter()
LEXERS = [get_lexer_by_name(language) for language in LANGUAGES]
STYLE = "\n".join(
    (
        Path(__file__).with_name("notebook.css").read_text(encoding="utf-8"),
        HtmlFormatter(style="default").get_style_defs(":root .highlight"),
        "\n".join(
            f":root[data-theme=dark] {line}"
            for line in HtmlFormatter(style="github-dark").get_style_defs(".highlight").split("\n")
            if line.startswith(".highlight")
        ),
    )
)


def render_notebook(file: int, options: Mapping[str, Any]) -> bytes:
    """The page, up to the name of the theme and from there on; see `BEGINNING`.

    Args:
        file: The notebook, open; -1 for one that uses everything once.
        options: ``language`` of the few words that are ours.
    """
    notebook = WARMING if file < 0 else load_notebook(file)
    language = options["language"]
    try:
        html = _convert(trim(notebook, language), _lexer_of(notebook))
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("broken", _say(error)) from error
    body = CLEANER.clean(html).encode("utf-8", "replace")
    if len(body) > HTML_MAX_BYTES:
        raise Unreadable("too_large")
    beginning = BEGINNING.format(language=language)
    head = f'"><head><meta charset="utf-8"><style>{STYLE}</style></head><body>'
    return b"".join([beginning.encode(), head.encode(), body, b"</body></html>\n"])


def load_notebook(file: int) -> Mapping[str, Any]:
    """Read and bring to format 4 what should be a notebook."""
    content = _read(file)
    try:
        notebook: Mapping[str, Any] = convert(nbformat.from_dict(json.loads(content)), 4)
        for cell in notebook["cells"]:
            cell.setdefault("outputs", [])
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("broken", _say(error)) from error
    return notebook


def _convert(notebook: dict[str, Any], lexer: str | None) -> str:
    EXPORTER.filters = {
        "highlight_code": careful_highlighter(lexer),
        "clean_html": CLEANER.clean,
    }
    try:
        html, _ = EXPORTER.from_notebook_node(nbformat.from_dict(notebook))
    except (InvalidNotebook, RuntimeError):  # An attachment is named that is not there.
        for cell in notebook["cells"]:
            cell["source"] = cell["source"].replace("attachment:", "attachment ")
        html, _ = EXPORTER.from_notebook_node(nbformat.from_dict(notebook))
    return str(html)


def _lexer_of(notebook: Mapping[str, Any]) -> str | None:
    info = notebook.get("metadata", {}).get("language_info", {})
    lexer = info.get("pygments_lexer", info.get("name"))
    return lexer if isinstance(lexer, str) else None


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n", maxsplit=1)[0][:200]


def _read(file: int) -> bytes:
    content = b"".join(_pieces(file))
    if len(content) > MAX_BYTES:
        raise Unreadable("too_large")
    return content


def _pieces(file: int) -> Iterator[bytes]:
    offset = 0
    while offset <= MAX_BYTES and (piece := os.pread(file, 1024**2, offset)):
        offset += len(piece)
        yield piece
