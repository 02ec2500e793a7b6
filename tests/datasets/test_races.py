"""Linking and adding to a data set that changes meanwhile: files and rows are of one moment."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform
from opsforge.datasets.models import Dataset, DatasetCopy
from opsforge.datasets.schemas import DatasetForm, DatasetUpdate
from opsforge.kit.problems import Problem
from opsforge.projects.schemas import ProjectCreate, ProjectUpdate
from opsforge.settings import Settings
from opsforge.storage.checksums import tree_checksum
from opsforge.storage.journal.errors import StorageBusy
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, share
from tests.support.trees import chunks
from tests.support.uploads import staging_is_empty, tree, upload

Step = Callable[[], Awaitable[object]]


class Upload:
    """One file; something happens while it comes."""

    announced_bytes: int | None = None
    reserved_bytes = 0

    def __init__(self, path: str, content: bytes, *, meanwhile: Step | None = None) -> None:
        self._path = path
        self._content = content
        self._meanwhile = meanwhile

    async def read_files(self) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        yield self._path, chunks(self._content)
        if self._meanwhile:
            await self._meanwhile()


def actor_of(client: ApiClient) -> Actor:
    user = client.user
    return Actor(user_id=user["id"], username=user["username"], is_admin=False, token_id=0)


@pytest.fixture
def once_after_looking(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something happen after data sets were looked at and before anything is locked."""

    def arrange(step: Step, *, look: str = "choose") -> None:
        inputs: Any = platform.projects._inputs
        choose = getattr(inputs, look)

        async def choose_and_step(*arguments: object) -> object:
            found: object = await choose(*arguments)
            monkeypatch.undo()
            await step()
            return found

        monkeypatch.setattr(inputs, look, choose_and_step)

    return arrange


async def assert_rows_are_true(platform: Platform, settings: Settings) -> None:
    """Every checksum in the rows is that of the files on the disk."""
    async with platform.db.reading() as session:
        datasets = (await session.scalars(select(Dataset))).all()
        copies = (await session.scalars(select(DatasetCopy))).all()
    for dataset in datasets:
        top = "public" if dataset.is_public else f"users/{dataset.owner_name}"
        assert dataset.checksum == checksum_at(settings, f"{top}/input/{dataset.name}")
    for copy in copies:
        assert copy.checksum == checksum_at(settings, f"users/bob/input/{copy.name}")


def checksum_at(settings: Settings, place: str) -> str:
    top = settings.data / place
    return tree_checksum(
        (name, hashlib.sha256((top / name).read_bytes()).digest()) for name in tree(settings, place)
    )


