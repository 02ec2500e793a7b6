"""Why a start failed, as its reader sees it."""

import pytest

from opsforge.engine.port import EngineAway, EngineRefused
from opsforge.notebooks.errors import UidsExhausted
from opsforge.notebooks.failures import recorded, told

LOG = "Traceback\nOSError: no space left on device"


def test_a_problem_of_ours_is_told_in_either_language() -> None:
    kept = recorded(UidsExhausted(first=100, last=200))
    assert told(kept, "en").startswith("All host uids from 100 to 200")
    assert told(kept, "zh-CN").startswith("主机 uid 100 至 200")
    assert told(recorded(EngineAway()), "zh-CN") == EngineAway.zh


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("the server ended with status 1, without a word", "服务器已退出，状态码为 1。"),
        (f"the server ended with -9. It said last:\n{LOG}", f"服务器已退出，状态码为 -9。\n{LOG}"),
        (f"the server ended with 3\n{LOG}", f"服务器已退出，状态码为 3。\n{LOG}"),
        (
            f"the server did not answer within 30 seconds. It said last:\n{LOG}",
            f"服务器在 30 秒内没有响应。\n{LOG}",
        ),
        ("there is no flavour 'gpu'; choose another one", "没有名为“gpu”的规格，请选择其他规格。"),
        ("what nobody has heard of", "what nobody has heard of"),
    ],
)
def test_what_the_engine_says_is_told_in_chinese_where_it_is_known(
    reason: str, chinese: str
) -> None:
    kept = recorded(EngineRefused(reason=reason))
    assert (told(kept, "en"), told(kept, "zh-CN")) == (reason, chinese)


@pytest.mark.parametrize("kept", ['{"code": "of.another_release", "fields": {}}', "[1]", "{", "3"])
def test_what_is_not_understood_is_told_as_it_is(kept: str) -> None:
    assert told(kept, "en") == told(kept, "zh-CN") == kept
