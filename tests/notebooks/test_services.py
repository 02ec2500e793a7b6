"""Notebook services, over HTTP on the fake engine."""

import asyncio
import json

import pytest

from opsforge.bootstrap import Platform
from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import EngineAway
from tests.support.people import ALICE, ApiClient

pytestmark = pytest.mark.anyio


async def test_c1_a_deleted_service_is_created_again_on_the_same_volume(
    as_alice: ApiClient, platform: Platform
) -> None:
    kept = platform.settings.data / "users" / "alice" / "work" / "kept.txt"
    kept.write_text("mine")
    before = (await as_alice.get("/services/alice")).json()
    gone = await as_alice.delete(f"/services/{before['id']}", params={"name": "alice"})
    assert gone.status_code == 204
    assert (await as_alice.get("/services/alice")).status_code == 404
    created = await as_alice.post("/services")
    assert (created.status_code, created.json()["state"]) == (201, "created")
    assert kept.read_text() == "mine"
    again = await as_alice.post("/services")
    assert (again.status_code, again.json()["code"]) == (409, "services.exists")


async def test_c2_returns_a_token_and_the_flavours_with_what_is_free(
    as_alice: ApiClient, platform: Platform
) -> None:
    first = (await as_alice.get("/services/token")).json()
    assert first["token"]
    assert first["token"] == (await as_alice.get("/services/token")).json()["token"]
    flavours = {f["name"]: f for f in first["flavours"]}
    assert flavours["small"]["cpu"] == 1
    assert flavours["small"]["memory_bytes"] == 2 * 1024**3
    assert flavours["small"]["gpu_count"] == 0
    free = flavours["small"]["free"]
    await as_alice.post("/services/alice/stop")
    after = {f["name"]: f for f in (await as_alice.get("/services/flavours")).json()}
    assert after["small"]["free"] == free + 1
    assert platform.settings.flavours[0].name == "small"


async def test_c3_id_and_name_must_both_match(as_alice: ApiClient, as_bob: ApiClient) -> None:
    mine = (await as_alice.get("/services/alice")).json()["id"]
    theirs = (await as_bob.get("/services/bob")).json()["id"]
    for service_id, name in [(mine, "bob"), (theirs, "alice"), (theirs, "bob")]:
        answer = await as_alice.delete(f"/services/{service_id}", params={"name": name})
        assert answer.status_code == 404
    assert (await as_bob.get("/services/bob")).status_code == 200


async def test_c4_another_users_service_is_absent(as_alice: ApiClient, as_bob: ApiClient) -> None:
    del as_bob
    private = await as_alice.get("/services/bob")
    absent = await as_alice.get("/services/nobody")
    assert private.status_code == absent.status_code == 404
    assert private.json() == absent.json()


async def test_c5_start_is_idempotent_even_at_the_same_moment(
    as_alice: ApiClient, engine: FakeEngine
) -> None:
    await as_alice.post("/services/alice/stop")
    starts = len(engine.starts)
    answers = await asyncio.gather(*[as_alice.post("/services/alice/start") for _ in range(5)])
    assert [a.status_code for a in answers] == [200] * 5
    assert len(engine.starts) == starts + 1


async def test_c5_a_service_that_the_engine_forgot_starts_all_the_same(
    as_alice: ApiClient, engine: FakeEngine
) -> None:
    await engine.delete_service("alice")
    assert (await as_alice.get("/services/alice")).json()["state"] == "stopped"
    started = await as_alice.post("/services/alice/start")
    assert started.json()["state"] in {"starting", "running"}


