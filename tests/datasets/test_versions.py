"""What files of data sets were before: kept, listed, read, restored, deleted (E4, E6)."""

from typing import Any

import pytest

from opsforge.bootstrap import Platform
from opsforge.settings import DatasetSettings, Settings
from tests.support.clock import MovableClock
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create
from tests.support.tus import begin
from tests.support.uploads import CSV, parts, staging_is_empty, tree, upload
from tests.uploads.test_archives import make_zip
from tests.usage.test_usage import LATER, taken


async def replace(client: ApiClient, dataset: dict[str, Any], content: bytes, path: str) -> Any:  # noqa: ANN401
    """Put another content in the place of a file."""
    answer = await client.post(
        f"/datasets/{dataset['id']}/files",
        data={"when_there": "replace"},
        files=parts(path, content=content),
    )
    assert answer.status_code == 201, answer.text
    return answer.json()[0]


async def versions(client: ApiClient, dataset: dict[str, Any], path: str = "cpu.csv") -> Any:  # noqa: ANN401
    """All versions of a file."""
    answer = await client.get(f"/datasets/{dataset['id']}/versions", params={"path": path})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def remove(client: ApiClient, dataset: dict[str, Any], *file_ids: int) -> None:
    """Delete files from a data set."""
    body = {"ids": list(file_ids)}
    answer = await client.post(f"/datasets/{dataset['id']}/files/delete", json=body)
    assert answer.status_code == 200, answer.text


def numbers(found: dict[str, Any]) -> list[tuple[int, bool]]:
    """Number of each version, and whether it is the current one."""
    return [(one["number"], one["id"] is None) for one in found["items"]]


def kept(settings: Settings) -> int:
    """How many contents of earlier versions are stored."""
    return len(tree(settings, "versions"))


def keep(platform: Platform, count: int) -> None:
    """Keep so many earlier versions."""
    for part in (platform.datasets.updates, platform.datasets.versions, platform.datasets.shares):
        part._settings = DatasetSettings(file_versions_kept=count)


