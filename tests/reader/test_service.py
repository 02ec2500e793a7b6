"""The front of the reader, with files that are on another machine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from opsforge.reader.service import ReaderService
from opsforge.settings import Settings

CONTENT = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


class FarFile:
    """An open file that can't be read any more when nobody has it."""

    size_bytes = len(CONTENT)
    modified_at = datetime(2026, 1, 1, tzinfo=UTC)
    version = "1"
    descriptor = None

    def __init__(self) -> None:
        self.users = 1
        self.is_awaited = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        self.is_awaited.set()
        await self.may_go_on.wait()
        if not self.users:
            raise ConnectionResetError
        return CONTENT[offset : offset + max_bytes]

    def keep(self) -> None:
        self.users += 1

    async def close(self) -> None:
        self.users -= 1


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[ReaderService]:
    reader = ReaderService(settings)
    yield reader
    await reader.close()


async def test_who_asked_first_may_leave(reader: ReaderService) -> None:
    first, second = FarFile(), FarFile()

    async def ask(file: FarFile) -> bytes:
        try:
            return await reader._find("picture", file, "digest", {})
        finally:
            await file.close()

    leaving = asyncio.create_task(ask(first))
    await first.is_awaited.wait()
    staying = asyncio.create_task(ask(second))
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    first.may_go_on.set()
    assert await staying == b""
    assert not second.is_awaited.is_set(), "it was read once"
    assert (first.users, second.users) == (0, 0)
