"""Usage and quotas: what counts, once, and what a quota refuses before the bytes are there."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import pytest

from opsforge.settings import Settings
from tests.support.clock import MovableClock
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, fork, share
from tests.support.uploads import CSV, parts, staging_is_empty, tree, upload

LATER = timedelta(minutes=10)


async def usage(client: ApiClient, of: ApiClient | None = None) -> dict[str, Any]:
    return await ask(client, "GET", f"/users/{(of or client).user['id']}/usage")


async def taken(client: ApiClient) -> tuple[int, int]:
    found = await usage(client)
    return found["size_bytes"], found["file_count"]


async def give(admin: ApiClient, to: ApiClient, **quota: Any) -> None:  # noqa: ANN401 - JSON.
    await ask(admin, "PATCH", f"/users/{to.user['id']}", **quota)


class TestWhatCounts:
    async def test_a_new_user_has_nothing_and_no_limit(self, as_alice: ApiClient) -> None:
        found = await usage(as_alice)
        assert (found["size_bytes"], found["file_count"]) == (0, 0)
        assert (found["quota_bytes"], found["quota_files"]) == (None, None)
        assert found["is_complete"]

    async def test_a_data_set_counts_once_however_often_it_is_shared(
        self, as_alice: ApiClient, clock: MovableClock
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv")
        assert await taken(as_alice) == (len(CSV), 1)
        await ask(as_alice, "POST", f"/datasets/{dataset['id']}/share", expect=201)
        clock.advance(LATER)
        assert await taken(as_alice) == (len(CSV), 1)
        assert (await usage(as_alice))["datasets_bytes"] == len(CSV)

    async def test_links_to_other_peoples_data_count_nothing(
        self, as_alice: ApiClient, as_bob: ApiClient, clock: MovableClock
    ) -> None:
        dataset = await upload(as_alice, "nab", "a.csv", is_public=1)
        project = await create(as_bob, "alerts", dataset_ids=[dataset["id"]])
        before = await taken(as_bob)
        forked = await ask(
            as_bob, "POST", f"/datasets/{dataset['id']}/fork", expect=201, name="own"
        )
        clock.advance(LATER)
        assert await taken(as_bob) == before
        # What its origin has let go of is only the fork's.
        await as_alice.delete(f"/datasets/{dataset['id']}")
        clock.advance(LATER)
        assert await taken(as_bob) == (before[0] + len(CSV), before[1] + 1)
        assert forked["origin"]["name"] == "nab"
        assert project["datasets"][0]["name"] == "nab"

    async def test_what_a_service_writes_counts(
        self, as_alice: ApiClient, settings: Settings, clock: MovableClock
    ) -> None:
        await create(as_alice, "alerts")
        before = await usage(as_alice)
        (settings.data / "users/alice/work/alerts/model.bin").write_bytes(b"x" * 5000)
        assert await usage(as_alice) == before, "measured a moment ago"
        clock.advance(LATER)
        after = await usage(as_alice)
        assert after["size_bytes"] == before["size_bytes"] + 5000
        assert after["projects_bytes"] == before["projects_bytes"] + 5000

    async def test_a_public_project_is_a_copy_and_a_fork_as_well(
        self, as_alice: ApiClient, as_bob: ApiClient, clock: MovableClock
    ) -> None:
        project = await create(as_alice, "alerts")
        size_bytes, file_count = await taken(as_alice)
        public = await share(as_alice, project)
        assert await taken(as_alice) == (2 * size_bytes, 2 * file_count)
        await fork(as_bob, public)
        clock.advance(LATER)
        assert await taken(as_bob) == (size_bytes, file_count)

    async def test_what_is_deleted_is_free_at_once(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv")
        assert await taken(as_alice) == (len(CSV), 1)
        await as_alice.delete(f"/datasets/{dataset['id']}")
        assert await taken(as_alice) == (0, 0)


class TestWhoSees:
    async def test_an_administrator_sees_everybodys(
        self, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        await upload(as_alice, "metrics", "a.csv")
        assert (await usage(as_admin, as_alice))["size_bytes"] == len(CSV)

    async def test_a_user_does_not_give_themselves_a_quota(self, as_alice: ApiClient) -> None:
        answer = await as_alice.patch(f"/users/{as_alice.user['id']}", json={"quota_bytes": None})
        assert_problem(answer, 403, "auth.forbidden")


class TestQuota:
    async def test_e1_more_than_is_free_is_refused_before_a_byte_is_stored(
        self, as_admin: ApiClient, as_alice: ApiClient, settings: Settings
    ) -> None:
        await give(as_admin, as_alice, quota_bytes=10_000)
        await upload(as_alice, "first", "a.csv")
        data = {"name": "second", "is_public": "0"}
        answer = await as_alice.post(
            "/datasets", data=data, files=parts("big.csv", content=b"x" * 20_000)
        )
        document = assert_problem(answer, 413, "usage.quota_exceeded")
        assert document["free_bytes"] == 10_000 - len(CSV)
        assert document["quota_bytes"] == 10_000
        assert "9.8 KiB" in document["detail"]
        assert "Delete" in document["detail"]
        assert tree(settings, "users", "alice", "input") == ["first/a.csv"]
        assert staging_is_empty(settings)

    async def test_e4_it_holds_while_an_upload_of_unknown_length_arrives(
        self, as_admin: ApiClient, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv")
        await give(as_admin, as_alice, quota_bytes=1000)
        form = as_alice.build_request(
            "POST", f"/datasets/{dataset['id']}/files", files=parts("b.csv", content=b"x" * 2000)
        )
        body = form.read()

        async def pieces() -> Any:  # noqa: ANN401 - an asynchronous generator.
            for at in range(0, len(body), 100):
                yield body[at : at + 100]

        headers = {"content-type": form.headers["content-type"]}
        answer = await as_alice.post(
            f"/datasets/{dataset['id']}/files", content=pieces(), headers=headers
        )
        assert_problem(answer, 413, "usage.quota_exceeded")
        assert staging_is_empty(settings)

    async def test_d1_files_are_counted_as_well(
        self, as_admin: ApiClient, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "alerts")
        await give(as_admin, as_alice, quota_files=3)
        path = f"/projects/{project['id']}/files"
        answer = await as_alice.post(path, files=parts("a.py", "b.py", "c.py"))
        document = assert_problem(answer, 413, "usage.file_quota_exceeded")
        assert (document["free_files"], document["quota_files"]) == (2, 3)
        assert (await as_alice.post(path, files=parts("a.py", "b.py"))).status_code == 201
        assert staging_is_empty(settings)

    async def test_d18_a_fork_needs_room(
        self, as_admin: ApiClient, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await share(as_alice, await create(as_alice, "alerts"))
        await give(as_admin, as_bob, quota_bytes=10)
        answer = await as_bob.post(f"/public/projects/{public['id']}/fork", json={})
        assert_problem(answer, 413, "usage.quota_exceeded")
        assert tree(settings, "users", "bob", "work") == []
        await give(as_admin, as_bob, quota_bytes=None)
        await fork(as_bob, public)

    async def test_uploads_that_follow_each_other_quickly_are_counted(
        self, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv")
        await give(as_admin, as_alice, quota_bytes=1500)
        path, content = f"/datasets/{dataset['id']}/files", b"x" * 600
        answers = [
            await as_alice.post(path, files=parts(f"{number}.csv", content=content))
            for number in range(4)
        ]
        assert [answer.status_code for answer in answers] == [201, 201, 413, 413]

    @pytest.mark.parametrize("is_announced", [True, False])
    async def test_e1_uploads_at_the_same_time_have_one_quota(
        self,
        as_admin: ApiClient,
        as_alice: ApiClient,
        settings: Settings,
        *,
        is_announced: bool,
    ) -> None:
        dataset = await upload(as_alice, "metrics", "a.csv")
        await give(as_admin, as_alice, quota_bytes=1_000_000)
        path = f"/datasets/{dataset['id']}/files"
        form = as_alice.build_request("POST", path, files=parts("b.csv", content=b"x" * 600_000))
        body = form.read()
        begun, may_end = anyio.Event(), anyio.Event()
        statuses: list[int] = []

        async def pieces() -> AsyncIterator[bytes]:
            yield body[:580_000]
            begun.set()
            await may_end.wait()
            yield body[580_000:]

        async def send() -> None:
            headers = {"content-type": form.headers["content-type"]}
            if is_announced:
                headers["content-length"] = str(len(body))
            answer = await as_alice.post(path, content=pieces(), headers=headers)
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(send)
            await begun.wait()
            big = await as_alice.post(path, files=parts("c.csv", content=b"x" * 500_000))
            document = assert_problem(big, 413, "usage.quota_exceeded")
            assert document["free_bytes"] <= 425_000
            small = await as_alice.post(path, files=parts("d.csv", content=b"x" * 300_000))
            assert small.status_code == 201
            may_end.set()
        assert statuses == [201]
        assert (await as_alice.post(path, files=parts("e.csv"))).status_code == 201
        assert_problem(await as_alice.post(path, files=parts("f.csv", content=b"x" * 150_000)), 413)
        assert staging_is_empty(settings)

    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    async def test_the_refusal_is_in_the_users_language(
        self, as_admin: ApiClient, as_alice: ApiClient, language: str
    ) -> None:
        await give(as_admin, as_alice, quota_bytes=10)
        answer = await as_alice.post(
            "/datasets",
            data={"name": "big"},
            files=parts("a.csv", content=b"x" * 100_000),
            headers={"Accept-Language": language},
        )
        document = assert_problem(answer, 413, "usage.quota_exceeded")
        assert ("请删除" in document["detail"]) is (language == "zh-CN")
