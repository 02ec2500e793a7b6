"""Data sets over the interface, on both databases."""

import hashlib
import os
import stat
from collections.abc import AsyncIterator

import anyio
import pytest
from pydantic import ByteSize

from opsforge.bootstrap import Platform
from opsforge.kit.paging import encode_cursor
from opsforge.settings import Settings, UploadSettings
from opsforge.storage.uploads import UploadReceiver
from tests.support.people import ApiClient
from tests.support.uploads import CSV, parts, staging_is_empty, tree, upload

FOREIGN_CURSORS = (
    "nonsense",
    encode_cursor(),
    encode_cursor("x", "y"),
    encode_cursor("9999-01-01", 1),
    encode_cursor("9999-01-01T00:00:00+00:00", 10**40),
    encode_cursor("0001-01-01T00:00:00+14:00", 1),
)
MULTIPART = "multipart/form-data; boundary=b0undary"


def limit_uploads(platform: Platform, **limits: int) -> None:
    settings = UploadSettings(**{name: ByteSize(size) for name, size in limits.items()})
    receiver = UploadReceiver(storage=platform.storage, limits=settings)
    platform.datasets._receiver = receiver
    platform.projects._receiver = receiver


class TestCreate:
    async def test_e1_files_of_a_private_one_go_to_the_users_input(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        created = await upload(as_alice, "服务器指标", "cpu.csv", "2024/一月/mem.csv")
        assert created["path"] == "input/服务器指标"
        assert (created["is_public"], created["owner"]) == (0, "alice")
        assert (created["file_count"], created["size_bytes"]) == (2, 2 * len(CSV))
        assert [file["path"] for file in created["files"]] == ["2024/一月/mem.csv", "cpu.csv"]
        assert {file["sha256"] for file in created["files"]} == {hashlib.sha256(CSV).hexdigest()}
        assert tree(settings, "users/alice/input") == [
            "服务器指标/2024/一月/mem.csv",
            "服务器指标/cpu.csv",
        ]
        stored = settings.data / "users/alice/input/服务器指标/cpu.csv"
        assert stored.read_bytes() == CSV
        assert stat.S_IMODE(stored.stat().st_mode) == 0o444
        assert staging_is_empty(settings)

    async def test_e1_files_of_a_public_one_go_to_the_public_input(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        created = await upload(as_alice, "nab", is_public=1)
        assert created["path"] == "public/input/nab"
        assert tree(settings, "public/input") == ["nab/cpu.csv"]
        assert tree(settings, "users/alice/input") == []

    async def test_e1_clash_proposes_a_free_name(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        await upload(as_alice, "Metrics")
        await upload(as_alice, "metrics-2")
        (settings.data / "users/alice/input/Metrics-3").mkdir()
        for name, proposal in (("Metrics", "Metrics-4"), ("metrics", "metrics-3")):
            answer = await as_alice.post("/datasets", data={"name": name}, files=parts("other.csv"))
            refused = answer.json()
            assert (answer.status_code, refused["code"]) == (409, "datasets.name_taken")
            assert (refused["field"], refused["proposal"]) == ("name", proposal)
        assert tree(settings, "users/alice/input") == ["Metrics/cpu.csv", "metrics-2/cpu.csv"]

    async def test_e1_a_directory_without_a_row_is_never_overwritten(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        (settings.data / "public/input/nab").mkdir()
        answer = await as_alice.post(
            "/datasets", data={"name": "nab", "is_public": "1"}, files=parts("a.csv")
        )
        assert answer.json()["proposal"] == "nab-2"
        assert tree(settings, "public/input") == []

    async def test_e1_names_are_each_users_own(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        await upload(as_alice, "metrics")
        await upload(as_bob, "metrics")
        await upload(as_bob, "metrics", is_public=1)
        answer = await as_alice.post(
            "/datasets", data={"name": "metrics", "is_public": "1"}, files=parts("a.csv")
        )
        assert answer.status_code == 409

    async def test_e1_of_uploads_of_one_name_at_once_exactly_one_wins(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        statuses: list[int] = []

        async def create(path: str) -> None:
            answer = await as_alice.post("/datasets", data={"name": "x"}, files=parts(path))
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for number in range(6):
                tasks.start_soon(create, f"{number}.csv")
        assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
        page = (await as_alice.get("/datasets")).json()["items"]
        assert [f"x/{file['path']}" for one in page for file in one["files"]] == tree(
            settings, "users/alice/input"
        )

    @pytest.mark.parametrize(
        ("paths", "clash"),
        [(("a.csv", "a.csv"), "a.csv"), (("a", "a/b.csv"), "a"), (("u\u0308", "\u00fc"), "ü")],
    )
    async def test_e1_a_path_twice_in_the_upload_is_named(
        self, as_alice: ApiClient, settings: Settings, paths: tuple[str, ...], clash: str
    ) -> None:
        answer = await as_alice.post("/datasets", data={"name": "x"}, files=parts(*paths))
        refused = answer.json()
        assert (answer.status_code, refused["code"]) == (409, "datasets.file_exists")
        assert refused["path"] == clash
        assert tree(settings, "users/alice/input") == []
        assert staging_is_empty(settings)

    @pytest.mark.parametrize(
        "path", ["../a.csv", "/etc/passwd", "a/../../b", "a//b", "a\\\\b", "./a", "x" * 300]
    )
    async def test_e1_a_path_that_leaves_the_data_set_is_refused(
        self, as_alice: ApiClient, settings: Settings, path: str
    ) -> None:
        answer = await as_alice.post("/datasets", data={"name": "x"}, files=parts(path))
        assert (answer.status_code, answer.json()["code"]) == (422, "uploads.path_refused")
        assert tree(settings, "users") == []

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"name": ""},
            {"name": ".."},
            {"name": "a/b"},
            {"name": "a\nb"},
            {"name": "x", "is_public": "2"},
            {"name": "x", "description": "d" * 2001},
            {"name": "x", "description": "a\0b"},
        ],
    )
    async def test_e1_fields_that_do_not_fit_are_refused(
        self, as_alice: ApiClient, fields: dict[str, str]
    ) -> None:
        answer = await as_alice.post("/datasets", data=fields, files=parts("a.csv"))
        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")

    async def test_e1_a_data_set_can_be_made_before_its_files(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        content = (
            b'--b0undary\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b0undary--'
        )
        headers = {"content-type": MULTIPART}
        answer = await as_alice.post("/datasets", content=content, headers=headers)
        assert (answer.status_code, answer.json()["file_count"]) == (201, 0)
        assert (settings.data / "users/alice/input/x").is_dir()
        path = f"/datasets/{answer.json()['id']}/files"
        assert (await as_alice.post(path, files=parts("a.csv"))).status_code == 201
        content = b"--b0undary--\r\n"
        refused = await as_alice.post(path, content=content, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "uploads.no_files")

    async def test_e1_more_than_the_limit_of_other_requests_streams_through(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        content = os.urandom(3_000_000)
        answer = await as_alice.post(
            "/datasets", data={"name": "big"}, files=parts("a.bin", content=content)
        )
        assert answer.status_code == 201
        assert (settings.data / "users/alice/input/big/a.bin").read_bytes() == content
        assert answer.json()["files"][0]["sha256"] == hashlib.sha256(content).hexdigest()

    async def test_e1_limits_hold(
        self, as_alice: ApiClient, platform: Platform, settings: Settings
    ) -> None:
        async def refusal(*paths: str) -> tuple[int, str]:
            answer = await as_alice.post(
                "/datasets", data={"name": "x"}, files=parts(*paths, content=b"x" * 1000)
            )
            return answer.status_code, answer.json()["code"]

        limit_uploads(platform, max_file=999)
        assert await refusal("a") == (413, "uploads.file_too_large")
        limit_uploads(platform, max_files=2)
        assert await refusal("a", "b", "c") == (413, "uploads.too_many_files")
        limit_uploads(platform, keep_free=1 << 60)
        assert await refusal("a") == (507, "storage.full")
        assert tree(settings, "users/alice/input") == []
        assert staging_is_empty(settings)

    async def test_e1_what_the_disk_can_not_hold_is_refused_before_it_is_sent(
        self, as_alice: ApiClient
    ) -> None:
        async def head_only() -> AsyncIterator[bytes]:
            yield (
                b'--b0undary\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n'
                b'--b0undary\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
            )
            pytest.fail("the file was asked for")

        answer = await as_alice.post(
            "/datasets",
            content=head_only(),
            headers={"content-type": MULTIPART, "content-length": str(1 << 49)},
        )
        assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")

    async def test_e1_an_upload_that_breaks_off_leaves_nothing(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        content = (
            b'--b0undary\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n'
            b'--b0undary\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nhal'
        )
        answer = await as_alice.post(
            "/datasets", content=content, headers={"content-type": MULTIPART}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "request.multipart_malformed")
        assert tree(settings, "users/alice/input") == []
        assert staging_is_empty(settings)
        assert (await as_alice.get("/datasets")).json()["items"] == []


class TestLook:
    async def test_e2_owner_and_for_public_ones_everybody_sees_details(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        private = await upload(as_alice, "mine")
        public = await upload(as_alice, "ours", is_public=1)
        assert (await as_alice.get(f"/datasets/{private['id']}")).json() == private
        seen = (await as_bob.get(f"/datasets/{public['id']}")).json()
        assert seen == public | {"may_change": False}
        hidden = await as_bob.get(f"/datasets/{private['id']}")
        absent = await as_bob.get("/datasets/999999")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() == absent.json()

    @pytest.mark.parametrize("dataset_id", ["0", "-1", str(2**63), "x"])
    async def test_e2_a_number_that_is_no_rows_is_refused(
        self, as_alice: ApiClient, dataset_id: str
    ) -> None:
        assert (await as_alice.get(f"/datasets/{dataset_id}")).status_code == 422

    async def test_e2_an_administrator_does_not_see_private_ones(
        self, as_alice: ApiClient, as_admin: ApiClient
    ) -> None:
        private = await upload(as_alice, "mine")
        assert (await as_admin.get(f"/datasets/{private['id']}")).status_code == 404

    async def test_e3_lists_by_flag(self, as_alice: ApiClient, as_bob: ApiClient) -> None:
        await upload(as_alice, "mine")
        await upload(as_alice, "ours", is_public=1)
        await upload(as_bob, "his")

        async def names(client: ApiClient, **query: str) -> list[str]:
            page = (await client.get("/datasets", params=query)).json()
            return [one["name"] for one in page["items"]]

        assert await names(as_alice) == ["ours", "mine"]
        assert await names(as_alice, is_public="0") == ["mine"]
        assert await names(as_alice, is_public="1") == ["ours"]
        assert await names(as_bob) == ["his"]
        assert await names(as_bob, is_public="1") == ["ours"]
        page = (await as_alice.get("/datasets")).json()["items"]
        assert [file["path"] for one in page for file in one["files"]] == ["cpu.csv", "cpu.csv"]

    async def test_e3_pages_by_cursor(self, as_alice: ApiClient) -> None:
        for number in range(5):
            await upload(as_alice, f"set{number}")
        seen: list[str] = []
        query = {"limit": "2"}
        while True:
            page = (await as_alice.get("/datasets", params=query)).json()
            seen.extend(one["name"] for one in page["items"])
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == ["set4", "set3", "set2", "set1", "set0"]

    @pytest.mark.parametrize("cursor", FOREIGN_CURSORS)
    async def test_e3_a_cursor_that_is_not_ours_is_the_first_page(
        self, as_alice: ApiClient, cursor: str
    ) -> None:
        await upload(as_alice, "mine")
        page = (await as_alice.get("/datasets", params={"cursor": cursor})).json()
        assert len(page["items"]) == 1

    async def test_e3_a_flag_that_is_no_flag_is_refused(self, as_alice: ApiClient) -> None:
        assert (await as_alice.get("/datasets", params={"is_public": "2"})).status_code == 422


class TestAddFiles:
    async def test_e4_files_join_the_data_set(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        answer = await as_alice.post(
            f"/datasets/{dataset['id']}/files", files=parts("mem.csv", "sub/disk.csv")
        )
        assert answer.status_code == 201
        assert [file["path"] for file in answer.json()] == ["mem.csv", "sub/disk.csv"]
        now = (await as_alice.get(f"/datasets/{dataset['id']}")).json()
        assert (now["file_count"], now["size_bytes"]) == (3, 3 * len(CSV))
        assert now["updated_at"] > dataset["updated_at"]
        assert tree(settings, "users/alice/input/metrics") == ["cpu.csv", "mem.csv", "sub/disk.csv"]

    async def test_e4_a_file_that_is_there_is_named_and_nothing_stored(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        answer = await as_alice.post(
            f"/datasets/{dataset['id']}/files", files=parts("new.csv", "cpu.csv", content=b"x")
        )
        refused = answer.json()
        assert (answer.status_code, refused["code"]) == (409, "datasets.file_exists")
        assert refused["path"] == "cpu.csv"
        assert tree(settings, "users/alice/input/metrics") == ["cpu.csv"]
        assert (settings.data / "users/alice/input/metrics/cpu.csv").read_bytes() == CSV
        assert (await as_alice.get(f"/datasets/{dataset['id']}")).json() == dataset

    async def test_e4_of_uploads_of_one_file_at_once_exactly_one_wins(
        self, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        statuses: list[int] = []

        async def add() -> None:
            files = parts("new.csv")
            answer = await as_alice.post(f"/datasets/{dataset['id']}/files", files=files)
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(add)
        assert sorted(statuses) == [201, 409, 409, 409, 409]
        assert (await as_alice.get(f"/datasets/{dataset['id']}")).json()["file_count"] == 2


class TestDelete:
    async def test_e5_files_and_rows_go(self, as_alice: ApiClient, settings: Settings) -> None:
        for flag, place in ((0, "users/alice/input"), (1, "public/input")):
            dataset = await upload(as_alice, "metrics", "a.csv", "b/c.csv", is_public=flag)
            assert (await as_alice.delete(f"/datasets/{dataset['id']}")).status_code == 204
            assert (await as_alice.get(f"/datasets/{dataset['id']}")).status_code == 404
            assert tree(settings, place) == []
        assert staging_is_empty(settings)
        await upload(as_alice, "metrics")


@pytest.mark.database_only
class TestActors:
    ROUTES = (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/{id}"),
        ("DELETE", "/{id}"),
        ("POST", "/{id}/files"),
    )

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    async def test_nobody_may_do_nothing(
        self, as_nobody: ApiClient, method: str, path: str
    ) -> None:
        answer = await as_nobody.request(method, f"/datasets{path.format(id=1)}")
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.unauthenticated")

    @pytest.mark.parametrize(("method", "path"), ROUTES[2:])
    async def test_another_users_private_one_is_not_there(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings, method: str, path: str
    ) -> None:
        dataset = await upload(as_alice, "mine")
        files = parts("x.csv") if method == "POST" else None
        answer = await as_bob.request(
            method, f"/datasets{path.format(id=dataset['id'])}", files=files
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
        assert tree(settings, "users") == ["alice/input/mine/cpu.csv"]

    async def test_another_users_public_one_can_only_be_read(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        path = f"/datasets/{(await upload(as_alice, 'ours', is_public=1))['id']}"
        assert (await as_bob.get(path)).status_code == 200
        refusals = [
            await as_bob.delete(path),
            await as_bob.post(f"{path}/files", files=parts("x.csv")),
        ]
        assert {(one.status_code, one.json()["code"]) for one in refusals} == {
            (403, "auth.forbidden")
        }
        assert tree(settings, "public") == ["input/ours/cpu.csv"]


async def test_the_openapi_describes_the_upload(client: ApiClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"]["/api/v1/datasets"]["post"]
    schema = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(schema["properties"]) == {"name", "description", "is_public", "files", "unpack"}
    assert set(schema["required"]) == {"name", "files"}
    assert {"201", "400", "409", "413", "422"} <= set(operation["responses"])
    files = document["paths"]["/api/v1/datasets/{dataset_id}/files"]["post"]["requestBody"]
    assert set(files["content"]["multipart/form-data"]["schema"]["properties"]) == {
        "when_there",
        "files",
        "unpack",
    }
