"""Our Chinese names a thing as JupyterLab does, whose menus stand around our panels."""

import re

import pytest

from tests.support.texts import Text, jupyterlab, texts

TERMS = """
    Busy Cancel Close Code Copy Create Dark Default Delete Description Directory Discard Download
    Edit Export Extension File Idle Import Kernel Language Launcher Light Name Notebook Open Paste
    Path Reload Rename Replace Restart Run Save Search Select Settings Size Terminal Upload Version
""".split()  # noqa: SIM905 - Read as what it is.
"""What JupyterLab says by itself, too: its word for each is read from its catalogue."""

INSIDE = {
    "Cell": {"Cell type": "单元格"},
    "Copy": {"Create a duplicate of this cell below": "副本"},  # The noun.
    "Create": {"New Folder": "新建"},
    "Cursor": {"Blinking cursor": "光标"},
    "Discard": {"Discard changes to file": "放弃"},
    "Expand": {"Expand All Outputs": "展开"},
    "File browser": {"File Browser": "文件浏览器"},
    "Filter": {"Filter folders": "筛选"},
    "Folder": {"New Folder": "文件夹"},
    "Insert": {"Insert Line Break": "插入"},
    "Interrupt": {"Interrupt Kernel": "中断"},
    "Line": {"Line Height": "行"},
    "Move": {"Move Error": "移动", "Move up": "上移", "Move down": "下移", "Move to Trash": "移至"},
    "Output": {"Clear Cell Output": "输出"},
    "Refresh": {"Refresh Terminal": "刷新"},
    "Restart": {"Restart Kernel": "重启"},
    "Select": {"Merge Selected Cells": "所选"},
    "Server": {"Add server": "服务器"},
    "Session": {"Sessions": "会话"},
    "Tag": {"Add Tag": "标签"},
    "Variable": {"Variables": "变量"},
}
"""Words that JupyterLab says inside a longer message, which stands before each."""

OURS = {
    "Administrator": "管理员",
    "Data set": "数据集",
    "Flavour": "规格",
    "Fork": "派生",
    "Library": "代码库",
    "Project": "项目",
    "Publish": "发布",
    "Quota": "配额",
    "Service": "服务",
    "Share": "分享",
    "Sign in": "登录",
    "Sign out": "退出登录",
    "Snippet": "代码片段",
    "Starter": "模板",
    "Token": "令牌",
    "Volume": "存储卷",
    "Withdraw": "撤回",
}
"""Words of things that JupyterLab has not: one for each, on the page, in panels and in errors."""

NOT_MEANT = {
    "Code": r"error codes?",
    "Move": r"moved on",
    # A user's name and a file's have words of their own (用户名, 文件名), and “a folder named x”,
    # “of the same name”, “in your name” need none.
    "Name": r"user ?names?|named|(keeps its|of the project's|in your|as its) name",
    # What a service has of the machine is 规格, as clouds in China call it; 大小 is that of a file.
    "Size": r"(?<!file )\bsizes?\b(?! of the file)",
    "Upload": r"Upload-Metadata|Resumable uploads",  # Of the protocol: 断点续传.
}
"""Where an English word means something else than JupyterLab's does."""


def words_for(term: str) -> list[str]:
    """Every word that stands for a term, JupyterLab's before ours."""
    whole = [jupyterlab()[term]] if term in TERMS else []
    ours = [OURS[term]] if term in OURS else []
    return [*whole, *INSIDE.get(term, {}).values(), *ours]


def says(text: Text, term: str) -> bool:
    """Whether the English text has the term, in any of its forms."""
    english = re.sub(r"{[^}]*}", "", text.en)
    if term in NOT_MEANT:
        english = re.sub(NOT_MEANT[term], "", english, flags=re.IGNORECASE)
    stem, end = (term[:-1], "(?:y|ies)") if term.endswith("y") else (term.removesuffix("e"), "e?")
    forms = rf"\b{stem}{end}(?:s|d|ed|t|p?ing|ning)?\b"
    return bool(re.search(forms, english, re.IGNORECASE))


@pytest.mark.parametrize(("term", "messages"), INSIDE.items())
def test_jupyterlab_has_the_word(term: str, messages: dict[str, str]) -> None:
    for message, word in messages.items():
        assert word in jupyterlab()[message], f"JupyterLab has another word for {term} now"


@pytest.mark.parametrize("term", sorted({*TERMS, *INSIDE, *OURS}))
def test_chinese_texts_use_the_word(term: str) -> None:
    words = words_for(term)
    found = [text for text in texts() if says(text, term)]
    others = [text for text in found if not any(word in text.zh for word in words)]
    assert not others, f"{term} is {' or '.join(words)}"


def test_texts_are_found_in_every_place() -> None:
    said = {text.place.split()[0]: text for text in texts() if says(text, "Notebook")}
    assert said.keys() == {"page", "panels", "problem"}
