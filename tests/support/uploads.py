"""Uploads as a browser sends them."""

from pathlib import Path
from typing import Any

import httpx

from opsforge.settings import Settings
from tests.support.people import ApiClient

CSV = b"timestamp,value\n2024-01-01 00:00:00,1.5\n"


def parts(*paths: str, content: bytes = CSV) -> list[tuple[str, tuple[str, bytes]]]:
    """The files of a form."""
    return [("files", (path, content)) for path in paths]


async def upload(client: ApiClient, name: str, *paths: str, is_public: int = 0) -> dict[str, Any]:
    """Create a data set."""
    answer = await client.post(
        "/datasets",
        data={"name": name, "description": "of a test", "is_public": str(is_public)},
        files=parts(*paths or ("cpu.csv",)),
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    created: dict[str, Any] = answer.json()
    return created


def tree(settings: Settings, *parts: str) -> list[str]:
    """The files below a directory of the data directory, links followed nowhere."""
    top = settings.data.joinpath(*parts)
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())


def staging_is_empty(settings: Settings) -> bool:
    """Whether no operation left anything behind."""
    return list(Path(settings.data, "staging").iterdir()) == []
