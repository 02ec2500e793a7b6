import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from opsforge.supervisor.process import Part, PartFailed, RunningPart

LIVES = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
DIES_THE_SECOND_TIME = f"""
import pathlib, sys
if pathlib.Path(sys.argv[1]).exists():
    sys.exit(3)
{LIVES}
"""
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LIVES}"


@asynccontextmanager
async def part(
    tmp_path: Path, code: str, said: list[str], *, stop_seconds: float = 5
) -> AsyncIterator[RunningPart]:
    touched = tmp_path / "touched"

    async def is_ready() -> bool:
        return touched.exists()

    async def after_restart() -> None:
        said.append("after restart")

    running = RunningPart(
        Part(
            name="The part",
            command=(sys.executable, "-c", code, str(touched)),
            env=dict(os.environ),
            log=tmp_path / "part.log",
            is_ready=is_ready,
            stop_seconds=stop_seconds,
            after_restart=after_restart,
        ),
        said.append,
    )
    try:
        yield running
    finally:
        await running.kill()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_killed_part_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    async with part(tmp_path, LIVES, said) as running:
        await running.start(within_seconds=20)
        first = running.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: "The part is back." in said)
        assert running.pid != first
        assert said == [
            "The part was killed (SIGKILL); it is started again.",
            "after restart",
            "The part is back.",
        ]
        await running.stop()
        assert running.pid is not None
        assert not psutil.pid_exists(running.pid)
        assert len(said) == 3


async def test_the_pauses_grow_while_it_keeps_dying(tmp_path: Path) -> None:
    said: list[str] = []
    async with part(tmp_path, DIES_THE_SECOND_TIME, said) as running:
        await running.start(within_seconds=20)
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        began_at = asyncio.get_running_loop().time()
        deaths = "The part ended with status 3; it is started again."
        await until(lambda: said.count(deaths) >= 4)
        # Pauses of 0, 0.2, 0.4 and 0.8 seconds lie before the fifth start.
        assert asyncio.get_running_loop().time() - began_at > 1.4 - 0.8
        await running.stop()


async def test_one_that_never_answers_says_why(tmp_path: Path) -> None:
    async with part(tmp_path, "raise SystemExit('no engine in the box')", []) as running:
        with pytest.raises(PartFailed, match="ended with status 1") as failure:
            await running.start(within_seconds=20)
    assert "no engine in the box" in str(failure.value)
    assert str(tmp_path / "part.log") in str(failure.value)


async def test_one_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    async with part(tmp_path, STUBBORN, said, stop_seconds=0.2) as running:
        await running.start(within_seconds=20)
        pid = running.pid
        assert pid is not None
        await running.stop()
        assert not psutil.pid_exists(pid)
    assert said == ["The part does not end by itself; it is killed."]


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from opsforge.supervisor.process import die_with_parent

async def main():
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", {LIVES!r}, {str(tmp_path / "touched")!r},
        preexec_fn=die_with_parent(),
    )
    print(child.pid, flush=True)
    await child.wait()

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone == [child]
