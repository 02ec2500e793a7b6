"""What every refusal must look like."""

from typing import Any

import httpx

from opsforge.kit.problems import MEDIA_TYPE, Problem

LEAKS = ("select ", "insert ", "sqlalchemy", "sqlite3", "asyncpg", "traceback", 'file "')
"""What an answer would contain if it showed our insides."""


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """Check the one shape of a refusal (RFC 9457) and return the document."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    assert answer.headers["content-type"] == MEDIA_TYPE
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["code"] in Problem.registry, document
    assert document["type"] == f"/docs/errors#{document['code']}"
    assert document["title"]
    assert document["detail"]
    if code is not None:
        assert document["code"] == code
    if status == httpx.codes.UNAUTHORIZED:
        assert answer.headers["www-authenticate"] == "Bearer"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        assert int(answer.headers["retry-after"]) > 0
    assert not [leak for leak in LEAKS if leak in answer.text.lower()], answer.text
    return document
