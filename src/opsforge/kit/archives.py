"""Many files as one zip archive that is made while it is sent: no disk, constant memory."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from zipstream import ZipStream

from opsforge.kit.downloads import PIECE_BYTES, SAFE_HEADERS, Readable, attachment
from opsforge.kit.problems import Invalid, Problem, problems

LEVEL = 1
"""The quickest: a text shrinks to a quarter all the same, and the cores are everybody's."""

COMPRESSED = frozenset(
    {".7z", ".bz2", ".docx", ".gz", ".jpeg", ".jpg", ".mp4", ".npz", ".parquet", ".png"}
    | {".webp", ".xlsx", ".xz", ".zip", ".zst"}
)
"""Endings of what does not get smaller."""

THREADS = 2
"""So many archives are compressed at the same moment; a browser that reads slowly holds none."""

_limiter = anyio.CapacityLimiter(THREADS)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file of an archive."""

    path: str
    file: Readable
    """Open; the archive closes it."""


class ZipAnswer(StreamingResponse):
    """An archive that a browser saves."""

    def __init__(self, name: str, members: AsyncIterator[Member]) -> None:
        """Prepare it.

        Args:
            name: Of the archive, without its ending.
            members: Opened one by one as the archive grows.
        """
        self._pieces = zip_pieces(members)
        super().__init__(
            self._pieces,
            media_type="application/zip",
            headers={**SAFE_HEADERS, "Content-Disposition": attachment(f"{name}.zip")},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, piece by piece, as long as somebody listens."""
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


def archive_route(*refusals: type[Problem], requirements: Sequence[str] = ()) -> dict[str, Any]:
    """Arguments of a route that gives an archive: what its description has to say.

    Args:
        refusals: What its service raises.
        requirements: Numbers of what it serves.
    """
    content = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "response_class": StreamingResponse,
        "responses": {
            int(HTTPStatus.OK): {"description": "The archive.", "content": content},
            **problems(*refusals, Invalid),
        },
        "openapi_extra": {"x-requirements": list(requirements)},
    }


async def zip_pieces(members: AsyncIterator[Member]) -> AsyncGenerator[bytes]:
    """The archive's bytes."""
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=LEVEL)
    async for member in members:
        try:
            ending = PurePosixPath(member.path).suffix.lower()
            archive.add(
                _content(member.file),
                _unicode(member.path),
                size=member.file.size_bytes,
                compress_type=ZIP_STORED if ending in COMPRESSED else ZIP_DEFLATED,
            )
            async for piece in _pull(archive.file()):
                yield piece
        finally:
            await member.file.close()
    async for piece in _pull(archive.finalize()):
        yield piece


async def _pull(pieces: Iterator[bytes]) -> AsyncGenerator[bytes]:
    """What a thread makes, gathered, so that small files don't cost a thread's turn each."""
    while batch := await anyio.to_thread.run_sync(_gather, pieces, limiter=_limiter):
        yield batch


def _gather(pieces: Iterator[bytes]) -> bytes:
    gathered = bytearray()
    while len(gathered) < PIECE_BYTES and (piece := next(pieces, None)) is not None:
        gathered += piece
    return bytes(gathered)


def _content(file: Readable) -> Iterator[bytes]:
    """Read from the thread that compresses; as long as it was when it was opened."""

    async def read(offset: int, max_bytes: int) -> bytes:
        return await file.read(offset, max_bytes=max_bytes)

    offset = 0
    while offset < file.size_bytes:
        max_bytes = min(PIECE_BYTES, file.size_bytes - offset)
        piece = anyio.from_thread.run(read, offset, max_bytes)
        if not piece:
            return
        offset += len(piece)
        yield piece


def _unicode(path: str) -> str:
    """A name that is no Unicode can't be in an archive as it is."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
