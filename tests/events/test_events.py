"""The one stream of a page: what it is told, by which worker, and that nothing stays behind."""

import asyncio
import gc
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.pool import QueuePool

from opsforge.app import create_app
from opsforge.bootstrap import Platform, build_platform
from opsforge.engine.fake import FakeEngine
from opsforge.events import service as events_service
from opsforge.events.streams import STREAMS_PER_USER
from opsforge.notebooks import usage
from opsforge.settings import Settings, SpawnerSettings
from opsforge.storage.port import Storage
from tests.support import tus
from tests.support.clock import MovableClock
from tests.support.people import ApiClient
from tests.support.projects import create, fork, share
from tests.support.streams import PATIENCE_SECONDS, EventStream, event_stream
from tests.support.uploads import upload


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_service, "LOOK_EVERY", timedelta(milliseconds=50))
    monkeypatch.setattr(usage, "SHORTEST_SPAN_SECONDS", 0.0)


def checked_out(platform: Platform) -> int:
    """Connections of the database that somebody holds."""
    pool = platform.db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


class TestService:
    async def test_c4_the_state_comes_at_once_and_at_each_step(
        self, app: FastAPI, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        async with event_stream(app, as_alice) as stream:
            assert (await stream.next("service"))["state"] in {"starting", "running"}
            await as_alice.post("/services/alice/stop")
            while (await stream.next("service"))["state"] != "stopped":
                pass
            engine.hold_starts()
            await as_alice.post("/services/alice/start")
            assert (await stream.next("service"))["state"] == "starting"
            assert (await stream.next("progress"))["step"] == "requested"
            engine.release_starts()
            assert (await stream.next("service"))["state"] == "running"

    async def test_what_the_service_uses_comes_while_it_runs(
        self, app: FastAPI, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        await running(app, as_alice)
        engine.set_usage("alice", cpu_seconds=1, memory_bytes=123)
        async with event_stream(app, as_alice) as stream:
            metrics = await stream.next("metrics")
            assert metrics["cpu_fraction"] is None
            assert metrics["memory_bytes"] == 123
            assert metrics["memory_limit_bytes"] == 2 * 1024**3
            assert metrics["idle_seconds_left"] is None, "the settings stop nobody"
            while (await stream.next("metrics"))["cpu_fraction"] != 0:
                pass
            engine.set_usage("alice", cpu_seconds=5, memory_bytes=200)
            while (metrics := await stream.next("metrics"))["memory_bytes"] != 200:
                pass
            assert metrics["cpu_fraction"] > 0

    async def test_how_long_it_may_still_be_idle(
        self,
        settings: Settings,
        engine: FakeEngine,
        storage: Storage,
        clock: MovableClock,
        app: FastAPI,
        as_alice: ApiClient,
    ) -> None:
        await running(app, as_alice)
        limited = SpawnerSettings(idle_timeout=timedelta(hours=1))
        platform = build_platform(
            settings.model_copy(update={"spawner": limited}),
            engine=engine,
            storage=storage,
            clock=clock,
        )
        clock.advance(timedelta(minutes=20))
        load = (await platform.notebooks.observe(["alice"])).services["alice"].load
        assert load is not None
        assert load.idle_seconds_left is not None
        assert 39 * 60 < load.idle_seconds_left <= 40 * 60
        await platform.db.close()

    async def test_one_hears_nothing_of_another_users_service(
        self, app: FastAPI, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        async with event_stream(app, as_bob) as stream:
            assert (await stream.next("service"))["name"] == "bob"
            await as_alice.post("/services/alice/stop")
            await as_bob.post("/services/bob/stop")
            while (service := await stream.next("service"))["state"] != "stopped":
                assert service["name"] == "bob"
            assert service["name"] == "bob"

    async def test_an_administrator_hears_that_services_changed(
        self, app: FastAPI, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        async with event_stream(app, as_admin) as stream:
            await stream.next("service")
            await as_alice.post("/services/alice/stop")
            await stream.next_change("services")

    async def test_c2_everybody_hears_what_is_free_when_that_changes(
        self, app: FastAPI, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        await running(app, as_alice)
        await running(app, as_bob)
        async with event_stream(app, as_bob) as stream:
            before = (await stream.next("free"))["flavours"][0]["free"]
            await as_alice.post("/services/alice/stop")
            after = (await stream.next("free"))["flavours"][0]["free"]
            assert after == before + 1
            for _ in range(3):  # Looks that show nothing new.
                await stream.next("metrics")
            assert all(name != "free" for name, _ in stream.events._queue)  # type: ignore[attr-defined]

    async def test_c5_who_waits_hears_of_moving_on(
        self, app: FastAPI, as_alice: ApiClient, as_bob: ApiClient, as_admin: ApiClient
    ) -> None:
        platform: Platform = app.state.platform
        for client, name in ((as_alice, "alice"), (as_bob, "bob")):
            await client.post(f"/services/{name}/stop")
        platform.notebooks._flavours._cpu = 1  # The administrator's service takes it all.
        for client, name in ((as_bob, "bob"), (as_alice, "alice")):
            await client.post(f"/services/{name}/start", json={"waits": True})
        del as_admin
        async with event_stream(app, as_alice) as stream:
            assert (await stream.next("service"))["queue_position"] == 2
            await as_bob.post("/services/bob/stop")
            assert (await stream.next("service"))["queue_position"] == 1


async def running(app: FastAPI, client: ApiClient) -> None:
    async with event_stream(app, client) as stream:
        while (await stream.next("service"))["state"] != "running":
            pass


class TestHints:
    async def test_ones_own_lists(self, app: FastAPI, as_alice: ApiClient) -> None:
        async with event_stream(app, as_alice) as stream:
            await stream.next("service")
            project = await create(as_alice, "磁盘")
            assert await stream.next_change("projects") == {"kind": "projects", "id": None}
            await as_alice.delete(f"/projects/{project['id']}")
            assert await stream.next_change("projects") == {"kind": "projects", "id": project["id"]}
            await upload(as_alice, "nab")
            await stream.next_change("datasets")

    async def test_d16_d18_everybody_hears_of_what_is_public_and_of_nothing_else(
        self, app: FastAPI, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        async with event_stream(app, as_bob) as stream:
            await stream.next("service")
            private = await create(as_alice, "private")
            public = await share(as_alice, private)
            change = await stream.next("changed")
            assert change["kind"] == "public_projects", "the creation was no business of bob's"
            async with event_stream(app, as_alice) as other:
                await other.next("service")
                await fork(as_bob, public)
                await other.next_change("public_projects")
            await stream.next_change("projects")

    async def test_e4_everybody_hears_of_a_file_that_was_sent_to_a_public_data_set(
        self, app: FastAPI, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        private = await upload(as_alice, "mine")
        public = await upload(as_alice, "ours", is_public=1)
        async with event_stream(app, as_bob) as stream:
            await stream.next("service")
            for dataset in (private, public):
                target = f"datasets/{dataset['id']}"
                begun = await tus.begin(as_alice, target, "more.csv", length_bytes=3)
                for at in range(3):
                    assert (await begun.send(b"x", at=at)).status_code == 204
            await stream.next_change("public_datasets")
            await create(as_bob, "the next thing that bob hears of")
            heard = await stream.next("changed")
            assert heard["kind"] == "projects", "one hint, and of the public one alone"

    async def test_administrators_hear_that_somebody_did_something(
        self, app: FastAPI, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        async with event_stream(app, as_admin) as stream, event_stream(app, as_alice) as other:
            await stream.next("service")
            await share(as_alice, await create(as_alice, "disk"))
            await stream.next_change("audit")
            wrong = {"username": "alice", "password": "not this one"}
            assert (await as_alice.post("/auth/login", json=wrong)).status_code == 401
            await stream.next_change("audit")
            await create(as_alice, "the last")
            while not other.events.empty():
                name, data = other.events.get_nowait()
                assert name != "changed" or data["kind"] != "audit"

    async def test_what_was_refused_changed_nothing(
        self, app: FastAPI, as_alice: ApiClient
    ) -> None:
        async with event_stream(app, as_alice) as stream:
            await stream.next("service")
            assert (await as_alice.delete("/projects/99")).status_code == 404
            await create(as_alice, "next")
            assert (await stream.next_change("projects"))["id"] is None

    async def test_hints_come_from_another_worker(
        self,
        settings: Settings,
        engine: FakeEngine,
        storage: Storage,
        clock: MovableClock,
        as_alice: ApiClient,
        stack: str,
    ) -> None:
        """By Redis; in one process without it there is one worker."""
        if stack == "embedded":
            assert settings.cache.url.get_secret_value() == "mem://"
            return
        other = build_platform(settings, engine=engine, storage=storage, clock=clock)
        app = create_app(other)
        async with app.router.lifespan_context(app), event_stream(app, as_alice) as stream:
            await other.events.listens.wait()
            await create(as_alice, "asked of the first worker")
            await stream.next_change("projects")


class TestEnd:
    async def test_b5_the_stream_ends_with_the_session(
        self, app: FastAPI, as_alice: ApiClient
    ) -> None:
        async with event_stream(app, as_alice) as stream:
            await stream.next("service")
            assert (await as_alice.post("/auth/logout")).status_code == 200
            ended = EventStream()
            await read_to_the_end(app, as_alice, ended)
            assert ended.status == 401, "and does not come again"

    async def test_the_oldest_ends_when_somebody_opens_too_many(
        self, app: FastAPI, platform: Platform, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        async with AsyncExitStack() as streams:
            others = await streams.enter_async_context(event_stream(app, as_bob))
            await others.next("service")
            oldest = EventStream()
            reading = asyncio.create_task(read_to_the_end(app, as_alice, oldest))
            await oldest.started.wait()
            for _ in range(STREAMS_PER_USER):
                assert not reading.done()
                newest = await streams.enter_async_context(event_stream(app, as_alice))
            async with asyncio.timeout(5):
                await reading
            assert platform.events.stream_count == STREAMS_PER_USER + 1
            await create(as_alice, "next")
            await newest.next_change("projects")

    async def test_a_browser_that_leaves_leaves_nothing_behind(
        self, app: FastAPI, platform: Platform, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        """At whatever the stream is waiting for: a query, the engine, the next event."""
        engine.hold_starts()
        await as_alice.post("/services/alice/stop")
        await as_alice.post("/services/alice/start")
        before = asyncio.all_tasks()
        for path in ("/events", "/services/alice/events"):
            for turns in range(40):
                async with event_stream(app, as_alice, path) as stream:
                    assert stream.status == 200
                    for _ in range(turns):
                        await asyncio.sleep(0)
        assert platform.events.stream_count == 0
        gc.collect()  # What was left behind would warn now, and a warning is an error.
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_SECONDS):  # What looks now and then asks in between.
            while checked_out(platform) or is_left_behind(before):
                await asyncio.sleep(0.01)
        engine.release_starts()


def is_left_behind(before: set[asyncio.Task[Any]]) -> bool:
    """Whether more runs than before; the start that is followed goes on, once."""
    return len(asyncio.all_tasks() - before) > 1


async def read_to_the_end(app: FastAPI, client: ApiClient, stream: EventStream) -> None:
    from tests.support.streams import serve  # noqa: PLC0415 - used here only.

    await serve(app, client, "/events", stream)
