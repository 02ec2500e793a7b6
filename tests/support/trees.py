"""Trees of a storage without a journal, for tests of the storage itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

from opsforge.storage.moves import Merge, Publish, TakeAway
from opsforge.storage.port import Place, Staging, Storage, Volume


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """A content as it arrives."""
    for part in parts:
        yield part


@asynccontextmanager
async def gathered(storage: Storage, place: Place) -> AsyncIterator[Staging]:
    """A staging that is closed in the end."""
    staging = await storage.stage(place)
    try:
        yield staging
    finally:
        await staging.close()


async def publish(storage: Storage, staging: Staging) -> Publish:
    """Let the staged tree appear at its place."""
    move = Publish(staging=staging.name, place=staging.place.parts, identity=staging.identity)
    await storage.make(move)
    return move


async def merge(storage: Storage, staging: Staging) -> Merge:
    """Let the staged files join the tree at their place."""
    new_folders = await staging.find_new_folders()
    move = Merge(staging=staging.name, place=staging.place.parts, new_folders=new_folders)
    await storage.make(move)
    return move


async def put(storage: Storage, place: Place, *paths: str, **files: bytes) -> None:
    """Publish a tree of ``paths`` and ``files``; ``a__b_csv`` stands for ``a/b.csv``."""
    async with gathered(storage, place) as staging:
        for path in paths:
            await staging.write_file(PurePosixPath(path), chunks(b"x"))
        for name, content in files.items():
            path = name.replace("__", "/").replace("_", ".")
            await staging.write_file(PurePosixPath(path), chunks(content))
        await publish(storage, staging)


async def make_volume(storage: Storage, username: str, *, owner_uid: int | None = None) -> None:
    """Publish a user's directories."""
    staging = await storage.stage_volume(username, owner_uid=owner_uid)
    try:
        await publish(storage, staging)
    finally:
        await staging.close()


async def take_away(storage: Storage, place: Place | Volume) -> bool:
    """Take a tree away for good."""
    holding = await storage.hold(place)
    try:
        return await storage.make(TakeAway(staging=holding.name, place=place.parts))
    finally:
        await holding.close()
