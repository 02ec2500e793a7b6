"""Every route tried by everybody who may not use it (threats, attack 1).

The routes come from the application itself. A new one is covered as it stands, or the suite fails
and says what to add here: how to make the thing that its path names, or a body that it takes.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text

from opsforge.auth.door import SERVICE_OPERATIONS
from opsforge.db.database import Database
from opsforge.engine.fake import FakeEngine
from tests.support.clock import MovableClock
from tests.support.people import PASSWORD, ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import create, share
from tests.support.routes import ApiRoute, api_routes
from tests.support.tus import begin, metadata
from tests.support.uploads import parts, upload

OPEN_TO_ALL = {"log_in", "get_health", "get_session"}
"""Operations that ask for no token."""

OWN_BY_NATURE = {"create_service"}
"""Operations that name nobody's thing and have no body that could."""

ROUTES = [route for route in api_routes() if route.method != "HEAD"]
HEAD_ROUTES = [route for route in api_routes() if route.method == "HEAD"]
"""They answer without a body, so no problem shows: they are compared with the same path's GET."""

ABSENT = 987_654_321

JSON_BODIES: dict[str, dict[str, Any]] = {
    "log_in": {"username": "alice", "password": "wrong"},
    "log_out": {},
    "change_password": {"current_password": "x", "new_password": "long enough 1"},
    "create_token": {"name": "script"},
    "create_user": {"username": "carol", "password": "long enough 1"},
    "update_user": {"display_name": "Mallory"},
    "reset_password": {"new_password": "long enough 1"},
    "start_service": {},
    "create_project": {"name": "x"},
    "update_project": {"description": "Mallory's"},
    "share_project": {},
    "delete_projects": {"ids": [ABSENT]},
    "update_public_project": {"description": "Mallory's"},
    "fork_project": {"name": "stolen"},
    "delete_public_projects": {"ids": [ABSENT]},
    "update_dataset": {"description": "Mallory's"},
    "share_dataset": {},
    "fork_dataset": {"name": "stolen"},
    "delete_datasets": {"ids": [ABSENT]},
    "remove_dataset_files": {"ids": [1]},
    "create_dataset": {"name": "x"},
    "create_snippet_folder": {"title": "x"},
    "create_snippet": {"title": "x", "code": "x"},
    "update_snippet": {"version": 1, "title": "x"},
    "move_snippet": {"version": 1, "parent_id": None},
    "check_uploads": {"target": f"datasets/{ABSENT}", "files": []},
    "finish_upload": {},
}
"""A body that each operation takes."""

TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
HEADERS: dict[str, dict[str, str]] = {
    "create_upload": {
        **TUS,
        "Upload-Length": "1",
        "Upload-Metadata": metadata(target=f"datasets/{ABSENT}", path="a.csv"),
    },
    "get_upload_progress": TUS,
    "send_upload": {**TUS, "Upload-Offset": "0"},
    "delete_upload": TUS,
}
"""Headers that an operation needs."""

UPLOADS = {"files": ("a.csv", b"t,v\n1,2\n", "text/csv")}


def ids(routes: list[ApiRoute]) -> list[str]:
    return [str(route) for route in routes]


