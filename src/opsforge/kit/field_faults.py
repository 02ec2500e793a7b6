"""What is wrong with one field of a request, in every language that the platform speaks.

Pydantic names each kind of error (its ``type``) and says it in English; the sentences here say it
in the caller's language, with what to enter instead. Validators of our own raise `fault`.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pydantic_core import PydanticCustomError


class Sentence(NamedTuple):
    """The same in both languages; braces hold what pydantic tells of the error."""

    en: str
    zh: str


_EMPTY = Sentence("Fill this in.", "请填写此项。")
_INTEGER = Sentence("Give a whole number.", "请填写整数。")
_NUMBER = Sentence("Give a number.", "请填写数字。")
_YES_OR_NO = Sentence("Give true or false.", "请填写 true 或 false。")
_MOMENT = Sentence(
    "Give a time such as 2026-01-31T08:00:00Z.", "请填写时间，例如 2026-01-31T08:00:00Z。"
)
_ONE_OF = Sentence("Give one of: {expected}.", "请填写以下之一：{expected}。")
_OBJECT = Sentence("Give a JSON object.", "请提供 JSON 对象。")

SENTENCES: Mapping[str, Sentence] = {
    # Pydantic's own.
    "missing": _EMPTY,
    "extra_forbidden": Sentence("There is no such field; leave it out.", "没有该字段，请去掉。"),
    "string_too_short": Sentence(
        "Give at least {min_length} character(s).", "至少需要 {min_length} 个字符。"
    ),
    "string_too_long": Sentence(
        "Give at most {max_length} characters.", "最多 {max_length} 个字符。"
    ),
    "too_short": Sentence("Give at least {min_length}.", "至少需要 {min_length} 项。"),
    "too_long": Sentence("Give at most {max_length}.", "最多 {max_length} 项。"),
    "string_pattern_mismatch": Sentence(
        "Write it in the form {pattern}.", "格式不正确，应符合 {pattern}。"
    ),
    "string_type": Sentence("Give a text.", "请填写文本。"),
    "string_unicode": Sentence("Give a text in UTF-8.", "请填写 UTF-8 编码的文本。"),
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "int_parsing_size": Sentence("Give a smaller number.", "数字过大，请填写较小的数字。"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "greater_than": Sentence("Give more than {gt}.", "必须大于 {gt}。"),
    "greater_than_equal": Sentence("Give at least {ge}.", "不能小于 {ge}。"),
    "less_than": Sentence("Give less than {lt}.", "必须小于 {lt}。"),
    "less_than_equal": Sentence("Give at most {le}.", "不能大于 {le}。"),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "list_type": Sentence("Give a list.", "请提供列表。"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "json_invalid": Sentence(
        "The body is no valid JSON here; correct it.", "请求内容在此处不是有效的 JSON，请修正。"
    ),
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": Sentence(
        "Give the time zone too, such as Z or +08:00.", "请注明时区，例如 Z 或 +08:00。"
    ),
    "email": Sentence(
        "Give an e-mail address such as name@example.com.",
        "邮箱地址格式不正确，例如 name@example.com。",
    ),
    # Ours.
    "blank": _EMPTY,
    "name_too_long": Sentence("A name has at most {most} characters.", "名称最多 {most} 个字符。"),
    "name_forbidden": Sentence(
        'Leave / \\ : * ? " < > | and control characters out of a name.',
        '名称中不能包含 / \\ : * ? " < > | 和控制字符。',
    ),
    "name_dots": Sentence("A name must not begin or end with a dot.", "名称不能以点号开头或结尾。"),
    "path_too_long": Sentence(
        "A path has at most {most} characters in {deepest} folders.",
        "路径最多 {most} 个字符、{deepest} 层文件夹。",
    ),
    "path_not_relative": Sentence(
        "Give a relative path without empty, “.” or “..” parts.",
        "请填写相对路径，且不含空的部分、“.”或“..”。",
    ),
    "path_part_too_long": Sentence(
        "Each part of a path has at most {most} bytes.", "路径的每一部分最多 {most} 字节。"
    ),
    "path_forbidden": Sentence(
        "Leave backslashes and control characters out of a path.",
        "路径中不能包含反斜杠和控制字符。",
    ),
    "not_one_line": Sentence(
        "Give one line without control characters.", "请填写一行文本，且不含控制字符。"
    ),
    "title_too_long": Sentence("Give at most {most} characters.", "最多 {most} 个字符。"),
    "not_storable": Sentence(
        "Leave the characters NUL and US out.", "不能包含控制字符 NUL 和 US。"
    ),
    "has_nul": Sentence("Leave the character NUL out.", "不能包含控制字符 NUL。"),
}
"""By the kind of error."""


def fault(kind: str, **context: int) -> PydanticCustomError:
    """A ``ValueError`` for a validator to raise.

    Args:
        kind: One of `SENTENCES`.
        context: What the sentence's braces hold.
    """
    return PydanticCustomError(kind, SENTENCES[kind].en, context)


def sentence_of(error: Mapping[str, Any], *, language: Literal["en", "zh-CN"]) -> str:
    """What pydantic found, in a language; of a kind that is not known here, with its own words.

    Args:
        error: One of a ``ValidationError``'s ``errors()``.
        language: Of the sentence.
    """
    context = dict(error.get("ctx") or {})
    kind = "email" if error["type"] == "value_error" and "reason" in context else error["type"]
    known = SENTENCES.get(kind)
    if known is None:
        return f"内容不符合要求（{error['msg']}）。" if language == "zh-CN" else error["msg"]
    if language == "zh-CN" and "expected" in context:
        context["expected"] = str(context["expected"]).replace(", ", "、").replace(" or ", " 或 ")
    return (known.zh if language == "zh-CN" else known.en).format_map(context)
