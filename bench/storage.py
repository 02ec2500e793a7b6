"""Copies of trees: share and fork beside ``cp`` in the same run, in seconds and system calls.

Two trees, one file of 10 GiB and 100,000 files of 4 KiB, are copied in turn by the platform's own
storage (a project's files really, a data set's by links) and by ``cp -a``, ``cp -a --reflink=auto``
and ``cp -al`` to a directory of the same disk. Every copy is flushed to the disk before its time is
taken, so nobody is measured by what is still in memory. Writes ``results.json`` and ``table.md``.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from tests.support.trees import make_volume, publish

CALLS_COLUMN = 3
"""Of strace's summary: share, seconds, microseconds a call, calls."""
PROJECT = Place("alice", Area.WORK, "big")
DATASET = Place("alice", Area.INPUT, "big")
PUBLIC_PROJECT = Place(None, Area.WORK, "big")
PUBLIC_DATASET = Place(None, Area.INPUT, "big")
PEERS = {
    "cp -a": ("cp", "-a"),
    "cp -a --reflink=auto": ("cp", "-a", "--reflink=auto"),
    "cp -al": ("cp", "-al"),
}
OURS: dict[str, tuple[Place | None, Place]] = {
    "share or fork a project": (PROJECT, PUBLIC_PROJECT),
    "share or fork a data set": (DATASET, PUBLIC_DATASET),
}
OURS_EMPTY = "ours, of an empty tree"
PEERS_EMPTY = "a program that does nothing"
WITHOUT = {OURS_EMPTY: (None, PUBLIC_DATASET)}


def fill(folder: Path, kind: str, *, scale: float) -> None:
    """A tree of one large file, or of many small ones, of bytes that don't compress."""
    folder.mkdir(parents=True)
    block = os.urandom(1 << 20)
    if kind == "one":
        with (folder / "big.bin").open("wb") as file:
            for _ in range(int(10 * 1024 * scale)):
                file.write(block)
            os.fsync(file.fileno())
        return
    for number in range(int(100_000 * scale)):
        if number % 1000 == 0:
            (folder / f"{number // 1000:03d}").mkdir()
        small = folder / f"{number // 1000:03d}" / f"{number:06d}.csv"
        small.write_bytes(block[number % 4096 : number % 4096 + 4096])
    os.sync()


async def copy_ours(data: Path, source: Place | None, target: Place) -> None:
    """What a share or a fork does with a tree; without one, what else is done then."""
    storage = LocalStorage(data)
    await storage.open()
    staging = await storage.stage(target)
    if source == PROJECT:
        await staging.copy_tree(source)
    elif source == DATASET:
        await staging.link_tree(source)
    await publish(storage, staging)
    await staging.close()


def copy_theirs(data: Path, words: tuple[str, ...]) -> None:
    """What a person would type."""
    source, target = data.joinpath(*PROJECT.parts), data / "copy"
    subprocess.run([*words, source, target], check=True)  # noqa: S603 - cp.


