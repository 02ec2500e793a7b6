"""The services' door: their own tokens, a list of operations, and nothing else."""

from collections.abc import Callable

import pytest

from opsforge.auth.door import SERVICE_OPERATIONS
from opsforge.engine.fake import FakeEngine
from tests.support.people import DOOR, ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import create
from tests.support.routes import api_routes
from tests.support.uploads import upload


@pytest.fixture
async def alices_service(
    as_alice: ApiClient, engine: FakeEngine, behind_the_door: Callable[[str], ApiClient]
) -> ApiClient:
    """What runs in alice's service."""
    assert (await as_alice.get("/services/alice")).json()["state"] == "running"
    return behind_the_door(engine.own_token("alice"))


class TestAllowed:
    async def test_a2_c2_a_service_acts_as_its_user(
        self, as_alice: ApiClient, alices_service: ApiClient
    ) -> None:
        project = await create(as_alice, "alerts")
        dataset = await upload(as_alice, "metrics")
        path = f"/projects/{project['id']}"
        linked = await alices_service.patch(path, json={"dataset_ids": [dataset["id"]]})
        assert [one["name"] for one in linked.json()["datasets"]] == ["metrics"]
        body = {"title": "MAD", "code": "x"}
        assert (await alices_service.post("/snippets", json=body)).status_code == 201
        tree = (await as_alice.get("/snippets/tree")).json()
        assert [node["title"] for node in tree["nodes"]] == ["MAD"]

    async def test_f3_f4_a_service_deletes_snippets_and_nothing_else(
        self, as_alice: ApiClient, alices_service: ApiClient
    ) -> None:
        folder = (await as_alice.post("/snippets/folders", json={"title": "x"})).json()
        snippet = (await as_alice.post("/snippets", json={"title": "MAD", "code": "x"})).json()
        move = {"version": snippet["version"], "parent_id": folder["id"]}
        path = f"/snippets/{snippet['id']}"
        assert (await alices_service.post(f"{path}/move", json=move)).status_code == 200
        assert (await alices_service.delete(path)).status_code == 200
        assert (await alices_service.delete(f"/snippets/folders/{folder['id']}")).status_code == 200
        assert (await as_alice.get("/snippets/tree")).json()["nodes"] == []
        project = await create(as_alice, "kept")
        refused = await alices_service.delete(f"/projects/{project['id']}")
        assert_problem(refused, 403, "auth.not_for_services")

    async def test_a2_the_engine_is_asked_once_for_many_requests(
        self, engine: FakeEngine, alices_service: ApiClient
    ) -> None:
        for _ in range(5):
            assert (await alices_service.get("/projects")).status_code == 200
        assert engine.identifications == 1

    async def test_every_name_on_the_list_is_an_operation(self) -> None:
        assert {route.name for route in api_routes()} >= SERVICE_OPERATIONS


class TestRefused:
    async def test_a2_a_services_token_opens_nothing_from_outside(
        self, client: ApiClient, alices_service: ApiClient
    ) -> None:
        client.headers["Authorization"] = alices_service.headers["Authorization"]
        assert_problem(await client.get("/projects"), 401, "auth.unauthenticated")

    async def test_a2_a_users_tokens_open_nothing_through_the_door(
        self, as_alice: ApiClient, behind_the_door: Callable[[str], ApiClient]
    ) -> None:
        for token in (as_alice.token, (await as_alice.get("/services/token")).json()["token"]):
            answer = await behind_the_door(token).get("/projects")
            assert_problem(answer, 401, "auth.unauthenticated")
        cookie = {"Cookie": f"opsforge_session={as_alice.token}", "Authorization": ""}
        answer = await behind_the_door("").get("/projects", headers=cookie)
        assert_problem(answer, 401, "auth.unauthenticated")

    async def test_nothing_but_the_api_is_there(self, alices_service: ApiClient) -> None:
        origin = f"http://{DOOR}"
        for path in ("/", "/internal/session", "/projects", "/assets/x.js"):
            answer = await alices_service.get(origin + path)
            assert (answer.status_code, answer.text) == (404, "Not Found")

    async def test_nobody_signs_in_there(self, alices_service: ApiClient) -> None:
        body = {"username": "alice", "password": "wrong"}
        answer = await alices_service.post("/auth/login", json=body)
        assert_problem(answer, 403, "auth.not_for_services")

    async def test_what_it_says_of_its_address_is_not_believed(
        self, alices_service: ApiClient
    ) -> None:
        headers = {"X-Forwarded-For": "192.0.2.7", "X-OpsForge-Internal": "x"}
        assert (await alices_service.get("/projects", headers=headers)).status_code == 200


class TestEnd:
    async def test_b5_c6_a_stopped_services_token_is_over_at_once(
        self, as_alice: ApiClient, alices_service: ApiClient
    ) -> None:
        assert (await alices_service.get("/projects")).status_code == 200
        await as_alice.post("/services/alice/stop")
        assert_problem(await alices_service.get("/projects"), 401, "auth.unauthenticated")

    async def test_a_deactivated_users_service_is_refused(
        self, as_alice: ApiClient, as_admin: ApiClient, alices_service: ApiClient
    ) -> None:
        assert (await alices_service.get("/projects")).status_code == 200
        path = f"/users/{as_alice.user['id']}"
        assert (await as_admin.patch(path, json={"is_active": False})).status_code == 200
        assert_problem(await alices_service.get("/projects"), 401, "auth.unauthenticated")

    async def test_while_the_engine_is_away_it_says_so(
        self, engine: FakeEngine, alices_service: ApiClient
    ) -> None:
        engine.is_away = True
        assert_problem(await alices_service.get("/projects"), 503, "engine.away")
