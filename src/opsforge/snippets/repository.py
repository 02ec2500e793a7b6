"""Every query of the snippets room."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from opsforge.auth.actor import Actor
from opsforge.kit.names import name_key
from opsforge.snippets.models import NodeKind, SnippetNode, SnippetTree
from opsforge.snippets.texts import fold, tag_pattern

MAX_LEVELS = 16
"""More than the settings allow; even a tree that was spoilt by hand can't keep a query for ever."""


def visible_to(actor: Actor) -> Select[SnippetNode]:
    """The nodes that the caller may read: their own."""
    return select(SnippetNode).where(SnippetNode.user_id == actor.user_id)


def _listed(actor: Actor) -> Select[SnippetNode]:
    return visible_to(actor).options(defer(SnippetNode.code), defer(SnippetNode.search_text))


async def lock_tree(session: AsyncSession, user_id: int) -> int:
    """Take the lock on a user's tree until the transaction ends; returns the new revision.

    Without it two moves that are each right could together make a cycle, and two creations pass
    a limit.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(SnippetTree)
    rows = (
        insert.values(user_id=user_id, revision=1)
        .on_conflict_do_update(
            index_elements=[SnippetTree.user_id],
            set_={"revision": SnippetTree.revision + 1},
        )
        .returning(SnippetTree.revision)
    )
    return (await session.scalars(rows)).one()


async def find_revision(session: AsyncSession, actor: Actor) -> int:
    """The revision of the caller's tree; 0 before its first change."""
    rows = select(SnippetTree.revision).where(SnippetTree.user_id == actor.user_id)
    return await session.scalar(rows) or 0


async def find_visible(session: AsyncSession, actor: Actor, node_id: int) -> SnippetNode | None:
    """The node with this id, if it is the caller's."""
    rows = visible_to(actor).where(SnippetNode.id == node_id)
    return (await session.scalars(rows)).one_or_none()


async def list_tree(session: AsyncSession, actor: Actor) -> Sequence[SnippetNode]:
    """All of the caller's nodes without code; those of one folder in their order."""
    rows = _listed(actor).order_by(SnippetNode.position, SnippetNode.id)
    return (await session.scalars(rows)).all()


async def list_level(
    session: AsyncSession,
    actor: Actor,
    parent_id: int | None,
    *,
    after: tuple[int, int] | None,
    limit: int,
) -> Sequence[SnippetNode]:
    """The nodes of one folder without code, in order, after a position and id."""
    rows = (
        _listed(actor)
        .where(_is_in(parent_id))
        .order_by(SnippetNode.position, SnippetNode.id)
        .limit(limit)
    )
    if after is not None:
        key = tuple_(SnippetNode.position, SnippetNode.id)
        rows = rows.where(key > tuple_(literal(after[0]), literal(after[1])))
    return (await session.scalars(rows)).all()


async def search_nodes(  # noqa: PLR0913 - the filters, all by name.
    session: AsyncSession,
    actor: Actor,
    *,
    words: Sequence[str],
    tag: str | None,
    language: str | None,
    after: tuple[int, int] | None,
    limit: int,
) -> Sequence[tuple[SnippetNode, int]]:
    """Nodes that have every word somewhere, with a rank: 0 if the title has all, then 1.

    Latest first within a rank. A plain substring search, so that one Chinese character is found as
    well as a long word; it looks only at the user's own nodes, whose number is limited.
    """
    in_title = [SnippetNode.title_key.contains(name_key(w), autoescape=True) for w in words]
    rank = case((and_(true(), *in_title), 0), else_=1)
    rows = visible_to(actor).options(defer(SnippetNode.search_text)).add_columns(rank)
    for word in words:
        rows = rows.where(SnippetNode.search_text.contains(fold(word), autoescape=True))
    if tag:
        rows = rows.where(SnippetNode.search_text.contains(tag_pattern(tag), autoescape=True))
    if language:
        rows = rows.where(SnippetNode.language == language)
    if after is not None:
        rows = rows.where(tuple_(rank, -SnippetNode.id) > tuple_(*map(literal, after)))
    rows = rows.order_by(rank, SnippetNode.id.desc()).limit(limit)
    return [(node, place) for node, place in await session.execute(rows)]


async def list_ancestors(session: AsyncSession, actor: Actor, node_id: int) -> list[SnippetNode]:
    """The folders above a node and the node itself, the uppermost first; empty if it is absent."""
    own = select(SnippetNode.id, SnippetNode.parent_id, literal(0).label("distance"))
    start = own.where(SnippetNode.user_id == actor.user_id, SnippetNode.id == node_id)
    chain = start.cte("chain", recursive=True)
    above = select(SnippetNode.id, SnippetNode.parent_id, chain.c.distance + 1)
    chain = chain.union_all(
        above.where(SnippetNode.id == chain.c.parent_id, chain.c.distance < MAX_LEVELS)
    )
    rows = (
        _listed(actor).join(chain, chain.c.id == SnippetNode.id).order_by(chain.c.distance.desc())
    )
    return list((await session.scalars(rows)).all())