async def with_versions(
    alice: ApiClient, dataset: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A data set whose file was replaced, and the earlier version of that."""
    path = f"/datasets/{dataset['id']}"
    replace = {"when_there": "replace"}
    answer = await alice.post(f"{path}/files", data=replace, files=parts("cpu.csv"))
    assert answer.status_code == 201
    found = await alice.get(f"{path}/versions", params={"path": "cpu.csv"})
    return (await alice.get(path)).json(), found.json()["items"][1]


async def things_of_alice(alice: ApiClient) -> dict[str, dict[str, Any]]:
    """What a path can name, made by alice: the path's values, by the names of its parts."""
    tokens = (await alice.get("/auth/tokens")).json()["items"]
    service = (await alice.get("/services/alice")).json()
    dataset, version = await with_versions(alice, await upload(alice, "metrics"))
    project = await alice.post("/projects", json={"name": "alerts", "dataset_ids": [dataset["id"]]})
    public = await share(alice, await create(alice, "public"))
    folder = (await alice.post("/snippets/folders", json={"title": "指标"})).json()
    body = {"title": "MAD", "parent_id": folder["id"], "code": "x"}
    snippet = (await alice.post("/snippets", json=body)).json()
    waiting = await begin(alice, f"datasets/{dataset['id']}", "big.csv", length_bytes=10)
    return {
        "user_id": {"user_id": alice.user["id"]},
        "token_id": {"token_id": tokens[0]["id"]},
        "name": {"name": "alice"},
        "service_id": {"service_id": service["id"]},
        "dataset_id": {"dataset_id": dataset["id"]},
        "file_id": {"file_id": dataset["files"][0]["id"]},
        "version_id": {"version_id": version["id"]},
        "project_id": {"project_id": project.json()["id"]},
        "public_id": {"public_id": public["id"]},
        "folder_id": {"folder_id": folder["id"]},
        "node_id": {"node_id": snippet["id"]},
        "snippet_id": {"snippet_id": snippet["id"]},
        "upload_id": {"upload_id": waiting.upload_id},
        "starter": {"starter": "blank"},
    }


WITHOUT_END = {"stream_events"}
"""Whoever is let in here is never done with reading; tests/events lets people in."""

QUERIES: dict[str, dict[str, Any]] = {
    "delete_service": {"name": "alice"},
    "get_runtime_address": {"service_name": "alice"},
    "get_content_address": {"service_name": "alice"},
    "get_public_runtime_address": {"service_name": "alice"},
    "get_public_content_address": {"service_name": "alice"},
    "list_file_versions": {"path": "cpu.csv"},
    "read_project_file": {"path": "alerts.ipynb"},
    "read_public_project_file": {"path": "public.ipynb"},
}
"""Queries that an operation needs."""


async def call(client: ApiClient, route: ApiRoute, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Use a route with a body that it takes."""
    assert set(values) >= set(route.parameters), (
        f"{route}: tell tests/test_access.py how to make its {route.parameters}"
    )
    content = route.operation.get("requestBody", {}).get("content", {})
    arguments: dict[str, Any] = {
        "params": QUERIES.get(route.name, {}),
        "headers": HEADERS.get(route.name, {}),
    }
    if "multipart/form-data" in content:
        arguments["files"] = UPLOADS
        arguments["data"] = JSON_BODIES.get(route.name, {})
    elif TUS["Content-Type"] in content:
        arguments["content"] = b"x"
    elif content:
        assert route.name in JSON_BODIES, f"{route}: add a body to tests/test_access.py"
        arguments["json"] = JSON_BODIES[route.name]
    return await client.request(route.method, route.path.format_map(values), **arguments)


def fill(route: ApiRoute, things: dict[str, dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for parameter in route.parameters:
        values |= things.get(parameter, {})
    return values


def absent(route: ApiRoute) -> dict[str, Any]:
    return {
        parameter: "nobody-has-this" if parameter == "name" else ABSENT
        for parameter in route.parameters
    }


class TestEveryRoute:
    def test_is_described(self) -> None:
        missing = [str(route) for route in ROUTES if not route.operation.get("description")]
        assert not missing, "give these endpoints a docstring"

    def test_names_are_unique(self) -> None:
        names = [route.name for route in ROUTES]
        assert len(names) == len(set(names))

    def test_asks_who_is_calling(self) -> None:
        open_to_all = {route.name for route in ROUTES if not route.needs_actor}
        assert open_to_all <= OPEN_TO_ALL


async def test_a2_nobody_gets_a_401(client: ApiClient, subtests: pytest.Subtests) -> None:
    client.headers.pop("X-OpsForge-Request")
    for route in ROUTES:
        if route.name in OPEN_TO_ALL:
            continue
        with subtests.test(str(route)):
            answer = await call(client, route, absent(route))
            assert_problem(answer, 401, "auth.unauthenticated")
            assert route.documents(401, "auth.unauthenticated")


@pytest.mark.parametrize("credential", ["garbage", "revoked", "expired", "signed out"])
async def test_a2_a_token_that_is_over_gets_a_401(
    credential: str,
    as_alice: ApiClient,
    client: ApiClient,
    clock: MovableClock,
    subtests: pytest.Subtests,
) -> None:
    made = (await as_alice.post("/auth/tokens", json={"name": "script"})).json()
    token = made["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/auth/session", headers=bearer)).status_code == 200
    match credential:
        case "garbage":
            token = token[:-1]
        case "revoked":
            assert (await as_alice.delete(f"/auth/tokens/{made['id']}")).status_code == 204
        case "expired":
            clock.advance(timedelta(days=91))
        case _:
            token = as_alice.token
            assert (await as_alice.post("/auth/logout")).status_code == 200
    client.headers["Authorization"] = f"Bearer {token}"
    for route in ROUTES:
        if route.name in OPEN_TO_ALL:
            continue
        with subtests.test(str(route)):
            answer = await call(client, route, absent(route))
            assert_problem(answer, 401, "auth.unauthenticated")


async def test_a_user_gets_a_403_from_the_administrators_routes(
    as_alice: ApiClient, subtests: pytest.Subtests
) -> None:
    routes = [route for route in ROUTES if route.needs_admin]
    assert routes
    for route in routes:
        with subtests.test(str(route)):
            answer = await call(as_alice, route, absent(route))
            assert_problem(answer, 403, "auth.forbidden")
            assert route.documents(403, "auth.forbidden")


async def test_another_users_private_thing_is_a_404_like_an_absent_one(
    as_alice: ApiClient, as_bob: ApiClient, subtests: pytest.Subtests
) -> None:
    things = await things_of_alice(as_alice)
    routes = [
        route
        for route in ROUTES
        if route.parameters
        and not route.needs_admin
        and not {"public_id", "starter"} & set(route.parameters)  # Everybody's.
    ]
    assert routes
    for route in routes:
        with subtests.test(str(route)):
            private = await call(as_bob, route, fill(route, things))
            nowhere = await call(as_bob, route, absent(route))
            document = assert_problem(private, 404)
            assert document == assert_problem(nowhere, 404)
            assert route.documents(404, document["code"])
    assert (await as_alice.get("/auth/session")).status_code == 200, "bob ended alice's session"


ALLOWED_TO_ALL = {
    "get_dataset": 200,
    "get_dataset_file": 200,
    "get_dataset_uses": 200,
    "read_dataset_file": 200,
    "download_dataset": 200,
    "profile_dataset_file": 200,
    "list_dataset_folder": 200,
    "list_file_versions": 200,
    "list_deleted_files": 200,
    "read_file_version": 200,
    "read_public_project_file": 200,
    "download_public_project": 200,
    "list_public_project_folder": 200,
    "render_public_project_notebook": 200,
    "get_public_project_picture": 204,
    "list_public_project_datasets": 200,
    "get_public_project": 200,
    "fork_dataset": 201,
    "fork_project": 201,
    "share_dataset": 409,
    "get_public_runtime_address": 404,
    "get_public_content_address": 404,
}
"""What everybody may do with a public thing; of the addresses, bob asks for alice's service."""


async def test_another_users_public_thing_is_read_and_forked_and_not_changed(
    as_alice: ApiClient, as_bob: ApiClient, subtests: pytest.Subtests
) -> None:
    things = await things_of_alice(as_alice)
    dataset, version = await with_versions(as_alice, await upload(as_alice, "nab", is_public=1))
    things["dataset_id"] = {"dataset_id": dataset["id"]}
    things["file_id"] = {"file_id": dataset["files"][0]["id"]}
    things["version_id"] = {"version_id": version["id"]}
    routes = [route for route in ROUTES if {"dataset_id", "public_id"} & set(route.parameters)]
    assert routes
    for route in routes:
        with subtests.test(str(route)):
            answer = await call(as_bob, route, fill(route, things))
            assert answer.status_code == ALLOWED_TO_ALL.get(route.name, 403), answer.text
    shown = (await as_alice.get(f"/datasets/{dataset['id']}")).json()
    assert shown == dataset | {"fork_count": 1}


async def test_a_head_is_refused_and_answered_as_a_get_is(
    as_alice: ApiClient, as_bob: ApiClient, client: ApiClient, subtests: pytest.Subtests
) -> None:
    things = await things_of_alice(as_alice)
    gets = {route.path: route for route in ROUTES if route.method == "GET"}
    assert HEAD_ROUTES
    for head in HEAD_ROUTES:
        with subtests.test(str(head)):
            if head.path not in gets:
                assert head.name in HEADERS, "shown by tests of its own"
                continue
            get, values = gets[head.path], fill(head, things)
            path = head.path.format_map(values)
            for caller in (client, as_bob, as_alice):
                answer = await call(caller, get, values)
                same = await caller.head(path, params=QUERIES.get(get.name))
                assert (same.status_code, same.content) == (answer.status_code, b"")
            assert same.headers["content-length"] == answer.headers["content-length"]


async def test_a_batch_deletes_nothing_of_another_users(
    as_alice: ApiClient, as_bob: ApiClient, subtests: pytest.Subtests
) -> None:
    things = await things_of_alice(as_alice)
    public = await upload(as_alice, "nab", is_public=1)
    batches = {
        "/projects/delete": (things["project_id"]["project_id"], "request.not_found"),
        "/datasets/delete": (things["dataset_id"]["dataset_id"], "request.not_found"),
        "/public/projects/delete": (things["public_id"]["public_id"], "auth.forbidden"),
        "/datasets/delete?": (public["id"], "auth.forbidden"),
    }
    for path, (one, code) in batches.items():
        with subtests.test(path):
            answer = await as_bob.post(path, json={"ids": [one, ABSENT]})
            items = answer.json()["items"]
            assert [item["is_deleted"] for item in items] == [False, False]
            assert [item["code"] for item in items] == [code, "request.not_found"]
            if code == "request.not_found":
                assert items[0]["detail"] == items[1]["detail"]


async def test_a_service_gets_what_is_on_its_list_and_no_more(
    as_alice: ApiClient,
    as_admin: ApiClient,
    as_bob: ApiClient,
    behind_the_door: Callable[[str], ApiClient],
    engine: FakeEngine,
    subtests: pytest.Subtests,
) -> None:
    """Whatever runs in a service, an administrator's too, reaches neither accounts nor others."""
    things = await things_of_alice(as_alice)
    assert as_admin.user["is_admin"]
    assert as_bob.user
    for name in ("admin", "bob"):
        service = behind_the_door(engine.own_token(name))
        for route in ROUTES:
            with subtests.test(f"{name}: {route}"):
                answer = await call(service, route, fill(route, things))
                if route.name not in SERVICE_OPERATIONS:
                    assert_problem(answer, 403, "auth.not_for_services")
                elif "public_id" in route.parameters:
                    assert answer.status_code == ALLOWED_TO_ALL.get(route.name, 403)
                elif route.parameters:
                    assert_problem(answer, 404)
    assert (await as_alice.get("/services/alice")).json()["state"] == "running"


async def test_a_cookie_alone_changes_nothing(
    as_alice: ApiClient, subtests: pytest.Subtests
) -> None:
    """Another site's page can make a browser send our cookie, but not our header."""
    as_alice.headers.pop("X-OpsForge-Request")
    for route in ROUTES:
        if route.is_safe or route.name in OPEN_TO_ALL:
            continue
        with subtests.test(str(route)):
            answer = await call(as_alice, route, absent(route))
            assert_problem(answer, 403, "auth.request_header_missing")
            assert route.documents(403, "auth.request_header_missing")


async def test_the_owner_is_let_in(as_alice: ApiClient, subtests: pytest.Subtests) -> None:
    """Without this the tests above would pass on an API that refuses everybody."""
    things = await things_of_alice(as_alice)
    for route in ROUTES:
        if route.needs_admin or not route.is_safe or route.name in WITHOUT_END:
            continue
        with subtests.test(str(route)):
            answer = await call(as_alice, route, fill(route, things))
            assert answer.is_success, answer.text


@pytest.mark.parametrize("language", ["zh-CN,zh;q=0.9", "en-GB", None])
async def test_a_refusal_speaks_the_callers_language(
    client: ApiClient, language: str | None
) -> None:
    headers = {"Accept-Language": language} if language else {}
    answer = await client.get("/auth/tokens", headers=headers)
    document = assert_problem(answer, 401)
    assert ("请先登录" in document["detail"]) is bool(language and language.startswith("zh"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/absent", 404), ("DELETE", "/auth/session", 405), ("GET", "/users/one", 422)],
)
async def test_what_the_framework_refuses_has_the_same_shape(
    as_alice: ApiClient, method: str, path: str, status: int
) -> None:
    assert_problem(await as_alice.request(method, path), status)


async def test_bad_fields_are_named(as_admin: ApiClient) -> None:
    answer = await as_admin.post("/users", json={"username": "Bad Name", "password": "x" * 300})
    document = assert_problem(answer, 422, "request.invalid")
    assert {error["field"] for error in document["errors"]} == {"username", "password"}
    assert "x" * 300 not in answer.text


async def test_no_page_of_the_api_loads_a_script_from_elsewhere(client: ApiClient) -> None:
    """It would run in the platform's origin, with the visitor's session."""
    for path in ("/docs", "/redoc"):
        assert_problem(await client.get(path), 404)
    assert (await client.get("/openapi.json")).status_code == 200


async def test_a_fault_of_ours_shows_nothing_of_our_insides(
    as_alice: ApiClient, db: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    tokens = await as_alice.post("/auth/tokens", json={"name": "script"})
    secret = tokens.json()["token"]
    async with db.writing() as session:
        await session.execute(text("DROP TABLE tokens"))
    answer = await as_alice.get("/auth/tokens", headers={"Authorization": f"Bearer {secret}"})
    document = assert_problem(answer, 500, "server.fault")
    log = capfd.readouterr().out
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document["request_id"] in log, "the administrator can find it"
    digest = sha256(secret.encode()).digest()
    for shown in (secret, as_alice.token, PASSWORD, digest.hex(), str(digest), "argon2id"):
        assert shown not in log + answer.text


async def test_secrets_are_never_logged(
    as_alice: ApiClient, client: ApiClient, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = {"username": "alice", "password": "a wrong one 77"}
    assert_problem(await client.post("/auth/login", json=wrong), 401, "auth.wrong_credentials")
    made = (await as_alice.post("/auth/tokens", json={"name": "script"})).json()
    service = (await as_alice.get("/services/token")).json()
    change = {"current_password": PASSWORD, "new_password": "another one 88"}
    assert (await as_alice.put("/auth/password", json=change)).status_code == 204
    path = f"/users/absent?token={made['token']}"
    assert_problem(await as_alice.get(path), 422)
    log = capfd.readouterr().out
    assert "auth.signed_in" in log or "request" in log
    for secret in (
        *(wrong["password"], *change.values(), PASSWORD),
        *(made["token"], service["token"], as_alice.token),
    ):
        assert secret not in log
