"""multipart/form-data that arrives in pieces."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from opsforge.kit.multipart import MultipartReader
from opsforge.kit.problems import install_problem_handlers

BOUNDARY = "b0undary"


class Note(BaseModel):
    title: str
    stars: int = 0


def create_app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/notes")
    async def post_note(request: Request) -> dict[str, object]:
        reader = MultipartReader(request)
        note = await reader.read_fields(Note)
        files = {}
        async for name, chunks in reader.read_files():
            if name == "skipped":
                continue
            files[name] = b"".join([chunk async for chunk in chunks]).decode("latin-1")
        return {"note": note.model_dump(), "files": files}

    return app


def body(*parts: tuple[str, bytes]) -> bytes:
    """A body; each part is the rest of its Content-Disposition and its content."""
    written = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
        for head, content in parts
    ]
    return b"\r\n".join([*written, f"--{BOUNDARY}--\r\n".encode()])


async def send(content: bytes, *, piece: int = 1 << 20) -> httpx.Response:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), piece):
            yield content[start : start + piece]

    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        content_type = f"multipart/form-data; boundary={BOUNDARY}"
        return await client.post("/notes", content=pieces(), headers={"content-type": content_type})


TITLE = ('name="title"', b"hello")


@given(
    contents=st.lists(st.binary(max_size=300) | st.just(b"\r\n--b0undar"), max_size=5),
    piece=st.integers(1, 400),
)
async def test_whatever_the_pieces_the_files_are_whole(contents: list[bytes], piece: int) -> None:
    parts = [(f'name="files"; filename="{n}"', content) for n, content in enumerate(contents)]
    answer = await send(body(TITLE, *parts), piece=piece)
    assert answer.json()["files"] == {
        str(n): content.decode("latin-1") for n, content in enumerate(contents)
    }


async def test_fields_are_validated_like_json() -> None:
    answer = await send(body(('name="stars"', b"many")))
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json()["errors"]}
    assert (answer.json()["code"], fields) == ("request.invalid", {"title", "stars"})


async def test_a_file_that_is_not_read_is_skipped() -> None:
    answer = await send(
        body(
            TITLE,
            ('name="files"; filename="skipped"', b"x" * 200_000),
            ('name="files"; filename="目录/a.csv"', b"kept"),
            ('name="files"; filename=""', b""),
        )
    )
    assert answer.json()["files"] == {"目录/a.csv": "kept"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "request.multipart_malformed"),
        (b"no boundary at all", "request.multipart_malformed"),
        (body(TITLE)[:-20], "request.multipart_malformed"),
        (body(TITLE, ('name="f"; filename="a"', b"x"))[:-9], "request.multipart_malformed"),
        (body(("", b"x")), "request.multipart_malformed"),
        (body(('name="title"', b"x" * 70_000)), "request.multipart_malformed"),
        (body(*[(f'name="f{n}"', b"") for n in range(300)]), "request.multipart_malformed"),
        (
            body(TITLE, ('name="files"; filename="a"', b"x"), ('name="stars"', b"1")),
            "request.fields_after_files",
        ),
    ],
)
async def test_a_broken_body_is_refused(content: bytes, code: str) -> None:
    answer = await send(content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_another_content_type_is_refused() -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/notes", json={"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.multipart_malformed")
