"""A client of tus 1.0.0 that a test leads by the hand."""

import base64
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.people import ApiClient

VERSION = {"Tus-Resumable": "1.0.0"}
BYTES = {**VERSION, "Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> str:
    """Values as Upload-Metadata."""
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items()
    )


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An upload that has begun."""

    client: ApiClient
    upload_id: str

    async def send(self, content: Any, *, at: int, **headers: str) -> httpx.Response:  # noqa: ANN401 - what httpx takes.
        """Send bytes."""
        return await self.client.patch(
            f"/uploads/{self.upload_id}",
            content=content,
            headers={**BYTES, "Upload-Offset": str(at), **headers},
        )

    async def head(self) -> httpx.Response:
        """Ask how far it is."""
        return await self.client.head(f"/uploads/{self.upload_id}", headers=VERSION)

    async def offset(self) -> int:
        """How far it is."""
        answer = await self.head()
        assert answer.status_code == httpx.codes.OK, answer.text
        return int(answer.headers["upload-offset"])

    async def give_up(self) -> httpx.Response:
        """Delete it."""
        return await self.client.delete(f"/uploads/{self.upload_id}", headers=VERSION)


async def create(
    client: ApiClient, target: str, path: str, *, length_bytes: int, **values: str
) -> httpx.Response:
    """Try to begin an upload."""
    headers = {
        **VERSION,
        "Upload-Length": str(length_bytes),
        "Upload-Metadata": metadata(target=target, path=path, **values),
    }
    return await client.post("/uploads", headers=headers)


async def begin(
    client: ApiClient, target: str, path: str, *, length_bytes: int, **values: str
) -> Begun:
    """Begin an upload."""
    answer = await create(client, target, path, length_bytes=length_bytes, **values)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    location = answer.headers["location"]
    assert location.startswith("/api/v1/uploads/")
    return Begun(client=client, upload_id=location.rpartition("/")[2])
