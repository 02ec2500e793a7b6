"""Sharing, forking, changing and deleting data sets over the interface, on both databases."""

from typing import Any

import anyio
import pytest
from sqlalchemy.event import listen

from opsforge.bootstrap import Platform
from opsforge.settings import Settings
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, share
from tests.support.uploads import parts, staging_is_empty, tree, upload


def inode(settings: Settings, path: str) -> int:
    return (settings.data / path).stat().st_ino


def names(files: list[dict[str, Any]]) -> list[str]:
    return [file["path"] for file in files]


class TestShare:
    async def test_e7_makes_a_public_one_with_rows_of_its_own_and_leaves_the_private_one(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "指标", "a/cpu.csv", "b.csv")
        public = await ask(as_alice, "POST", f"/datasets/{dataset['id']}/share", expect=201)
        assert (public["is_public"], public["owner"]) == (1, "alice")
        assert public["checksum"] == dataset["checksum"]
        assert names(public["files"]) == ["a/cpu.csv", "b.csv"]
        own_ids = {file["id"] for file in dataset["files"]}
        assert not own_ids & {file["id"] for file in public["files"]}
        after = await ask(as_alice, "GET", f"/datasets/{dataset['id']}")
        assert after == dataset | {"shared_as": public["id"]}
        seen = await ask(as_bob, "GET", f"/datasets/{public['id']}")
        assert seen == public | {"may_change": False}
        file = "input/指标/a/cpu.csv"
        assert inode(settings, f"users/alice/{file}") == inode(settings, f"public/{file}")
        assert staging_is_empty(settings)

    async def test_e7_again_brings_the_public_one_up_to_date_and_copies_keep_the_old_bytes(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab")
        path = f"/datasets/{dataset['id']}"
        public = await ask(as_alice, "POST", f"{path}/share", expect=201)
        await create(as_bob, "alerts", dataset_ids=[public["id"]])
        answer = await as_alice.post(
            f"{path}/files", data={"when_there": "replace"}, files=parts("cpu.csv", content=b"new")
        )
        assert answer.status_code == 201
        again = await ask(as_alice, "POST", f"{path}/share", expect=201)
        assert again["id"] == public["id"]
        assert again["checksum"] != public["checksum"]
        assert (settings.data / "public/input/nab/cpu.csv").read_bytes() == b"new"
        copy = settings.data / "users/bob/input/nab/cpu.csv"
        assert copy.read_bytes() != b"new", "what bob's project reads does not change"

    async def test_e7_another_public_one_of_the_name_is_a_clash(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        await upload(as_bob, "NAB", "other.csv", is_public=1)
        dataset = await upload(as_alice, "nab")
        answer = await as_alice.post(f"/datasets/{dataset['id']}/share")
        refused = assert_problem(answer, 409, "datasets.public_name_taken")
        assert refused["proposal"] == "nab-2"
        assert tree(settings, "public") == ["input/NAB/other.csv"]

    async def test_e7_a_public_one_is_refused(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        answer = await as_alice.post(f"/datasets/{dataset['id']}/share")
        assert_problem(answer, 409, "datasets.is_public")

    async def test_e7_clicks_at_once_make_one_public_data_set(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab")
        ids: set[int] = set()

        async def click() -> None:
            answer = await as_alice.post(f"/datasets/{dataset['id']}/share")
            ids.add(answer.json()["id"])

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(click)
        assert len(ids) == 1
        assert tree(settings, "public") == ["input/nab/cpu.csv"]


class TestFork:
    async def test_e9_makes_a_private_one_by_links_and_records_the_origin(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "nab", "a/cpu.csv", is_public=1)
        forked = await ask(as_bob, "POST", f"/datasets/{public['id']}/fork", expect=201)
        assert (forked["is_public"], forked["owner"], forked["name"]) == (0, "bob", "nab")
        assert names(forked["files"]) == ["a/cpu.csv"]
        assert forked["files"][0]["sha256"] == public["files"][0]["sha256"]
        assert forked["origin"] == {
            "id": public["id"],
            "name": "nab",
            "owner": "alice",
            "checksum": public["checksum"],
            "has_moved_on": False,
        }
        file = "input/nab/a/cpu.csv"
        assert inode(settings, f"users/bob/{file}") == inode(settings, f"public/{file}")
        assert (await ask(as_bob, "GET", f"/datasets/{public['id']}"))["fork_count"] == 1

    async def test_e9_knows_when_the_origin_moves_on_and_keeps_it_when_deleted(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        forked = await ask(as_bob, "POST", f"/datasets/{public['id']}/fork", expect=201)
        path = f"/datasets/{forked['id']}"
        await as_alice.post(f"/datasets/{public['id']}/files", files=parts("more.csv"))
        assert (await ask(as_bob, "GET", path))["origin"]["has_moved_on"]
        assert (await as_alice.delete(f"/datasets/{public['id']}")).status_code == 204
        assert (await ask(as_bob, "GET", path))["origin"] == forked["origin"] | {"id": None}
        assert tree(settings, "users/bob/input") == ["nab/cpu.csv"]

    async def test_e9_a_clash_proposes_a_free_name(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        await upload(as_bob, "nab")
        path = f"/datasets/{public['id']}/fork"
        refused = assert_problem(await as_bob.post(path, json={}), 409, "datasets.name_taken")
        forked = await ask(as_bob, "POST", path, expect=201, name=refused["proposal"])
        assert forked["name"] == "nab-2"

    async def test_e9_a_private_one_is_refused(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "nab")
        answer = await as_alice.post(f"/datasets/{dataset['id']}/fork", json={})
        assert_problem(answer, 409, "datasets.is_private")


class TestUpdate:
    async def test_e8_changes_the_description_of_private_and_public_ones(
        self, as_alice: ApiClient
    ) -> None:
        for is_public in (0, 1):
            dataset = await upload(as_alice, "nab", is_public=is_public)
            path = f"/datasets/{dataset['id']}"
            changed = await ask(as_alice, "PATCH", path, description="新的概述")
            assert changed["description"] == "新的概述"
            assert changed["files"] == dataset["files"]

    async def test_e8_a_private_one_is_renamed_with_its_directory(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab")
        await upload(as_alice, "other")
        path = f"/datasets/{dataset['id']}"
        answer = await as_alice.patch(path, json={"name": "Other"})
        refused = assert_problem(answer, 409, "datasets.name_taken")
        assert refused["proposal"] == "Other-2"
        assert (await ask(as_alice, "PATCH", path, name="NAB"))["name"] == "NAB"
        assert tree(settings, "users/alice/input") == ["NAB/cpu.csv", "other/cpu.csv"]
        public = await upload(as_alice, "p", is_public=1)
        answer = await as_alice.patch(f"/datasets/{public['id']}", json={"name": "q"})
        assert_problem(answer, 409, "datasets.is_public")

    @pytest.mark.parametrize("is_public", [0, 1])
    async def test_e4_changed_files_replace_the_old_ones_and_links_keep_the_old_bytes(
        self, as_alice: ApiClient, settings: Settings, is_public: int
    ) -> None:
        dataset = await upload(as_alice, "nab", "a/cpu.csv", "b.csv", is_public=is_public)
        top = settings.data / ("public" if is_public else "users/alice") / "input/nab"
        other = settings.data / "held.csv"
        other.hardlink_to(top / "a/cpu.csv")
        before = other.read_bytes()
        path = f"/datasets/{dataset['id']}"
        answer = await as_alice.post(
            f"{path}/files",
            data={"when_there": "replace"},
            files=parts("a/cpu.csv", "c.csv", content=b"new"),
        )
        assert (answer.status_code, names(answer.json())) == (201, ["a/cpu.csv", "c.csv"])
        after = await ask(as_alice, "GET", path)
        assert names(after["files"]) == ["a/cpu.csv", "b.csv", "c.csv"]
        assert (after["file_count"], after["size_bytes"]) == (3, dataset["size_bytes"] // 2 + 6)
        assert after["checksum"] != dataset["checksum"]
        assert (top / "a/cpu.csv").read_bytes() == (top / "c.csv").read_bytes() == b"new"
        assert other.read_bytes() == before, "files are never changed in place"
        assert staging_is_empty(settings)

    async def test_e4_unasked_nothing_is_replaced_and_skipping_stores_the_rest(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab")
        path = f"/datasets/{dataset['id']}/files"
        files = parts("cpu.csv", "new.csv", content=b"new")
        assert_problem(await as_alice.post(path, files=files), 409, "datasets.file_exists")
        answer = await as_alice.post(path, data={"when_there": "skip"}, files=files)
        assert names(answer.json()) == ["new.csv"]
        assert (settings.data / "users/alice/input/nab/cpu.csv").read_bytes() != b"new"
        answer = await as_alice.post(path, data={"when_there": "skip"}, files=files)
        assert (answer.status_code, answer.json()) == (201, [])

    async def test_e4_removes_files(self, as_alice: ApiClient, settings: Settings) -> None:
        dataset = await upload(as_alice, "nab", "a.csv", "b/c.csv", "b/d.csv")
        other = await upload(as_alice, "other")
        gone = [dataset["files"][0]["id"], dataset["files"][1]["id"], other["files"][0]["id"]]
        path = f"/datasets/{dataset['id']}/files/delete"
        after = await ask(as_alice, "POST", path, ids=gone)
        assert names(after["files"]) == ["b/d.csv"]
        assert tree(settings, "users/alice/input") == ["nab/b/d.csv", "other/cpu.csv"]


class TestDelete:
    async def test_e5_deletes_where_the_flag_says_and_tells_what_linked_it(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        private = await upload(as_alice, "mine")
        public = await upload(as_alice, "nab", is_public=1)
        bobs = await upload(as_bob, "bobs")
        await create(as_alice, "alerts", dataset_ids=[private["id"], public["id"]])
        await create(as_bob, "hidden", dataset_ids=[public["id"]])
        ids = [private["id"], public["id"], bobs["id"], private["id"]]
        answer = await ask(as_alice, "POST", "/datasets/delete", ids=ids)
        assert [
            (one["id"], one["is_deleted"], one["used_by"], one["code"]) for one in answer["items"]
        ] == [
            (private["id"], True, ["alerts"], None),
            (public["id"], True, ["alerts"], None),
            (bobs["id"], False, [], "request.not_found"),
        ]
        assert tree(settings, "public") == []
        assert tree(settings, "users/alice/input") == ["nab/cpu.csv"], "the copy stays"
        assert tree(settings, "users/bob/input") == ["bobs/cpu.csv", "nab/cpu.csv"]
        assert staging_is_empty(settings)

    async def test_e2_e5_tells_before_it_who_uses_a_data_set(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        private = await upload(as_alice, "mine")
        public = await upload(as_alice, "nab", is_public=1)
        both = [private["id"], public["id"]]
        alerts = await create(as_alice, "alerts", dataset_ids=both)
        await create(as_bob, "hidden", dataset_ids=[public["id"]])
        shared = await share(as_alice, alerts)

        uses = await ask(as_alice, "GET", f"/datasets/{public['id']}/uses")
        mine = {"id": alerts["id"], "name": "alerts", "owner": "alice"}
        everybodys = {"id": shared["id"], "name": "alerts", "owner": "alice"}
        assert uses == {"projects": [mine], "public_projects": [everybodys], "public_count": 1}
        uses = await ask(as_alice, "GET", f"/datasets/{private['id']}/uses")
        assert (uses["projects"], uses["public_count"]) == ([mine], 0)

        bobs = await ask(as_bob, "GET", f"/datasets/{public['id']}/uses")
        assert [project["name"] for project in bobs["projects"]] == ["hidden"]
        assert bobs["public_projects"] == [everybodys], "and nothing of others' private projects"

    async def test_e2_e3_details_and_lists_say_how_many_projects_use_each(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        private = await upload(as_alice, "mine")
        public = await upload(as_alice, "nab", is_public=1)
        unused = await upload(as_alice, "unused")
        assert [one["used_by_count"] for one in (private, public, unused)] == [0, 0, 0]
        both = [private["id"], public["id"]]
        await share(as_alice, await create(as_alice, "alerts", dataset_ids=both))
        await create(as_alice, "disks", dataset_ids=both)
        await create(as_bob, "hidden", dataset_ids=[public["id"]])

        async def counts(client: ApiClient, path: str) -> dict[str, int]:
            listed = (await ask(client, "GET", path))["items"]
            for one in listed:
                uses = await ask(client, "GET", f"/datasets/{one['id']}/uses")
                details = await ask(client, "GET", f"/datasets/{one['id']}")
                named = len(uses["projects"]) + uses["public_count"]
                assert one["used_by_count"] == details["used_by_count"] == named
            return {one["name"]: one["used_by_count"] for one in listed}

        assert await counts(as_alice, "/datasets?is_public=0") == {"mine": 2, "unused": 0}
        # Sharing made the private one public, too: only the public project uses that.
        assert await counts(as_alice, "/datasets?is_public=1") == {"nab": 3, "mine": 1}
        assert await counts(as_bob, "/datasets?is_public=1") == {"nab": 2, "mine": 1}

    async def test_e3_a_longer_list_costs_no_more_queries(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        statements: list[str] = []

        def note(*event: object) -> None:
            statements.append(str(event[2]))

        async def cost() -> int:
            statements.clear()
            await ask(as_alice, "GET", "/datasets")
            return len(statements)

        await create(as_alice, "one", dataset_ids=[(await upload(as_alice, "one"))["id"]])
        listen(platform.db.engine.sync_engine, "before_cursor_execute", note)
        first = await cost()
        for name in ("two", "three", "four"):
            await create(as_alice, name, dataset_ids=[(await upload(as_alice, name))["id"]])
        assert await cost() == first

    async def test_e5_the_refusals_speak_the_callers_language(self, as_alice: ApiClient) -> None:
        answer = await as_alice.post(
            "/datasets/delete", json={"ids": [99]}, headers={"Accept-Language": "zh-CN"}
        )
        assert "没有该内容" in answer.json()["items"][0]["detail"]
