"""Uploads against a disk that fills up."""

import errno
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from opsforge.settings import UploadSettings
from opsforge.storage import uploads
from opsforge.storage.journal.errors import StorageFull
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place, Volume
from opsforge.storage.uploads import UploadReceiver

PLACE = Place(None, Area.INPUT, "metrics")
PIECE = b"x" * (1 << 20)


class OneFile:
    """A source of one file."""

    announced_bytes: int | None = None
    reserved_bytes = 0

    def __init__(self, content: AsyncIterator[bytes]) -> None:
        self._content = content

    async def read_files(self) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        yield "a.csv", self._content


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield PIECE


async def on_a_full_disk() -> AsyncIterator[bytes]:
    yield PIECE
    raise OSError(errno.ENOSPC, "No space left on device")


class SmallDisk(LocalStorage):
    """Has less and less free at every look."""

    free = 3 << 30

    async def free_bytes(self, place: Place | Volume | None = None) -> int:
        del place
        self.free -= 1 << 30
        return self.free


async def test_e1_a_transfer_ends_when_the_disk_becomes_too_full(tmp_path: Path) -> None:
    storage = SmallDisk(tmp_path)
    await storage.open()
    receiver = UploadReceiver(storage=storage, limits=UploadSettings())
    staging = await storage.stage(PLACE)
    with pytest.raises(StorageFull):
        await receiver.receive(
            OneFile(endless()), staging, clashes=receiver.clashes(PLACE), owner_id=1
        )
    await staging.close()
    assert storage.free == 0
    assert list((tmp_path / "staging").iterdir()) == []
    assert 64 * len(PIECE) == uploads.FREE_CHECK_BYTES


async def test_e1_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    await storage.open()
    receiver = UploadReceiver(storage=storage, limits=UploadSettings())
    staging = await storage.stage(PLACE)
    with pytest.raises(StorageFull):
        await receiver.receive(
            OneFile(on_a_full_disk()), staging, clashes=receiver.clashes(PLACE), owner_id=1
        )
    await staging.close()
    assert not await storage.exists(PLACE)
