"""multipart/form-data as it arrives: fields first, then files, never held in memory or on disk.

Starlette's own form parser stores every file in a temporary one before an endpoint runs. Here the
same library's push parser feeds the endpoint part by part, so that a refusal comes before the
bytes do and what is accepted goes straight to its place.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from opsforge.kit.problems import Problem

MEDIA_TYPE = "multipart/form-data"
FIELD_MAX_BYTES = 64 * 1024
MAX_FIELDS = 200
STREAMED_MAX_BYTES = 1 << 50
"""For a route's ``max_body_size``: what is streamed is limited file by file, and by the disk."""

PARSE_BYTES = 64 * 1024
"""The parser gets slices of this size, so that tiny parts never make a long queue of events."""

Form = TypeVar("Form", bound=BaseModel)


class MultipartMalformed(Problem):
    """The body is not what its content type says."""

    status = HTTPStatus.BAD_REQUEST
    code = "request.multipart_malformed"
    en = (
        "The upload can't be read as multipart/form-data: {reason}. Correct that and send it again."
    )
    zh = "上传内容不是有效的 multipart/form-data：{reason}。请修正后重新发送。"
    reason: str


class FieldsAfterFiles(Problem):
    """A field stands behind a file."""

    status = HTTPStatus.BAD_REQUEST
    code = "request.fields_after_files"
    en = "Put every field before the first file of the form; “{name}” came too late."
    zh = "请把表单字段放在第一个文件之前；字段“{name}”的位置过于靠后。"
    name: str


@dataclass
class Part:
    """One part of the body: a field, or a file when it has a file name."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    filename: str | None = None


class MultipartReader:
    """The parts of a request's body, in order, each to be read before the next."""

    announced_bytes: int | None
    """How long the body is, as the client says."""
    reserved_bytes = 0
    """Nothing was asked for before."""

    def __init__(self, request: Request) -> None:
        length = request.headers.get("content-length", "")
        self.announced_bytes = int(length) if length.isdecimal() else None
        content_type, options = parse_options_header(request.headers.get("content-type"))
        if content_type.decode() != MEDIA_TYPE or not options.get(b"boundary"):
            raise MultipartMalformed(reason="the Content-Type header names no boundary")
        self._body = request.stream()
        self._slices: deque[bytes] = deque()
        self._events: deque[Part | bytes | None] = deque()
        """A part begins; bytes of it; None when it ends."""
        self._part = Part()
        self._header = (bytearray(), bytearray())
        self._is_complete = False
        self._next: Part | None = None
        self._parser = _parser(options[b"boundary"], self)

    async def read_fields(self, form: type[Form]) -> Form:
        """The fields before the first file, validated.

        Raises:
            RequestValidationError: They do not fit ``form``.
        """
        values: dict[str, Any] = {}
        while (part := await self._next_part()) is not None and part.filename is None:
            if len(values) == MAX_FIELDS:
                raise MultipartMalformed(reason=f"more than {MAX_FIELDS} fields")
            values[part.name] = await self._read_text(part)
        self._next = part
        try:
            return form.model_validate(values)
        except ValidationError as error:
            found = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
            raise RequestValidationError(found) from None

    async def read_files(self) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        """Each file's name and content; what is not read of one is skipped."""
        part = self._next or await self._next_part()
        while part is not None:
            if part.filename is None:
                raise FieldsAfterFiles(name=part.name)
            chunks = self._read_part()
            if part.filename:  # Browsers send an empty part for an empty choice.
                yield part.filename, chunks
            async for _ in chunks:
                pass
            part = await self._next_part()

    async def _read_text(self, part: Part) -> str:
        value = bytearray()
        async for chunk in self._read_part():
            value += chunk
            if len(value) > FIELD_MAX_BYTES:
                raise MultipartMalformed(reason=f"the field {part.name} is too long")
        return value.decode(errors="replace")

    async def _next_part(self) -> Part | None:
        event = await self._next_event()
        if event is None or isinstance(event, bytes):
            return None
        return event

    async def _read_part(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next_event(), bytes):
            yield event

    async def _next_event(self) -> Part | bytes | None:
        """The next event; None as well when the body has ended after its last part."""
        while not self._events:
            if self._is_complete:
                return None
            await self._feed()
        return self._events.popleft()

    async def _feed(self) -> None:
        if not self._slices:
            try:
                chunk = await anext(self._body, b"")
            except ClientDisconnect:
                chunk = b""
            if not chunk:
                raise MultipartMalformed(reason="it ends in the middle")
            view = range(0, len(chunk), PARSE_BYTES)
            self._slices.extend(chunk[start : start + PARSE_BYTES] for start in view)
        try:
            self._parser.write(self._slices.popleft())
        except FormParserError:
            raise MultipartMalformed(reason="a boundary or a header is broken") from None

    # What the parser calls -------------------------------------------------------------------

    def on_part_begin(self) -> None:
        """A part begins."""
        self._part = Part()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        """Some of a header's name."""
        self._header[0].extend(data[start:end])

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        """Some of a header's value."""
        self._header[1].extend(data[start:end])

    def on_header_end(self) -> None:
        """A header is complete."""
        name, value = self._header
        self._part.headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def on_headers_finished(self) -> None:
        """The part's content follows."""
        _, options = parse_options_header(self._part.headers.get(b"content-disposition"))
        if b"name" not in options:
            raise MultipartMalformed(reason="a part has no name")
        self._part.name = options[b"name"].decode(errors="replace")
        if b"filename" in options:
            self._part.filename = options[b"filename"].decode(errors="replace")
        self._events.append(self._part)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Some of the part's content."""
        self._events.append(data[start:end])

    def on_part_end(self) -> None:
        """The part is complete."""
        self._events.append(None)

    def on_end(self) -> None:
        """The closing boundary was there."""
        self._is_complete = True


def _parser(boundary: bytes, reader: MultipartReader) -> MultipartParser:
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": reader.on_part_begin,
                "on_header_field": reader.on_header_field,
                "on_header_value": reader.on_header_value,
                "on_header_end": reader.on_header_end,
                "on_headers_finished": reader.on_headers_finished,
                "on_part_data": reader.on_part_data,
                "on_part_end": reader.on_part_end,
                "on_end": reader.on_end,
            },
        )
    except FormParserError:
        raise MultipartMalformed(reason="its boundary is too long") from None


def multipart_body(form: type[BaseModel] | None = None) -> dict[str, Any]:
    """The ``openapi_extra`` of a route that reads its body with `MultipartReader`.

    Args:
        form: The fields; ``files`` is added to them.
    """
    schema: dict[str, Any] = form.model_json_schema() if form else {"type": "object"}
    files = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": "Files, behind every field. A name may carry sub-folders (a/b.csv).",
    }
    schema["properties"] = {**schema.get("properties", {}), "files": files}
    schema["required"] = [*schema.get("required", []), "files"]
    return {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}}}
