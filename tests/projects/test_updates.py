"""Updates, batch deletes and the clean-up of copies over the interface, on both databases."""

from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from opsforge.bootstrap import Platform
from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import KernelActivity
from opsforge.projects.models import Project, PublicProject
from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, share
from tests.support.uploads import staging_is_empty, tree, upload


def ids(project: dict[str, Any]) -> list[int | None]:
    return [one["id"] for one in project["datasets"]]


class TestPrivate:
    async def test_d6_flag_0_changes_fields_and_leaves_the_files(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts", description="old")
        public = await share(as_alice, project)
        (settings.data / "users/alice/work/alerts/new.py").write_text("1")
        path = f"/projects/{project['id']}"
        changed = await ask(as_alice, "PATCH", path, description="新的", share_flag=0)
        assert (changed["description"], changed["share_flag"]) == ("新的", 1)
        assert tree(settings, "public/work") == ["alerts/alerts.ipynb"]
        assert await ask(as_alice, "GET", f"/public/projects/{public['id']}") == public

    async def test_d6_a_new_name_renames_directory_and_notebook(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        await create(as_alice, "other")
        path = f"/projects/{project['id']}"
        refused = assert_problem(
            await as_alice.patch(path, json={"name": "Other"}), 409, "projects.name_taken"
        )
        assert refused["proposal"] == "Other-2"
        changed = await ask(as_alice, "PATCH", path, name="磁盘")
        assert (changed["notebook"], changed["path"]) == ("磁盘.ipynb", "work/磁盘")
        changed = await ask(as_alice, "PATCH", path, name="Alerts")
        assert tree(settings, "users/alice/work") == [
            "Alerts/Alerts.ipynb",
            "other/other.ipynb",
        ]

    async def test_d6_a_rename_keeps_what_has_the_notebooks_new_name(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        (settings.data / "users/alice/work/alerts/new.ipynb").write_text("mine")
        await ask(as_alice, "PATCH", f"/projects/{project['id']}", name="new")
        assert tree(settings, "users/alice/work") == ["new/alerts.ipynb", "new/new.ipynb"]
        assert (settings.data / "users/alice/work/new/new.ipynb").read_text() == "mine"

    async def test_d6_links_come_with_copies_and_copies_that_nothing_links_go(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        one, two, three = [
            await upload(as_alice, name, is_public=1) for name in ("one", "two", "three")
        ]
        own = await upload(as_bob, "own")
        project = await create(as_bob, "a", dataset_ids=[one["id"], two["id"], own["id"]])
        await create(as_bob, "b", dataset_ids=[two["id"]])
        path = f"/projects/{project['id']}"
        changed = await ask(as_bob, "PATCH", path, dataset_ids=[three["id"]])
        assert ids(changed) == [three["id"]]
        assert tree(settings, "users/bob/input") == [
            "own/cpu.csv",
            "three/cpu.csv",
            "two/cpu.csv",
        ], "the user's own one and what another project links stay"
        changed = await ask(as_bob, "PATCH", path, dataset_ids=[own["id"], three["id"]])
        assert set(ids(changed)) == {own["id"], three["id"]}
        changed = await ask(as_bob, "PATCH", path, dataset_ids=[])
        assert ids(changed) == []
        assert tree(settings, "users/bob/input") == ["own/cpu.csv", "two/cpu.csv"]
        assert staging_is_empty(settings)

    async def test_d6_a_copy_whose_public_one_is_gone_stays_until_it_is_dropped(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        project = await create(as_bob, "a", dataset_ids=[dataset["id"]])
        assert (await as_alice.delete(f"/datasets/{dataset['id']}")).status_code == 204
        path = f"/projects/{project['id']}"
        assert ids(await ask(as_bob, "PATCH", path, dataset_ids=[])) == [None]
        assert tree(settings, "users/bob/input") == ["nab/cpu.csv"]
        assert ids(await ask(as_bob, "PATCH", path, dataset_ids=[], drop_deleted=True)) == []
        assert tree(settings, "users/bob/input") == []

    async def test_d6_another_users_private_data_set_is_refused_and_nothing_changes(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        secret = await upload(as_alice, "secret")
        project = await create(as_bob, "a", dataset_ids=[public["id"]])
        body = {"dataset_ids": [secret["id"]], "name": "b"}
        answer = await as_bob.patch(f"/projects/{project['id']}", json=body)
        assert_problem(answer, 404, "datasets.absent")
        assert await ask(as_bob, "GET", f"/projects/{project['id']}") == project
        assert tree(settings, "users/bob") == ["input/nab/cpu.csv", "work/a/a.ipynb"]


class TestPublish:
    async def test_d6_flag_1_shares_what_was_private(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts")
        changed = await ask(
            as_alice,
            "PATCH",
            f"/projects/{project['id']}",
            share_flag=1,
            dataset_ids=[dataset["id"]],
        )
        assert changed["share_flag"] == 1
        public = await ask(as_alice, "GET", f"/public/projects/{changed['public_id']}")
        assert [one["name"] for one in public["datasets"]] == ["metrics"]
        assert tree(settings, "public") == ["input/metrics/cpu.csv", "work/alerts/alerts.ipynb"]

    async def test_d6_flag_1_publishes_files_fields_and_data_sets_again(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        nab = await upload(as_bob, "nab", is_public=1)
        own = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[nab["id"]])
        public = await share(as_alice, project)
        folder = settings.data / "users/alice/work/alerts"
        (folder / "new.py").write_text("1")
        (folder / "alerts.ipynb").unlink()
        await ask(
            as_alice,
            "PATCH",
            f"/projects/{project['id']}",
            share_flag=1,
            description="again",
            dataset_ids=[own["id"]],
        )
        again = await ask(as_bob, "GET", f"/public/projects/{public['id']}")
        assert again["description"] == "again"
        assert again["checksum"] != public["checksum"]
        assert [one["name"] for one in again["datasets"]] == ["metrics"]
        assert tree(settings, "public") == [
            "input/metrics/cpu.csv",
            "input/nab/cpu.csv",
            "work/alerts/new.py",
        ]
        assert tree(settings, "users/alice/input") == ["metrics/cpu.csv"]
        found = await ask(as_bob, "GET", "/public/projects?query=AGAIN")
        assert len(found["items"]) == 1
        assert staging_is_empty(settings)

    async def test_d6_flag_1_lets_the_public_name_follow(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        public = await share(as_alice, project)
        await share(as_bob, await create(as_bob, "taken"))
        path = f"/projects/{project['id']}"
        answer = await as_alice.patch(path, json={"name": "taken", "share_flag": 1})
        assert_problem(answer, 409, "projects.public_name_taken")
        assert tree(settings, "users/alice/work") == ["alerts/alerts.ipynb"]
        await ask(as_alice, "PATCH", path, name="disks", share_flag=1)
        renamed = await ask(as_bob, "GET", f"/public/projects/{public['id']}")
        assert renamed["path"] == "public/work/disks"
        assert tree(settings, "public/work") == ["disks/disks.ipynb", "taken/taken.ipynb"]

    @pytest.mark.parametrize("whose", ["own", "public"])
    async def test_d6_which_name_the_database_refused_is_told(
        self,
        as_alice: ApiClient,
        platform: Platform,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
        whose: str,
    ) -> None:
        project = await create(as_alice, "alerts")
        updates = platform.projects.updates
        publish: Any = updates.publish

        async def publish_and_lose_the_name(*arguments: object, **named: object) -> object:
            published = await publish(*arguments, **named)
            table = Project if whose == "own" else PublicProject
            async with platform.db.writing() as session:
                rival = {"name": "new", "name_key": "new", "user_id": as_alice.user["id"]}
                now = datetime.now(UTC)
                session.add(table(**rival, owner_name="alice", created_at=now, updated_at=now))
            return published

        monkeypatch.setattr(updates, "publish", publish_and_lose_the_name)
        path = f"/projects/{project['id']}"
        answer = await as_alice.patch(path, json={"name": "new", "share_flag": 1})
        code = "projects.name_taken" if whose == "own" else "projects.public_name_taken"
        assert assert_problem(answer, 409, code)["proposal"] == "new-2"
        assert tree(settings, "users/alice/work") == ["alerts/alerts.ipynb"]
        assert tree(settings, "public") == []

    async def test_d6_a_moved_project_changes_its_fields_and_not_its_name(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        public = await share(as_alice, project, keep_working_copy=False)
        path = f"/projects/{project['id']}"
        await ask(as_alice, "PATCH", path, description="moved", share_flag=1)
        again = await ask(as_alice, "GET", f"/public/projects/{public['id']}")
        assert (again["description"], again["checksum"]) == ("moved", public["checksum"])
        answer = await as_alice.patch(path, json={"name": "x"})
        assert_problem(answer, 409, "projects.moved")
        assert tree(settings, "public/work") == ["alerts/alerts.ipynb"]

    async def test_d6_updates_at_once_leave_one_whole_state(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        statuses: list[int] = []

        async def rename(name: str) -> None:
            body = {"name": name, "share_flag": 1}
            answer = await as_alice.patch(f"/projects/{project['id']}", json=body)
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for name in ("one", "two", "three"):
                tasks.start_soon(rename, name)
        assert 200 in statuses
        assert set(statuses) <= {200, 423}
        name = (await ask(as_alice, "GET", f"/projects/{project['id']}"))["name"]
        assert tree(settings, "users/alice/work") == [f"{name}/{name}.ipynb"]
        assert tree(settings, "public/work") == [f"{name}/{name}.ipynb"]
        assert staging_is_empty(settings)


class TestDelete:
    async def test_d8_says_of_each_what_happened_and_what_was_in_use(
        self, as_alice: ApiClient, as_bob: ApiClient, engine: FakeEngine, settings: Settings
    ) -> None:
        dataset = await upload(as_bob, "nab", is_public=1)
        own = await upload(as_alice, "own")
        one = await create(as_alice, "one", dataset_ids=[dataset["id"], own["id"]])
        two = await create(as_alice, "one-2")
        bobs = await create(as_bob, "bobs")
        kernels = [
            KernelActivity(kernel_id="a", path="work/one/one.ipynb"),
            KernelActivity(kernel_id="b", path="work/one-3/x.ipynb"),
        ]
        engine.set_busy_kernels("alice", kernels)
        batch = [one["id"], two["id"], bobs["id"]]
        answer = await ask(as_alice, "POST", "/projects/delete", ids=batch)
        assert [
            (item["id"], item["is_deleted"], item["code"], item["in_use"])
            for item in answer["items"]
        ] == [
            (one["id"], True, None, [{"kernel_id": "a", "path": "work/one/one.ipynb"}]),
            (two["id"], True, None, []),
            (bobs["id"], False, "request.not_found", []),
        ]
        assert tree(settings, "users/alice") == ["input/own/cpu.csv"]
        assert tree(settings, "users/bob/work") == ["bobs/bobs.ipynb"]
        assert staging_is_empty(settings)

    async def test_d8_d9_one_alone_is_answered_like_one_of_several(
        self, as_alice: ApiClient, engine: FakeEngine, settings: Settings
    ) -> None:
        project = await create(as_alice, "one")
        public = await share(as_alice, project)
        kernels = [
            KernelActivity(kernel_id="a", path="work/one/one.ipynb"),
            KernelActivity(kernel_id="b", path="public/work/one/one.ipynb"),
        ]
        engine.set_busy_kernels("alice", kernels)
        answers = [
            await ask(as_alice, "DELETE", f"/public/projects/{public['id']}"),
            await ask(as_alice, "DELETE", f"/projects/{project['id']}"),
        ]
        assert [(one["id"], one["is_deleted"], one["name"]) for one in answers] == [
            (public["id"], True, "one"),
            (project["id"], True, "one"),
        ]
        assert [one["in_use"] for one in answers] == [
            [{"kernel_id": "b", "path": "public/work/one/one.ipynb"}],
            [{"kernel_id": "a", "path": "work/one/one.ipynb"}],
        ]
        assert tree(settings, "public/work") == tree(settings, "users/alice/work") == []
        gone = await as_alice.delete(f"/projects/{project['id']}")
        assert_problem(gone, 404, "request.not_found")

    async def test_d9_who_may_withdraw_one_alone(
        self, as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient, settings: Settings
    ) -> None:
        path = f"/public/projects/{(await share(as_alice, await create(as_alice, 'one')))['id']}"
        assert_problem(await as_bob.delete(path), 403, "auth.forbidden")
        assert tree(settings, "public/work") == ["one/one.ipynb"]
        assert (await ask(as_admin, "DELETE", path))["is_deleted"]
        assert tree(settings, "public/work") == []

    async def test_d8_works_when_the_engine_is_away(
        self, as_alice: ApiClient, engine: FakeEngine, settings: Settings
    ) -> None:
        project = await create(as_alice, "one")
        engine.is_away = True
        answer = await ask(as_alice, "POST", "/projects/delete", ids=[project["id"]])
        engine.is_away = False
        assert answer["items"][0]["is_deleted"]
        assert tree(settings, "users/alice/work") == []

    @pytest.mark.parametrize("keep", [True, False])
    async def test_d8_what_was_shared_stays_public(
        self, as_alice: ApiClient, settings: Settings, *, keep: bool
    ) -> None:
        project = await create(as_alice, "one")
        public = await share(as_alice, project, keep_working_copy=keep)
        await ask(as_alice, "POST", "/projects/delete", ids=[project["id"]])
        assert tree(settings, "users/alice/work") == []
        assert tree(settings, "public/work") == ["one/one.ipynb"]
        shown = await ask(as_alice, "GET", f"/public/projects/{public['id']}")
        assert shown["may_change"]
        answer = await ask(as_alice, "POST", "/public/projects/delete", ids=[public["id"]])
        assert answer["items"][0]["is_deleted"]
        assert tree(settings, "public/work") == []