async def folder_levels(session: AsyncSession, actor: Actor, node_id: int) -> int:
    """How many levels of folders a node makes: 0 for a snippet, 1 for a folder without folders."""
    below = _below(actor, node_id)
    rows = select(func.max(below.c.distance)).where(below.c.kind == NodeKind.FOLDER)
    deepest = await session.scalar(rows)
    return 0 if deepest is None else deepest + 1


async def list_folders(session: AsyncSession, actor: Actor) -> dict[int, tuple[int | None, str]]:
    """The parent and the title of each of the caller's folders, by its id."""
    rows = visible_to(actor).where(SnippetNode.kind == NodeKind.FOLDER)
    columns = rows.with_only_columns(SnippetNode.id, SnippetNode.parent_id, SnippetNode.title)
    return {row.id: (row.parent_id, row.title) for row in await session.execute(columns)}


async def list_below(session: AsyncSession, actor: Actor, node_id: int) -> Sequence[SnippetNode]:
    """A node and all below it, with code; those of one folder in their order."""
    below = _below(actor, node_id)
    rows = (
        visible_to(actor)
        .where(SnippetNode.id.in_(select(below.c.id)))
        .order_by(SnippetNode.position, SnippetNode.id)
    )
    return (await session.scalars(rows)).all()


async def list_all(session: AsyncSession, actor: Actor) -> Sequence[SnippetNode]:
    """All of the caller's nodes, with code; those of one folder in their order."""
    rows = visible_to(actor).order_by(SnippetNode.position, SnippetNode.id)
    return (await session.scalars(rows)).all()


async def count_nodes(session: AsyncSession, actor: Actor) -> int:
    """How many nodes the caller has."""
    return await session.scalar(visible_to(actor).with_only_columns(func.count())) or 0


async def title_keys(session: AsyncSession, actor: Actor, parent_id: int | None) -> dict[str, int]:
    """The keys of the titles in a folder, with the ids of their nodes."""
    rows = visible_to(actor).where(_is_in(parent_id))
    columns = rows.with_only_columns(SnippetNode.title_key, SnippetNode.id)
    return {row.title_key: row.id for row in await session.execute(columns)}


async def make_room(
    session: AsyncSession, actor: Actor, parent_id: int | None, *, before: SnippetNode | None
) -> int:
    """The position for a new node of a folder; those from ``before`` on move back by one."""
    level = (SnippetNode.user_id == actor.user_id, _is_in(parent_id))
    if before is None:
        last = await session.scalar(select(func.max(SnippetNode.position)).where(*level))
        return 0 if last is None else last + 1
    await session.execute(
        update(SnippetNode)
        .where(*level, SnippetNode.position >= before.position)
        .values(position=SnippetNode.position + 1),
        execution_options={"synchronize_session": False},
    )
    return before.position


async def set_fields(session: AsyncSession, node: SnippetNode, fields: dict[str, Any]) -> None:
    """Change columns of a node and count its version up."""
    await session.execute(
        update(SnippetNode)
        .where(SnippetNode.id == node.id)
        .values(**fields, version=SnippetNode.version + 1),
        execution_options={"synchronize_session": False},
    )


async def delete_below(session: AsyncSession, actor: Actor, node_id: int) -> dict[NodeKind, int]:
    """Delete a node and, by the database's cascade, all below it; returns how many of each kind."""
    below = _below(actor, node_id)
    counts = await session.execute(
        select(below.c.kind, func.count()).select_from(below).group_by(below.c.kind)
    )
    await session.execute(
        delete(SnippetNode).where(SnippetNode.user_id == actor.user_id, SnippetNode.id == node_id),
        execution_options={"synchronize_session": False},
    )
    return {NodeKind(kind): count for kind, count in counts}


async def insert_nodes(session: AsyncSession, nodes: Collection[SnippetNode]) -> None:
    """Store new nodes; their ids are known afterwards."""
    session.add_all(nodes)
    await session.flush()


def new_node(actor: Actor, *, now: datetime, **fields: Any) -> SnippetNode:  # noqa: ANN401 - columns.
    """A node of the caller's, not stored yet."""
    return SnippetNode(user_id=actor.user_id, created_at=now, updated_at=now, **fields)


def _is_in(parent_id: int | None) -> Any:  # noqa: ANN401 - SQLAlchemy's own type.
    return (
        SnippetNode.parent_id.is_(None)
        if parent_id is None
        else (SnippetNode.parent_id == parent_id)
    )


def _below(actor: Actor, node_id: int) -> CTE:
    columns = select(SnippetNode.id, SnippetNode.kind, literal(0).label("distance"))
    start = columns.where(SnippetNode.user_id == actor.user_id, SnippetNode.id == node_id)
    below = start.cte("below", recursive=True)
    children = select(SnippetNode.id, SnippetNode.kind, below.c.distance + 1)
    return below.union_all(
        children.where(SnippetNode.parent_id == below.c.id, below.c.distance < MAX_LEVELS)
    )
