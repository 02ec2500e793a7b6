"""From rows to what the API shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from opsforge.snippets.models import SnippetNode
from opsforge.snippets.schemas import FoundNode, NodeDetails, NodeView, PathStep, TreeNode
from opsforge.snippets.texts import fold

EXCERPT_MAX_CHARACTERS = 200

Folders = Mapping[int, tuple[int | None, str]]
"""The parent and the title of each folder."""


def view_node(node: SnippetNode) -> NodeView:
    """A node without its code."""
    return NodeView.model_validate(node)


def view_details(node: SnippetNode, above: Iterable[SnippetNode]) -> NodeDetails:
    """A node with its code and the folders above it."""
    path = [PathStep(id=folder.id, title=folder.title) for folder in above]
    return NodeDetails(**view_node(node).model_dump(), code=node.code, path=path)


def view_tree(nodes: Sequence[SnippetNode]) -> list[TreeNode]:
    """The nodes as a tree; those of one folder keep their order."""
    views = {node.id: TreeNode(**view_node(node).model_dump(), children=[]) for node in nodes}
    top: list[TreeNode] = []
    for view in views.values():
        (top if view.parent_id is None else views[view.parent_id].children).append(view)
    return top


def view_found(node: SnippetNode, folders: Folders, words: Sequence[str]) -> FoundNode:
    """A node that a search found, with where it stands and the line that shows why."""
    path: list[PathStep] = []
    parent_id = node.parent_id
    while parent_id is not None:
        above_id, title = folders[parent_id]
        path.insert(0, PathStep(id=parent_id, title=title))
        parent_id = above_id
    excerpt = _excerpt(node.code, words)
    return FoundNode(**view_node(node).model_dump(), path=path, excerpt=excerpt)


def by_parent(nodes: Iterable[SnippetNode]) -> dict[int | None, list[SnippetNode]]:
    """The nodes of each folder, in the given order."""
    levels: dict[int | None, list[SnippetNode]] = defaultdict(list)
    for node in nodes:
        levels[node.parent_id].append(node)
    return levels


def _excerpt(code: str, words: Sequence[str]) -> str:
    first = fold(words[0]) if words else ""
    for line in code.splitlines():
        if first and first in fold(line):
            return line.strip()[:EXCERPT_MAX_CHARACTERS]
    return ""