def measure(data: Path, name: str, *, is_traced: bool) -> dict[str, float]:
    """One copy in a process of its own: seconds until it is on the disk, disk, system calls.

    Of system calls, one copy makes too few for strace to slow it down; of many files it would.
    """
    report = data / "strace"
    words: list[str | Path] = [sys.executable, __file__, "--copy", name, "--data", data]
    strace = shutil.which("strace") if is_traced else None
    if strace is not None:
        words = [strace, "-f", "-c", "-o", report, *words]
    os.sync()
    free = shutil.disk_usage(data).free
    answer = subprocess.run(  # noqa: S603 - what is measured.
        words,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    found = {
        "seconds": float(answer.stdout),
        "disk_mib": max(0, free - shutil.disk_usage(data).free) / (1 << 20),
    }
    if strace is not None:
        summary = report.read_text().splitlines()
        total = next(line for line in summary if line.endswith(" total"))
        found["system_calls"] = int(total.split()[CALLS_COLUMN])
    remove_copies(data)
    return found


def copy_once(data: Path, name: str) -> None:
    """The process that is measured: prints how long its copy took."""
    began = time.perf_counter()
    if name in PEERS:
        copy_theirs(data, PEERS[name])
    elif name == PEERS_EMPTY:
        subprocess.run(["/bin/true"], check=True)
    else:
        asyncio.run(copy_ours(data, *(OURS | WITHOUT)[name]))
    os.sync()
    sys.stdout.write(f"{time.perf_counter() - began}\n")


def remove_copies(data: Path) -> None:
    """Nothing of a copy stays."""
    for target in (data / "copy", *(data.joinpath(*place.parts) for _, place in OURS.values())):
        shutil.rmtree(target, ignore_errors=True)


def bench(data: Path, kind: str, *, scale: float, rounds: int) -> dict[str, Any]:
    """All copies of one tree, in turn."""
    asyncio.run(_make_volume(data))
    fill(data.joinpath(*PROJECT.parts), kind, scale=scale)
    shutil.copytree(
        data.joinpath(*PROJECT.parts), data.joinpath(*DATASET.parts), copy_function=os.link
    )
    found: dict[str, Any] = {
        name: {"runs": []} for name in (*OURS, *PEERS, OURS_EMPTY, PEERS_EMPTY)
    }
    for _ in range(rounds):
        for name, runs in found.items():
            runs["runs"].append(measure(data, name, is_traced=kind == "one"))
            print(kind, name, runs["runs"][-1], flush=True)
    return found


async def _make_volume(data: Path) -> None:
    storage = LocalStorage(data)
    await storage.open()
    await make_volume(storage, "alice")


def table(results: dict[str, dict[str, Any]]) -> str:
    """What is shown to people: the median of the runs."""
    lines = [
        "| | 1 × 10 GiB | disk | system calls | 100,000 × 4 KiB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in (*OURS, *PEERS):
        one, many = results["one"][name], results["many"][name]
        empty = results["one"][OURS_EMPTY if name in OURS else PEERS_EMPTY]
        calls = _calls(one, empty)
        cells = (
            name,
            f"{_median(one, 'seconds'):.2f} s",
            f"{_median(one, 'disk_mib'):,.0f} MiB",
            "not counted" if calls is None else f"{calls:,}",
            f"{_median(many, 'seconds'):.2f} s",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _median(found: dict[str, Any], what: str) -> float:
    values: list[float] = sorted(run[what] for run in found["runs"])
    return values[len(values) // 2]


def _calls(found: dict[str, Any], nothing: dict[str, Any]) -> int | None:
    """What a copy itself calls: less what one of nothing calls."""
    if "system_calls" not in found["runs"][0]:
        return None
    return int(_median(found, "system_calls") - _median(nothing, "system_calls"))


def main() -> None:
    """Measure, or be the process whose system calls are counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("bench/results/storage"))
    parser.add_argument("--disk", type=Path, help="a directory of the disk that is measured")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copy", choices=[*OURS, *PEERS, OURS_EMPTY, PEERS_EMPTY])
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    if options.copy:
        copy_once(options.data, options.copy)
        return
    results: dict[str, Any] = {
        "machine": {
            "cpu_count": os.cpu_count(),
            "kernel": platform.release(),
            "load_before": os.getloadavg()[0],
            "scale": options.scale,
        }
    }
    for kind in ("one", "many"):
        with tempfile.TemporaryDirectory(prefix="bench-", dir=options.disk) as folder:
            results[kind] = bench(Path(folder), kind, scale=options.scale, rounds=options.rounds)
    results["machine"]["load_after"] = os.getloadavg()[0]
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "results.json").write_text(json.dumps(results, indent=2))
    (options.results / "table.md").write_text(table(results))
    print(table(results))


if __name__ == "__main__":
    main()