class TestLinking:
    """A project is created or changed while the owner of a data set that it links is at work."""

    @pytest.fixture(params=["add", "replace", "remove"])
    async def change(
        self, request: pytest.FixtureRequest, platform: Platform, as_alice: ApiClient
    ) -> tuple[int, Step]:
        """A public data set, and how it changes."""
        dataset = await upload(as_alice, "nab", "a.csv", "b.csv", is_public=1)
        updates, alice = platform.datasets.updates, actor_of(as_alice)
        dataset_id: int = dataset["id"]

        async def add() -> None:
            await updates.add_files(alice, dataset_id, Upload("c.csv", b"c"), when_there="refuse")

        async def replace() -> None:
            await updates.add_files(
                alice, dataset_id, Upload("a.csv", b"new"), when_there="replace"
            )

        async def remove() -> None:
            await updates.remove_files(alice, dataset_id, {dataset["files"][0]["id"]})

        return dataset_id, {"add": add, "replace": replace, "remove": remove}[str(request.param)]

    async def test_d1_a_copy_is_of_one_moment(
        self,
        platform: Platform,
        settings: Settings,
        as_bob: ApiClient,
        change: tuple[int, Step],
        once_after_looking: Callable[[Step], None],
    ) -> None:
        dataset_id, step = change
        once_after_looking(step)
        new = ProjectCreate(name="alerts", dataset_ids=[dataset_id])
        await platform.projects.create_project(actor_of(as_bob), new, language="en")
        await assert_rows_are_true(platform, settings)

    async def test_d6_a_copy_is_of_one_moment(
        self,
        platform: Platform,
        settings: Settings,
        as_bob: ApiClient,
        change: tuple[int, Step],
        once_after_looking: Callable[[Step], None],
    ) -> None:
        dataset_id, step = change
        project = await create(as_bob, "alerts")
        once_after_looking(step)
        changes = ProjectUpdate(dataset_ids=[dataset_id])
        await platform.projects.updates.update_project(actor_of(as_bob), project["id"], changes)
        await assert_rows_are_true(platform, settings)

    async def test_d1_one_that_was_replaced_by_another_of_its_name_is_not_linked(
        self,
        platform: Platform,
        settings: Settings,
        as_alice: ApiClient,
        as_bob: ApiClient,
        once_after_looking: Callable[[Step], None],
    ) -> None:
        dataset = await upload(as_alice, "nab", "a.csv", is_public=1)
        await upload(as_alice, "later")  # SQLite would give the number again.

        async def replace() -> None:
            await platform.datasets.deletions.delete_dataset(actor_of(as_alice), dataset["id"])
            form = DatasetForm(name="nab", is_public=1)
            other = Upload("other.csv", b"other")
            await platform.datasets.create_dataset(actor_of(as_alice), form, other)

        once_after_looking(replace)
        new = ProjectCreate(name="alerts", dataset_ids=[dataset["id"]])
        with pytest.raises(Problem) as refusal:
            await platform.projects.create_project(actor_of(as_bob), new, language="en")
        assert refusal.value.code == "datasets.absent"
        assert tree(settings, "users/bob") == []
        assert staging_is_empty(settings)

    async def test_d7_a_data_set_that_is_deleted_meanwhile_is_told(
        self, as_alice: ApiClient, platform: Platform, once_after_looking: Callable[..., None]
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        public = await share(as_alice, await create(as_alice, "alerts"))

        async def delete() -> None:
            await platform.datasets.deletions.delete_dataset(actor_of(as_alice), dataset["id"])

        once_after_looking(delete, look="choose_public")
        path = f"/public/projects/{public['id']}"
        answer = await as_alice.patch(path, json={"dataset_ids": [dataset["id"]]})
        assert_problem(answer, 404, "datasets.absent")


class TestAdding:
    """An upload takes long, and its target has another name in the end."""

    async def test_e4_files_join_no_other_data_set_of_the_name(
        self, platform: Platform, settings: Settings, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "nab", "a.csv")
        alice = actor_of(as_alice)

        async def rename_and_make_another() -> None:
            renamed = DatasetUpdate(name="renamed")
            await platform.datasets.updates.update_dataset(alice, dataset["id"], renamed)
            await upload(as_alice, "nab", "other.csv")

        source = Upload("new.csv", b"new", meanwhile=rename_and_make_another)
        with pytest.raises(StorageBusy):
            await platform.datasets.updates.add_files(
                alice, dataset["id"], source, when_there="refuse"
            )
        assert tree(settings, "users/alice/input") == ["nab/other.csv", "renamed/a.csv"]
        await assert_rows_are_true(platform, settings)
        assert staging_is_empty(settings)

    async def test_d1_files_join_no_other_project_of_the_name(
        self, platform: Platform, settings: Settings, as_alice: ApiClient
    ) -> None:
        project = await create(as_alice, "alerts")

        async def rename_and_make_another() -> None:
            await ask(as_alice, "PATCH", f"/projects/{project['id']}", name="renamed")
            await create(as_alice, "alerts")

        before = tree(settings, "users/alice/work")
        source = Upload("new.py", b"new", meanwhile=rename_and_make_another)
        with pytest.raises(StorageBusy):
            await platform.projects.add_files(actor_of(as_alice), project["id"], source)
        files = tree(settings, "users/alice/work")
        assert len(files) == 2 * len(before)
        assert not any(file.endswith("new.py") for file in files)
        assert staging_is_empty(settings)
