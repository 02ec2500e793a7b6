"""Where a node may stand: its folder is the caller's, its depth allowed, its title free there.

Called inside a transaction that holds the lock on the tree.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.kit.names import name_key, propose_name
from opsforge.kit.problems import NotFound
from opsforge.settings import SnippetSettings
from opsforge.snippets import repository
from opsforge.snippets.errors import (
    CycleRefused,
    NotAFolder,
    NotASibling,
    TitleTaken,
    TooDeep,
    TooMany,
)
from opsforge.snippets.models import NodeKind, SnippetNode


class Placement:
    """Decides for one user's tree in one transaction."""

    def __init__(self, session: AsyncSession, actor: Actor, settings: SnippetSettings) -> None:
        self._session = session
        self._actor = actor
        self._settings = settings

    async def check_folder(
        self, parent_id: int | None, *, levels: int, moved: SnippetNode | None = None
    ) -> None:
        """Refuse a folder that can't take a node.

        Args:
            parent_id: The folder; None for the top.
            levels: How many levels of folders the node makes.
            moved: The node, if it stands in the tree already.

        Raises:
            NotFound: The folder is absent, or another user's.
            NotAFolder: It is a snippet.
            CycleRefused: It is the moved node or below it.
            TooDeep: Folders would nest too deep.
        """
        above: list[SnippetNode] = []
        if parent_id is not None:
            above = await repository.list_ancestors(self._session, self._actor, parent_id)
            if not above:
                raise NotFound
            if above[-1].kind != NodeKind.FOLDER:
                raise NotAFolder(name=above[-1].title)
        if moved is not None and any(folder.id == moved.id for folder in above):
            raise CycleRefused(name=moved.title)
        if levels and len(above) + levels > self._settings.max_depth:
            raise TooDeep(max_depth=self._settings.max_depth)

    async def check_title(
        self, parent_id: int | None, title: str, *, node_id: int | None = None
    ) -> None:
        """Refuse a title that another node of the folder has.

        Raises:
            TitleTaken: With a title that is free.
        """
        taken = await repository.title_keys(self._session, self._actor, parent_id)
        if taken.get(name_key(title), node_id) != node_id:
            raise TitleTaken(name=title, proposal=propose_name(title, taken))

    async def check_count(self, more: int) -> None:
        """Refuse nodes beyond the limit.

        Raises:
            TooMany: There would be too many.
        """
        count = await repository.count_nodes(self._session, self._actor)
        if count + more > self._settings.max_count:
            raise TooMany(count_after=count + more, max_count=self._settings.max_count)

    async def make_room(self, parent_id: int | None, before_id: int | None) -> int:
        """The position before a node of the folder, or behind all.

        Raises:
            NotASibling: There is no such node in the folder.
        """
        before = None
        if before_id is not None:
            before = await repository.find_visible(self._session, self._actor, before_id)
            if before is None or before.parent_id != parent_id:
                raise NotASibling
        return await repository.make_room(self._session, self._actor, parent_id, before=before)