async def test_c5_a_chosen_flavour_is_used_and_remembered(as_alice: ApiClient) -> None:
    await as_alice.post("/services/alice/stop")
    started = await as_alice.post("/services/alice/start", json={"flavour": "medium"})
    assert started.json()["flavour"] == "medium"
    await as_alice.post("/services/alice/stop")
    assert (await as_alice.post("/services/alice/start")).json()["flavour"] == "medium"
    unknown = await as_alice.post("/services/alice/start", json={"flavour": "huge"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "flavour")


async def test_c5_a_failed_start_says_why(as_alice: ApiClient, engine: FakeEngine) -> None:
    await as_alice.post("/services/alice/stop")
    engine.fail_next_start("alice", "the kernel image is missing")
    await as_alice.post("/services/alice/start")
    async with as_alice.stream("GET", "/services/alice/events") as stream:
        events = [
            json.loads(line.removeprefix("data:"))
            async for line in stream.aiter_lines()
            if line.startswith("data:")
        ]
    assert events[-1]["service"]["state"] == "failed"
    assert "the kernel image is missing" in events[-1]["service"]["failure"]
    await as_alice.post("/services/alice/start")
    assert (await as_alice.get("/services/alice")).json()["failure"] is None


async def test_c5_the_stream_follows_a_start_to_its_end(
    as_alice: ApiClient,
) -> None:
    await as_alice.post("/services/alice/stop")
    await as_alice.post("/services/alice/start")
    async with as_alice.stream("GET", "/services/alice/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [
            json.loads(line.removeprefix("data:"))
            async for line in stream.aiter_lines()
            if line.startswith("data:")
        ]
    assert events[-1]["service"]["state"] == "running"


async def test_c5_nothing_free_is_refused(
    as_alice: ApiClient, as_bob: ApiClient, platform: Platform
) -> None:
    del as_bob
    await as_alice.post("/services/alice/stop")
    platform.notebooks._flavours._cpu = 1  # Bob's service takes it all.
    answer = await as_alice.post("/services/alice/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "services.flavour_taken")


async def test_c6_stop_is_idempotent(as_alice: ApiClient) -> None:
    answers = await asyncio.gather(*[as_alice.post("/services/alice/stop") for _ in range(3)])
    assert [a.json()["state"] for a in answers] == ["stopped"] * 3


async def test_an_administrator_lists_services_and_stops_one(
    as_admin: ApiClient, as_alice: ApiClient
) -> None:
    listed = (await as_admin.get("/services")).json()["items"]
    assert [s["name"] for s in listed] == ["admin", "alice"]
    assert (await as_admin.post("/services/alice/stop")).json()["state"] == "stopped"
    assert (await as_alice.get("/services")).status_code == 403


async def test_c5_who_waits_for_a_place_gets_it_in_the_order_of_asking(
    as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient, platform: Platform
) -> None:
    for client, name in ((as_alice, "alice"), (as_admin, "admin")):
        await client.post(f"/services/{name}/stop")
    platform.notebooks._flavours._cpu = 2  # Bob's service leaves too little.
    ask = {"flavour": "medium", "waits": True}
    first = await as_alice.post("/services/alice/start", json=ask)
    assert (first.status_code, first.json()["queue_position"]) == (200, 1)
    assert first.json()["flavour"] == "medium"
    second = (await as_admin.post("/services/admin/start", json=ask)).json()
    assert second["queue_position"] == 2
    again = (await as_alice.post("/services/alice/start", json=ask)).json()
    assert again["queue_position"] == 1, "asking again loses no place"
    await platform.notebooks.start_waiting_services()
    assert (await as_alice.get("/services/alice")).json()["queue_position"] == 1

    await as_bob.post("/services/bob/stop")
    pushes = await as_bob.post("/services/bob/start", json={"flavour": "medium"})
    assert (pushes.status_code, pushes.json()["code"]) == (409, "services.flavour_taken")
    await platform.notebooks.start_waiting_services()
    started = (await as_alice.get("/services/alice")).json()
    assert started["queue_position"] is None
    assert started["state"] in {"starting", "running"}
    waiting = (await as_admin.get("/services/admin")).json()
    assert (waiting["queue_position"], waiting["state"]) == (1, "stopped")


async def test_c6_a_stop_ends_the_wait_for_a_place(
    as_alice: ApiClient, as_bob: ApiClient, platform: Platform
) -> None:
    del as_bob
    await as_alice.post("/services/alice/stop")
    platform.notebooks._flavours._cpu = 1  # Bob's service takes it all.
    waiting = await as_alice.post("/services/alice/start", json={"waits": True})
    assert waiting.json()["queue_position"] == 1
    stopped = (await as_alice.post("/services/alice/stop")).json()
    assert (stopped["queue_position"], stopped["state"]) == (None, "stopped")


async def test_c5_who_signs_in_while_nothing_is_free_waits_for_it(
    as_alice: ApiClient, as_admin: ApiClient, platform: Platform
) -> None:
    await as_alice.post("/services/alice/stop")
    platform.notebooks._flavours._cpu = 1  # The administrator's service takes it all.
    login = {"username": ALICE.username, "password": ALICE.password}
    service = (await as_alice.post("/auth/login", json=login)).json()["service"]
    assert (service["queue_position"], service["state"]) == (1, "stopped")
    assert service["failure"] is None
    await as_admin.post("/services/admin/stop")
    await platform.notebooks.start_waiting_services()
    assert (await as_alice.get("/services/alice")).json()["state"] in {"starting", "running"}


async def test_c5_a_failure_at_sign_in_is_told_in_both_languages(
    as_alice: ApiClient, engine: FakeEngine
) -> None:
    await as_alice.post("/services/alice/stop")
    engine.is_away = True
    login = {"username": ALICE.username, "password": ALICE.password}
    service = (await as_alice.post("/auth/login", json=login)).json()["service"]
    engine.is_away = False
    assert service["failure"] == EngineAway.en
    assert service["failure_zh"] == EngineAway.zh


async def test_c5_a_wait_ends_with_the_reason_why_the_engine_refused(
    as_alice: ApiClient, as_admin: ApiClient, engine: FakeEngine, platform: Platform
) -> None:
    await as_alice.post("/services/alice/stop")
    platform.notebooks._flavours._cpu = 1  # The administrator's service takes it all.
    await as_alice.post("/services/alice/start", json={"waits": True})
    engine.is_away = True
    await platform.notebooks.start_waiting_services()
    engine.is_away = False
    assert (await as_alice.get("/services/alice")).json()["queue_position"] == 1

    await as_admin.post("/services/admin/stop")
    engine.refuse_next_start("alice", "no such image")
    await platform.notebooks.start_waiting_services()
    refused = (await as_alice.get("/services/alice")).json()
    assert (refused["queue_position"], refused["state"]) == (None, "failed")
    assert "no such image" in refused["failure"]
