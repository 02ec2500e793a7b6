"""Projects as the interface makes, shares and forks them."""

from typing import Any

import httpx

from tests.support.people import ApiClient


async def ask(
    client: ApiClient,
    method: str,
    path: str,
    *,
    expect: int = httpx.codes.OK,
    **body: Any,  # noqa: ANN401 - JSON.
) -> dict[str, Any]:
    """Ask for something that is expected to be answered in a certain way."""
    answer = await client.request(method, path, json=body if method != "GET" else None)
    assert answer.status_code == expect, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def create(client: ApiClient, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    """Create a project."""
    return await ask(client, "POST", "/projects", expect=201, name=name, **fields)


async def share(client: ApiClient, project: dict[str, Any], **how: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    """Share a project; returns the public one."""
    shared = await ask(client, "POST", f"/projects/{project['id']}/share", **how)
    return await ask(client, "GET", f"/public/projects/{shared['public_id']}")


async def fork(client: ApiClient, public: dict[str, Any], **how: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON.
    """Fork a public project."""
    return await ask(client, "POST", f"/public/projects/{public['id']}/fork", expect=201, **how)
