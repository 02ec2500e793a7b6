"""Sharing, public projects and forks over the interface, on both databases."""

import os
import shutil
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import anyio
import pytest
from pydantic import ByteSize

from opsforge.bootstrap import Platform
from opsforge.settings import Settings, UploadSettings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, fork, share
from tests.support.uploads import parts, staging_is_empty, tree, upload


class TestShare:
    async def test_d16_copies_files_and_data_sets_and_keeps_a_working_copy(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a/cpu.csv")
        project = await create(as_alice, "磁盘告警", dataset_ids=[dataset["id"]])
        public = await share(as_alice, project)
        assert (public["name"], public["owner"]) == ("磁盘告警", "alice")
        assert public["path"] == "public/work/磁盘告警"
        assert tree(settings, "public") == [
            "input/metrics/a/cpu.csv",
            "work/磁盘告警/磁盘告警.ipynb",
        ]
        assert tree(settings, "users/alice") == [
            "input/metrics/a/cpu.csv",
            "work/磁盘告警/磁盘告警.ipynb",
        ]
        after = await ask(as_alice, "GET", f"/projects/{project['id']}")
        assert (after["share_flag"], after["is_moved"]) == (1, False)
        assert after["datasets"] == [
            {"id": dataset["id"], "name": "metrics", "is_public": 0, "has_moved_on": False}
        ]
        [linked] = public["datasets"]
        seen = await ask(as_bob, "GET", f"/datasets/{linked['id']}")
        assert (seen["is_public"], seen["owner"], seen["name"]) == (1, "alice", "metrics")
        assert [file["path"] for file in seen["files"]] == ["a/cpu.csv"]
        assert staging_is_empty(settings)

    async def test_d16_project_files_are_copied_and_data_sets_are_linked(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        await share(as_alice, project)
        own, public = settings.data / "users/alice", settings.data / "public"
        notebook = "work/alerts/alerts.ipynb"
        assert (own / notebook).stat().st_ino != (public / notebook).stat().st_ino
        (own / notebook).write_text("changed")
        assert (public / notebook).read_text() != "changed"
        data = "input/metrics/cpu.csv"
        assert (own / data).stat().st_ino == (public / data).stat().st_ino

    async def test_d16_without_a_working_copy_moves_the_files(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        public = await share(as_alice, project, keep_working_copy=False)
        assert tree(settings, "users/alice/work") == []
        assert tree(settings, "public/work") == ["alerts/alerts.ipynb"]
        moved = await ask(as_alice, "GET", f"/projects/{project['id']}")
        assert (moved["share_flag"], moved["is_moved"]) == (1, True)
        assert moved["path"] == public["path"] == "public/work/alerts"
        address = f"/projects/{project['id']}/runtime-address?service_name=alice"
        url = (await ask(as_alice, "GET", address))["url"]
        assert url == "/user/alice/lab/tree/public/work/alerts/alerts.ipynb"
        refused = await as_alice.post(f"/projects/{project['id']}/files", files=parts("a.py"))
        assert_problem(refused, 409, "projects.moved")

    async def test_d16_a_clash_proposes_a_free_name_which_renames_the_notebook(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        await share(as_alice, await create(as_alice, "Alerts"))
        project = await create(as_bob, "alerts")
        path = f"/projects/{project['id']}/share"
        refused = assert_problem(
            await as_bob.post(path, json={}), 409, "projects.public_name_taken"
        )
        assert refused["proposal"] == "alerts-2"
        public = await share(as_bob, project, name="alerts-2")
        assert public["notebook"] == "alerts-2.ipynb"
        assert tree(settings, "public/work") == [
            "Alerts/Alerts.ipynb",
            "alerts-2/alerts-2.ipynb",
        ]
        assert tree(settings, "users/bob/work") == ["alerts/alerts.ipynb"]

    async def test_d16_another_public_data_set_of_the_name_is_a_clash_and_nothing_changes(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        await upload(as_alice, "metrics", "other.csv", is_public=1)
        dataset = await upload(as_bob, "metrics")
        project = await create(as_bob, "alerts", dataset_ids=[dataset["id"]])
        answer = await as_bob.post(f"/projects/{project['id']}/share", json={})
        refused = assert_problem(answer, 409, "datasets.public_name_taken")
        assert refused["proposal"] == "metrics-2"
        assert tree(settings, "public") == ["input/metrics/other.csv"]
        assert (await ask(as_bob, "GET", f"/projects/{project['id']}"))["share_flag"] == 0
        await ask(as_bob, "PATCH", f"/datasets/{dataset['id']}", name="metrics-2")
        public = await share(as_bob, project)
        assert [one["name"] for one in public["datasets"]] == ["metrics-2"]
        assert staging_is_empty(settings)

    async def test_d16_the_same_files_under_the_same_name_are_shared_once(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await upload(as_alice, "metrics", is_public=1)
        dataset = await upload(as_bob, "metrics")
        project = await create(as_bob, "alerts", dataset_ids=[dataset["id"]])
        shared = await share(as_bob, project)
        assert [one["id"] for one in shared["datasets"]] == [public["id"]]

    async def test_d16_what_was_copied_from_a_public_data_set_leads_back_to_it(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        project = await create(as_bob, "alerts", dataset_ids=[dataset["id"]])
        shared = await share(as_bob, project)
        assert [one["id"] for one in shared["datasets"]] == [dataset["id"]]

    async def test_d16_a_copy_whose_public_one_is_gone_becomes_public_again(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab", "a/cpu.csv", is_public=1)
        project = await create(as_bob, "alerts", dataset_ids=[dataset["id"]])
        assert (await as_alice.delete(f"/datasets/{dataset['id']}")).status_code == 204
        assert tree(settings, "public/input") == []
        [linked] = (await share(as_bob, project))["datasets"]
        seen = await ask(as_alice, "GET", f"/datasets/{linked['id']}")
        assert (seen["owner"], seen["checksum"]) == ("bob", dataset["checksum"])
        assert tree(settings, "public/input") == ["nab/a/cpu.csv"]

    async def test_d16_a_project_whose_directory_is_gone_says_so(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        work = settings.data / "users/alice/work"
        (work / "alerts").rename(work / "elsewhere")
        answer = await as_alice.post(f"/projects/{project['id']}/share", json={})
        assert_problem(answer, 409, "projects.files_gone")
        assert tree(settings, "public") == []

    async def test_d16_a_disk_that_would_become_too_full_is_told_before_the_copy(
        self, as_alice: ApiClient, platform: Platform, settings: Settings
    ) -> None:
        shared = await share(as_alice, await create(as_alice, "shared"))
        project = await create(as_alice, "alerts")
        receiver = platform.projects._receiver
        receiver._limits = UploadSettings(keep_free=ByteSize(1 << 60))
        answer = await as_alice.post(f"/projects/{project['id']}/share", json={})
        assert_problem(answer, 507, "storage.full")
        path = f"/public/projects/{shared['id']}/fork"
        answer = await as_alice.post(path, json={"name": "fork"})
        assert_problem(answer, 507, "storage.full")
        assert tree(settings, "public/work") == ["shared/shared.ipynb"]
        assert tree(settings, "users/alice/work") == ["alerts/alerts.ipynb", "shared/shared.ipynb"]
        assert staging_is_empty(settings)

    async def test_d16_d18_holes_take_no_disk_and_more_than_a_disk_of_them_is_refused(
        self, as_alice: ApiClient, platform: Platform, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        file = settings.data / "users/alice/work/alerts/map.db"
        file.touch()
        os.truncate(file, 1 << 28)
        await fork(as_alice, await share(as_alice, project), name="fork")
        for copy in ("public/work/alerts/map.db", "users/alice/work/fork/map.db"):
            status = (settings.data / copy).stat()
            assert (status.st_size, status.st_blocks) == (1 << 28, 0)
        os.truncate(file, await platform.storage.free_bytes() * 2)
        answer = await as_alice.patch(f"/projects/{project['id']}", json={"share_flag": 1})
        assert_problem(answer, 507, "storage.full")
        assert staging_is_empty(settings)

    async def test_d16_d6_folders_that_are_nested_too_deeply_are_told(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        own = f"/projects/{project['id']}"
        top = settings.data / "users/alice/work/alerts/top"
        top.joinpath(*["a"] * 70).mkdir(parents=True)
        for language, word in (("en", "levels deep"), ("zh-CN", "嵌套")):
            headers = {"Accept-Language": language}
            answers = [
                await as_alice.post(f"{own}/share", json={}, headers=headers),
                await as_alice.patch(own, json={"share_flag": 1}, headers=headers),
                await as_alice.get(f"{own}/archive", headers=headers),
            ]
            for answer in answers:
                document = assert_problem(answer, 409, "storage.folders_too_deep")
                assert (document["path"], document["limit"]) == ("top", 64)
                assert word in document["detail"]
        assert tree(settings, "public") == []
        assert staging_is_empty(settings)
        shutil.rmtree(top)
        await share(as_alice, project)

    async def test_d16_links_in_a_project_are_not_followed(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        (settings.data / "secret").write_text("of the platform")
        folder = settings.data / "users/alice/work/alerts"
        (folder / "stolen.txt").symlink_to(settings.data / "secret")
        (folder / "folder").symlink_to(settings.data, target_is_directory=True)
        await share(as_alice, project)
        assert tree(settings, "public/work") == ["alerts/alerts.ipynb"]

    async def test_d16_of_two_clicks_at_once_one_shares(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        answers: list[tuple[int, Any]] = []

        async def click() -> None:
            answer = await as_alice.post(f"/projects/{project['id']}/share", json={})
            answers.append((answer.status_code, answer.json().get("code")))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(click)
        assert sorted(answers, key=str) == [
            (200, None),
            (409, "projects.shared"),
            (409, "projects.shared"),
        ]
        assert tree(settings, "public") == ["input/metrics/cpu.csv", "work/alerts/alerts.ipynb"]

    async def test_d16_of_two_users_who_share_one_name_at_once_one_wins(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        clients = (as_alice, as_bob)
        projects = [await create(client, "alerts") for client in clients]
        statuses: list[int] = []

        async def click(client: ApiClient, project: dict[str, Any]) -> None:
            answer = await client.post(f"/projects/{project['id']}/share", json={})
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for client, project in zip(clients, projects, strict=True):
                tasks.start_soon(click, client, project)
        assert sorted(statuses) == [200, 409]
        assert tree(settings, "public/work") == ["alerts/alerts.ipynb"]
        assert staging_is_empty(settings)


class TestFork:
    async def test_d18_d6_an_older_copy_is_told_and_brought_up_to_date(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        before = await create(as_bob, "before", dataset_ids=[dataset["id"]])
        replace = {"when_there": "replace"}
        files = parts("cpu.csv", content=b"t,v\n9,9\n")
        path = f"/datasets/{dataset['id']}/files"
        assert (await as_alice.post(path, data=replace, files=files)).status_code == 201
        made = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        forked = await fork(as_bob, await share(as_alice, made))
        assert [one["has_moved_on"] for one in made["datasets"]] == [False]
        own = f"/projects/{forked['id']}"
        assert [one["has_moved_on"] for one in forked["datasets"]] == [True]
        [shown] = (await as_bob.get(f"{own}/datasets")).json()
        assert shown["dataset"] == forked["datasets"][0]
        copy = settings.data / "users/bob/input/nab/cpu.csv"
        public = settings.data / "public/input/nab/cpu.csv"
        assert copy.read_bytes() != public.read_bytes()
        assert_problem(await as_alice.post(f"{own}/datasets/refresh"), 404)
        for _ in range(2):
            fresh = await ask(as_bob, "POST", f"{own}/datasets/refresh")
            assert [one["has_moved_on"] for one in fresh["datasets"]] == [False]
            assert copy.stat().st_ino == public.stat().st_ino
        other = await ask(as_bob, "GET", f"/projects/{before['id']}")
        assert other["datasets"] == fresh["datasets"], "it reads the same copy"
        assert staging_is_empty(settings)

    async def test_d18_copies_files_and_data_sets_and_records_the_origin(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a/cpu.csv")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]], description="why")
        public = await share(as_alice, project)
        forked = await fork(as_bob, public)
        assert (forked["name"], forked["share_flag"], forked["owner"]) == ("alerts", 0, "bob")
        assert forked["description"] == "why"
        assert forked["datasets"] == public["datasets"]
        assert forked["origin"] == {
            "id": public["id"],
            "name": "alerts",
            "owner": "alice",
            "checksum": public["checksum"],
            "has_moved_on": False,
        }
        assert tree(settings, "users/bob") == [
            "input/metrics/a/cpu.csv",
            "work/alerts/alerts.ipynb",
        ]
        data = "input/metrics/a/cpu.csv"
        inodes = {
            (settings.data / top / data).stat().st_ino
            for top in ("users/alice", "public", "users/bob")
        }
        assert len(inodes) == 1
        notebook = settings.data / "users/bob/work/alerts/alerts.ipynb"
        notebook.write_text("bob's")
        assert (settings.data / "public/work/alerts/alerts.ipynb").read_text() != "bob's"
        assert (await ask(as_bob, "GET", f"/public/projects/{public['id']}"))["fork_count"] == 1
        assert staging_is_empty(settings)

    async def test_d18_another_name_renames_the_notebook_and_a_clash_proposes_one(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        public = await share(as_alice, await create(as_alice, "alerts"))
        path = f"/public/projects/{public['id']}/fork"
        refused = assert_problem(await as_alice.post(path, json={}), 409, "projects.name_taken")
        forked = await fork(as_alice, public, name=refused["proposal"])
        assert forked["notebook"] == "alerts-2.ipynb"
        assert tree(settings, "users/alice/work") == [
            "alerts-2/alerts-2.ipynb",
            "alerts/alerts.ipynb",
        ]

    async def test_d18_the_owner_forks_with_the_data_set_that_they_have(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        forked = await fork(as_alice, await share(as_alice, project), name="again")
        assert forked["datasets"] == [
            {"id": dataset["id"], "name": "metrics", "is_public": 0, "has_moved_on": False}
        ]
        assert tree(settings, "users/alice/input") == ["metrics/cpu.csv"]

    async def test_d18_a_data_set_and_the_public_one_made_of_it_are_linked_once(
        self, as_alice: ApiClient
    ) -> None:
        own = await upload(as_alice, "metrics")
        public = await ask(as_alice, "POST", f"/datasets/{own['id']}/share", expect=201)
        project = await create(as_alice, "alerts", dataset_ids=[own["id"], public["id"]])
        assert project["datasets"] == [
            {"id": own["id"], "name": "metrics", "is_public": 0, "has_moved_on": False}
        ]

    async def test_d18_another_data_set_of_the_name_in_the_input_is_a_clash(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        public = await share(as_alice, project)
        await upload(as_bob, "metrics", "other.csv")
        answer = await as_bob.post(f"/public/projects/{public['id']}/fork", json={})
        assert_problem(answer, 409, "datasets.input_name_taken")
        assert tree(settings, "users/bob") == ["input/metrics/other.csv"]
        assert (await ask(as_bob, "GET", "/projects"))["items"] == []

    async def test_d18_the_fork_knows_when_its_origin_moves_on_and_keeps_it_when_deleted(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        public = await share(as_alice, project)
        forked = await fork(as_bob, public)
        (settings.data / "users/alice/work/alerts/new.py").write_text("1")
        path = f"/projects/{forked['id']}"
        assert not (await ask(as_bob, "GET", path))["origin"]["has_moved_on"], "not published yet"
        await ask(as_alice, "PATCH", f"/projects/{project['id']}", share_flag=1)
        assert (await ask(as_bob, "GET", path))["origin"]["has_moved_on"]
        await ask(as_alice, "POST", "/public/projects/delete", ids=[public["id"]])
        origin = (await ask(as_bob, "GET", path))["origin"]
        assert origin == forked["origin"] | {"id": None}
        assert tree(settings, "users/bob/work") == ["alerts/alerts.ipynb"]

    async def test_d18_of_two_clicks_at_once_one_forks(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        public = await share(as_alice, project)
        statuses: list[int] = []

        async def click() -> None:
            answer = await as_bob.post(f"/public/projects/{public['id']}/fork", json={})
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(click)
        assert sorted(statuses) == [201, 409, 409]
        assert tree(settings, "users/bob") == ["input/metrics/cpu.csv", "work/alerts/alerts.ipynb"]
        assert (await ask(as_bob, "GET", f"/public/projects/{public['id']}"))["fork_count"] == 1

    async def test_d18_a_fork_holds_up_those_that_change_what_it_reads_and_nobody_else(
        self,
        as_alice: ApiClient,
        as_bob: ApiClient,
        platform: Platform,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        dataset = await upload(as_alice, "metrics", is_public=1)
        project = await create(as_alice, "alerts", dataset_ids=[dataset["id"]])
        public = await share(as_alice, project)
        forks: Any = platform.projects.forks
        copy = forks._copy
        begun, may_end = anyio.Event(), anyio.Event()

        async def copy_slowly(*arguments: object) -> None:
            begun.set()
            await may_end.wait()
            await copy(*arguments)

        monkeypatch.setattr(forks, "_copy", copy_slowly)
        monkeypatch.setattr(platform.operations, "_lock_wait", timedelta(milliseconds=200))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(fork, as_bob, public)
            await begun.wait()
            monkeypatch.setattr(forks, "_copy", copy)
            await fork(as_alice, public, name="again")
            await create(as_alice, "more", dataset_ids=[dataset["id"]])
            await ask(as_alice, "POST", f"/datasets/{dataset['id']}/fork", expect=201, name="mine")
            for path in (f"/public/projects/{public['id']}", f"/datasets/{dataset['id']}"):
                assert_problem(await as_alice.delete(path), 423)
            may_end.set()
        for path in (f"/public/projects/{public['id']}", f"/datasets/{dataset['id']}"):
            assert (await as_alice.delete(path)).is_success

    async def test_d18_a_public_project_that_is_not_there_is_a_404(
        self, as_alice: ApiClient
    ) -> None:
        assert_problem(await as_alice.post("/public/projects/99/fork", json={}), 404)


@pytest.mark.database_only
class TestPublic:
    async def test_d5_everybody_sees_the_details_of_a_public_project(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await share(as_alice, await create(as_alice, "alerts", description="why"))
        seen = await ask(as_bob, "GET", f"/public/projects/{public['id']}")
        assert seen == public | {"may_change": False}
        assert public["may_change"]
        assert_problem(await as_bob.get("/public/projects/99"), 404)

    @pytest.mark.parametrize(
        ("number", "what", "view"),
        [("d11", "runtime-address", "lab/tree"), ("d13", "content-address", "files")],
    )
    async def test_d11_d13_the_addresses_lead_to_the_public_files_in_ones_own_service(
        self, as_alice: ApiClient, as_bob: ApiClient, number: str, what: str, view: str
    ) -> None:
        del number
        public = await share(as_alice, await create(as_alice, "磁盘 告警"))
        path = f"/public/projects/{public['id']}/{what}"
        address = await ask(as_bob, "GET", f"{path}?service_name=bob")
        assert unquote(address["url"]) == (
            f"/user/bob/{view}/public/work/磁盘 告警/磁盘 告警.ipynb"
        )
        assert address["service_state"] == "running"
        assert_problem(await as_bob.get(f"{path}?service_name=alice"), 404)

    async def test_d17_lists_all_in_each_order_page_by_page(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        names = ["b", "a", "c", "e", "d"]
        made = {}
        for name in names:
            made[name] = await share(as_alice, await create(as_alice, name))
        await fork(as_bob, made["c"])
        await fork(as_bob, made["c"], name="c-2")
        await fork(as_bob, made["a"])
        expected = {
            "-updated": "".join(reversed(names)),
            "updated": "".join(names),
            "name": "abcde",
            "-name": "edcba",
            "-forks": "ca",
        }
        for order, wanted in expected.items():
            seen, cursor = "", ""
            while True:
                page = await ask(
                    as_bob, "GET", f"/public/projects?sort={order}&limit=2&cursor={cursor}"
                )
                seen += "".join(one["name"] for one in page["items"])
                cursor = page["next_cursor"] or ""
                if not cursor:
                    break
            if order == "-forks":
                assert (seen[:2], sorted(seen[2:])) == ("ca", ["b", "d", "e"])
            else:
                assert seen == wanted

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("盘", ["磁盘告警"]),
            ("磁盘", ["磁盘告警"]),
            ("告警 盘", ["磁盘告警"]),
            ("为什么", ["磁盘告警"]),
            ("CPU", ["Cpu_spikes"]),
            ("pikes", ["Cpu_spikes"]),
            ("_", ["Cpu_spikes"]),
            ("%", []),
            ("alice", ["Cpu_spikes", "磁盘告警"]),
            ("alice spikes", ["Cpu_spikes"]),
            ("盤", []),
            ("", ["Cpu_spikes", "磁盘告警"]),
        ],
    )
    async def test_d17_searches_name_description_and_owner_down_to_one_character(
        self, as_alice: ApiClient, query: str, found: list[str]
    ) -> None:
        for name, description in (("磁盘告警", "为什么满了"), ("Cpu_spikes", "")):
            await share(as_alice, await create(as_alice, name, description=description))
        answer = await as_alice.get("/public/projects", params={"query": query, "order": "name"})
        assert [one["name"] for one in answer.json()["items"]] == found

    async def test_d17_filters_by_owner(self, as_alice: ApiClient, as_bob: ApiClient) -> None:
        await share(as_alice, await create(as_alice, "one"))
        await share(as_bob, await create(as_bob, "two"))
        page = await ask(as_bob, "GET", "/public/projects?owner=bob")
        assert [one["name"] for one in page["items"]] == ["two"]

    async def test_d7_changes_the_row_and_the_associations_and_no_file(
        self, as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_bob, "nab", is_public=1)
        private = await upload(as_alice, "mine")
        public = await share(as_alice, await create(as_alice, "alerts"))
        path = f"/public/projects/{public['id']}"
        before = tree(settings, "users"), tree(settings, "public")
        changed = await ask(
            as_alice, "PATCH", path, description="新的", dataset_ids=[dataset["id"]]
        )
        assert (changed["description"], changed["checksum"]) == ("新的", public["checksum"])
        assert [one["id"] for one in changed["datasets"]] == [dataset["id"]]
        assert (tree(settings, "users"), tree(settings, "public")) == before
        found = await ask(as_bob, "GET", "/public/projects?query=新")
        assert [one["id"] for one in found["items"]] == [public["id"]]
        answer = await as_alice.patch(path, json={"dataset_ids": [private["id"]]})
        assert_problem(answer, 404, "datasets.absent")
        assert_problem(await as_bob.patch(path, json={"description": "x"}), 403, "auth.forbidden")
        changed = await ask(as_admin, "PATCH", path, dataset_ids=[])
        assert (changed["datasets"], changed["description"]) == ([], "新的")

    @pytest.mark.parametrize("by_admin", [False, True])
    async def test_d9_with_a_moved_project_go_the_owners_copies_that_nothing_links_any_more(
        self,
        as_alice: ApiClient,
        as_bob: ApiClient,
        as_admin: ApiClient,
        settings: Settings,
        *,
        by_admin: bool,
    ) -> None:
        both = await upload(as_alice, "both", is_public=1)
        once = await upload(as_alice, "once", is_public=1)
        moved = await create(as_bob, "moved", dataset_ids=[both["id"], once["id"]])
        await create(as_bob, "stays", dataset_ids=[both["id"]])
        await create(as_admin, "admins", dataset_ids=[once["id"]])
        public = await share(as_bob, moved, keep_working_copy=False)
        client = as_admin if by_admin else as_bob
        answer = await ask(client, "POST", "/public/projects/delete", ids=[public["id"]])
        assert answer["items"][0]["is_deleted"]
        assert tree(settings, "users/bob") == ["input/both/cpu.csv", "work/stays/stays.ipynb"]
        assert tree(settings, "users/admin/input") == ["once/cpu.csv"]
        await create(as_bob, "again", dataset_ids=[once["id"]])
        assert "input/once/cpu.csv" in tree(settings, "users/bob")

    async def test_d9_deletes_files_and_rows_and_says_of_each_what_happened(
        self, as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        kept = await create(as_alice, "kept", dataset_ids=[dataset["id"]])
        moved = await create(as_alice, "moved")
        others = await share(as_bob, await create(as_bob, "bobs"))
        publics = [await share(as_alice, kept)]
        publics.append(await share(as_alice, moved, keep_working_copy=False))
        ids = [public["id"] for public in (*publics, others)]
        answer = await ask(as_alice, "POST", "/public/projects/delete", ids=[*ids, 999])
        assert [(one["id"], one["is_deleted"], one["code"]) for one in answer["items"]] == [
            (ids[0], True, None),
            (ids[1], True, None),
            (ids[2], False, "auth.forbidden"),
            (999, False, "request.not_found"),
        ]
        assert tree(settings, "public/work") == ["bobs/bobs.ipynb"]
        assert tree(settings, "public/input") == ["metrics/cpu.csv"], "others may use it"
        after = await ask(as_alice, "GET", f"/projects/{kept['id']}")
        assert (after["share_flag"], after["public_id"]) == (0, None)
        assert_problem(await as_alice.get(f"/projects/{moved['id']}"), 404)
        answer = await ask(as_admin, "POST", "/public/projects/delete", ids=[others["id"]])
        assert answer["items"][0]["is_deleted"]
        assert tree(settings, "public/work") == []
        assert staging_is_empty(settings)
