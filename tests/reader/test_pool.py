"""The processes that look into files: their limits, their walls, and what happens when they die."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import psutil
import pytest

from opsforge.reader import pool as pool_module
from opsforge.reader.pool import Crowded, ReaderPool
from opsforge.reader.sealing import Limits
from opsforge.reader.unreadable import Unreadable

GENEROUS = Limits(seconds=20, memory_bytes=512 * 1024**2)
CELLS = [{"cell_type": "markdown", "metadata": {}, "source": "# title\n" * 400}] * 300
NOTEBOOK = {"cells": CELLS[:1], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
SEALED = """
import os, socket, sys
from opsforge.reader.sealing import Limits, seal
seal(Limits(seconds=20, memory_bytes=64 * 1024**2))
def refused(what):
    try:
        what()
    except (OSError, MemoryError):
        return True
assert refused(lambda: socket.socket().connect(("127.0.0.1", int(sys.argv[1])))), "network"
assert refused(lambda: open(sys.argv[2], "w").write("x" * 9)), "write"
assert refused(lambda: open(sys.argv[3]).read()), "another's file"
assert refused(lambda: bytearray(128 * 1024**2)), "memory"
print("sealed")
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    pool = ReaderPool(at_once=2, waiting=2, limits=GENEROUS)
    yield pool
    await pool.close()
    assert not [child for child in children() if child.is_running()]


def children() -> list[psutil.Process]:
    """The zygotes of this process."""
    return [
        child
        for child in psutil.Process().children()
        if any("opsforge.reader.zygote" in part for part in child.cmdline())
    ]


async def render(pool: ReaderPool, file: int, *, max_bytes: int = 10**7) -> bytes:
    opening = nullcontext(file)
    return await pool.run("notebook", opening, options={"language": "en"}, max_bytes=max_bytes)


async def test_one_zygote_serves_all_and_ends_with_the_pool(
    pool: ReaderPool, notebook: int
) -> None:
    pages = [await render(pool, notebook) for _ in range(3)]
    assert len(set(pages)) == 1
    assert b"<h1>title</h1>" in pages[0]
    assert len(children()) == 1


async def test_a_zygote_that_was_killed_is_replaced(pool: ReaderPool, notebook: int) -> None:
    await render(pool, notebook)
    [zygote] = children()
    zygote.kill()
    await asyncio.to_thread(zygote.wait)
    assert b"<h1>title</h1>" in await render(pool, notebook)


async def test_a_zygote_knows_no_secret_of_the_platform(
    pool: ReaderPool, notebook: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSFORGE_DATABASE__URL", "postgresql://secret")
    await render(pool, notebook)
    [zygote] = children()
    assert not [name for name in zygote.environ() if name.startswith("OPSFORGE")]


async def test_more_than_may_wait_are_turned_away(pool: ReaderPool, notebook: int) -> None:
    answers = await asyncio.gather(
        *(render(pool, notebook) for _ in range(6)), return_exceptions=True
    )
    assert [type(one) for one in answers].count(Crowded) == 2
    assert [type(one) for one in answers].count(bytes) == 4


async def test_a_file_is_fetched_when_its_turn_has_come(notebook: int) -> None:
    pool = ReaderPool(at_once=1, waiting=1, limits=GENEROUS)
    most = fetching = 0

    @asynccontextmanager
    async def fetch() -> AsyncIterator[int]:
        nonlocal most, fetching
        fetching += 1
        most = max(most, fetching)
        yield notebook
        fetching -= 1

    options = {"language": "en"}
    answers = await asyncio.gather(
        *(pool.run("notebook", fetch(), options=options, max_bytes=10**7) for _ in range(3)),
        return_exceptions=True,
    )
    await pool.close()
    assert [type(one) for one in answers] == [bytes, bytes, Crowded]
    assert most == 1


async def test_a_zygote_that_does_not_end_keeps_nobody_waiting(
    pool: ReaderPool, notebook: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(pool_module, "GRACE_SECONDS", 1.0)
    await render(pool, notebook)
    [zygote] = children()
    zygote.suspend()
    longest, last = 0.0, time.monotonic()
    while zygote.is_running() and time.monotonic() - last < 30:
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert longest < 0.5


async def test_an_answer_that_is_too_long_is_not_taken(pool: ReaderPool, notebook: int) -> None:
    with pytest.raises(Unreadable) as refused:
        await render(pool, notebook, max_bytes=100)
    assert refused.value.reason == "gave_up"


@pytest.mark.parametrize(
    "limits",
    [
        Limits(seconds=0.2, memory_bytes=512 * 1024**2),
        Limits(seconds=20, memory_bytes=512 * 1024),
    ],
    ids=["time", "memory"],
)
async def test_who_takes_too_much_is_stopped(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "large.ipynb"
    path.write_text(json.dumps(NOTEBOOK | {"cells": CELLS}))
    pool = ReaderPool(at_once=1, waiting=1, limits=limits)
    file = os.open(path, os.O_RDONLY)
    try:
        for _ in range(2):
            with pytest.raises(Unreadable) as refused:
                await render(pool, file)
            assert refused.value.reason == "gave_up"
    finally:
        os.close(file)
        await pool.close()


def test_a_job_has_no_network_reads_and_writes_nothing_of_others(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0 if os.geteuid() else 0o600)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        command = [sys.executable, "-I", "-c", SEALED, port, str(tmp_path / "new"), str(secret)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stdout == "sealed\n", answer.stderr


def test_a_job_that_sleeps_is_ended_in_time() -> None:
    program = (
        "import time\nfrom opsforge.reader.sealing import Limits, seal\n"
        "seal(Limits(seconds=0.3, memory_bytes=10**8))\ntime.sleep(60)"
    )
    started = time.monotonic()
    answer = subprocess.run([sys.executable, "-I", "-c", program], check=False)
    assert answer.returncode == -14
    assert time.monotonic() - started < 30
