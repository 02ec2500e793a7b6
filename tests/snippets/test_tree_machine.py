"""A tree under random changes, against a model in plain Python."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.clock import utc_now
from opsforge.kit.problems import NotFound, Problem
from opsforge.settings import SnippetSettings
from opsforge.snippets import errors
from opsforge.snippets.schemas import FolderCreate, NodeMove, NodeUpdate, SnippetCreate, TreeNode
from opsforge.snippets.service import SnippetService
from opsforge.users.models import User
from tests.support.databases import SqliteDatabases

LIMITS = SnippetSettings(max_depth=3, max_count=9)
TITLES = st.sampled_from(["a", "A", "b", "c", "日志", "d"])
PICKS = st.integers(0, 20)

Result = TypeVar("Result")


@dataclass
class Model:
    """A node as it should be; the root is a folder without a title."""

    title: str
    is_folder: bool
    id: int | None = None
    version: int = 1
    children: list["Model"] = field(default_factory=list)

    def walk(self) -> list["Model"]:
        return [self, *(below for child in self.children for below in child.walk())]

    def levels(self) -> int:
        deepest = max((child.levels() for child in self.children), default=0)
        return deepest + 1 if self.is_folder else 0

    def parent_of(self, node: "Model") -> "Model":
        return next(folder for folder in self.walk() if node in folder.children)

    def depth_of(self, node: "Model") -> int:
        return 0 if node is self else 1 + self.depth_of(self.parent_of(node))

    def has_title(self, title: str, *, but: "Model | None" = None) -> bool:
        return any(c.title.lower() == title.lower() for c in self.children if c is not but)

    def outline(self) -> list[Any]:
        return [[c.id, c.title, c.version, c.outline()] for c in self.children]


def outline(nodes: list[TreeNode]) -> list[Any]:
    return [[n.id, n.title, n.version, outline(n.children)] for n in nodes]


class TreeMachine(RuleBasedStateMachine):
    """Does the same to a user's tree and to the model."""

    template: ClassVar[SqliteDatabases]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory(prefix="tree-")
        path = Path(self.folder.name) / "opsforge.db"
        self.template.copy_to(path)
        self.db = Database(f"sqlite+aiosqlite:///{path}")
        self.snippets = SnippetService(db=self.db, clock=utc_now, settings=LIMITS)
        self.root = Model("", is_folder=True)
        self.revision = 0

    @initialize()
    def add_users(self) -> None:
        async def add() -> int:
            user = User(username="alice", password_hash="", created_at=utc_now())
            async with self.db.writing() as session:
                session.add(user)
            return user.id

        user_id = self.run(add())
        self.actor = Actor(user_id=user_id, username="alice", is_admin=False, token_id=1)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def attempt(
        self, work: Coroutine[Any, Any, Result], refusals: set[type[Problem]]
    ) -> Result | None:
        """The result, or None when it was refused for one of the reasons that the model knows."""
        if refusals:
            with pytest.raises(tuple(refusals)):
                self.run(work)
            return None
        result = self.run(work)
        self.revision += 1
        return result

    def pick(self, number: int) -> Model:
        nodes = self.root.walk()
        return nodes[number % len(nodes)]

    def refusals_of(self, parent: Model, node: Model, *, is_new: bool) -> set[type[Problem]]:
        found: set[type[Problem]] = set()
        if not parent.is_folder:
            found.add(errors.NotAFolder)
        if parent in node.walk():
            found.add(errors.CycleRefused)
        if node.is_folder and self.root.depth_of(parent) + node.levels() > LIMITS.max_depth:
            found.add(errors.TooDeep)
        if parent.has_title(node.title, but=node):
            found.add(errors.TitleTaken)
        if is_new and len(self.root.walk()) > LIMITS.max_count:
            found.add(errors.TooMany)
        return found

    @rule(parent=PICKS, before=PICKS, title=TITLES, is_folder=st.booleans())
    def create(self, parent: int, before: int, title: str, *, is_folder: bool) -> None:
        folder, node = self.pick(parent), Model(title, is_folder=is_folder)
        place = self.pick(before)
        sibling = place if place in folder.children else None
        fields = {"parent_id": folder.id, "title": title, "before_id": sibling and sibling.id}
        work = (
            self.snippets.create_folder(self.actor, FolderCreate.model_validate(fields))
            if is_folder
            else self.snippets.create_snippet(
                self.actor, SnippetCreate.model_validate({**fields, "code": "1"})
            )
        )
        made = self.attempt(work, self.refusals_of(folder, node, is_new=True))
        if made is not None:
            node.id = made.id
            at = folder.children.index(sibling) if sibling else len(folder.children)
            folder.children.insert(at, node)

    @rule(pick=PICKS, parent=PICKS, before=PICKS)
    def move(self, pick: int, parent: int, before: int) -> None:
        node, folder, place = self.pick(pick), self.pick(parent), self.pick(before)
        if node is self.root or node.id is None:
            return
        sibling = place if place in folder.children and place is not node else None
        move = NodeMove(
            version=node.version, parent_id=folder.id, before_id=sibling.id if sibling else None
        )
        work = self.snippets.move_node(self.actor, node.id, move)
        if self.attempt(work, self.refusals_of(folder, node, is_new=False)) is not None:
            self.root.parent_of(node).children.remove(node)
            at = folder.children.index(sibling) if sibling else len(folder.children)
            folder.children.insert(at, node)
            node.version += 1

    @rule(pick=PICKS, title=TITLES, is_stale=st.booleans())
    def rename(self, pick: int, title: str, *, is_stale: bool) -> None:
        node = self.pick(pick)
        if node is self.root or node.id is None:
            return
        refusals: set[type[Problem]] = set()
        if is_stale:
            refusals.add(errors.VersionConflict)
        if self.root.parent_of(node).has_title(title, but=node):
            refusals.add(errors.TitleTaken)
        change = NodeUpdate(version=node.version - is_stale, title=title)
        work = self.snippets.update_node(self.actor, node.id, change)
        if self.attempt(work, refusals) is not None:
            node.title, node.version = title, node.version + 1

    @rule(pick=PICKS, as_folder=st.booleans())
    def delete(self, pick: int, *, as_folder: bool) -> None:
        node = self.pick(pick)
        if node is self.root or node.id is None:
            return
        delete = self.snippets.delete_folder if as_folder else self.snippets.delete_snippet
        refusals: set[type[Problem]] = {NotFound} if as_folder != node.is_folder else set()
        gone = self.attempt(delete(self.actor, node.id), refusals)
        if gone is not None:
            assert gone.folder_count + gone.snippet_count == len(node.walk())
            self.root.parent_of(node).children.remove(node)

    @invariant()
    def the_tree_is_the_models(self) -> None:
        if not hasattr(self, "actor"):
            return
        tree = self.run(self.snippets.get_tree(self.actor))
        assert outline(tree.nodes) == self.root.outline()
        assert tree.count == len(self.root.walk()) - 1
        assert tree.revision == self.revision

    def teardown(self) -> None:
        self.run(self.db.close())
        self.runner.close()
        self.folder.cleanup()


def test_f1_f3_f4_f5_random_changes_do_what_the_model_does(
    sqlite_databases: SqliteDatabases,
) -> None:
    TreeMachine.template = sqlite_databases
    limits = settings(max_examples=20, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(TreeMachine, settings=limits)
