"""Projects over the interface, on both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform
from opsforge.datasets.service import DatasetService
from opsforge.projects.schemas import ProjectCreate
from opsforge.projects.service import ProjectService
from opsforge.settings import Settings
from opsforge.storage.uploads import UploadReceiver
from tests.support.people import ApiClient
from tests.support.uploads import parts, staging_is_empty, tree, upload


async def create(client: ApiClient, name: str, **fields: object) -> dict[str, Any]:
    answer = await client.post("/projects", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def notebook(settings: Settings, user: str, name: str) -> dict[str, Any]:
    file = settings.data / "users" / user / "work" / name / f"{name}.ipynb"
    read: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return read


def source(read: dict[str, Any]) -> str:
    return "\n".join("".join(cell["source"]) for cell in read["cells"])


class TestCreate:
    async def test_d1_makes_a_directory_with_a_notebook_named_after_the_project(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        created = await create(as_alice, "磁盘告警", description="为什么满了")
        assert created["notebook"] == "磁盘告警.ipynb"
        assert created["path"] == "work/磁盘告警"
        assert (created["share_flag"], created["starter"]) == (0, "blank")
        assert (created["description"], created["datasets"]) == ("为什么满了", [])
        assert tree(settings, "users/alice/work") == ["磁盘告警/磁盘告警.ipynb"]
        assert notebook(settings, "alice", "磁盘告警")["cells"][0]["source"] == ["# 磁盘告警"]
        assert staging_is_empty(settings)

    async def test_d1_the_notebook_speaks_the_callers_language(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        for tag, word in (("zh-CN,zh;q=0.9,en;q=0.8", "读取"), ("en-GB", "Read"), ("fr", "Read")):
            name = f"for {word} {tag[:2]}"
            answer = await as_alice.post(
                "/projects",
                json={"name": name, "starter": "metrics-explore"},
                headers={"accept-language": tag},
            )
            assert answer.status_code == 201
            assert f"## 1 · {word}" in source(notebook(settings, "alice", name))

    async def test_d1_own_data_set_is_associated_and_read_by_the_notebook(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "指标 1", "readme.txt", "2024/'cpu'.CSV", "z.csv")
        created = await create(
            as_alice, "explore", starter="metrics-explore", dataset_ids=[dataset["id"]] * 2
        )
        assert created["datasets"] == [
            {"id": dataset["id"], "name": "指标 1", "is_public": 0, "has_moved_on": False}
        ]
        parameters = notebook(settings, "alice", "explore")["cells"][1]
        namespace: dict[str, str] = {}
        exec("".join(parameters["source"]), namespace)  # noqa: S102 - that it runs is the point.
        assert namespace["CSV_FILE"] == "../../input/指标 1/2024/'cpu'.CSV"
        assert (settings.data / "users/alice/work/explore" / namespace["CSV_FILE"]).is_file()

    async def test_d1_public_data_set_is_hard_linked_into_the_users_input(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab", "a/cpu.csv", is_public=1)
        first = await create(as_bob, "one", dataset_ids=[dataset["id"]])
        second = await create(as_bob, "two", dataset_ids=[dataset["id"]])
        link = {"id": dataset["id"], "name": "nab", "is_public": 1, "has_moved_on": False}
        assert first["datasets"] == second["datasets"] == [link]
        copy = settings.data / "users/bob/input/nab/a/cpu.csv"
        original = settings.data / "public/input/nab/a/cpu.csv"
        assert copy.stat().st_ino == original.stat().st_ino
        assert (await as_bob.get("/datasets")).json()["items"] == []

    async def test_d1_clash_proposes_a_free_name(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        await create(as_alice, "Alerts")
        await create(as_bob, "Alerts")
        (settings.data / "users/alice/work/alerts-2").mkdir()
        for name, proposal in (("Alerts", "Alerts-2"), ("alerts", "alerts-3")):
            answer = await as_alice.post("/projects", json={"name": name})
            refused = answer.json()
            assert (answer.status_code, refused["code"]) == (409, "projects.name_taken")
            assert (refused["field"], refused["proposal"]) == ("name", proposal)

    async def test_d1_a_directory_of_the_users_own_is_never_overwritten(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        (settings.data / "users/alice/work/mine").mkdir()
        answer = await as_alice.post("/projects", json={"name": "mine"})
        assert answer.json()["proposal"] == "mine-2"
        assert tree(settings, "users/alice/work") == []

    async def test_d1_of_creates_of_one_name_at_once_exactly_one_wins(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_bob, "nab", is_public=1)
        statuses: list[int] = []

        async def try_once() -> None:
            body = {"name": "alerts", "dataset_ids": [dataset["id"]]}
            statuses.append((await as_alice.post("/projects", json=body)).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(try_once)
        assert sorted(statuses) == [201, 409, 409, 409, 409]
        assert tree(settings, "users/alice") == ["input/nab/cpu.csv", "work/alerts/alerts.ipynb"]

    @pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a\0b", "x" * 101, "a."])
    async def test_d1_a_name_that_is_no_directory_name_is_refused(
        self, as_alice: ApiClient, settings: Settings, name: str
    ) -> None:
        answer = await as_alice.post("/projects", json={"name": name})
        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
        assert tree(settings, "users/alice/work") == []

    @pytest.mark.parametrize("starter", ["none", "../blank", "", "__init__.py"])
    async def test_d1_an_unknown_starter_is_refused(
        self, as_alice: ApiClient, starter: str
    ) -> None:
        answer = await as_alice.post("/projects", json={"name": "x", "starter": starter})
        assert (answer.status_code, answer.json()["code"]) == (422, "starters.unknown")

    async def test_d1_another_users_private_data_set_can_not_be_linked(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "public", is_public=1)
        private = await upload(as_alice, "private")
        body = {"name": "x", "dataset_ids": [public["id"], private["id"]]}
        answer = await as_bob.post("/projects", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "datasets.absent")
        assert answer.json()["dataset_id"] == private["id"]
        assert tree(settings, "users/bob") == []

    async def test_d1_a_name_taken_in_the_input_takes_back_what_was_copied(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        ids = [(await upload(as_alice, name, is_public=1))["id"] for name in ("one", "two")]
        await upload(as_bob, "Two", "mine.csv")
        answer = await as_bob.post("/projects", json={"name": "x", "dataset_ids": ids})
        assert (answer.status_code, answer.json()["code"]) == (409, "datasets.input_name_taken")
        assert answer.json()["name"] == "two"
        assert tree(settings, "users/bob") == ["input/Two/mine.csv"]
        await create(as_bob, "x", dataset_ids=ids[:1])

    @pytest.mark.parametrize("fails_at", [1, 2])
    async def test_d1_all_is_taken_back_when_a_step_fails(
        self,
        as_alice: ApiClient,
        as_bob: ApiClient,
        platform: Platform,
        settings: Settings,
        fails_at: int,
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        service = projects_with_clock(platform, failing_clock(fails_at))
        bob = Actor(user_id=as_bob.user["id"], username="bob", is_admin=False, token_id=0)
        new = ProjectCreate(name="x", dataset_ids=[dataset["id"]])
        with pytest.raises(OverflowError):
            await service.create_project(bob, new, language="en")
        assert tree(settings, "users/bob") == []
        assert staging_is_empty(settings)
        assert (await as_bob.get("/projects")).json()["items"] == []
        await create(as_bob, "x", dataset_ids=[dataset["id"]])


def failing_clock(call: int) -> Callable[[], datetime]:
    """A clock that breaks at its n-th reading: in the middle of what asks for it."""
    calls = iter(range(1, 100))

    def read() -> datetime:
        if next(calls) == call:
            raise OverflowError
        return datetime.now(UTC)

    return read


def projects_with_clock(platform: Platform, clock: Callable[[], datetime]) -> ProjectService:
    receiver = UploadReceiver(storage=platform.storage, limits=platform.settings.uploads)
    return ProjectService(
        db=platform.db,
        storage=platform.storage,
        operations=platform.operations,
        receiver=receiver,
        datasets=DatasetService(
            db=platform.db,
            storage=platform.storage,
            operations=platform.operations,
            receiver=receiver,
            reader=platform.reader,
            clock=clock,
            settings=platform.settings.datasets,
        ),
        notebooks=platform.notebooks,
        reader=platform.reader,
        starters=platform.starters,
        clock=clock,
    )


class TestLook:
    async def test_d2_d3_lists_the_callers_by_flag_and_cursor(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        for number in range(5):
            await create(as_alice, f"p{number}")
        await create(as_bob, "his")
        seen: list[str] = []
        query = {"limit": "2", "share_flag": "0"}
        while True:
            page = (await as_alice.get("/projects", params=query)).json()
            seen.extend(one["name"] for one in page["items"])
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == ["p4", "p3", "p2", "p1", "p0"]
        shared = await as_alice.get("/projects", params={"share_flag": "1"})
        assert shared.json() == {"items": [], "next_cursor": None}

    async def test_d4_details_with_links(self, as_alice: ApiClient) -> None:
        dataset = await upload(as_alice, "metrics")
        created = await create(as_alice, "x", dataset_ids=[dataset["id"]])
        assert (await as_alice.get(f"/projects/{created['id']}")).json() == created
        await as_alice.delete(f"/datasets/{dataset['id']}")
        assert (await as_alice.get(f"/projects/{created['id']}")).json()["datasets"] == []

    async def test_d4_a_copy_outlives_the_public_data_set(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        dataset = await upload(as_alice, "nab", is_public=1)
        created = await create(as_bob, "x", dataset_ids=[dataset["id"]])
        await as_alice.delete(f"/datasets/{dataset['id']}")
        now = (await as_bob.get(f"/projects/{created['id']}")).json()
        assert now["datasets"] == [
            {"id": None, "name": "nab", "is_public": 1, "has_moved_on": False}
        ]
        assert tree(settings, "users/bob/input") == ["nab/cpu.csv"]


@pytest.mark.database_only
class TestAddresses:
    async def test_d10_the_notebook_opens_in_the_callers_service(self, as_alice: ApiClient) -> None:
        project = await create(as_alice, "磁盘 100%?".replace("?", ""))
        answer = await as_alice.get(
            f"/projects/{project['id']}/runtime-address", params={"service_name": "alice"}
        )
        segment = "%E7%A3%81%E7%9B%98%20100%25"
        assert answer.json() == {
            "url": f"/user/alice/lab/tree/work/{segment}/{segment}.ipynb",
            "service_state": "running",
        }

    async def test_d12_the_content_is_served_by_the_service(self, as_alice: ApiClient) -> None:
        project = await create(as_alice, "x")
        await as_alice.post("/services/alice/stop")
        answer = await as_alice.get(
            f"/projects/{project['id']}/content-address", params={"service_name": "alice"}
        )
        assert answer.json() == {
            "url": "/user/alice/files/work/x/x.ipynb",
            "service_state": "stopped",
        }

    @pytest.mark.parametrize("view", ["runtime-address", "content-address"])
    async def test_d10_d12_another_users_service_is_not_there(
        self, as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient, view: str
    ) -> None:
        del as_bob
        for client in (as_alice, as_admin):
            project = await create(client, "x")
            for service in ("bob", "nobody", "../alice"):
                answer = await client.get(
                    f"/projects/{project['id']}/{view}", params={"service_name": service}
                )
                assert answer.status_code == 404


class TestAddFiles:
    async def test_d1_uploads_go_to_the_projects_directory(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "x")
        answer = await as_alice.post(
            f"/projects/{project['id']}/files",
            files=parts("model.py", "lib/工具.py", content=b"pass\n"),
        )
        assert answer.status_code == 201
        assert answer.json() == [
            {"path": "model.py", "size_bytes": 5},
            {"path": "lib/工具.py", "size_bytes": 5},
        ]
        assert tree(settings, "users/alice/work/x") == ["lib/工具.py", "model.py", "x.ipynb"]
        now = (await as_alice.get(f"/projects/{project['id']}")).json()
        assert now["updated_at"] > project["updated_at"]

    async def test_d1_a_file_that_is_there_is_named_and_nothing_stored(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "x")
        (settings.data / "users/alice/work/x/link.py").symlink_to("/etc/passwd")
        for clash in ("x.ipynb", "link.py"):
            answer = await as_alice.post(
                f"/projects/{project['id']}/files", files=parts("new.py", clash)
            )
            refused = answer.json()
            assert (answer.status_code, refused["code"]) == (409, "projects.file_exists")
            assert refused["path"] == clash
        assert not (settings.data / "users/alice/work/x/new.py").exists()

    async def test_d1_a_directory_that_the_user_moved_away_is_told(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "x")
        (settings.data / "users/alice/work/x").rename(settings.data / "users/alice/work/y")
        answer = await as_alice.post(f"/projects/{project['id']}/files", files=parts("a.py"))
        assert (answer.status_code, answer.json()["code"]) == (409, "projects.files_gone")
        (settings.data / "users/alice/work/x").symlink_to("y")
        answer = await as_alice.post(f"/projects/{project['id']}/files", files=parts("a.py"))
        assert (answer.status_code, answer.json()["code"]) == (409, "projects.files_gone")
        assert tree(settings, "users/alice/work/y") == ["x.ipynb"]


class TestDelete:
    async def test_d8_files_links_and_unlinked_copies_go(
        self, as_alice: ApiClient, as_bob: ApiClient, settings: Settings
    ) -> None:
        public = await upload(as_alice, "nab", is_public=1)
        own = await upload(as_bob, "own")
        ids = [public["id"], own["id"]]
        first = await create(as_bob, "one", dataset_ids=ids)
        second = await create(as_bob, "two", dataset_ids=ids)
        assert (await as_bob.delete(f"/projects/{first['id']}")).status_code == 200
        assert tree(settings, "users/bob") == [
            "input/nab/cpu.csv",
            "input/own/cpu.csv",
            "work/two/two.ipynb",
        ]
        assert (await as_bob.delete(f"/projects/{second['id']}")).status_code == 200
        assert tree(settings, "users/bob") == ["input/own/cpu.csv"]
        assert tree(settings, "public") == ["input/nab/cpu.csv"]
        assert staging_is_empty(settings)

    async def test_d8_a_directory_that_is_gone_already_is_no_error(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        project = await create(as_alice, "x")
        (settings.data / "users/alice/work/x").rename(settings.data / "users/alice/work/y")
        assert (await as_alice.delete(f"/projects/{project['id']}")).status_code == 200
        assert tree(settings, "users/alice/work") == ["y/x.ipynb"]


@pytest.mark.database_only
class TestActors:
    ROUTES = (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/{id}"),
        ("DELETE", "/{id}"),
        ("POST", "/{id}/files"),
        ("GET", "/{id}/runtime-address"),
        ("GET", "/{id}/content-address"),
    )

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    async def test_nobody_may_do_nothing(
        self, as_nobody: ApiClient, method: str, path: str
    ) -> None:
        answer = await as_nobody.request(method, f"/projects{path.format(id=1)}")
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.unauthenticated")

    @pytest.mark.parametrize(("method", "path"), ROUTES[2:])
    async def test_another_users_project_is_not_there(
        self,
        as_alice: ApiClient,
        as_bob: ApiClient,
        as_admin: ApiClient,
        settings: Settings,
        method: str,
        path: str,
    ) -> None:
        project = await create(as_alice, "x")
        await create(as_bob, "x")
        for client in (as_bob, as_admin):
            answer = await client.request(
                method,
                f"/projects{path.format(id=project['id'])}",
                files=parts("a.py") if method == "POST" else None,
                params={"service_name": client.user["username"]},
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
        assert tree(settings, "users/alice/work") == ["x/x.ipynb"]
        assert tree(settings, "users/bob/work") == ["x/x.ipynb"]


class TestClashes:
    @pytest.mark.parametrize(
        ("when_there", "stored", "files"),
        [
            ("skip", ["b.py"], ["a.py", "b.py"]),
            ("rename", ["a-2.py", "b.py"], ["a-2.py", "a.py", "b.py"]),
            ("replace", ["a.py", "b.py"], ["a.py", "b.py"]),
        ],
    )
    async def test_d1_the_caller_says_what_happens_to_a_file_that_is_there(
        self,
        as_alice: ApiClient,
        settings: Settings,
        when_there: str,
        stored: list[str],
        files: list[str],
    ) -> None:
        project = (await as_alice.post("/projects", json={"name": "alerts"})).json()
        path = f"/projects/{project['id']}/files"
        assert (await as_alice.post(path, files=parts("a.py", content=b"old"))).status_code == 201
        data, sent = {"when_there": when_there}, parts("a.py", "b.py", content=b"new")
        answer = await as_alice.post(path, data=data, files=sent)
        assert answer.status_code == 201, answer.text
        assert [file["path"] for file in answer.json()] == stored
        folder = settings.data / "users/alice/work/alerts"
        assert sorted(one.name for one in folder.glob("*.py")) == files
        assert (folder / "a.py").read_bytes() == (b"new" if when_there == "replace" else b"old")

    @pytest.mark.parametrize("when_there", ["replace", "rename"])
    async def test_d1_a_folder_is_never_replaced_by_a_file(
        self, as_alice: ApiClient, settings: Settings, when_there: str
    ) -> None:
        project = (await as_alice.post("/projects", json={"name": "alerts"})).json()
        path = f"/projects/{project['id']}/files"
        assert (await as_alice.post(path, files=parts("lib/a.py"))).status_code == 201
        answer = await as_alice.post(path, data={"when_there": when_there}, files=parts("lib"))
        folder = settings.data / "users/alice/work/alerts"
        assert (folder / "lib/a.py").is_file()
        if when_there == "replace":
            assert (answer.status_code, answer.json()["code"]) == (409, "projects.file_exists")
        else:
            assert [file["path"] for file in answer.json()] == ["lib-2"]
        # A file in the way of a folder can't be helped by a number.
        answer = await as_alice.post(
            path, data={"when_there": when_there}, files=parts("lib/a.py/below.py")
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "projects.file_exists")
