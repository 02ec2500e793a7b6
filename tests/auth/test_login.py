"""Log-in, log-out and the limits on guessing, over HTTP."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from opsforge.auth.dependencies import client_address
from opsforge.bootstrap import Platform
from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import KernelActivity
from opsforge.settings import ServerSettings, Settings
from tests.support.clock import MovableClock
from tests.support.people import ALICE, ApiClient

pytestmark = pytest.mark.anyio

COMPUTING = KernelActivity(kernel_id="k1", path="work/demo/demo.ipynb")


async def test_a1_log_in_returns_a_token_and_starts_the_service(
    as_alice: ApiClient,
) -> None:
    answer = await as_alice.get("/auth/session")
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "alice"
    service = (await as_alice.get("/services/alice")).json()
    assert service["state"] in {"starting", "running"}


async def test_a2_a_page_that_asks_who_is_signed_in_is_told_nobody(
    client: ApiClient, as_alice: ApiClient
) -> None:
    """A 401 would be an error in the browser's console each time somebody comes."""
    nobody = {"user": None, "expires_at": None}
    answer = await client.get("/auth/session")
    assert (answer.status_code, answer.json()) == (200, nobody)
    await as_alice.post("/auth/logout")
    old = {"Cookie": f"opsforge_session={as_alice.token}"}
    answer = await client.get("/auth/session", headers=old)
    assert (answer.status_code, answer.json()) == (200, nobody)
    bearer = {"Authorization": f"Bearer {as_alice.token}"}
    assert (await client.get("/auth/session", headers=bearer)).status_code == 401


async def test_a1_cookies_never_reach_the_services(client: ApiClient, as_alice: ApiClient) -> None:
    del as_alice
    answer = await client.post(
        "/auth/login", json={"username": "alice", "password": ALICE.password}
    )
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert {part for c in cookies for part in c.split("; ") if part.startswith("Path")} == {
        "Path=/api/",
        "Path=/hub/",
    }
    assert all("HttpOnly" in c and "SameSite=lax" in c for c in cookies)


async def test_a1_wrong_name_and_wrong_password_get_the_same_answer(
    client: ApiClient, as_alice: ApiClient
) -> None:
    del as_alice
    wrong = [{"username": "alice", "password": "x"}, {"username": "nobody", "password": "x"}]
    answers = [await client.post("/auth/login", json=body) for body in wrong]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "auth.wrong_credentials"


async def test_a1_a_name_that_no_database_can_store_is_refused(client: ApiClient) -> None:
    answer = await client.post("/auth/login", json={"username": "a\0b", "password": "x"})
    assert answer.status_code == 422


async def test_a1_guessing_at_an_account_is_throttled_and_the_owner_still_gets_in(
    client: ApiClient, as_alice: ApiClient, platform: Platform
) -> None:
    del as_alice
    attacker = {"x-forwarded-for": "203.0.113.9"}
    wrong = {"username": "alice", "password": "wrong"}
    for _ in range(platform.settings.auth.failures_per_account):
        assert (await client.post("/auth/login", json=wrong, headers=attacker)).status_code == 401
    throttled = await client.post("/auth/login", json=wrong, headers=attacker)
    assert throttled.status_code == 429
    assert throttled.json()["code"] == "auth.throttled"
    assert 0 < int(throttled.headers["retry-after"]) <= 15 * 60
    right = {"username": "alice", "password": ALICE.password}
    owner = {"x-forwarded-for": "198.51.100.7"}
    assert (await client.post("/auth/login", json=right, headers=owner)).status_code == 200


async def test_a1_spraying_from_one_ipv6_network_is_throttled(
    client: ApiClient, platform: Platform
) -> None:
    codes = []
    for attempt in range(platform.settings.auth.failures_per_address + 1):
        answer = await client.post(
            "/auth/login",
            json={"username": f"user{attempt}", "password": "Spring2026!"},
            headers={"x-forwarded-for": f"2001:db8:0:1::{attempt:x}"},
        )
        codes.append(answer.status_code)
    assert codes[-2:] == [401, 429]


