"""The example data sets: brought once, brought up to date, linked by default."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform
from opsforge.datasets.errors import DatasetNameTaken
from opsforge.settings import Settings
from opsforge.starters.data import EXAMPLES
from opsforge.starters.examples import Content, Example
from opsforge.starters.service import OURS, look_at
from tests.support.people import ApiClient
from tests.support.projects import ask, create
from tests.support.uploads import upload

EXAMPLE = Example(
    name="example-kpi",
    description="v1",
    version=1,
    make_files=lambda: {"kpi.csv": b"t,v\n1,2\n", "more/notes.txt": b"x\n"},
)


def with_files(files: Mapping[str, Content], *, version: int) -> Example:
    return replace(EXAMPLE, make_files=lambda: files, version=version, description=f"v{version}")


@pytest.fixture
async def admin(as_admin: ApiClient, platform: Platform) -> Actor:
    """Whose the examples are."""
    assert as_admin.user["username"] == "admin"
    actor = await platform.users.find_first_administrator()
    assert actor is not None
    return actor


def test_they_are_the_same_everywhere_and_every_time() -> None:
    digests = {
        example.name: sha256(b"".join(map(_bytes, example.make_files().values()))).hexdigest()[:12]
        for example in EXAMPLES
    }
    assert digests == {
        "example-kpi": "6b53c7cfd25e",
        "example-logs": "c1244c79f919",
        "example-capacity": "2d1ce27d0e91",
        "example-alerts": "c35ee50720ce",
        "example-services": "ece9b40d02ad",
    }, "what is made differently needs a higher version"


def _bytes(content: Content) -> bytes:
    assert isinstance(content, bytes)
    return content


def test_each_says_where_it_comes_from_in_both_languages() -> None:
    for example in EXAMPLES:
        assert "合成数据" in example.description
        assert "CC0-1.0" in example.description
        assert len(example.description) <= 2000
        assert sum(map(len, map(_bytes, example.make_files().values()))) < 2 * 1024**2


def test_each_starter_with_an_example_names_one_that_there_is() -> None:
    names = {example.name for example in EXAMPLES} | {"nab-realKnownCause"}
    for _, starter in look_at(OURS, None):
        assert getattr(starter, "description").dataset in {*names, None}  # noqa: B009


async def test_they_are_public_and_the_administrators(
    platform: Platform, admin: Actor, as_alice: ApiClient
) -> None:
    for example in await platform.starters.examples.find_missing(EXAMPLES):
        await platform.starters.examples.install(admin, example)
    listed = (await as_alice.get("/datasets", params={"is_public": 1})).json()["items"]
    assert {one["name"] for one in listed} == {example.name for example in EXAMPLES}
    assert {one["owner"] for one in listed} == {"admin"}
    assert await platform.starters.examples.find_missing(EXAMPLES) == []
    starters = {one["name"]: one for one in (await as_alice.get("/starters")).json()}
    [kpi] = [one for one in listed if one["name"] == "example-kpi"]
    assert starters["kpi-anomalies"]["dataset"] == {"name": "example-kpi", "id": kpi["id"]}


async def test_d1_a_starter_links_its_example(
    platform: Platform, admin: Actor, as_alice: ApiClient, settings: Settings
) -> None:
    before = await create(as_alice, "before", starter="kpi-anomalies")
    assert before["datasets"] == [], "the example is not there"
    await platform.starters.examples.install(admin, EXAMPLE)
    project = await create(as_alice, "p", starter="kpi-anomalies")
    assert [one["name"] for one in project["datasets"]] == ["example-kpi"]
    assert (settings.data / "users/alice/input/example-kpi/kpi.csv").read_bytes() == b"t,v\n1,2\n"
    without = await create(as_alice, "q", starter="kpi-anomalies", link_example=False)
    assert without["datasets"] == []
    other = await create(as_alice, "r", starter="blank")
    assert other["datasets"] == []


async def test_d1_what_was_asked_for_comes_before_the_example(
    platform: Platform, admin: Actor, as_alice: ApiClient
) -> None:
    example_id = await platform.starters.examples.install(admin, EXAMPLE)
    mine = await upload(as_alice, "mine")
    ids = [mine["id"], example_id]
    project = await create(as_alice, "p", starter="kpi-anomalies", dataset_ids=ids)
    assert sorted(one["name"] for one in project["datasets"]) == ["example-kpi", "mine"]


async def test_what_was_deleted_is_not_brought_again(
    platform: Platform, admin: Actor, as_alice: ApiClient
) -> None:
    dataset_id = await platform.starters.examples.install(admin, EXAMPLE)
    await platform.datasets.deletions.delete_dataset(admin, dataset_id)
    newer = with_files({"kpi.csv": b"new\n"}, version=2)
    assert await platform.starters.examples.find_missing([EXAMPLE, newer]) == []
    assert await platform.starters.examples.list_ids() == {}
    project = await create(as_alice, "p", starter="kpi-anomalies")
    assert project["datasets"] == []


async def test_a_newer_version_replaces_the_files_and_no_copy(
    platform: Platform, admin: Actor, as_alice: ApiClient, settings: Settings
) -> None:
    examples = platform.starters.examples
    dataset_id = await examples.install(admin, EXAMPLE)
    await create(as_alice, "p", starter="kpi-anomalies")
    newer = with_files({"kpi.csv": b"new\n", "extra.csv": b"x\n"}, version=2)
    assert await examples.find_missing([newer]) == [newer]
    assert await examples.install(admin, newer) == dataset_id
    assert await examples.find_missing([newer, EXAMPLE]) == []
    shown = await ask(as_alice, "GET", f"/datasets/{dataset_id}")
    assert shown["description"] == "v2"
    public = settings.data / "public/input/example-kpi"
    assert (public / "kpi.csv").read_bytes() == b"new\n"
    assert (settings.data / "users/alice/input/example-kpi/kpi.csv").read_bytes() == b"t,v\n1,2\n"


async def test_what_a_crash_left_without_a_note_is_taken_up(
    platform: Platform, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = platform.starters.examples

    async def crash(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("opsforge.starters.repository.record_example", crash)
        with pytest.raises(OSError):  # noqa: PT011 - ours.
            await examples.install(admin, EXAMPLE)
    assert await examples.find_missing([EXAMPLE]) == [EXAMPLE]
    dataset_id = await examples.install(admin, EXAMPLE)
    assert await examples.list_ids() == {"example-kpi": dataset_id}
    shown = await platform.datasets.get_dataset(admin, dataset_id)
    assert shown.file_count == 2


async def test_nobodys_data_set_of_the_name_is_taken_or_linked(
    platform: Platform, admin: Actor, as_alice: ApiClient, as_bob: ApiClient
) -> None:
    theirs = await upload(as_bob, "example-kpi", is_public=1)
    with pytest.raises(DatasetNameTaken):
        await platform.starters.examples.install(admin, EXAMPLE)
    assert await platform.starters.examples.list_ids() == {}
    project = await create(as_alice, "p", starter="kpi-anomalies")
    assert project["datasets"] == []
    assert (await as_alice.get(f"/datasets/{theirs['id']}")).status_code == 200


async def test_files_of_the_machine_are_streamed(
    platform: Platform, admin: Actor, tmp_path: Path
) -> None:
    big = tmp_path / "big.csv"
    big.write_bytes(b"1,2\n" * 700_000)
    dataset_id = await platform.starters.examples.install(
        admin, with_files({"big.csv": big}, version=1)
    )
    [file] = (await platform.datasets.get_dataset(admin, dataset_id)).files
    assert file.sha256 == sha256(big.read_bytes()).hexdigest()
