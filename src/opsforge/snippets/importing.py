"""Storing what an import read."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.snippets import repository
from opsforge.snippets.drafts import FolderDraft, SnippetDraft, TitleBook
from opsforge.snippets.models import NodeKind, SnippetNode
from opsforge.snippets.schemas import ImportedView
from opsforge.snippets.texts import derived_fields
from opsforge.snippets.views import view_node


async def store_drafts(
    session: AsyncSession,
    actor: Actor,
    root: FolderDraft,
    parent_id: int | None,
    *,
    now: datetime,
) -> ImportedView:
    """Store a draft behind what the folder has, level by level.

    Args:
        session: A transaction that holds the lock on the tree.
        actor: Whose tree.
        root: What to store.
        parent_id: The folder that takes it.
        now: When.
    """
    titles = TitleBook(await repository.title_keys(session, actor, parent_id))
    for folder in root.folders:
        folder.title = titles.claim(folder.title)
    for snippet in root.snippets:
        snippet.title = titles.claim(snippet.title)
    first = await repository.make_room(session, actor, parent_id, before=None)
    top = await _store_level(session, actor, [(root, parent_id, first)], now=now)
    counted = list(root.walk())
    folder_count = sum(isinstance(draft, FolderDraft) for draft in counted)
    return ImportedView(
        folder_count=folder_count,
        snippet_count=len(counted) - folder_count,
        nodes=[view_node(node) for node in top],
    )


async def _store_level(
    session: AsyncSession,
    actor: Actor,
    folders: list[tuple[FolderDraft, int | None, int]],
    *,
    now: datetime,
) -> list[SnippetNode]:
    """Store what stands in these folders, then what is below; returns the former."""
    pairs: list[tuple[FolderDraft | SnippetDraft, SnippetNode]] = []
    for folder, parent_id, first in folders:
        drafts: list[FolderDraft | SnippetDraft] = [*folder.snippets, *folder.folders]
        pairs += [
            (draft, _node(actor, draft, now=now, parent_id=parent_id, position=position))
            for position, draft in enumerate(drafts, start=first)
        ]
    await repository.insert_nodes(session, [node for _, node in pairs])
    below: list[tuple[FolderDraft, int | None, int]] = [
        (draft, node.id, 0) for draft, node in pairs if isinstance(draft, FolderDraft)
    ]
    if below:
        await _store_level(session, actor, below, now=now)
    return [node for _, node in pairs]


def _node(
    actor: Actor, draft: FolderDraft | SnippetDraft, *, now: datetime, **place: int | None
) -> SnippetNode:
    if isinstance(draft, FolderDraft):
        kind, own = NodeKind.FOLDER, {"title": draft.title, "description": draft.description}
    else:
        kind, own = NodeKind.SNIPPET, draft.model_dump()
    return repository.new_node(actor, now=now, kind=kind, **own, **derived_fields(**own), **place)