async def test_a1_what_the_caller_writes_into_x_forwarded_for_is_not_believed(
    client: ApiClient, as_alice: ApiClient, platform: Platform
) -> None:
    del as_alice
    for attempt in range(platform.settings.auth.failures_per_account + 1):
        answer = await client.post(
            "/auth/login",
            json={"username": "alice", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{attempt}, 203.0.113.9"},
        )
    assert answer.status_code == 429


async def test_a1_guessing_from_many_networks_is_throttled_but_where_the_owner_has_been(
    client: ApiClient, as_alice: ApiClient, platform: Platform
) -> None:
    del as_alice
    owner = {"x-forwarded-for": "2001:db8:1::1"}
    right = {"username": "alice", "password": ALICE.password}
    assert (await client.post("/auth/login", json=right, headers=owner)).status_code == 200
    wrong = {"username": "alice", "password": "wrong"}
    codes = [
        (
            await client.post(
                "/auth/login",
                json=wrong,
                headers={"x-forwarded-for": f"2001:db8:2:{network:x}::1"},
            )
        ).status_code
        for network in range(platform.settings.auth.failures_per_account_in_all + 1)
    ]
    assert codes[-2:] == [401, 429]
    neighbour = {"x-forwarded-for": "2001:db8:1::2"}
    assert (await client.post("/auth/login", json=right, headers=neighbour)).status_code == 200
    bob = {"username": "bob", "password": "wrong"}
    assert (await client.post("/auth/login", json=bob, headers=owner)).status_code == 401


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2, 10.0.0.1", "203.0.113.9"),
    ],
)
async def test_a1_the_address_is_what_the_outermost_trusted_proxy_saw(
    trusted: int, forwarded: str, address: str
) -> None:
    settings = Settings(server=ServerSettings(trusted_proxies=trusted))
    app = SimpleNamespace(state=SimpleNamespace(platform=SimpleNamespace(settings=settings)))
    headers = [(b"x-forwarded-for", forwarded.encode())]
    assert await client_address(Request({"type": "http", "app": app, "headers": headers})) == (
        address
    )


async def test_a1_successful_log_ins_do_not_count(
    client: ApiClient, as_alice: ApiClient, platform: Platform
) -> None:
    del as_alice
    right = {"username": "alice", "password": ALICE.password}
    for _ in range(platform.settings.auth.failures_per_account + 1):
        assert (await client.post("/auth/login", json=right)).status_code == 200


async def test_a1_works_while_the_engine_is_away(
    client: ApiClient, as_alice: ApiClient, engine: FakeEngine
) -> None:
    del as_alice
    engine.is_away = True
    answer = await client.post(
        "/auth/login", json={"username": "alice", "password": ALICE.password}
    )
    assert answer.status_code == 200
    assert answer.json()["service"]["state"] == "failed"
    assert "engine" in answer.json()["service"]["failure"]


async def test_a1_the_first_session_before_the_engine_is_there_gets_a_service_when_it_is(
    platform: Platform, engine: FakeEngine, client: ApiClient
) -> None:
    password = await platform.users.create_first_administrator()
    engine.is_away = True
    service = (
        await client.post("/auth/login", json={"username": "admin", "password": password})
    ).json()["service"]
    assert (service["state"], service["queue_position"]) == ("failed", 1)
    stored = await client.post(
        "/datasets", data={"name": "early"}, files={"files": ("a.csv", b"a\n1\n")}
    )
    assert stored.status_code == 201, stored.text
    await platform.notebooks.start_waiting_services()

    engine.is_away = False
    await platform.notebooks.start_waiting_services()
    service = (await client.get("/services/admin")).json()
    assert service["state"] in {"starting", "running"}
    assert (service["queue_position"], service["failure"]) == (None, None)


async def test_a2_token_works_as_bearer_and_ends_when_it_expires(
    client: ApiClient, as_alice: ApiClient, clock: MovableClock, platform: Platform
) -> None:
    bearer = {"Authorization": f"Bearer {as_alice.token}"}
    assert (await client.get("/auth/session", headers=bearer)).status_code == 200
    clock.advance(platform.settings.auth.session_ttl + timedelta(seconds=1))
    answer = await client.get("/auth/session", headers=bearer)
    assert answer.status_code == 401
    assert answer.json()["code"] == "auth.unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a2_only_a_digest_is_stored(as_alice: ApiClient, platform: Platform) -> None:
    async with platform.db.engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT * FROM tokens")
        stored = repr(rows.all())
    assert stored.count("session") >= 1
    assert as_alice.token not in stored


async def test_a2_falls_back_to_the_database_when_the_cache_is_empty(
    as_alice: ApiClient, platform: Platform
) -> None:
    await as_alice.get("/auth/session")
    digest_key = await _cached_token_key(platform, as_alice)
    await platform.cache.delete(digest_key)
    assert (await as_alice.get("/auth/session")).status_code == 200
    assert await platform.cache.get(digest_key) is not None


async def test_a2_a_token_that_is_revoked_while_it_is_looked_up_does_not_come_back(
    as_alice: ApiClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await as_alice.post("/auth/tokens", json={"name": "x"})).json()
    put = platform.cache.set

    async def revoke_and_put(key: str, value: str, *, ttl: timedelta) -> None:
        monkeypatch.setattr(platform.cache, "set", put)
        assert (await as_alice.delete(f"/auth/tokens/{made['id']}")).status_code == 204
        await put(key, value, ttl=ttl)

    monkeypatch.setattr(platform.cache, "set", revoke_and_put)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    for _ in range(2):
        assert (await as_alice.get("/auth/tokens", headers=bearer)).status_code == 401


