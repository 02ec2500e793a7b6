"""Two users create, link, share, fork, update and delete at random.

After every step the directories, what the platform says of its rows, and a model are the same; what
the model refuses the platform refuses, and then nothing has changed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pydantic import ByteSize, SecretStr

from opsforge.auth.actor import Actor
from opsforge.bootstrap import build_platform
from opsforge.datasets.schemas import DatasetFilter, DatasetFork, DatasetForm, DatasetUpdate
from opsforge.engine.fake import FakeEngine
from opsforge.kit.problems import Problem
from opsforge.projects.schemas import (
    ProjectCreate,
    ProjectFilter,
    ProjectFork,
    ProjectShare,
    ProjectUpdate,
    PublicFilter,
)
from opsforge.settings import AuthSettings, DatabaseSettings, Settings, StorageSettings
from opsforge.storage.create import create_storage
from opsforge.users.schemas import UserCreate
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.sharing_model import (
    Model,
    ModelCopy,
    ModelDataset,
    ModelProject,
    ModelPublic,
    Refused,
)
from tests.support.sshd import SshServer

NAMES = st.sampled_from(["a", "A", "b", "指标"])
USERS = st.sampled_from(["alice", "bob"])
PICKS = st.integers(0, 20)
SUBSETS = st.lists(PICKS, max_size=3)
AT = datetime(2026, 1, 2, tzinfo=UTC)
Result = TypeVar("Result")
Item = TypeVar("Item")


class Upload:
    """One file."""

    announced_bytes: int | None = None
    reserved_bytes = 0

    def __init__(self, text: str) -> None:
        self._text = text

    async def read_files(self) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        yield "data.csv", self._content()

    async def _content(self) -> AsyncIterator[bytes]:
        yield self._text.encode()


class SharingMachine(RuleBasedStateMachine):
    """Does the same to the platform and to the model."""

    settings_for: ClassVar[Callable[[Path], Settings]]
    """Settings of a fresh platform in an empty data directory."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory(prefix="sharing-")
        self.data = Path(self.folder.name)
        settings = type(self).settings_for(self.data)
        self.platform = build_platform(
            settings,
            engine=FakeEngine(),
            storage=create_storage(settings),
            clock=lambda: AT,
        )
        self.model = Model()
        self.actors: dict[str, Actor] = {}
        self.number = 0

    @initialize()
    def add_users(self) -> None:
        self.run(self.platform.storage.open())
        self.run(self.platform.operations.open())
        for name in ("alice", "bob"):
            user = self.run(
                self.platform.users.create_user(UserCreate(username=name, password="long enough"))
            )
            self.actors[name] = Actor(user_id=user.id, username=name, is_admin=False, token_id=0)

    # Data sets --------------------------------------------------------------------------------

    @rule(user=USERS, name=NAMES, is_public=st.booleans(), same=st.booleans())
    def upload(self, user: str, name: str, *, is_public: bool, same: bool) -> None:
        text = "same" if same else self.new_text()
        form = DatasetForm(name=name, is_public=1 if is_public else 0)
        made = self.both(
            self.platform.datasets.create_dataset(self.actors[user], form, Upload(text)),
            lambda: self.model.require_free_input(None if is_public else user, name),
        )
        if made:
            dataset = ModelDataset(made.id, user, name, is_public, {"data.csv": text})
            self.model.datasets.append(dataset)

    @rule(pick=PICKS)
    def replace_a_file(self, pick: int) -> None:
        if dataset := choose(self.model.datasets, pick):
            text = self.new_text()
            self.run(
                self.platform.datasets.updates.add_files(
                    self.actors[dataset.owner], dataset.id, Upload(text), when_there="replace"
                )
            )
            dataset.files = {"data.csv": text}

    @rule(pick=PICKS, name=NAMES)
    def rename_dataset(self, pick: int, name: str) -> None:
        dataset = choose(self.model.datasets, pick)
        if dataset is None or dataset.is_public:
            return
        done = self.both(
            self.platform.datasets.updates.update_dataset(
                self.actors[dataset.owner], dataset.id, DatasetUpdate(name=name)
            ),
            lambda: self.model.require_free_input(dataset.owner, name, but=dataset),
        )
        if done:
            dataset.name = name

    @rule(pick=PICKS)
    def share_dataset(self, pick: int) -> None:
        dataset = choose(self.model.datasets, pick)
        if dataset is None or dataset.is_public:
            return
        wanted = self.allowed(lambda: self.model.publish([dataset]))
        done = self.both(
            self.platform.datasets.shares.share_dataset(self.actors[dataset.owner], dataset.id),
            lambda: self.model.publish([dataset]),
        )
        if done and wanted:
            self.record_published(wanted, {one.name: one.id for one in [done]})

    @rule(user=USERS, pick=PICKS, name=NAMES)
    def fork_dataset(self, user: str, pick: int, name: str) -> None:
        dataset = choose([one for one in self.model.datasets if one.is_public], pick)
        if dataset is None:
            return
        made = self.both(
            self.platform.datasets.forks.fork_dataset(
                self.actors[user], dataset.id, DatasetFork(name=name)
            ),
            lambda: self.model.require_free_input(user, name),
        )
        if made:
            fork = ModelDataset(made.id, user, name, is_public=False, files=dict(dataset.files))
            self.model.datasets.append(fork)

    @rule(pick=PICKS)
    def delete_dataset(self, pick: int) -> None:
        if dataset := choose(self.model.datasets, pick):
            self.run(
                self.platform.datasets.deletions.delete_dataset(
                    self.actors[dataset.owner], dataset.id
                )
            )
            self.model.delete_dataset(dataset)

    # Projects ---------------------------------------------------------------------------------

    @rule(user=USERS, name=NAMES, picks=SUBSETS)
    def create_project(self, user: str, name: str, picks: list[int]) -> None:
        datasets = self.linkable(user, picks)
        new = ProjectCreate(name=name, dataset_ids=[one.id for one in datasets])
        links: list[Any] = []

        def expect() -> None:
            self.model.require_free_work(user, name)
            links.extend(unique(self.model.bring_in(user, one) for one in datasets))

        made = self.both(
            self.platform.projects.create_project(self.actors[user], new, language="en"), expect
        )
        if made:
            self.model.projects.append(ModelProject(made.id, user, name, "", links))
            self.work(user, name).joinpath("main.py").write_text("")

    @rule(pick=PICKS)
    def write(self, pick: int) -> None:
        project = choose([one for one in self.model.projects if not one.is_moved], pick)
        if project is not None:
            project.text = self.new_text()
            self.work(project.owner, project.name).joinpath("main.py").write_text(project.text)

    @rule(pick=PICKS, name=st.none() | NAMES, keep=st.booleans())
    def share_project(self, pick: int, name: str | None, *, keep: bool) -> None:
        project = choose(self.model.projects, pick)
        if project is None:
            return

        def expect() -> Any:  # noqa: ANN401
            if self.model.public_of(project):
                raise Refused
            self.model.require_free_public(name or project.name)
            return self.model.publish(project.links)

        wanted = self.allowed(expect)
        share = ProjectShare(name=name, keep_working_copy=keep)
        actor = self.actors[project.owner]
        done = self.both(
            self.platform.projects.shares.share_project(actor, project.id, share), expect
        )
        if done and wanted is not None:
            public = ModelPublic(
                done.public_id or 0,
                project.owner,
                name or project.name,
                project.text,
                set(),
                project,
            )
            self.model.publics.append(public)
            project.is_moved = not keep
            public.links = self.record_published(wanted, self.ids_of(public.id))

    @rule(pick=PICKS, name=st.none() | NAMES, picks=st.none() | SUBSETS, publish=st.booleans())
    def update_project(
        self, pick: int, name: str | None, picks: list[int] | None, *, publish: bool
    ) -> None:
        project = choose(self.model.projects, pick)
        if project is None:
            return
        user, new_name = project.owner, name or project.name
        datasets = None if picks is None else self.linkable(user, picks)
        public = self.model.public_of(project)
        follows = public is None or public.name == project.name
        public_name = new_name if follows or public is None else public.name
        links: list[Any] = []
        wanted: list[Any] = []

        def expect() -> None:
            if project.is_moved and new_name != project.name:
                raise Refused
            self.model.require_free_work(user, new_name, but=project)
            links[:] = project.links
            if datasets is not None:
                # Copies that go make no room for those that come.
                links[:] = unique(self.model.bring_in(user, one) for one in datasets)
                links.extend(one for one in project.links if is_orphan(one) and one not in links)
            if publish:
                self.model.require_free_public(public_name, but=public)
                wanted[:] = self.model.publish(links)

        changes = ProjectUpdate(
            name=name,
            dataset_ids=None if datasets is None else [one.id for one in datasets],
            share_flag=1 if publish else 0,
        )
        done = self.both(
            self.platform.projects.updates.update_project(self.actors[user], project.id, changes),
            expect,
        )
        if not done:
            return
        project.name, before, project.links = new_name, project.links, list(links)
        self.model.drop_unlinked_copies(before)
        if publish:
            if public is None:
                public = ModelPublic(done.public_id or 0, user, "", "", set(), project)
                self.model.publics.append(public)
            public.name, public.text = public_name, project.text
            public.links = self.record_published(wanted, self.ids_of(public.id))

    @rule(user=USERS, pick=PICKS, name=st.none() | NAMES)
    def fork_project(self, user: str, pick: int, name: str | None) -> None:
        public = choose(self.model.publics, pick)
        if public is None:
            return
        links: list[Any] = []

        def expect() -> None:
            self.model.require_free_work(user, name or public.name)
            ordered = sorted(public.links, key=lambda one: one.id)
            links.extend(unique(self.model.bring_in(user, one) for one in ordered))

        made = self.both(
            self.platform.projects.forks.fork_project(
                self.actors[user], public.id, ProjectFork(name=name)
            ),
            expect,
        )
        if made:
            project = ModelProject(made.id, user, name or public.name, public.text, links)
            self.model.projects.append(project)
            public.fork_count += 1

    @rule(pick=PICKS)
    def delete_project(self, pick: int) -> None:
        project = choose(self.model.projects, pick)
        if project is not None:
            actor = self.actors[project.owner]
            self.run(self.platform.projects.deletions.delete_project(actor, project.id))
            self.forget(project)

    @rule(pick=PICKS)
    def delete_public(self, pick: int) -> None:
        public = choose(self.model.publics, pick)
        if public is not None:
            actor = self.actors[public.owner]
            self.run(self.platform.projects.deletions.delete_public(actor, public.id))
            self.model.publics.remove(public)
            if public.project and public.project.is_moved:
                self.forget(public.project)

    # What must hold ---------------------------------------------------------------------------

    @invariant()
    def directories_are_as_the_model_says(self) -> None:
        found = {}
        for top in ("users", "public"):
            for path in (self.data / top).rglob("*"):
                if path.is_file():
                    text = "" if path.suffix == ".ipynb" else path.read_text()
                    found[str(path.relative_to(self.data))] = text
        assert found == self.model.trees()
        if self.actors:
            assert list((self.data / "staging").iterdir()) == []

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        assert self.run(self.list_projects()) == {
            one.id: (one.owner, one.name, one.is_moved, self.public_id(one), shown(one.links))
            for one in self.model.projects
        }
        assert self.run(self.list_publics()) == {
            one.id: (one.owner, one.name, one.fork_count, shown(one.links))
            for one in self.model.publics
        }
        assert self.run(self.list_datasets()) == {
            one.id: (one.owner, one.name, one.is_public) for one in self.model.datasets
        }

    async def list_projects(self) -> dict[int, Any]:
        found = {}
        for actor in self.actors.values():
            page = await self.platform.projects.list_projects(
                actor, ProjectFilter(), cursor=None, limit=200
            )
            for one in page.items:
                assert one.share_flag == (one.public_id is not None)
                links = sorted((link.name, link.id or 0) for link in one.datasets)
                found[one.id] = (one.owner, one.name, one.is_moved, one.public_id, links)
        return found

    async def list_publics(self) -> dict[int, Any]:
        found = {}
        for actor in list(self.actors.values())[:1]:
            page = await self.platform.projects.public.list_public(
                actor, PublicFilter(), cursor=None, limit=200
            )
            for one in page.items:
                links = sorted((link.name, link.id or 0) for link in one.datasets)
                found[one.id] = (one.owner, one.name, one.fork_count, links)
        return found

    async def list_datasets(self) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for actor in self.actors.values():
            for flag in (False, True):
                page = await self.platform.datasets.list_datasets(
                    actor, DatasetFilter(is_public=1 if flag else 0), cursor=None, limit=200
                )
                found |= {one.id: (one.owner, one.name, flag) for one in page.items}
        return found

    def teardown(self) -> None:
        self.platform.operations.close()
        self.run(self.platform.storage.close())
        self.run(self.platform.db.close())
        self.runner.close()
        self.folder.cleanup()

    # Helpers ----------------------------------------------------------------------------------

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(coroutine)

    def both(
        self, coroutine: Coroutine[Any, Any, Result], expect: Callable[[], object]
    ) -> Result | None:
        """Do it; None when it was refused, which the model must have expected."""
        copies = list(self.model.copies)
        try:
            expect()
        except Refused:
            self.model.copies = copies
            with pytest.raises(Problem):
                self.run(coroutine)
            return None
        return self.run(coroutine)

    def allowed(self, expect: Callable[[], Result]) -> Result | None:
        try:
            return expect()
        except Refused:
            return None

    def record_published(self, wanted: list[Any], ids: dict[str, int]) -> set[ModelDataset]:
        """Do to the model what publishing did; returns the public data sets."""
        found = set()
        for one in wanted:
            if isinstance(one, ModelDataset):
                found.add(one)
                continue
            link, is_replaced = one
            source = link if isinstance(link, ModelDataset) else None
            if is_replaced:
                public = next(
                    other
                    for other in self.model.datasets
                    if other.shared_from is source and other.is_public
                )
                public.files = dict(link.files)
            else:
                for other in self.model.datasets:
                    if source is not None and other.shared_from is source:
                        other.shared_from = None
                public = ModelDataset(
                    ids[link.name],
                    link.owner,
                    link.name,
                    is_public=True,
                    files=dict(link.files),
                    shared_from=source,
                )
                self.model.datasets.append(public)
            found.add(public)
        return found

    def ids_of(self, public_id: int) -> dict[str, int]:
        actor = self.actors["alice"]
        shown = self.run(self.platform.projects.public.get_public(actor, public_id))
        return {one.name: one.id or 0 for one in shown.datasets}

    def forget(self, project: ModelProject) -> None:
        self.model.projects.remove(project)
        self.model.drop_unlinked_copies(project.links)
        for public in self.model.publics:
            public.project = None if public.project is project else public.project

    def linkable(self, user: str, picks: list[int]) -> list[ModelDataset]:
        able = [one for one in self.model.datasets if one.is_public or one.owner == user]
        return list(dict.fromkeys(able[pick % len(able)] for pick in picks)) if able else []

    def public_id(self, project: ModelProject) -> int | None:
        public = self.model.public_of(project)
        return public.id if public else None

    def work(self, user: str, name: str) -> Path:
        return self.data / "users" / user / "work" / name

    def new_text(self) -> str:
        self.number += 1
        return f"text {self.number}"


