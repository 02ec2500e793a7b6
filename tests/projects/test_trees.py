"""The data sets of projects as trees, and lists by flag, on both databases."""

import pytest

from opsforge.datasets import trees as trees_module
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, share
from tests.support.uploads import CSV, parts, upload


async def test_d14_the_data_sets_of_a_project_with_what_the_file_table_knows(
    as_alice: ApiClient, as_bob: ApiClient
) -> None:
    public = await upload(as_alice, "nab", "z.csv", "a/2024/cpu.csv", "a/b.csv", is_public=1)
    own = await upload(as_bob, "own")
    project = await create(as_bob, "alerts", dataset_ids=[own["id"], public["id"]])
    path = f"/projects/{project['id']}/datasets"
    trees = (await as_bob.get(path)).json()
    assert [(one["dataset"]["name"], one["path"], one["file_count"]) for one in trees] == [
        ("own", "input/own", 1),
        ("nab", "input/nab", 3),
    ]
    folder, file = trees[1]["children"]
    assert (folder["name"], folder["size_bytes"], folder["file"]) == ("a", 2 * len(CSV), None)
    assert [one["name"] for one in folder["children"]] == ["2024", "b.csv"]
    known = {one["path"]: one for one in public["files"]}
    assert folder["children"][0]["children"][0]["file"] == known["a/2024/cpu.csv"]
    assert file["file"] == known["z.csv"]
    assert not trees[1]["is_cut"]
    assert_problem(await as_alice.get(path), 404)


async def test_d14_a_copy_shows_the_files_that_it_has(
    as_alice: ApiClient, as_bob: ApiClient
) -> None:
    public = await upload(as_alice, "nab", is_public=1)
    project = await create(as_bob, "alerts", dataset_ids=[public["id"]])
    await as_alice.post(f"/datasets/{public['id']}/files", files=parts("later.csv"))
    path = f"/projects/{project['id']}/datasets"
    [tree] = (await as_bob.get(path)).json()
    old = {"name": "cpu.csv", "size_bytes": len(CSV), "children": None, "file": None}
    assert tree["children"] == [old]
    assert (await as_alice.delete(f"/datasets/{public['id']}")).status_code == 204
    [tree] = (await as_bob.get(path)).json()
    assert (tree["dataset"]["id"], tree["children"]) == (None, [old])


async def test_d14_d15_many_data_sets_share_the_length_of_an_answer(
    as_alice: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number}.csv" for number in range(4)]
    own = [await upload(as_alice, f"own-{number}", *names) for number in range(3)]
    ids = [one["id"] for one in own]
    project = await create(as_alice, "alerts", dataset_ids=ids)
    public = await share(as_alice, project)
    monkeypatch.setattr(trees_module, "FILES_IN_ANSWER", 7)
    for path in (
        f"/projects/{project['id']}/datasets",
        f"/public/projects/{public['id']}/datasets",
    ):
        found = (await as_alice.get(path)).json()
        facts = [(len(one["children"]), one["file_count"], one["is_cut"]) for one in found]
        assert facts == [(2, 4, True)] * 3
    one = await create(as_alice, "one", dataset_ids=ids[:1])
    [tree] = (await as_alice.get(f"/projects/{one['id']}/datasets")).json()
    assert (len(tree["children"]), tree["is_cut"]) == (4, False)


async def test_d15_the_data_sets_of_a_public_project(
    as_alice: ApiClient, as_bob: ApiClient
) -> None:
    own = await upload(as_alice, "own", "a/cpu.csv")
    public = await share(as_alice, await create(as_alice, "alerts", dataset_ids=[own["id"]]))
    path = f"/public/projects/{public['id']}/datasets"
    [tree] = (await as_bob.get(path)).json()
    assert (tree["dataset"], tree["path"]) == (public["datasets"][0], "public/input/own")
    [folder] = tree["children"]
    assert folder["children"][0]["file"]["path"] == "a/cpu.csv"
    assert_problem(await as_bob.get("/public/projects/99/datasets"), 404)


async def test_d2_lists_the_projects_of_all_users_by_their_flag(
    as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient
) -> None:
    await create(as_alice, "private")
    await share(as_alice, await create(as_alice, "shared"))
    await create(as_bob, "bobs")

    async def seen(client: ApiClient, query: str) -> list[str]:
        page = await ask(client, "GET", f"/projects?{query}")
        return [f"{one['owner']}/{one['name']}" for one in page["items"]]

    assert await seen(as_bob, "scope=all&share_flag=1") == ["alice/shared"]
    assert await seen(as_bob, "scope=all&share_flag=0") == ["bob/bobs"]
    assert await seen(as_bob, "scope=all") == ["bob/bobs", "alice/shared"]
    assert await seen(as_bob, "share_flag=1") == []
    assert await seen(as_admin, "scope=all&share_flag=0") == ["bob/bobs", "alice/private"]


async def test_d2_of_others_shows_and_finds_only_what_they_published(
    as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient
) -> None:
    open_data = await upload(as_alice, "open")
    salaries = await upload(as_alice, "salaries", "other.csv")
    project = await create(as_alice, "alerts", description="old", dataset_ids=[open_data["id"]])
    public = await share(as_alice, project)
    later = await share(as_alice, await create(as_alice, "later"))
    path = f"/projects/{project['id']}"
    await ask(as_alice, "PATCH", path, name="zebra", dataset_ids=[salaries["id"]])
    await ask(as_alice, "PATCH", path, description="unpublished")

    page = await ask(as_bob, "GET", "/projects?scope=all&share_flag=1")
    assert [one["name"] for one in page["items"]] == ["later", "alerts"]
    shown = page["items"][1]
    assert (shown["id"], shown["public_id"]) == (project["id"], public["id"])
    fields = ("name", "description", "datasets", "path", "notebook", "updated_at")
    assert [shown[field] for field in fields] == [public[field] for field in fields]

    async def found(client: ApiClient, query: str) -> list[str]:
        page = await ask(client, "GET", f"/projects?scope=all&{query}")
        return [one["name"] for one in page["items"]]

    for word in ("zebra", "unpublished"):
        assert await found(as_bob, f"query={word}") == []
        assert await found(as_alice, f"query={word}") == ["zebra"]
        assert await found(as_admin, f"query={word}") == ["zebra"]
    assert await found(as_bob, "query=old") == ["alerts"]
    first = await ask(as_bob, "GET", "/projects?scope=all&sort=name&limit=1")
    assert [one["name"] for one in first["items"]] == ["alerts"]
    cursor = first["next_cursor"]
    assert await found(as_bob, f"sort=name&limit=1&cursor={cursor}") == [later["name"]]
    [seen] = (await ask(as_admin, "GET", "/projects?scope=all&query=zebra"))["items"]
    assert seen["datasets"] == [], "another user's private data set"
