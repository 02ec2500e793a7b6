"""Paths of files inside a tree."""

import unicodedata

import pytest

from opsforge.kit.names import clean_path


@pytest.mark.parametrize(
    "path", ["a.csv", "sub/a.csv", ".gitignore", "指标/数据 1.csv", "a:b?.txt"]
)
def test_a_relative_path_is_kept(path: str) -> None:
    assert str(clean_path(path)) == path


def test_normal_form_c_is_stored() -> None:
    decomposed = unicodedata.normalize("NFD", "über/é.csv")
    assert str(clean_path(decomposed)) == unicodedata.normalize("NFC", decomposed)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../a",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\udc80b",
        "a\u2028b",
        "x" * 256,
        "指" * 86,
        "/".join("x" * 33),
        "/".join(["x" * 200] * 6),
    ],
)
def test_a_path_that_could_leave_the_tree_or_break_a_file_system_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        clean_path(path)
