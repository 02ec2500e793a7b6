"""What every notebook engine promises, tried on the fake one and on a real JupyterHub."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from opsforge.engine.hub_config import TOKEN_CHECK_SECONDS
from opsforge.engine.port import EngineRefused, EngineState, NotebookEngine, Progress, StartStep
from tests.engine.conftest import Bench


async def start(engine: NotebookEngine, name: str, flavour: str = "small") -> list[Progress]:
    await engine.start_service(name, flavour=flavour)
    return [step async for step in engine.watch_start(name)]


class TestUnknownName:
    async def test_is_absent_and_cannot_be_started(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        status = await engine_under_test.get_status(name)
        assert status.state is EngineState.ABSENT
        with pytest.raises(EngineRefused) as refusal:
            await engine_under_test.start_service(name, flavour="small")
        assert name in refusal.value.reason

    async def test_gets_no_token(self, engine_under_test: NotebookEngine, name: str) -> None:
        with pytest.raises(EngineRefused):
            await engine_under_test.issue_service_token(name, ttl=timedelta(minutes=1))

    async def test_may_be_stopped_revoked_and_deleted(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.stop_service(name)
        await engine_under_test.revoke_access(name)
        await engine_under_test.delete_service(name)
        assert await engine_under_test.list_busy_kernels(name) == []
        assert name not in await engine_under_test.list_active()


class TestCreateAndDelete:
    async def test_created_twice_is_one_stopped_service(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        await engine_under_test.create_service(name)
        assert (await engine_under_test.get_status(name)).state is EngineState.STOPPED
        assert name not in await engine_under_test.list_active()

    async def test_a_running_service_is_stopped_and_forgotten(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        await start(engine_under_test, name)
        await engine_under_test.delete_service(name)
        assert (await engine_under_test.get_status(name)).state is EngineState.ABSENT


class TestUsage:
    async def test_of_what_does_not_run_nothing_is_told(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        assert await engine_under_test.list_usage([name, "nobody"]) == {}


class TestStartAndStop:
    async def test_steps_lead_to_a_running_service_of_the_flavour(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        began_at = datetime.now(UTC)
        await engine_under_test.create_service(name)
        steps = await start(engine_under_test, name, "large")
        assert steps[0].step is StartStep.REQUESTED
        assert steps[-1].is_ready
        assert not any(step.is_failed or step.is_ready for step in steps[:-1])
        assert [step.percent for step in steps] == sorted(step.percent for step in steps)
        status = await engine_under_test.get_status(name)
        assert status.state is EngineState.RUNNING
        assert status.flavour == "large"
        assert status.started_at is not None
        assert began_at - timedelta(seconds=1) <= status.started_at <= datetime.now(UTC)
        assert (await engine_under_test.list_active())[name] == status

        await engine_under_test.start_service(name, flavour="small")
        assert (await engine_under_test.get_status(name)).flavour == "large"
        assert [step.is_ready async for step in engine_under_test.watch_start(name)] == [True]

        await engine_under_test.stop_service(name)
        stopped = await engine_under_test.get_status(name)
        assert stopped.state is EngineState.STOPPED
        assert stopped.flavour is None
        await engine_under_test.stop_service(name)

    async def test_asked_twice_at_once_starts_once(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(engine_under_test.start_service(name, flavour="small"))
        assert (await engine_under_test.get_status(name)).state in {
            EngineState.STARTING,
            EngineState.RUNNING,
        }
        steps = [step async for step in engine_under_test.watch_start(name)]
        assert steps[-1].is_ready

    async def test_a_start_under_way_can_be_stopped(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        await engine_under_test.start_service(name, flavour="small")
        await engine_under_test.stop_service(name)
        assert (await engine_under_test.get_status(name)).state is EngineState.STOPPED

    async def test_a_failed_start_says_why_and_the_next_one_succeeds(
        self, bench: Bench, name: str
    ) -> None:
        await bench.engine.create_service(name)
        await bench.fail_next_start(name, "the moon is in the way")
        steps = await start(bench.engine, name)
        assert steps[-1].is_failed
        assert "the moon is in the way" in steps[-1].message
        assert (await bench.engine.get_status(name)).state is EngineState.STOPPED
        assert (await start(bench.engine, name))[-1].is_ready

    async def test_nothing_under_way_is_one_failed_step(
        self, engine_under_test: NotebookEngine, name: str
    ) -> None:
        await engine_under_test.create_service(name)
        steps = [step async for step in engine_under_test.watch_start(name)]
        assert [step.is_failed for step in steps] == [True]


class TestInside:
    async def test_tokens_kernels_and_revocation(self, bench: Bench, name: str) -> None:
        engine = bench.engine
        await engine.create_service(name)
        await start(engine, name)
        assert await engine.list_busy_kernels(name) == []
        token = await engine.issue_service_token(name, ttl=timedelta(minutes=5))
        assert await bench.is_let_in(name, token.value)
        assert token.expires_at > datetime.now(UTC) + timedelta(minutes=4)

        kernel_id = await bench.occupy_kernel(name, "work/p/p.ipynb")
        busy = await engine.list_busy_kernels(name)
        assert busy is not None
        assert [(kernel.kernel_id, kernel.path) for kernel in busy] == [
            (kernel_id, "work/p/p.ipynb")
        ]

        await engine.revoke_access(name)
        async with asyncio.timeout(TOKEN_CHECK_SECONDS + 2):
            while await bench.is_let_in(name, token.value):
                await asyncio.sleep(0.2)
        assert (await engine.get_status(name)).state is EngineState.RUNNING
        assert await engine.list_busy_kernels(name) == busy

    async def test_a_token_opens_no_other_service(self, bench: Bench, name: str) -> None:
        other = f"{name}x"
        for each in (name, other):
            await bench.engine.create_service(each)
        await start(bench.engine, name)
        token = await bench.engine.issue_service_token(other, ttl=timedelta(minutes=5))
        assert not await bench.is_let_in(name, token.value)
        await bench.engine.delete_service(other)

    async def test_a_services_own_token_names_it_until_it_stops(
        self, bench: Bench, name: str
    ) -> None:
        engine = bench.engine
        await engine.create_service(name)
        await start(engine, name)
        own = bench.own_token(name)
        assert await engine.identify_service(own) == name
        other = await engine.issue_service_token(name, ttl=timedelta(minutes=5))
        for token in (other.value, own[:-1], f"{own}x", "", "no token", "令牌", "x" * 5000):
            assert await engine.identify_service(token) is None
        await engine.stop_service(name)
        assert await engine.identify_service(own) is None
        await start(engine, name)
        assert await engine.identify_service(own) is None
        assert await engine.identify_service(bench.own_token(name)) == name

    async def test_is_reachable(self, engine_under_test: NotebookEngine) -> None:
        assert await engine_under_test.is_reachable()