async def test_a2_what_is_no_token_does_not_wait_for_the_write_lock(
    client: ApiClient, platform: Platform
) -> None:
    bearer = {"Authorization": "Bearer nonsense"}
    async with platform.db.writing(), asyncio.timeout(5):
        assert (await client.get("/auth/tokens", headers=bearer)).status_code == 401


async def test_cookie_alone_changes_nothing(as_alice: ApiClient) -> None:
    del as_alice.headers["X-OpsForge-Request"]
    answer = await as_alice.post("/services/alice/stop")
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.request_header_missing"


async def test_b5_log_out_stops_the_service_and_clears_the_cache(
    as_alice: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    await as_alice.get("/auth/session")
    keys = [
        await _cached_token_key(platform, as_alice),
        f"account:{as_alice.user['id']}",
        f"service-token:{as_alice.user['id']}",
    ]
    assert all([await platform.cache.get(key) for key in keys])
    answer = await as_alice.post("/auth/logout")
    assert answer.status_code == 200
    assert answer.json()["service"]["state"] == "stopped"
    assert [await platform.cache.get(key) for key in keys] == [None, None, None]
    assert (await engine.get_status("alice")).state == "stopped"
    bearer = {"Authorization": f"Bearer {as_alice.token}"}
    assert (await as_alice.get("/auth/session", headers=bearer)).status_code == 401


async def test_b5_log_out_tells_of_busy_kernels(as_alice: ApiClient, engine: FakeEngine) -> None:
    engine.set_busy_kernels("alice", [COMPUTING])
    refused = await as_alice.post("/auth/logout", json={"when_busy": "refuse"})
    assert refused.status_code == 423
    assert refused.json()["code"] == "service.busy"
    assert [k["path"] for k in refused.json()["busy_kernels"]] == ["work/demo/demo.ipynb"]
    assert (await as_alice.get("/auth/session")).status_code == 200
    stopped = await as_alice.post("/auth/logout", json={"when_busy": "stop"})
    assert [k["path"] for k in stopped.json()["busy_kernels"]] == ["work/demo/demo.ipynb"]
    assert stopped.json()["service"]["state"] == "stopped"


async def test_b5_log_out_can_keep_the_service_until_it_is_idle(
    as_alice: ApiClient, as_admin: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    engine.set_busy_kernels("alice", [COMPUTING])
    kept = await as_alice.post("/auth/logout", json={"when_busy": "keep"})
    assert kept.json()["service"]["stop_when_idle"] is True
    await platform.notebooks.finish_due_services()
    assert (await as_admin.get("/services/alice")).json()["state"] in {"starting", "running"}
    engine.set_busy_kernels("alice", [])
    await platform.notebooks.finish_due_services()
    view = (await as_admin.get("/services/alice")).json()
    assert (view["state"], view["stop_when_idle"]) == ("stopped", False)


async def test_b5_the_session_ends_before_the_service_stops(
    as_alice: ApiClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop takes its time; nothing is to be had for the old token meanwhile."""
    stop_service, answers = engine.stop_service, []

    async def stop(name: str) -> None:
        bearer = {"Authorization": f"Bearer {as_alice.token}"}
        answers.append(await as_alice.get("/services/token", headers=bearer))
        answers.append(await as_alice.post("/auth/tokens", json={"name": "x"}, headers=bearer))
        await stop_service(name)

    monkeypatch.setattr(engine, "stop_service", stop)
    assert (await as_alice.post("/auth/logout")).status_code == 200
    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize("when_busy", ["stop", "keep", "refuse"])
async def test_b5_log_out_works_while_the_engine_is_away_and_the_service_stops_afterwards(
    as_alice: ApiClient, platform: Platform, engine: FakeEngine, when_busy: str
) -> None:
    token = (await as_alice.get("/services/token")).json()["token"]
    engine.set_busy_kernels("alice", [COMPUTING])
    engine.is_away = True
    answer = await as_alice.post("/auth/logout", json={"when_busy": when_busy})
    assert (answer.status_code, answer.json()["service"]) == (200, None)
    bearer = {"Authorization": f"Bearer {as_alice.token}"}
    assert (await as_alice.get("/auth/session", headers=bearer)).status_code == 401
    await platform.notebooks.finish_due_services()

    engine.is_away = False
    assert engine.accepts("alice", token)
    await platform.notebooks.finish_due_services()
    assert not engine.accepts("alice", token)
    state = (await engine.get_status("alice")).state
    assert state == ("stopped" if when_busy == "stop" else "running"), "computations are not cut"
    engine.set_busy_kernels("alice", [])
    await platform.notebooks.finish_due_services()
    assert (await engine.get_status("alice")).state == "stopped"


async def test_b5_who_signs_in_again_before_the_engine_is_back_keeps_the_service(
    as_alice: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    engine.is_away = True
    await as_alice.post("/auth/logout")
    engine.is_away = False
    await as_alice.sign_in(ALICE)
    await platform.notebooks.finish_due_services()
    assert (await engine.get_status("alice")).state in {"starting", "running"}
    assert (await as_alice.get("/services/token")).status_code == 200


async def test_b5_a_service_that_does_not_say_what_computes_counts_as_busy(
    as_alice: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    engine.set_busy_kernels("alice", None)
    refused = await as_alice.post("/auth/logout", json={"when_busy": "refuse"})
    assert (refused.status_code, refused.json()["code"]) == (423, "service.silent")
    assert (await as_alice.get("/auth/session")).status_code == 200
    kept = (await as_alice.post("/auth/logout", json={"when_busy": "keep"})).json()
    assert (kept["service"]["stop_when_idle"], kept["busy_kernels"]) == (True, [])
    await platform.notebooks.finish_due_services()
    assert (await engine.get_status("alice")).state == "running"
    engine.set_busy_kernels("alice", [])
    await platform.notebooks.finish_due_services()
    assert (await engine.get_status("alice")).state == "stopped"


async def test_threat7_a_password_change_while_the_engine_is_away_is_made_good(
    as_alice: ApiClient, platform: Platform, engine: FakeEngine
) -> None:
    token = (await as_alice.get("/services/token")).json()["token"]
    change = {"current_password": ALICE.password, "new_password": "another long one 7"}
    engine.is_away = True
    assert (await as_alice.put("/auth/password", json=change)).status_code == 204
    engine.is_away = False
    assert engine.accepts("alice", token)
    await platform.notebooks.finish_due_services()
    assert not engine.accepts("alice", token)
    assert (await engine.get_status("alice")).state == "running"


async def test_b3_password_change_ends_all_other_tokens(
    as_alice: ApiClient, client: ApiClient
) -> None:
    await client.sign_in(ALICE)
    change = {"current_password": ALICE.password, "new_password": "another long one 7"}
    assert (await as_alice.put("/auth/password", json=change)).status_code == 204
    assert (await as_alice.get("/auth/session")).status_code == 200
    assert (await client.get("/auth/tokens")).status_code == 401
    wrong = await as_alice.put("/auth/password", json=change)
    assert wrong.status_code == 422
    assert wrong.json()["field"] == "current_password"


async def test_b3_short_password_is_refused_and_changes_nothing(
    as_alice: ApiClient, client: ApiClient
) -> None:
    change = {"current_password": ALICE.password, "new_password": "short"}
    answer = await as_alice.put("/auth/password", json=change)
    assert (answer.status_code, answer.json()["code"]) == (422, "users.password_too_short")
    await client.sign_in(ALICE)


class TestTokens:
    async def test_a2_own_tokens_are_listed_made_and_revoked(
        self, as_alice: ApiClient, client: ApiClient
    ) -> None:
        made = await as_alice.post("/auth/tokens", json={"name": "nightly", "expires_in_days": 7})
        assert made.status_code == 201
        bearer = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await client.get("/auth/session", headers=bearer)).status_code == 200
        listed = (await as_alice.get("/auth/tokens")).json()["items"]
        assert [(t["name"], t["kind"], t["is_current"]) for t in listed] == [
            ("nightly", "api", False),
            ("", "session", True),
        ]
        assert "token" not in listed[0]
        revoked = await as_alice.delete(f"/auth/tokens/{made.json()['id']}")
        assert revoked.status_code == 204
        assert (await client.get("/auth/session", headers=bearer)).status_code == 401

    async def test_a2_nobody_revokes_another_users_token(
        self, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        mine = (await as_alice.get("/auth/tokens")).json()["items"][0]["id"]
        assert (await as_bob.delete(f"/auth/tokens/{mine}")).status_code == 404
        assert (await as_alice.get("/auth/session")).status_code == 200


async def test_threat7_ending_a_session_ends_what_it_opened_at_the_service(
    as_alice: ApiClient, client: ApiClient, engine: FakeEngine
) -> None:
    token = (await as_alice.get("/services/token")).json()["token"]
    assert engine.accepts("alice", token)
    await client.sign_in(ALICE)
    sessions = (await as_alice.get("/auth/tokens")).json()["items"]
    other = next(session["id"] for session in sessions if not session["is_current"])
    assert (await as_alice.delete(f"/auth/tokens/{other}")).status_code == 204
    assert not engine.accepts("alice", token)
    assert engine.accepts("alice", (await as_alice.get("/services/token")).json()["token"])


async def _cached_token_key(platform: Platform, client: ApiClient) -> str:
    from opsforge.auth.service import _cache_key, _digest  # noqa: PLC0415

    key = _cache_key(_digest(client.token))
    assert await platform.cache.get(key) is not None
    return key
