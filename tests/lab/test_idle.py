"""When a service is idle, and what happens then."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponseError, web

from opsforge.engine.runtime import unix_url
from opsforge.kit.ports import free_port
from opsforge.lab import idle, news
from opsforge.lab.idle import IdleWatch
from opsforge.lab.news import ActivityNews, tell_hub
from opsforge.lab.settings import LabSettings
from tests.support.clock import MovableClock


class Desk:
    """A service as the watch sees it."""

    def __init__(self, *, limit_seconds: int | None = 600) -> None:
        self.clock = MovableClock()
        self.kernels: list[dict[str, Any]] = []
        self.terminals: datetime | None = None
        self.stopped = asyncio.Event()
        self.failures = 0
        self.watch = IdleWatch(
            limit_seconds=limit_seconds,
            kernels=lambda: self.kernels,
            terminals_used_at=lambda: self.terminals,
            stop=self.stop,
            now=self.clock,
        )

    async def stop(self) -> None:
        """Note it; fail as often as a test wants."""
        if self.failures:
            self.failures -= 1
            raise OSError
        self.stopped.set()

    def pass_time(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(seconds=seconds))


class TestSecondsLeft:
    def test_counts_down_and_begins_again_when_touched(self) -> None:
        desk = Desk()
        desk.pass_time(590)
        assert desk.watch.seconds_left == pytest.approx(10, abs=2)
        desk.pass_time(60)
        assert desk.watch.seconds_left == 0
        desk.watch.touch()
        assert desk.watch.seconds_left == pytest.approx(600, abs=2)

    @pytest.mark.parametrize("state", ["busy", "starting"])
    def test_a_computing_kernel_keeps_it(self, state: str) -> None:
        desk = Desk()
        desk.pass_time(10_000)
        desk.kernels = [{"execution_state": state, "last_activity": "2001-01-01T00:00:00Z"}]
        assert desk.watch.seconds_left == pytest.approx(600, abs=2)

    def test_counts_from_the_last_computation(self) -> None:
        desk = Desk()
        desk.pass_time(300)
        ended = desk.clock().isoformat().replace("+00:00", "Z")
        desk.kernels = [
            {"execution_state": "idle", "last_activity": ended},
            {"execution_state": "dead", "last_activity": None},
        ]
        desk.pass_time(100)
        assert desk.watch.seconds_left == pytest.approx(500, abs=2)

    def test_a_terminal_that_is_used_keeps_it(self) -> None:
        desk = Desk()
        desk.pass_time(700)
        desk.terminals = desk.clock()
        assert desk.watch.seconds_left == pytest.approx(600, abs=2)

    def test_without_a_limit_there_is_no_end(self) -> None:
        assert Desk(limit_seconds=None).watch.seconds_left is None


class TestRun:
    async def test_stops_the_service_and_tries_again_if_that_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idle, "CHECK_SECONDS", 0.01)
        desk = Desk()
        desk.failures = 2
        desk.pass_time(600)
        running = asyncio.create_task(desk.watch.run())
        await asyncio.wait_for(desk.stopped.wait(), 10)
        running.cancel()
        assert desk.failures == 0

    async def test_ends_where_there_is_no_limit(self) -> None:
        await asyncio.wait_for(Desk(limit_seconds=None).watch.run(), 10)


class TestNews:
    async def test_what_happened_is_told_once_and_again_if_that_failed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(news, "TELL_SECONDS", 0.001)
        desk = Desk()
        told: list[datetime] = []
        failures = 2

        async def tell(moment: datetime) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise OSError
            told.append(moment)

        telling = asyncio.create_task(
            ActivityNews(active_at=lambda: desk.watch.active_at, tell=tell).run()
        )
        began = desk.watch.active_at
        desk.pass_time(100)
        async with asyncio.timeout(10):
            while not told:
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)
        assert told == [began], "an open page in which nothing happens is no news"
        desk.watch.touch()
        async with asyncio.timeout(10):
            while len(told) < 2:
                await asyncio.sleep(0.001)
        assert told == [began, desk.watch.active_at]
        telling.cancel()

    @pytest.mark.parametrize("is_socket", [True, False])
    async def test_the_hub_is_told_wherever_it_listens(
        self, tmp_path: Path, *, is_socket: bool
    ) -> None:
        asked: list[tuple[str, str, Any]] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append((request.path, request.headers["Authorization"], await request.json()))
            return web.Response(status=200 if len(asked) == 1 else 400)

        application = web.Application()
        application.router.add_post("/hub/api/users/alice/activity", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        socket, port = tmp_path / "hub.sock", free_port()
        site: web.BaseSite = (
            web.UnixSite(runner, str(socket)) if is_socket else web.TCPSite(runner, port=port)
        )
        await site.start()
        origin = unix_url(socket) if is_socket else f"http://127.0.0.1:{port}"
        settings = LabSettings(
            username="alice", token="t", activity_url=f"{origin}/hub/api/users/alice/activity"
        )
        await tell_hub(settings, datetime(2026, 1, 2, tzinfo=UTC))
        moment = {"last_activity": "2026-01-02T00:00:00+00:00"}
        assert asked == [
            ("/hub/api/users/alice/activity", "token t", {**moment, "servers": {"": moment}})
        ]
        with pytest.raises(ClientResponseError):
            await tell_hub(settings, datetime(2026, 1, 2, tzinfo=UTC))
        await runner.cleanup()


class TestSettings:
    def test_are_read_from_the_environment(self) -> None:
        found = LabSettings.from_environment(
            {
                "JUPYTERHUB_USER": "alice",
                "JUPYTERHUB_API_TOKEN": "secret",
                "OPSFORGE_API_URL": "http+unix://%2Frun%2Fhub%2Fopsforge.sock",
                "OPSFORGE_FLAVOUR": "small",
                "OPSFORGE_IDLE_SECONDS": "600",
                "CPU_LIMIT": "1.5",
                "MEM_LIMIT": "1024",
            }
        )
        assert (found.socket, found.cpu_limit) == ("/run/hub/opsforge.sock", 1.5)
        assert (found.memory_limit_bytes, found.idle_seconds) == (1024, 600)
        assert "secret" not in repr(found)

    def test_say_where_there_is_no_platform(self) -> None:
        found = LabSettings.from_environment({})
        assert (found.socket, found.idle_seconds, found.cpu_limit) == ("", None, None)
