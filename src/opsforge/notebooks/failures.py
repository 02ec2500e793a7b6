"""Why a start failed, in the languages of the platform.

A row keeps a problem of ours by its code and fields, so that it is told in the reader's language,
and what the engine said as it said it: in English, perhaps with the end of the server's log below.
"""

import json
import re

from opsforge.engine.port import EngineRefused
from opsforge.kit.problems import Language, Problem

SAID_LAST = ". It said last:"
SAID_NOTHING = ", without a word"
CHINESE = (
    (r"the server ended with (?:status )?(-?\d+)", r"服务器已退出，状态码为 \1"),
    (r"the server did not answer within (\d+) seconds", r"服务器在 \1 秒内没有响应"),
    (r".* didn't respond in (\d+) seconds", r"服务器在 \1 秒内没有响应"),
    (r"Timeout", "启动超时"),
    (r"there is no flavour '(.*)'; choose another one", r"没有名为“\1”的规格，请选择其他规格"),
    (r"the fork server does not answer: (.*)", r"启动服务的进程没有响应：\1"),
    (r"too many services start at the moment; .*", "当前正在启动的服务过多，请一分钟后重试"),
    (r"the service does not stop; try again", "服务无法停止，请重试"),
    (r"it knows no service (.*)", r"笔记本引擎中没有服务“\1”"),
    (r"The service is not starting", "服务没有在启动"),
    (r"it did not say why", "笔记本引擎没有说明原因"),
)
"""What the engine says of a start that failed, and what it means; it may say other things too."""


def recorded(problem: Problem) -> str:
    """A problem as a row keeps it."""
    if isinstance(problem, EngineRefused):
        return problem.reason
    return json.dumps({"code": problem.code, "fields": problem.fields()}, default=str)


def told(stored: str, language: Language) -> str:
    """What a row keeps, as its reader sees it: a sentence, and the end of a log below."""
    problem = _problem_of(stored)
    if problem is not None:
        return problem.sentence(language)
    return _in_chinese(stored) if language == "zh-CN" else stored


def _problem_of(stored: str) -> Problem | None:
    try:
        kept = json.loads(stored)
        return Problem.registry[kept["code"]](**kept["fields"])
    except (ValueError, TypeError, KeyError):
        return None


def _in_chinese(stored: str) -> str:
    reason, newline, log = stored.partition("\n")
    reason = reason.removesuffix(SAID_LAST).removesuffix(SAID_NOTHING)
    for pattern, chinese in CHINESE:
        if found := re.fullmatch(pattern, reason):
            return f"{found.expand(chinese)}。{newline}{log}"
    return stored
