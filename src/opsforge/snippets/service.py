"""Snippets: create, look up, search, change, move, delete, import, export."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.paging import MAX_ID, Page, decode_cursor, encode_cursor
from opsforge.kit.problems import NotFound
from opsforge.settings import SnippetSettings
from opsforge.snippets import repository
from opsforge.snippets.drafts import SnippetDraft
from opsforge.snippets.errors import (
    CodeTooLarge,
    FolderHasNoCode,
    ImportTooLarge,
    VersionConflict,
)
from opsforge.snippets.files import ExportedFile, read_files, write_file
from opsforge.snippets.importing import store_drafts
from opsforge.snippets.library import load_library
from opsforge.snippets.models import NodeKind, SnippetNode
from opsforge.snippets.placement import Placement
from opsforge.snippets.schemas import (
    DeletedView,
    ExportFormat,
    FolderCreate,
    FoundNode,
    ImportedView,
    LibraryGroup,
    NodeDetails,
    NodeMove,
    NodeUpdate,
    NodeView,
    SnippetCreate,
    TreeView,
)
from opsforge.snippets.texts import derived_fields
from opsforge.snippets.views import view_details, view_found, view_node, view_tree

CURSOR_LENGTH = 2


class SnippetService:
    """Every user's tree of snippets, and the platform's library."""

    def __init__(self, *, db: Database, clock: Clock, settings: SnippetSettings) -> None:
        self._db = db
        self._clock = clock
        self._settings = settings

    # Creating --------------------------------------------------------------------------------

    async def create_folder(self, actor: Actor, new: FolderCreate) -> NodeDetails:
        """Create a folder: a parent node (F1).

        Raises:
            NotFound, NotAFolder, TooDeep, TooMany, TitleTaken, NotASibling: See `Placement`.
        """
        return await self._create(actor, new, kind=NodeKind.FOLDER)

    async def create_snippet(self, actor: Actor, new: SnippetCreate) -> NodeDetails:
        """Create a snippet: a child node (F1).

        Raises:
            CodeTooLarge: The settings allow less.
            NotFound, NotAFolder, TooMany, TitleTaken, NotASibling: See `Placement`.
        """
        self._check_code(new.title, new.code)
        return await self._create(actor, new, kind=NodeKind.SNIPPET)

    async def _create(self, actor: Actor, new: FolderCreate, *, kind: NodeKind) -> NodeDetails:
        fields = new.model_dump(exclude={"before_id"})
        node = repository.new_node(
            actor, now=self._clock(), kind=kind, **fields, **derived_fields(**fields)
        )
        async with self._changing(actor) as (session, placement):
            levels = 1 if kind is NodeKind.FOLDER else 0
            await placement.check_folder(new.parent_id, levels=levels)
            await placement.check_count(1)
            await placement.check_title(new.parent_id, new.title)
            node.position = await placement.make_room(new.parent_id, new.before_id)
            await repository.insert_nodes(session, [node])
            return await self._details(session, actor, node.id)

    # Looking ---------------------------------------------------------------------------------

    async def get_tree(self, actor: Actor) -> TreeView:
        """The caller's whole tree (F2)."""
        async with self._db.reading() as session:
            revision = await repository.find_revision(session, actor)
            nodes = await repository.list_tree(session, actor)
        return TreeView(
            revision=revision,
            count=len(nodes),
            max_count=self._settings.max_count,
            max_depth=self._settings.max_depth,
            nodes=view_tree(nodes),
        )

    async def list_level(
        self, actor: Actor, parent_id: int | None, *, cursor: str | None, limit: int
    ) -> Page[NodeView]:
        """The nodes of one folder, in their order (F2).

        Raises:
            NotFound: The folder is absent, another user's, or no folder.
        """
        async with self._db.reading() as session:
            if parent_id is not None:
                await self._find(session, actor, parent_id, kind=NodeKind.FOLDER)
            nodes = await repository.list_level(
                session, actor, parent_id, after=_cursor_key(cursor), limit=limit + 1
            )
        items = [view_node(node) for node in nodes[:limit]]
        last = nodes[:limit][-1:]
        more = encode_cursor(last[0].position, last[0].id) if len(nodes) > limit else None
        return Page(items=items, next_cursor=more)

    async def search_snippets(  # noqa: PLR0913 - the filters, all by name.
        self,
        actor: Actor,
        *,
        query: str,
        tag: str | None,
        language: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[FoundNode]:
        """The caller's nodes that have each word of the query somewhere (F2).

        Those with all words in the title come first, then the latest.
        """
        words = query.split()
        async with self._db.reading() as session:
            found = await repository.search_nodes(
                session,
                actor,
                words=words,
                tag=tag,
                language=language,
                after=_cursor_key(cursor),
                limit=limit + 1,
            )
            folders = await repository.list_folders(session, actor)
        items = [view_found(node, folders, words) for node, _ in found[:limit]]
        last = found[:limit][-1:]
        more = encode_cursor(last[0][1], -last[0][0].id) if len(found) > limit else None
        return Page(items=items, next_cursor=more)

    async def get_node(self, actor: Actor, node_id: int) -> NodeDetails:
        """A folder or a snippet with its code (F2).

        Raises:
            NotFound: Absent, or another user's.
        """
        async with self._db.reading() as session:
            return await self._details(session, actor, node_id)

    def list_library(self) -> list[LibraryGroup]:
        """The platform's own snippets, in two levels."""
        return load_library()

    # Changing --------------------------------------------------------------------------------

    async def update_node(self, actor: Actor, node_id: int, change: NodeUpdate) -> NodeDetails:
        """Change a folder or a snippet (F5).

        Raises:
            NotFound: Absent, or another user's.
            VersionConflict: It was changed in the meantime.
            TitleTaken: Another node of its folder has the title.
            FolderHasNoCode: It is a folder, and what only snippets have was given.
            CodeTooLarge: The settings allow less.
        """
        fields = change.model_dump(exclude={"version"}, exclude_none=True)
        async with self._changing(actor) as (session, placement):
            node = await self._find(session, actor, node_id)
            _check_version(node, change.version)
            if node.kind == NodeKind.FOLDER and {"language", "tags", "code"} & fields.keys():
                raise FolderHasNoCode(name=node.title)
            self._check_code(node.title, fields.get("code", ""))
            if "title" in fields:
                await placement.check_title(node.parent_id, fields["title"], node_id=node.id)
            before = {
                name: getattr(node, name) for name in ("title", "description", "tags", "code")
            }
            fields |= derived_fields(**(before | fields))
            await repository.set_fields(session, node, {**fields, "updated_at": self._clock()})
            return await self._details(session, actor, node_id)

    async def move_node(self, actor: Actor, node_id: int, move: NodeMove) -> NodeDetails:
        """Move a node with all below it to another folder or another place in its own (F5).

        Raises:
            NotFound: The node or the folder is absent, or another user's.
            VersionConflict: The node was changed or moved in the meantime.
            CycleRefused, NotAFolder, TooDeep, TitleTaken, NotASibling: See `Placement`.
        """
        async with self._changing(actor) as (session, placement):
            node = await self._find(session, actor, node_id)
            _check_version(node, move.version)
            levels = await repository.folder_levels(session, actor, node_id)
            await placement.check_folder(move.parent_id, levels=levels, moved=node)
            await placement.check_title(move.parent_id, node.title, node_id=node.id)
            position = await placement.make_room(move.parent_id, move.before_id)
            place = {"parent_id": move.parent_id, "position": position}
            await repository.set_fields(session, node, {**place, "updated_at": self._clock()})
            return await self._details(session, actor, node_id)

    # Deleting --------------------------------------------------------------------------------

    async def delete_folder(self, actor: Actor, folder_id: int) -> DeletedView:
        """Delete a parent node with all below it, in one transaction (F3).

        Raises:
            NotFound: Absent, another user's, or a snippet.
        """
        return await self._delete(actor, folder_id, kind=NodeKind.FOLDER)

    async def delete_snippet(self, actor: Actor, snippet_id: int) -> DeletedView:
        """Delete a child node (F4).

        Raises:
            NotFound: Absent, another user's, or a folder.
        """
        return await self._delete(actor, snippet_id, kind=NodeKind.SNIPPET)

    async def _delete(self, actor: Actor, node_id: int, *, kind: NodeKind) -> DeletedView:
        async with self._changing(actor) as (session, _):
            await self._find(session, actor, node_id, kind=kind)
            counts = await repository.delete_below(session, actor, node_id)
        return DeletedView(
            folder_count=counts.get(NodeKind.FOLDER, 0),
            snippet_count=counts.get(NodeKind.SNIPPET, 0),
        )

    # Files -----------------------------------------------------------------------------------

    async def import_files(
        self,
        actor: Actor,
        parent_id: int | None,
        files: AsyncIterable[tuple[str, AsyncIterable[bytes]]],
    ) -> ImportedView:
        """Create folders and snippets from files, all or nothing (F1).

        What stands in the files' top level gets a free title where the folder has it already.

        Args:
            actor: Whose tree.
            parent_id: The folder to put them in; None for the top.
            files: Name and content of each.

        Raises:
            ImportTooLarge, ImportUnreadable, ImportItemInvalid, ImportEmpty: The files do not fit.
            NotFound, NotAFolder, TooDeep, TooMany, CodeTooLarge: The tree does not take them.
        """
        contents = await self._receive(files)
        # Markdown and JSON of some megabytes take a while, during which others must be answered.
        drafts = await anyio.to_thread.run_sync(read_files, contents, self._settings.max_count)
        for draft in drafts.walk():
            if isinstance(draft, SnippetDraft):
                self._check_code(draft.title, draft.code)
        async with self._changing(actor) as (session, placement):
            await placement.check_folder(parent_id, levels=drafts.levels())
            await placement.check_count(drafts.count())
            return await store_drafts(session, actor, drafts, parent_id, now=self._clock())

    async def export_file(
        self, actor: Actor, node_id: int | None, *, file_format: ExportFormat
    ) -> ExportedFile:
        """A node with all below it, or the whole tree, as one file (F2).

        Raises:
            NotFound: Absent, or another user's.
        """
        async with self._db.reading() as session:
            if node_id is None:
                nodes = await repository.list_all(session, actor)
            else:
                nodes = await repository.list_below(session, actor, node_id)
                if not nodes:
                    raise NotFound
        return await anyio.to_thread.run_sync(write_file, nodes, node_id, file_format)

    # Within ----------------------------------------------------------------------------------

    async def _receive(
        self, files: AsyncIterable[tuple[str, AsyncIterable[bytes]]]
    ) -> list[tuple[str, bytes]]:
        """The files in memory, as long as they are together no larger than allowed."""
        contents: list[tuple[str, bytes]] = []
        left_bytes = int(self._settings.max_import)
        async for name, chunks in files:
            content = bytearray()
            async for chunk in chunks:
                content += chunk
                if len(content) > left_bytes:
                    raise ImportTooLarge(max_bytes=self._settings.max_import)
            left_bytes -= len(content)
            contents.append((name, bytes(content)))
        return contents

    @asynccontextmanager
    async def _changing(self, actor: Actor) -> AsyncIterator[tuple[AsyncSession, Placement]]:
        """A transaction that alone changes the caller's tree."""
        async with self._db.writing() as session:
            await repository.lock_tree(session, actor.user_id)
            yield session, Placement(session, actor, self._settings)

    async def _find(
        self, session: AsyncSession, actor: Actor, node_id: int, *, kind: NodeKind | None = None
    ) -> SnippetNode:
        node = await repository.find_visible(session, actor, node_id)
        if node is None or (kind is not None and node.kind != kind):
            raise NotFound
        return node

    async def _details(self, session: AsyncSession, actor: Actor, node_id: int) -> NodeDetails:
        session.expire_all()
        node = await self._find(session, actor, node_id)
        above: list[SnippetNode] = []
        if node.parent_id is not None:
            above = await repository.list_ancestors(session, actor, node.parent_id)
        return view_details(node, above)

    def _check_code(self, title: str, code: str) -> None:
        size_bytes = len(code.encode())
        if size_bytes > self._settings.max_code:
            raise CodeTooLarge(name=title, size_bytes=size_bytes, max_bytes=self._settings.max_code)


def _check_version(node: SnippetNode, version: int) -> None:
    if node.version != version:
        raise VersionConflict(name=node.title, current_version=node.version)


def _cursor_key(cursor: str | None) -> tuple[int, int] | None:
    key = decode_cursor(cursor)
    if key is None or len(key) != CURSOR_LENGTH:
        return None
    first, second = key
    if not (isinstance(first, int) and isinstance(second, int)):
        return None
    return (first, second) if max(abs(first), abs(second)) <= MAX_ID else None
