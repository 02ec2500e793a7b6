"""Archives that are made while they are sent."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from opsforge.kit.archives import Member, zip_pieces
from opsforge.kit.downloads import PIECE_BYTES


class Content:
    """A file of so many bytes, which knows whether it is open."""

    modified_at = datetime(2026, 3, 1, tzinfo=UTC)
    version = "1"

    def __init__(self, size_bytes: int, *, really: int | None = None) -> None:
        self.size_bytes = size_bytes
        self._really = size_bytes if really is None else really
        self.is_open = True
        self.read_bytes = 0

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        assert self.is_open
        size = max(0, min(max_bytes, self._really - offset))
        self.read_bytes += size
        return b"0123456789abcdef" * (size // 16) + b"x" * (size % 16)

    async def close(self) -> None:
        self.is_open = False


async def members(**files: Content) -> AsyncIterator[Member]:
    for name, file in files.items():
        yield Member(path=name.replace("__", "/").replace("_", "."), file=file)


async def test_an_archive_holds_every_file_and_closes_each() -> None:
    files = {"data__a_csv": Content(1_000_000), "data__b_zip": Content(99), "空_txt": Content(0)}
    whole = b"".join([piece async for piece in zip_pieces(members(**files))])
    with ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        found = [(one.filename, one.file_size, one.compress_type) for one in archive.infolist()]
    assert found == [
        ("data/a.csv", 1_000_000, ZIP_DEFLATED),
        ("data/b.zip", 99, ZIP_STORED),
        ("空.txt", 0, ZIP_DEFLATED),
    ]
    assert len(whole) < 100_000
    assert not any(file.is_open for file in files.values())


async def test_it_is_never_in_memory_as_a_whole() -> None:
    file = Content(64 * 1024**2)
    pieces = zip_pieces(members(a_zip=file))
    longest, sent = 0, 0
    async for piece in pieces:
        longest, sent = max(longest, len(piece)), sent + len(piece)
        assert file.read_bytes - sent < 2 * PIECE_BYTES, "no more is read than is sent"
    assert longest <= 2 * PIECE_BYTES
    assert sent > file.size_bytes


@pytest.mark.parametrize("really", [0, 70_000, 300_000])
async def test_a_file_that_changes_meanwhile_spoils_nothing(really: int) -> None:
    files = {"a_txt": Content(100_000, really=really), "b_txt": Content(10)}
    whole = b"".join([piece async for piece in zip_pieces(members(**files))])
    with ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert len(archive.read("a.txt")) == min(really, 100_000)
        assert len(archive.read("b.txt")) == 10


async def test_who_stops_listening_leaves_no_file_open() -> None:
    file = Content(10 * 1024**2)
    pieces = zip_pieces(members(a_zip=file))
    await anext(pieces)
    await pieces.aclose()
    assert not file.is_open


async def test_no_files_make_an_empty_archive() -> None:
    whole = b"".join([piece async for piece in zip_pieces(members())])
    assert ZipFile(io.BytesIO(whole)).namelist() == []


async def test_a_name_that_is_no_unicode_is_made_one() -> None:
    async def odd() -> AsyncIterator[Member]:
        yield Member(path=b"a\xff.txt".decode(errors="surrogateescape"), file=Content(3))

    whole = b"".join([piece async for piece in zip_pieces(odd())])
    assert ZipFile(io.BytesIO(whole)).namelist() == ["a\ufffd.txt"]
