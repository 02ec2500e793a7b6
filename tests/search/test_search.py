"""One search over all rooms."""

import pytest

from tests.support.people import ApiClient
from tests.support.projects import ask, create, share
from tests.support.uploads import upload


async def names(client: ApiClient, query: str) -> dict[str, list[str]]:
    found = await ask(client, "GET", f"/search?query={query}")
    return {kind: [hit.get("name") or hit["title"] for hit in hits] for kind, hits in found.items()}


class TestSearch:
    @pytest.mark.parametrize("query", ["磁盘", "盘", "DISK", "isk 磁"])
    async def test_d17_e3_f2_finds_in_every_room_what_the_caller_may_see(
        self, as_alice: ApiClient, as_bob: ApiClient, query: str
    ) -> None:
        await share(as_alice, await create(as_alice, "磁盘 disk 告警"))
        await create(as_alice, "mine", description="Disk 磁盘")
        await upload(as_alice, "disk磁盘")
        await upload(as_bob, "public 磁盘 disk", is_public=1)
        folder = {"title": "磁盘 disk"}
        assert (await as_alice.post("/snippets/folders", json=folder)).status_code == 201
        assert await names(as_alice, query) == {
            "projects": ["mine", "磁盘 disk 告警"],
            "public_projects": ["磁盘 disk 告警"],
            "datasets": ["disk磁盘"],
            "public_datasets": ["public 磁盘 disk"],
            "snippets": ["磁盘 disk"],
        }
        assert await names(as_bob, query) == {
            "projects": [],
            "public_projects": ["磁盘 disk 告警"],
            "datasets": [],
            "public_datasets": ["public 磁盘 disk"],
            "snippets": [],
        }

    async def test_what_was_renamed_or_deleted_is_found_as_it_is_now(
        self, as_alice: ApiClient
    ) -> None:
        project = await create(as_alice, "内存")
        await ask(as_alice, "PATCH", f"/projects/{project['id']}", name="网络")
        dataset = await upload(as_alice, "内存")
        await ask(as_alice, "PATCH", f"/datasets/{dataset['id']}", description="网络")
        assert (await names(as_alice, "内存"))["projects"] == []
        assert (await names(as_alice, "网络"))["projects"] == ["网络"]
        assert (await names(as_alice, "网络"))["datasets"] == ["内存"]
        assert (await as_alice.delete(f"/projects/{project['id']}")).status_code == 200
        assert (await as_alice.delete(f"/datasets/{dataset['id']}")).status_code == 204
        found = await names(as_alice, "网络")
        assert (found["projects"], found["datasets"]) == ([], [])

    async def test_shows_a_few_of_each_and_for_no_words_the_latest(
        self, as_alice: ApiClient
    ) -> None:
        for name in ("a", "b", "c"):
            await create(as_alice, name)
        found = await ask(as_alice, "GET", "/search?query=&limit=2")
        assert [hit["name"] for hit in found["projects"]] == ["c", "b"]
