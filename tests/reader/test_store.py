"""What was found is kept, within bounds."""

import os
from pathlib import Path

from opsforge.reader.store import ResultStore


def key(number: int) -> str:
    return f"{number:064x}"[::-1]


async def test_what_was_put_is_got_also_by_another_process(tmp_path: Path) -> None:
    await ResultStore(tmp_path, max_bytes=1000).put(key(1), b"found")
    store = ResultStore(tmp_path, max_bytes=1000)
    assert await store.get(key(1)) == b"found"
    assert await store.get(key(2)) is None


async def test_the_longest_unused_goes_when_the_room_is_full(tmp_path: Path) -> None:
    store = ResultStore(tmp_path, max_bytes=1000)
    for number in range(10):
        await store.put(key(number), b"x" * 100)
        path = tmp_path / key(number)[:2] / key(number)
        os.utime(path, (number, number))
    assert await store.get(key(0)) is not None, "used just now"
    await store.put(key(10), b"x" * 100)
    left = [number for number in range(11) if await store.get(key(number)) is not None]
    assert left == [0, 4, 5, 6, 7, 8, 9, 10]


async def test_a_folder_that_can_not_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = ResultStore(tmp_path / "file", max_bytes=1000)
    await store.put(key(1), b"found")
    assert await store.get(key(1)) is None
