"""What a domain error may be."""

from collections.abc import AsyncIterator

import pytest

from opsforge.app import JSON_MAX_BYTES
from opsforge.kit.problems import Problem, TooLarge
from tests.support.people import ApiClient
from tests.support.problems import assert_problem


def test_a_field_that_would_hide_one_of_the_document_is_refused() -> None:
    with pytest.raises(TypeError, match="title"):

        class Clash(Problem):
            status = 409
            code = "tests.clash"
            en = "{title}"
            zh = "{title}"
            title: str


class TestTooLarge:
    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    @pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "streamed"])
    async def test_a_body_over_the_limit_gets_a_problem_document(
        self, as_nobody: ApiClient, language: str, *, is_announced: bool
    ) -> None:
        body = b'{"username": "' + b"x" * JSON_MAX_BYTES + b'"}'

        async def pieces() -> AsyncIterator[bytes]:
            yield body

        answer = await as_nobody.post(
            "/auth/login",
            content=body if is_announced else pieces(),
            headers={"Content-Type": "application/json", "Accept-Language": language},
        )
        document = assert_problem(answer, 413, "request.too_large")
        assert document["detail"] == TooLarge().sentence("en" if language == "en" else "zh-CN")