def choose(items: list[Item], pick: int) -> Item | None:
    return items[pick % len(items)] if items else None


def unique(items: Iterable[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


def is_orphan(link: ModelDataset | ModelCopy) -> bool:
    return isinstance(link, ModelCopy) and link.of is None


def shown(links: Any) -> list[tuple[str, int]]:  # noqa: ANN401 - a list or a set of links.
    def row_id(link: ModelDataset | ModelCopy) -> int:
        dataset = link if isinstance(link, ModelDataset) else link.of
        return dataset.id if dataset else 0

    return sorted((link.name, row_id(link)) for link in links)


CHEAP = AuthSettings(hash_memory=ByteSize(32 * 1024), hash_passes=1)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("stack", "examples"), [("embedded", 15), ("servers", 3), ("sftp", 3)])
def test_d16_d18_two_users_share_and_fork_at_random(
    stack: str, examples: int, request: pytest.FixtureRequest
) -> None:
    sqlite: SqliteDatabases = request.getfixturevalue("sqlite_databases")

    def embedded(data: Path) -> Settings:
        sqlite.copy_to(data / "opsforge.db")
        return Settings(data=data, auth=CHEAP)

    def servers(data: Path) -> Settings:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        url = SecretStr(databases.cluster.url(databases.create()))
        return Settings(data=data, auth=CHEAP, database=DatabaseSettings(url=url))

    def sftp(data: Path) -> Settings:
        server: SshServer = request.getfixturevalue("ssh_server")
        volumes = StorageSettings(default="host", hosts=(server.settings(data),))
        return embedded(data).model_copy(update={"storage": volumes})

    stacks = {"embedded": embedded, "servers": servers, "sftp": sftp}
    SharingMachine.settings_for = staticmethod(stacks[stack])
    run_state_machine_as_test(
        SharingMachine,
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            # Shrinking takes minutes; what failed is short enough to be read.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
