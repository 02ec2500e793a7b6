"""Accounts, over HTTP."""

import asyncio
from datetime import timedelta

import pytest

from opsforge.bootstrap import Platform
from opsforge.engine.fake import FakeEngine
from opsforge.users import repository
from tests.support.people import ALICE, PASSWORD, ApiClient, Person, create_account

pytestmark = pytest.mark.anyio


async def test_b1_creates_the_account_and_its_service_and_volume(
    as_admin: ApiClient, platform: Platform
) -> None:
    created = await create_account(as_admin, Person("carol"))
    service = (await as_admin.get("/services/carol")).json()
    assert (service["user_id"], service["state"]) == (created["id"], "created")
    volume = platform.settings.data / "users" / "carol"
    assert sorted(p.name for p in volume.iterdir() if p.is_dir()) == ["input", "public", "work"]


async def test_b1_a_failing_engine_leaves_nothing_behind(
    as_admin: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    engine.is_away = True
    body = {"username": "carol", "password": PASSWORD}
    answer = await as_admin.post("/users", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "engine.away")
    engine.is_away = False
    assert not (platform.settings.data / "users" / "carol").exists()
    assert (await as_admin.get("/services/carol")).status_code == 404
    assert (await as_admin.post("/users", json=body)).status_code == 201


async def test_b1_a_volume_from_before_is_not_given_to_a_new_user(
    as_admin: ApiClient, platform: Platform
) -> None:
    old = platform.settings.data / "users" / "carol" / "work"
    old.mkdir(parents=True)
    (old / "secret.txt").write_text("theirs")
    answer = await as_admin.post("/users", json={"username": "carol", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "services.volume_exists")
    assert (old / "secret.txt").read_text() == "theirs"


async def test_b1_a_taken_name_gets_a_proposal(as_admin: ApiClient, as_alice: ApiClient) -> None:
    del as_alice
    answer = await as_admin.post("/users", json={"username": "alice", "password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["proposal"] == "alice-2"
    assert answer.json()["field"] == "username"


async def test_b1_of_two_at_once_one_gets_the_name(as_admin: ApiClient, platform: Platform) -> None:
    body = {"username": "carol", "password": PASSWORD}
    answers = await asyncio.gather(*[as_admin.post("/users", json=body) for _ in range(3)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    codes = {answer.json().get("code") for answer in answers}
    assert codes == {None, "users.username_taken"}
    assert (await as_admin.get("/services/carol")).status_code == 200
    assert (platform.settings.data / "users" / "carol" / "work").is_dir()


@pytest.mark.parametrize(
    "username", ["Alice", "a", "../etc", "alice.", "-a", "a--b", "ünal", "a b", "x" * 33, "a\x00b"]
)
async def test_b1_names_that_are_no_names_are_refused(as_admin: ApiClient, username: str) -> None:
    answer = await as_admin.post("/users", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "username"


async def test_b2_a_user_changes_their_own_details_and_nobody_elses(
    as_alice: ApiClient, as_bob: ApiClient
) -> None:
    path = f"/users/{as_alice.user['id']}"
    changed = await as_alice.patch(path, json={"display_name": "王小明", "email": "a@example.com"})
    assert changed.json()["display_name"] == "王小明"
    assert (await as_alice.patch(path, json={"email": ""})).json()["email"] == ""
    assert (await as_bob.patch(path, json={"display_name": "x"})).status_code == 404
    assert (await as_alice.patch(path, json={"is_admin": True})).status_code == 403
    assert (await as_alice.get(path)).json()["is_admin"] is False


async def test_b2_deactivation_ends_tokens_and_service_at_once(
    as_admin: ApiClient, as_alice: ApiClient, engine: FakeEngine, client: ApiClient
) -> None:
    await as_alice.get("/auth/session")
    path = f"/users/{as_alice.user['id']}"
    assert (await as_admin.patch(path, json={"is_active": False})).status_code == 200
    assert (await as_alice.get("/auth/tokens")).status_code == 401
    assert (await engine.get_status("alice")).state == "stopped"
    refused = await client.post(
        "/auth/login", json={"username": "alice", "password": ALICE.password}
    )
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.wrong_credentials")


async def test_b2_the_last_administrator_stays(as_admin: ApiClient) -> None:
    answer = await as_admin.patch(f"/users/{as_admin.user['id']}", json={"is_admin": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "users.last_administrator")


async def test_b2_two_administrators_who_go_at_once_do_not_both_go(
    as_admin: ApiClient, as_alice: ApiClient, platform: Platform
) -> None:
    alice = f"/users/{as_alice.user['id']}"
    assert (await as_admin.patch(alice, json={"is_admin": True})).status_code == 200
    admin_id = as_admin.user["id"]
    async with platform.db.writing() as session:
        assert not await repository.is_last_administrator(session, admin_id)
        going = asyncio.create_task(as_admin.patch(alice, json={"is_admin": False}))
        await asyncio.wait({going}, timeout=0.5)
        await repository.set_fields(session, admin_id, {"is_admin": False})
    answer = await going
    assert (answer.status_code, answer.json()["code"]) == (409, "users.last_administrator")


async def test_b2_a_right_that_is_taken_while_it_is_looked_up_does_not_come_back(
    as_admin: ApiClient, as_alice: ApiClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = f"/users/{as_alice.user['id']}"
    assert (await as_admin.patch(alice, json={"is_admin": True})).status_code == 200
    await as_admin.get("/users")  # Both know who asks.
    put = platform.cache.set

    async def take_and_put(key: str, value: str, *, ttl: timedelta) -> None:
        if key == f"account:{as_alice.user['id']}":
            monkeypatch.setattr(platform.cache, "set", put)
            assert (await as_admin.patch(alice, json={"is_admin": False})).status_code == 200
        await put(key, value, ttl=ttl)

    monkeypatch.setattr(platform.cache, "set", take_and_put)
    for _ in range(2):
        assert (await as_alice.get("/users")).status_code == 403


async def test_b3_an_administrator_resets_a_password(
    as_admin: ApiClient, as_alice: ApiClient, client: ApiClient
) -> None:
    path = f"/users/{as_alice.user['id']}/password"
    answer = await as_admin.put(path, json={"new_password": "fresh start 2026"})
    assert answer.status_code == 204
    assert (await as_alice.get("/auth/tokens")).status_code == 401
    await client.sign_in(Person("alice", password="fresh start 2026"))
    assert (await client.put(path, json={"new_password": "x" * 12})).status_code == 403


async def test_b4_details_are_ones_own_or_an_administrators(
    as_admin: ApiClient, as_alice: ApiClient, as_bob: ApiClient
) -> None:
    path = f"/users/{as_alice.user['id']}"
    assert (await as_alice.get(path)).json()["username"] == "alice"
    assert (await as_admin.get(path)).json()["username"] == "alice"
    private = await as_bob.get(path)
    absent = await as_bob.get("/users/999999")
    assert private.status_code == absent.status_code == 404
    assert private.json() == absent.json()


async def test_the_list_is_paged_and_searched(as_admin: ApiClient, as_alice: ApiClient) -> None:
    await create_account(as_admin, Person("carol"))
    await as_alice.patch(f"/users/{as_alice.user['id']}", json={"display_name": "王小明"})
    first = (await as_admin.get("/users", params={"limit": 2})).json()
    rest = (
        await as_admin.get("/users", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    names = [u["username"] for u in first["items"] + rest["items"]]
    assert names == ["admin", "alice", "carol"]
    assert rest.get("next_cursor") is None
    found = (await as_admin.get("/users", params={"query": "王"})).json()["items"]
    assert [u["username"] for u in found] == ["alice"]
    assert (await as_alice.get("/users")).status_code == 403
