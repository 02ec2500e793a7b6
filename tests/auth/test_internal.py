"""The endpoint through which the engine asks whose session a token stands for."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI

from opsforge.auth.internal import SECRET_HEADER, internal_router
from opsforge.kit.problems import install_problem_handlers
from tests.support.people import ORIGIN, ApiClient

if TYPE_CHECKING:
    from opsforge.bootstrap import Platform

SECRET = "s" * 64
KNOWN = {SECRET_HEADER: SECRET}


@pytest.fixture
async def insider(platform: "Platform") -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.state.platform = platform
    install_problem_handlers(app)
    app.include_router(internal_router(SECRET))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def ask(client: httpx.AsyncClient, token: str, headers: dict[str, str]) -> httpx.Response:
    return await client.post("/internal/session", json={"token": token}, headers=headers)


async def test_says_whose_a_token_is(insider: httpx.AsyncClient, as_alice: ApiClient) -> None:
    answer = await ask(insider, as_alice.token, KNOWN)
    assert answer.json() == {"username": "alice", "is_admin": False}


async def test_an_ended_session_is_nobodys(insider: httpx.AsyncClient, as_alice: ApiClient) -> None:
    token = as_alice.token
    await as_alice.post("/auth/logout", json={})
    assert (await ask(insider, token, KNOWN)).status_code == httpx.codes.UNAUTHORIZED
    assert (await ask(insider, "unknown", KNOWN)).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: "t" * 64},
        {SECRET_HEADER: "s" * 63},
        {SECRET_HEADER: ""},
        {**KNOWN, "X-Forwarded-For": "192.0.2.1"},
    ],
)
async def test_is_not_there_for_anybody_else(
    insider: httpx.AsyncClient, as_alice: ApiClient, headers: dict[str, str]
) -> None:
    answer = await ask(insider, as_alice.token, headers)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "alice" not in answer.text


async def test_a_very_long_token_is_refused(insider: httpx.AsyncClient) -> None:
    answer = await ask(insider, "x" * 201, KNOWN)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "xxx" not in answer.text
