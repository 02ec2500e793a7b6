"""What a service sees of its own use."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsforge.lab.usage import UsageMeter

BUSY = "import sys\nblock = bytearray(50_000_000)\nsys.stdout.write('x')\nsys.stdout.flush()\n"
WASTE = "n = 0\nwhile True:\n    n += 1\n"


@pytest.fixture
def busy_child() -> Iterator[int]:
    """A process with 50 MB that computes."""
    process = subprocess.Popen([sys.executable, "-c", BUSY + WASTE], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read(1) == b"x"
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


def used_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_counts_the_processes_below_and_how_busy_they_are(busy_child: int) -> None:
    meter = UsageMeter(root=os.getpid())
    first = meter.look()
    assert first.cores is None
    assert first.memory_bytes > 50_000_000
    before = used_ticks(busy_child)
    while used_ticks(busy_child) < before + 20:
        pass
    second = meter.look()
    assert second.cores is not None
    assert 0.05 < second.cores < 64


def test_a_root_without_children_counts_alone(busy_child: int) -> None:
    alone = UsageMeter(root=busy_child).look()
    with_us = UsageMeter(root=os.getpid()).look()
    assert 0 < alone.memory_bytes < with_us.memory_bytes


def test_a_process_that_has_ended_counts_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    meter = UsageMeter(root=process.pid)
    assert meter.look().memory_bytes == 0
    assert meter.look().cores == 0
