"""What is wrong with a field is said in the caller's language, with what to enter instead."""

import re
import string
from typing import Any

import pytest

from opsforge.kit.field_faults import SENTENCES, sentence_of
from tests.support.people import PASSWORD, ApiClient
from tests.support.problems import assert_problem

SNIPPET = {"title": "t", "code": "x = 1"}
USER = {"username": "carol", "password": PASSWORD}

BODIES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("/snippets", {"code": "x"}, "title", "Fill this in.", "请填写此项。"),
    ("/snippets", {**SNIPPET, "title": " "}, "title", "Fill this in.", "请填写此项。"),
    (
        "/snippets",
        {**SNIPPET, "user_id": 1},
        "user_id",
        "There is no such field; leave it out.",
        "没有该字段，请去掉。",
    ),
    (
        "/snippets",
        {**SNIPPET, "code": ""},
        "code",
        "Give at least 1 character(s).",
        "至少需要 1 个字符。",
    ),
    (
        "/snippets",
        {**SNIPPET, "description": "x" * 10_001},
        "description",
        "Give at most 10000 characters.",
        "最多 10000 个字符。",
    ),
    (
        "/snippets",
        {**SNIPPET, "tags": [str(number) for number in range(21)]},
        "tags",
        "Give at most 20.",
        "最多 20 项。",
    ),
    (
        "/snippets",
        {**SNIPPET, "parent_id": "first"},
        "parent_id",
        "Give a whole number.",
        "请填写整数。",
    ),
    ("/snippets", {**SNIPPET, "parent_id": 0}, "parent_id", "Give at least 1.", "不能小于 1。"),
    ("/snippets", {**SNIPPET, "title": 5}, "title", "Give a text.", "请填写文本。"),
    (
        "/snippets",
        {**SNIPPET, "title": "a\nb"},
        "title",
        "Give one line without control characters.",
        "请填写一行文本，且不含控制字符。",
    ),
    (
        "/projects",
        {"name": "a/b"},
        "name",
        'Leave / \\ : * ? " < > | and control characters out of a name.',
        '名称中不能包含 / \\ : * ? " < > | 和控制字符。',
    ),
    (
        "/projects",
        {"name": ".a"},
        "name",
        "A name must not begin or end with a dot.",
        "名称不能以点号开头或结尾。",
    ),
    (
        "/users",
        {**USER, "email": "nobody"},
        "email",
        "Give an e-mail address such as name@example.com.",
        "邮箱地址格式不正确，例如 name@example.com。",
    ),
    (
        "/users",
        {**USER, "is_admin": "perhaps"},
        "is_admin",
        "Give true or false.",
        "请填写 true 或 false。",
    ),
]


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@pytest.mark.parametrize(
    ("path", "body", "field", "english", "chinese"), BODIES, ids=[body[2] for body in BODIES]
)
async def test_a_refused_field_is_explained(
    as_admin: ApiClient, path: str, body: dict[str, Any], field: str, english: str, chinese: str
) -> None:
    for language, sentence in (("en-US", english), ("zh-CN,zh;q=0.9", chinese)):
        answer = await as_admin.post(path, json=body, headers={"Accept-Language": language})
        document = assert_problem(answer, 422, "request.invalid")
        assert document["errors"] == [{"field": field, "message": sentence}]


async def test_a_form_of_an_upload_speaks_chinese_too(as_alice: ApiClient) -> None:
    answer = await as_alice.post(
        "/datasets",
        data={"name": "x" * 300},
        files={"files": ("a.csv", b"a")},
        headers={"Accept-Language": "zh"},
    )
    (error,) = assert_problem(answer, 422, "request.invalid")["errors"]
    assert error["field"] == "name"
    assert re.fullmatch(r"(名称)?最多 \d+ 个字符。", error["message"])


async def test_a_query_and_a_broken_body_speak_chinese_too(as_alice: ApiClient) -> None:
    chinese = {"Accept-Language": "zh-CN"}
    answer = await as_alice.get("/datasets?sort=size&limit=0", headers=chinese)
    said = {each["field"]: each["message"] for each in answer.json()["errors"]}
    assert said["sort"].startswith("请填写以下之一：'updated'、")
    assert said["limit"] == "不能小于 1。"
    answer = await as_alice.post(
        "/snippets", content=b"{", headers={**chinese, "Content-Type": "application/json"}
    )
    (error,) = assert_problem(answer, 422, "request.invalid")["errors"]
    assert error["message"] == SENTENCES["json_invalid"].zh


@pytest.mark.parametrize("kind", SENTENCES)
def test_both_languages_tell_the_same(kind: str) -> None:
    named = [
        {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        for sentence in SENTENCES[kind]
    ]
    assert named[0] == named[1]
    assert re.search(r"[\u4e00-\u9fff]", SENTENCES[kind].zh)


def test_an_unknown_kind_keeps_the_words_it_came_with() -> None:
    unknown = {"type": "url_scheme", "msg": "URL scheme should be 'http'", "loc": ("body",)}
    assert sentence_of(unknown, language="en") == unknown["msg"]
    assert sentence_of(unknown, language="zh-CN") == f"内容不符合要求（{unknown['msg']}）。"
