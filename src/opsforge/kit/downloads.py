"""Files of users on their way to a browser: in pieces, by ranges, and never as a page of ours.

Whatever a file holds, nothing of it runs in our origin: what browsers are known to show without
running is shown on demand, in a sandbox without scripts; everything else is saved.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Annotated, Any, Protocol
from urllib.parse import quote

from fastapi import Query, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from opsforge.kit.problems import Invalid, Problem, problems
from opsforge.kit.ranges import Validators, is_unchanged, wanted_range

PIECE_BYTES = 256 * 1024
NOTHING = (0, 0)
SETTLED = timedelta(seconds=2)
"""A file that was changed just now may change again within one tick of its file system's clock."""

SHOWN = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""Types that browsers show without running anything of them, by the ending of the name."""
TEXTS = frozenset(
    {".cfg", ".csv", ".ini", ".ipynb", ".json", ".jsonl", ".log", ".md", ".py", ".sh", ".sql"}
    | {".toml", ".tsv", ".txt", ".yaml", ".yml"}
)
"""What is shown as plain text."""

SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self' data:; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
CACHE_CONTROL = "private, no-cache"
"""It may be kept, and is asked for again: the right to read it can end."""

Download = Annotated[
    bool, Query(description="Save it, even if it is something that a browser can show.")
]


class Readable(Protocol):
    """An open file."""

    @property
    def size_bytes(self) -> int:
        """Its length."""

    @property
    def modified_at(self) -> datetime:
        """When its content was last changed."""

    @property
    def version(self) -> str:
        """Changes with its content."""

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        """Bytes from a position."""

    async def close(self) -> None:
        """Let go of it."""


class RangeBehindEnd(Problem):
    """The range that is asked for is not in the file."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "downloads.range_behind_end"
    en = "The file has {size_bytes} bytes, and none in the range asked for. Ask for all of it."
    zh = "文件共 {size_bytes} 字节，请求的范围内没有内容。请下载整个文件。"
    size_bytes: int


class FileAnswer(StreamingResponse):
    """A file, or a range of it. Made by `answer_with_file`."""

    def __init__(
        self, file: Readable, span: tuple[int, int], *, status: int, headers: Mapping[str, str]
    ) -> None:
        self._file = file
        self._pieces = read_pieces(file, *span)
        super().__init__(self._pieces, status_code=status, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, piece by piece, as long as somebody listens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._pieces.aclose()
            await self._file.close()


async def answer_with_file(
    request: Request, file: Readable, name: str, *, is_download: bool
) -> FileAnswer:
    """The file, or the range of it that a GET or a HEAD asks for.

    Args:
        request: Its headers say what is wanted.
        file: Open; it is closed when all is sent, or nothing can be.
        name: Of the file, for the browser.
        is_download: Whether it shall be saved, even if it could be shown.

    Raises:
        RangeBehindEnd: Nothing of the file is in the range.
    """
    try:
        return _answer(request, file, name, is_download=is_download)
    except BaseException:
        await file.close()
        raise


def _answer(request: Request, file: Readable, name: str, *, is_download: bool) -> FileAnswer:
    size_bytes = file.size_bytes
    validators = validators_of(file)
    headers = {
        **SAFE_HEADERS,
        **_presentation(name, is_download=is_download),
        "Accept-Ranges": "bytes",
        "Cache-Control": CACHE_CONTROL,
        "ETag": validators.etag,
        "Last-Modified": validators.last_modified,
    }
    if is_unchanged(request.headers, validators):
        return FileAnswer(file, NOTHING, status=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(size_bytes)
    if request.method == "HEAD":
        return FileAnswer(file, NOTHING, status=HTTPStatus.OK, headers=headers)
    try:
        span = wanted_range(request.headers, validators, size_bytes=size_bytes)
    except ValueError:
        raise RangeBehindEnd(size_bytes=size_bytes) from None
    if span is None:
        return FileAnswer(file, (0, size_bytes), status=HTTPStatus.OK, headers=headers)
    start, stop = span
    headers["Content-Length"] = str(stop - start)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size_bytes}"
    return FileAnswer(file, span, status=HTTPStatus.PARTIAL_CONTENT, headers=headers)


async def read_pieces(file: Readable, start: int, stop: int) -> AsyncGenerator[bytes]:
    """The bytes from ``start`` to before ``stop``; the end comes sooner if the file was cut."""
    while start < stop:
        piece = await file.read(start, max_bytes=min(PIECE_BYTES, stop - start))
        if not piece:
            return
        start += len(piece)
        yield piece


def file_route(*refusals: type[Problem], requirements: Sequence[str] = ()) -> dict[str, Any]:
    """Arguments of a route that gives a file: what its description has to say.

    Args:
        refusals: What its service raises.
        requirements: Numbers of what it serves.
    """
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    whole, part = HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT
    return {
        "response_class": StreamingResponse,
        "responses": {
            int(whole): {"description": "The file.", "content": content},
            int(part): {"description": "The range that was asked for.", "content": content},
            int(HTTPStatus.NOT_MODIFIED): {"description": "The caller has it already."},
            **problems(*refusals, RangeBehindEnd, Invalid),
        },
        "openapi_extra": {"x-requirements": list(requirements)},
    }


def validators_of(file: Readable, *, variant: str = "") -> Validators:
    """What tells this state of the file, or what is made of it, from another one."""
    is_settled = datetime.now(UTC) - file.modified_at > SETTLED
    return Validators(
        etag=f'{"" if is_settled else "W/"}"{file.version}{variant}"', modified_at=file.modified_at
    )


def attachment(name: str) -> str:
    """The header that lets a browser save an answer under a name (RFC 6266)."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def _presentation(name: str, *, is_download: bool) -> dict[str, str]:
    ending = PurePosixPath(name).suffix.lower()
    media_type = "text/plain; charset=utf-8" if ending in TEXTS else SHOWN.get(ending)
    if media_type is not None and not is_download:
        return {"Content-Type": media_type, "Content-Disposition": "inline"}
    return {"Content-Type": "application/octet-stream", "Content-Disposition": attachment(name)}
