"""What an administrator sees at a glance, and of services."""

from opsforge.engine.fake import FakeEngine
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create, share
from tests.support.uploads import upload


async def test_the_overview_counts_and_tells_what_answers(
    as_admin: ApiClient, as_alice: ApiClient, engine: FakeEngine
) -> None:
    await share(as_alice, await create(as_alice, "a"))
    await create(as_alice, "b")
    await upload(as_alice, "own")
    await upload(as_alice, "ours", is_public=1)
    seen = await ask(as_admin, "GET", "/admin/overview")
    assert seen["free_bytes"] > 0
    parts = {part["name"]: part["is_healthy"] for part in seen.pop("parts")}
    assert parts == {"database": True, "cache": True, "engine": True}
    del seen["free_bytes"]
    assert seen == {
        "user_count": 2,
        "active_user_count": 2,
        "running_count": 2,
        "project_count": 2,
        "public_project_count": 1,
        "dataset_count": 1,
        "public_dataset_count": 1,
        "connected_pages": 0,
    }
    engine.is_away = True
    seen = await ask(as_admin, "GET", "/admin/overview")
    assert seen["running_count"] is None
    assert {"name": "engine", "is_healthy": False} in seen["parts"]
    engine.is_away = False
    assert_problem(await as_alice.get("/admin/overview"), 403, "auth.forbidden")


async def test_c6_an_administrator_sees_what_runs_and_stops_it(
    as_admin: ApiClient, as_alice: ApiClient, as_bob: ApiClient, engine: FakeEngine
) -> None:
    assert as_alice.user["username"] == "alice"
    await ask(as_bob, "POST", "/services/bob/stop")
    engine.set_usage("alice", cpu_seconds=3, memory_bytes=77)
    listed = (await ask(as_admin, "GET", "/services?active=1"))["items"]
    assert [one["name"] for one in listed] == ["admin", "alice"]
    load = listed[1]["load"]
    assert (load["memory_bytes"], load["cpu_limit"]) == (77, 1.0)
    assert listed[1]["started_at"] is not None
    stopped = await ask(as_admin, "POST", "/services/alice/stop")
    assert stopped["state"] == "stopped"
    everything = (await ask(as_admin, "GET", "/services"))["items"]
    assert [(one["name"], one["load"] is None) for one in everything] == [
        ("admin", False),
        ("alice", True),
        ("bob", True),
    ]