class TestKeep:
    async def test_e4_a_replaced_file_is_kept_with_who_added_it_and_when(
        self, as_alice: ApiClient, settings: Settings, clock: MovableClock
    ) -> None:
        dataset = await upload(as_alice, "指标", "cpu.csv", "2024/mem.csv")
        stored = settings.data / "users/alice/input/指标/2024/mem.csv"
        inode = stored.stat().st_ino
        clock.advance(LATER)
        now = await replace(as_alice, dataset, b"new", "2024/mem.csv")
        assert (now["number"], now["added_by"]) == (2, "alice")
        found = await versions(as_alice, dataset, "2024/mem.csv")
        assert (found["path"], found["file_id"]) == ("2024/mem.csv", now["id"])
        assert numbers(found) == [(2, True), (1, False)]
        first = found["items"][1]
        assert (first["size_bytes"], first["added_by"]) == (len(CSV), "alice")
        assert first["created_at"] == dataset["files"][0]["created_at"] < now["created_at"]
        [name] = tree(settings, f"versions/users/alice/{dataset['id']}")
        content = settings.data / f"versions/users/alice/{dataset['id']}/{name}"
        assert content.stat().st_ino == inode, "no byte was copied"
        assert tree(settings, "users") == [
            "alice/input/指标/2024/mem.csv",
            "alice/input/指标/cpu.csv",
        ]
        detail = await ask(as_alice, "GET", f"/datasets/{dataset['id']}/files/{now['id']}")
        assert (detail["number"], detail["added_by"]) == (2, "alice")
        assert staging_is_empty(settings)

    async def test_e4_a_file_that_was_never_replaced_has_one_version(
        self, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        assert numbers(await versions(as_alice, dataset)) == [(1, True)]
        for path, status in (("absent.csv", 404), ("../cpu.csv", 422), ("", 422)):
            answer = await as_alice.get(
                f"/datasets/{dataset['id']}/versions", params={"path": path}
            )
            assert_problem(answer, status)

    async def test_e4_what_an_archive_and_a_resumed_upload_replace_is_kept(
        self, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        answer = await as_alice.post(
            f"/datasets/{dataset['id']}/files",
            data={"when_there": "replace", "unpack": "true"},
            files=[("files", ("all.zip", make_zip({"cpu.csv": b"unpacked", "new.csv": b"x"})))],
        )
        assert answer.status_code == 201, answer.text
        sent = await begin(
            as_alice, f"datasets/{dataset['id']}", "cpu.csv", length_bytes=3, on_clash="replace"
        )
        assert (await sent.send(b"tus", at=0)).status_code == 204
        assert numbers(await versions(as_alice, dataset)) == [(3, True), (2, False), (1, False)]
        assert numbers(await versions(as_alice, dataset, "new.csv")) == [(1, True)]

    async def test_e4_so_many_are_kept_as_the_setting_says(
        self, as_alice: ApiClient, platform: Platform, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        keep(platform, 2)
        for number in range(2, 6):
            await replace(as_alice, dataset, b"%d" % number, "cpu.csv")
        assert numbers(await versions(as_alice, dataset)) == [(5, True), (4, False), (3, False)]
        assert kept(settings) == 2
        keep(platform, 0)
        await replace(as_alice, dataset, b"6", "cpu.csv")
        assert numbers(await versions(as_alice, dataset)) == [(6, True)]
        assert kept(settings) == 0

    async def test_e7_sharing_again_keeps_what_the_public_one_had(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics", "cpu.csv", "mem.csv", "old.csv")
        public = await ask(as_alice, "POST", f"/datasets/{dataset['id']}/share", expect=201)
        await replace(as_alice, dataset, b"new", "cpu.csv")
        ids = {file["path"]: file["id"] for file in public["files"]}
        await remove(as_alice, dataset, dataset["files"][2]["id"])
        again = await ask(as_alice, "POST", f"/datasets/{dataset['id']}/share", expect=201)
        assert again["id"] == public["id"]
        assert numbers(await versions(as_bob, again)) == [(2, True), (1, False)]
        assert numbers(await versions(as_bob, again, "mem.csv")) == [(1, True)]
        assert {file["path"]: file["id"] for file in again["files"]}["mem.csv"] == ids["mem.csv"]
        deleted = await ask(as_bob, "GET", f"/datasets/{again['id']}/versions/deleted")
        assert [one["path"] for one in deleted["items"]] == ["old.csv"]
        assert len(tree(settings, f"versions/public/{again['id']}")) == 2

    async def test_e9_e7_d1_forks_shares_and_copies_take_the_current_state_alone(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        await create(as_bob, "alerts", dataset_ids=[public["id"]])
        await replace(as_alice, public, b"new", "cpu.csv")
        copy = settings.data / "users/bob/input/nab/cpu.csv"
        assert copy.read_bytes() == CSV, "who linked it keeps the old bytes"
        fork = await ask(as_bob, "POST", f"/datasets/{public['id']}/fork", expect=201, name="mine")
        found = await versions(as_bob, fork)
        assert numbers(found) == [(1, True)]
        assert found["items"][0]["size_bytes"] == 3

    async def test_e5_versions_go_with_the_data_set(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        for flag in (0, 1):
            dataset = await upload(as_alice, "metrics", is_public=flag)
            await replace(as_alice, dataset, b"new", "cpu.csv")
            assert kept(settings) == 1
            assert (await as_alice.delete(f"/datasets/{dataset['id']}")).status_code == 204
            assert kept(settings) == 0
        again = await upload(as_alice, "metrics")
        assert numbers(await versions(as_alice, again)) == [(1, True)]

    async def test_e8_versions_stay_when_the_data_set_is_renamed(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "metrics")
        await replace(as_alice, dataset, b"new", "cpu.csv")
        await ask(as_alice, "PATCH", f"/datasets/{dataset['id']}", name="renamed")
        first = (await versions(as_alice, dataset))["items"][1]
        answer = await as_alice.get(f"/datasets/{dataset['id']}/versions/{first['id']}/content")
        assert answer.content == CSV


class TestRead:
    async def test_e6_an_earlier_version_is_downloaded_whole_and_by_ranges(
        self, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        await replace(as_alice, dataset, b"new", "cpu.csv")
        first = (await versions(as_alice, dataset))["items"][1]
        path = f"/datasets/{dataset['id']}/versions/{first['id']}/content"
        whole = await as_alice.get(path, params={"download": "1"})
        assert (whole.status_code, whole.content) == (200, CSV)
        assert 'filename="cpu.csv"' in whole.headers["content-disposition"]
        part = await as_alice.get(path, headers={"Range": "bytes=10-"})
        assert (part.status_code, part.content) == (206, CSV[10:])
        assert_problem(await as_alice.get(path, headers={"Range": "bytes=9000-"}), 416)
        other = await upload(as_alice, "other")
        wrong = f"/datasets/{other['id']}/versions/{first['id']}/content"
        assert_problem(await as_alice.get(wrong), 404)


class TestRestore:
    async def test_e4_a_restored_version_is_a_new_one_and_nothing_is_lost(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics", "deep/cpu.csv")
        await replace(as_alice, dataset, b"second", "deep/cpu.csv")
        first = (await versions(as_alice, dataset, "deep/cpu.csv"))["items"][1]
        path = f"/datasets/{dataset['id']}/versions/{first['id']}/restore"
        restored = await ask(as_alice, "POST", path, expect=201)
        assert (restored["number"], restored["sha256"]) == (3, first["sha256"])
        assert (settings.data / "users/alice/input/metrics/deep/cpu.csv").read_bytes() == CSV
        found = await versions(as_alice, dataset, "deep/cpu.csv")
        assert numbers(found) == [(3, True), (2, False), (1, False)]
        now = await ask(as_alice, "GET", f"/datasets/{dataset['id']}")
        assert now["checksum"] == dataset["checksum"]
        second = f"/datasets/{dataset['id']}/versions/{found['items'][1]['id']}/content"
        assert (await as_alice.get(second)).content == b"second"
        assert staging_is_empty(settings)

    async def test_e4_a_deleted_file_comes_back_as_long_as_the_data_set_lives(
        self, as_alice: ApiClient, settings: Settings, clock: MovableClock
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv", "deep/b.csv", "kept.csv")
        changed = await replace(as_alice, dataset, b"second", "deep/b.csv")
        await remove(as_alice, dataset, dataset["files"][0]["id"])
        clock.advance(LATER)
        await remove(as_alice, dataset, changed["id"])
        path = f"/datasets/{dataset['id']}/versions/deleted"
        page = await ask(as_alice, "GET", f"{path}?limit=1")
        [last] = page["items"]
        assert (last["path"], last["number"], last["size_bytes"]) == ("deep/b.csv", 2, 6)
        rest = (await as_alice.get(path, params={"cursor": page["next_cursor"]})).json()
        assert [one["path"] for one in rest["items"]] == ["a.csv"]
        assert rest["next_cursor"] is None
        found = await versions(as_alice, dataset, "deep/b.csv")
        assert (found["file_id"], numbers(found)) == (None, [(2, False), (1, False)])
        restore = f"/datasets/{dataset['id']}/versions/{last['version_id']}/restore"
        restored = await ask(as_alice, "POST", restore, expect=201)
        assert restored["number"] == 3
        assert tree(settings, "users/alice/input/metrics") == ["deep/b.csv", "kept.csv"]
        assert [one["path"] for one in (await as_alice.get(path)).json()["items"]] == ["a.csv"]

    async def test_e4_what_is_uploaded_again_goes_on_with_the_numbers(
        self, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        await remove(as_alice, dataset, dataset["files"][0]["id"])
        answer = await as_alice.post(f"/datasets/{dataset['id']}/files", files=parts("cpu.csv"))
        assert answer.json()[0]["number"] == 2
        assert numbers(await versions(as_alice, dataset)) == [(2, True), (1, False)]

    @pytest.mark.parametrize(("gone", "there"), [("a", "a/b.csv"), ("a/b.csv", "a")])
    async def test_e4_what_is_in_the_way_is_named_and_stays(
        self, as_alice: ApiClient, settings: Settings, gone: str, there: str
    ) -> None:
        dataset = await upload(as_alice, "metrics", "kept.csv", gone)
        await remove(as_alice, dataset, *[f["id"] for f in dataset["files"] if f["path"] == gone])
        added = await as_alice.post(f"/datasets/{dataset['id']}/files", files=parts(there))
        if added.status_code == 409:  # The folder is still there.
            (settings.data / "users/alice/input/metrics" / there).rmdir()
            added = await as_alice.post(f"/datasets/{dataset['id']}/files", files=parts(there))
        assert added.status_code == 201
        [version] = (await versions(as_alice, dataset, gone))["items"]
        path = f"/datasets/{dataset['id']}/versions/{version['id']}/restore"
        document = assert_problem(await as_alice.post(path), 409, "datasets.version_blocked")
        assert document["path"] == gone
        assert tree(settings, "users/alice/input/metrics") == sorted(["kept.csv", there])
        assert staging_is_empty(settings)

    async def test_e4_restoring_keeps_the_current_one_whatever_the_setting_says(
        self, as_alice: ApiClient, platform: Platform
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        await replace(as_alice, dataset, b"second", "cpu.csv")
        first = (await versions(as_alice, dataset))["items"][1]
        keep(platform, 0)
        path = f"/datasets/{dataset['id']}/versions/{first['id']}/restore"
        await ask(as_alice, "POST", path, expect=201)
        found = await versions(as_alice, dataset)
        assert numbers(found) == [(3, True), (2, False)]

    async def test_e4_an_administrator_restores_in_anybodys_public_one(
        self, as_alice: ApiClient, as_admin: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        await replace(as_alice, dataset, b"second", "cpu.csv")
        first = (await versions(as_alice, dataset))["items"][1]
        path = f"/datasets/{dataset['id']}/versions/{first['id']}/restore"
        assert (await ask(as_admin, "POST", path, expect=201))["added_by"] == "admin"


class TestDelete:
    async def test_e4_a_deleted_version_is_gone_and_its_room_free(
        self, as_alice: ApiClient, settings: Settings, clock: MovableClock
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        await replace(as_alice, dataset, b"second", "cpu.csv")
        clock.advance(LATER)
        assert await taken(as_alice) == (len(CSV) + 6, 2)
        first = (await versions(as_alice, dataset))["items"][1]
        path = f"/datasets/{dataset['id']}/versions/{first['id']}"
        assert (await as_alice.delete(path)).status_code == 204
        assert await taken(as_alice) == (6, 1)
        assert kept(settings) == 0
        assert numbers(await versions(as_alice, dataset)) == [(2, True)]
        for answer in (
            await as_alice.delete(path),
            await as_alice.post(f"{path}/restore"),
            await as_alice.get(f"{path}/content"),
        ):
            assert_problem(answer, 404)
        assert staging_is_empty(settings)


class TestUsage:
    async def test_earlier_versions_count_once_as_their_owners(
        self, as_alice: ApiClient, as_bob: ApiClient, clock: MovableClock
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        fork = await ask(as_bob, "POST", f"/datasets/{public['id']}/fork", expect=201, name="mine")
        await replace(as_alice, public, b"second", "cpu.csv")
        first = (await versions(as_alice, public))["items"][1]
        await ask(
            as_alice, "POST", f"/datasets/{public['id']}/versions/{first['id']}/restore", expect=201
        )
        clock.advance(LATER)
        assert await taken(as_alice) == (len(CSV) + 6, 2), "the same content counts once"
        assert await taken(as_bob) == (0, 0), "its origin has the bytes, as an earlier version"
        await replace(as_bob, fork, b"bob's own", "cpu.csv")
        clock.advance(LATER)
        assert await taken(as_bob) == (9, 1)
        await as_alice.delete(f"/datasets/{public['id']}")
        clock.advance(LATER)
        assert await taken(as_bob) == (9 + len(CSV), 2), "now only the fork keeps them"
