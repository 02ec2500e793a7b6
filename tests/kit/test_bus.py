"""Messages between workers, in one process and through a real Redis."""

import asyncio
from collections.abc import Callable

import pytest

from opsforge.kit.bus import Bus, create_bus
from tests.kit.closing import assert_leaves_no_connection
from tests.support.servers import RedisServer

NewBus = Callable[[], Bus]


@pytest.fixture(params=["mem", "redis"])
def new_bus(request: pytest.FixtureRequest) -> NewBus:
    """Makes the bus of a further worker; without Redis there is only one."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        return lambda: create_bus(server.url)
    only = create_bus("mem://")
    return lambda: only


async def test_a_message_reaches_everybody_who_listens(new_bus: NewBus) -> None:
    here, there = new_bus(), new_bus()
    first, second = aiter(here.listen()), aiter(there.listen())
    async with asyncio.timeout(10):
        assert [await anext(first), await anext(second)] == [None, None], "some may be missed"
        await here.publish("磁盘")
        await there.publish("2")
        assert [await anext(first), await anext(first)] == ["磁盘", "2"]
        assert [await anext(second), await anext(second)] == ["磁盘", "2"]
    for one in (first, second):
        await one.aclose()  # type: ignore[attr-defined]
    await here.close()
    await there.close()


async def test_listening_ends_at_whatever_it_is_doing(new_bus: NewBus) -> None:
    """The client may swallow a cancellation that comes while it connects."""

    async def listen(bus: Bus) -> None:
        async for _ in bus.listen():
            pass

    for turns in range(0, 60, 2):
        bus = new_bus()
        task = asyncio.create_task(listen(bus))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await bus.close()
        async with asyncio.timeout(10):
            await asyncio.gather(task, return_exceptions=True)


async def test_a_redis_that_is_away_loses_messages_and_harms_nobody() -> None:
    bus = create_bus("redis://127.0.0.1:1/0")
    await bus.publish("lost")
    await bus.close()


async def test_what_is_said_at_the_end_leaves_no_connection(redis_server: RedisServer) -> None:
    await assert_leaves_no_connection(redis_server, create_bus, lambda bus: bus.publish("late"))
