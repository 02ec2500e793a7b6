"""Files of an import and of an export, whatever their format."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from opsforge.snippets.drafts import FolderDraft, SnippetDraft, TitleBook
from opsforge.snippets.elyra import read_elyra, write_elyra
from opsforge.snippets.errors import ImportEmpty, ImportUnreadable, TooMany
from opsforge.snippets.models import NodeKind, SnippetNode
from opsforge.snippets.notebook import read_notebook, write_notebook
from opsforge.snippets.schemas import ExportFormat
from opsforge.snippets.views import by_parent

FILE_NAME_MAX_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True)
class ExportedFile:
    """A file to download."""

    name: str
    media_type: str
    content: str


def read_files(files: Sequence[tuple[str, bytes]], max_count: int) -> FolderDraft:
    """The folders and snippets of all files together; titles differ within each folder.

    Args:
        files: Name and content of each.
        max_count: How many folders and snippets there may be.

    Raises:
        TooMany: There are more.
        ImportUnreadable: A file is in no format that we know.
        ImportItemInvalid: An item of one does not fit.
        ImportEmpty: There is nothing in them.
    """
    root = FolderDraft()
    for raw_name, content in files:
        name = "".join(c for c in raw_name if c.isprintable())[-FILE_NAME_MAX_CHARACTERS:]
        document = _parse(name, content)
        if isinstance(document, dict) and "nbformat" in document:
            read_notebook(name, document, root)
        else:
            read_elyra(name, document, root)
        if root.count() > max_count:
            raise TooMany(count_after=root.count(), max_count=max_count)
    if not root.count():
        raise ImportEmpty
    _separate_titles(root)
    return root


def write_file(
    nodes: Sequence[SnippetNode], node_id: int | None, file_format: ExportFormat
) -> ExportedFile:
    """A node with all below it as a file; without one the whole tree."""
    levels = by_parent(nodes)
    by_id = {node.id: node for node in nodes}
    root = FolderDraft()
    _draft_nodes([by_id[node_id]] if node_id is not None else levels[None], levels, root)
    stem = _file_stem(by_id[node_id].title if node_id is not None else "snippets")
    if file_format == "notebook":
        return ExportedFile(
            name=f"{stem}.ipynb",
            media_type="application/x-ipynb+json",
            content=write_notebook(root),
        )
    items = write_elyra(root)
    is_single = node_id is not None and by_id[node_id].kind == NodeKind.SNIPPET
    content = json.dumps(items[0] if is_single else items, ensure_ascii=False, indent=2)
    return ExportedFile(name=f"{stem}.json", media_type="application/json", content=content)


def _parse(name: str, content: bytes) -> object:
    try:
        document: object = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ImportUnreadable(file=name) from None
    return document


def _separate_titles(folder: FolderDraft) -> None:
    titles = TitleBook()
    for below in folder.folders:
        below.title = titles.claim(below.title)
        _separate_titles(below)
    for snippet in folder.snippets:
        snippet.title = titles.claim(snippet.title)


def _draft_nodes(
    nodes: Sequence[SnippetNode],
    levels: Mapping[int | None, list[SnippetNode]],
    into: FolderDraft,
) -> None:
    for node in nodes:
        if node.kind == NodeKind.FOLDER:
            folder = FolderDraft(title=node.title, description=node.description)
            into.folders.append(folder)
            _draft_nodes(levels.get(node.id, []), levels, folder)
        else:
            # What is stored was validated when it came.
            snippet = SnippetDraft.model_construct(
                title=node.title,
                description=node.description,
                language=node.language,
                tags=node.tags,
                code=node.code,
            )
            into.snippets.append(snippet)


def _file_stem(title: str) -> str:
    return PurePath(re.sub(r'[\\/:*?"<>|]+', "-", title).strip(" .-")).name or "snippets"
