"""What a cache promises, for the one in the process and for the one in Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from opsforge.kit.cache import Cache, MemoryCache, RedisCache, create_cache
from tests.kit.closing import assert_leaves_no_connection
from tests.support.servers import RedisServer

MINUTE = timedelta(minutes=1)
BLINK = timedelta(milliseconds=60)


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    if request.param == "memory":
        cache = create_cache()
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        server.command("FLUSHALL")
        cache = create_cache(server.url)
    await cache.open()
    yield cache
    await cache.close()


async def expired(cache: Cache, key: str) -> bool:
    """Wait until a key that lives for a blink is gone."""
    for _ in range(100):
        if await cache.get(key) is None:
            return True
        await asyncio.sleep(0.02)
    return False


async def stored(cache: Cache, key: str, value: str) -> None:
    """Store until it holds: a cache that was away is asked again a second later."""
    async with asyncio.timeout(10):
        while await cache.get(key) != value:
            await asyncio.sleep(0.05)
            await cache.set(key, value, ttl=MINUTE)


class TestValues:
    async def test_an_absent_key_has_no_value(self, cache: Cache) -> None:
        assert await cache.get("token:1") is None

    @pytest.mark.parametrize(
        "value", ["alice", "", "007", "12", "-1", "1e3", "null", "true", '{"a": 1}', "运维", "²"]
    )
    async def test_a_value_comes_back_as_it_was(self, cache: Cache, value: str) -> None:
        await cache.set("key", value, ttl=MINUTE)
        assert await cache.get("key") == value

    async def test_the_last_value_wins(self, cache: Cache) -> None:
        await cache.set("key", "old", ttl=MINUTE)
        await cache.set("key", "new", ttl=MINUTE)
        assert await cache.get("key") == "new"

    async def test_deleted_keys_are_gone_and_the_others_stay(self, cache: Cache) -> None:
        for key in ("a", "b", "c"):
            await cache.set(key, key, ttl=MINUTE)
        await cache.delete("a", "b", "absent")
        await cache.delete()
        assert [await cache.get(key) for key in ("a", "b", "c")] == [None, None, "c"]


class TestExpiry:
    async def test_a_value_is_gone_after_its_time(self, cache: Cache) -> None:
        await cache.set("key", "value", ttl=BLINK)
        assert await expired(cache, "key")

    async def test_a_new_value_starts_its_time_anew(self, cache: Cache) -> None:
        await cache.set("key", "old", ttl=BLINK)
        await cache.set("key", "new", ttl=MINUTE)
        await asyncio.sleep(2 * BLINK.total_seconds())
        assert await cache.get("key") == "new"

    @pytest.mark.parametrize(
        "ttl", [timedelta(0), timedelta(seconds=-5), timedelta(microseconds=1)]
    )
    async def test_a_time_that_is_over_stores_nothing(self, cache: Cache, ttl: timedelta) -> None:
        await cache.set("key", "old", ttl=MINUTE)
        await cache.set("key", "value", ttl=ttl)
        assert await cache.get("key") is None


class TestCounting:
    async def test_counts_from_one(self, cache: Cache) -> None:
        assert [await cache.increment("key", ttl=MINUTE) for _ in range(3)] == [1, 2, 3]

    async def test_concurrent_increments_all_count(self, cache: Cache) -> None:
        counts = await asyncio.gather(*(cache.increment("key", ttl=MINUTE) for _ in range(200)))
        assert sorted(counts) == list(range(1, 201))

    async def test_the_first_increment_starts_the_time(self, cache: Cache) -> None:
        span = timedelta(milliseconds=300)
        await cache.increment("key", ttl=span)
        for _ in range(30):
            await asyncio.sleep(0.02)
            if await cache.increment("key", ttl=span) == 1:
                return
        pytest.fail("later increments prolonged the time")

    async def test_counts_by_more_than_one(self, cache: Cache) -> None:
        await cache.increment("key", ttl=MINUTE, by=5)
        assert await cache.increment("key", ttl=MINUTE, by=-2) == 3

    async def test_a_deleted_count_starts_again(self, cache: Cache) -> None:
        await cache.increment("key", ttl=MINUTE)
        await cache.delete("key")
        assert await cache.increment("key", ttl=MINUTE) == 1


async def test_is_reachable(cache: Cache) -> None:
    assert await cache.is_reachable()


async def test_the_memory_of_the_process_is_bounded() -> None:
    cache = MemoryCache(max_entries=2)
    for key in ("a", "b", "c"):
        await cache.set(key, key, ttl=MINUTE)
        await cache.get("a")
    assert [await cache.get(key) for key in ("a", "b", "c")] == ["a", None, "c"]


class TestRedis:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[RedisServer]:
        if not RedisServer.is_installed():
            pytest.skip("redis-server is not installed")
        server = RedisServer(tmp_path)
        server.start()
        yield server
        server.kill()

    @pytest.fixture
    async def cache(self, server: RedisServer) -> AsyncIterator[Cache]:
        cache = RedisCache(server.url)
        await cache.open()
        yield cache
        await cache.close()

    async def test_two_processes_see_the_same_values(
        self, cache: Cache, server: RedisServer
    ) -> None:
        other = RedisCache(server.url)
        await other.open()
        await cache.set("key", "value", ttl=MINUTE)
        await cache.increment("count", ttl=MINUTE)
        assert await other.get("key") == "value"
        assert await other.increment("count", ttl=MINUTE) == 2
        await other.close()

    async def test_keys_carry_our_prefix(self, cache: Cache, server: RedisServer) -> None:
        await cache.set("key", "value", ttl=MINUTE)
        assert server.command("GET", "opsforge:key").splitlines()[-1] == "value"

    @pytest.mark.parametrize("foreign", ["garbage", "{", "cos\\nsystem", "5"])
    async def test_a_foreign_value_never_breaks_a_request(
        self, cache: Cache, server: RedisServer, foreign: str
    ) -> None:
        server.command("SET", "opsforge:key", foreign)
        assert await cache.get("key") in {None, foreign}

    async def test_a_killed_redis_looks_like_an_empty_cache(
        self, cache: Cache, server: RedisServer
    ) -> None:
        await cache.set("key", "value", ttl=MINUTE)
        server.kill()
        assert await cache.get("key") is None
        await cache.set("key", "value", ttl=MINUTE)
        await cache.delete("key")
        assert not await cache.is_reachable()

    async def test_limits_on_guessing_hold_while_redis_is_away(
        self, cache: Cache, server: RedisServer
    ) -> None:
        server.kill()
        assert [await cache.increment("key", ttl=MINUTE) for _ in range(3)] == [1, 2, 3]

    async def test_what_was_revoked_while_redis_was_away_stays_revoked(
        self, cache: Cache, server: RedisServer
    ) -> None:
        await cache.set("token", "alice", ttl=MINUTE)
        await cache.set("other", "bob", ttl=MINUTE)
        server.lock()
        await cache.delete("token")
        server.unlock()
        assert server.command("GET", "opsforge:token").endswith("alice"), "Redis did not hear it"
        async with asyncio.timeout(10):
            while await cache.get("other") is None:
                assert await cache.get("token") is None
                await asyncio.sleep(0.02)
        assert await cache.get("token") is None

    async def test_it_is_used_again_when_it_is_back(
        self, cache: Cache, server: RedisServer
    ) -> None:
        await cache.increment("count", ttl=MINUTE)
        server.kill()
        assert await cache.get("key") is None
        server.start()
        await stored(cache, "key", "value")
        assert await cache.increment("count", ttl=MINUTE) == 1

    async def test_a_start_without_redis_succeeds(self, server: RedisServer) -> None:
        server.kill()
        cache = RedisCache(server.url)
        await cache.open()
        assert await cache.get("key") is None
        assert not await cache.is_reachable()
        server.start()
        await stored(cache, "key", "value")
        await cache.close()

    async def test_a_hanging_redis_costs_a_request_little(
        self, cache: Cache, server: RedisServer
    ) -> None:
        await cache.set("key", "value", ttl=MINUTE)
        server.pause()
        try:
            async with asyncio.timeout(4):
                answers = await asyncio.gather(*(cache.get("key") for _ in range(100)))
        finally:
            server.resume()
        assert set(answers) == {None}


async def test_what_is_under_way_at_the_end_leaves_no_connection(
    redis_server: RedisServer,
) -> None:
    await assert_leaves_no_connection(redis_server, create_cache, lambda cache: cache.get("key"))
