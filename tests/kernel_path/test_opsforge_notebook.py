"""What every notebook can import."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from opsforge.engine.lab import KERNEL_PATH
from opsforge.kernel_path.opsforge_notebook import (
    DatasetNotLinked,
    find_path,
    list_datasets,
    list_files,
    read,
    use_plot_theme,
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, seen from a sub-folder of a project."""
    for folder in ("work/p/notebooks", "input/监控/2026", "input/one", "public/work/q"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "input/监控/cpu.csv").write_text("time,value\n2026-01-01,0.5\n")
    (tmp_path / "input/监控/2026/app.log").write_text("第一行\nsecond\n", "utf-8")
    (tmp_path / "input/监控/2026/old.csv").write_text("a\n1\n")
    (tmp_path / "input/one/t.csv").write_text("甲,乙\n1,2\n", "gb18030")
    (tmp_path / "input/one/readme.md").write_text("x")
    monkeypatch.chdir(tmp_path / "work/p/notebooks")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_lists_what_is_linked(home: Path) -> None:
    assert list_datasets() == ["one", "监控"]
    assert list_files("监控") == ["监控/2026/app.log", "监控/2026/old.csv", "监控/cpu.csv"]
    assert find_path("one/t.csv") == home / "input/one/t.csv"


def test_reads_a_data_set_in_one_line(home: Path) -> None:
    del home
    assert list(read("one").columns) == ["甲", "乙"], "in GB18030"
    assert read("监控/cpu.csv", parse_dates=["time"])["time"].dt.year.tolist() == [2026]
    assert read("监控/2026/app.log")["line"].tolist() == ["第一行", "second"]


@pytest.mark.parametrize(
    ("file", "text", "rows"),
    [
        ("a.tsv", "x\ty\n1\t2\n", 1),
        ("a.jsonl", '{"x": 1}\n{"x": 2}\n', 2),
        ("a.json", '[{"x": 1}]', 1),
        ("a.CSV", "x\n1\n2\n", 2),
    ],
)
def test_reads_by_the_files_type(home: Path, file: str, text: str, rows: int) -> None:
    (home / "input/one" / file).write_text(text)
    assert len(read(f"one/{file}")) == rows


def test_says_what_to_do(home: Path) -> None:
    with pytest.raises(
        DatasetNotLinked, match=r"link it on the project.s page\. Linked: one, 监控"
    ):
        read("absent")
    with pytest.raises(DatasetNotLinked, match="请在项目页面关联"):
        list_files("absent")
    with pytest.raises(ValueError, match=r"name one file.*监控/cpu.csv"):
        read("监控")
    with pytest.raises(ValueError, match=r"find_path\(\)"):
        read("one/readme.md")
    (home / "input").rename(home / "gone")
    with pytest.raises(DatasetNotLinked, match="No input folder"):
        list_datasets()


def test_a_public_project_reads_the_public_input(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "public/input/shared").mkdir(parents=True)
    monkeypatch.chdir(home / "public/work/q")
    assert list_datasets() == ["shared"]


def test_the_shipped_font_shows_chinese() -> None:
    with mpl.rc_context():
        assert use_plot_theme() == "Noto Sans SC"
        assert mpl.rcParams["font.family"] == ["Noto Sans SC", "DejaVu Sans"]
        [path] = {
            entry.fname
            for entry in font_manager.fontManager.ttflist
            if entry.fname.endswith("NotoSansSC-Regular.otf")
        }
        assert "pylopdf_fonts_zh_cn" in path, "the one that comes with the platform"
        assert font_manager.get_font(path).get_char_index(ord("异")) != 0
        assert font_manager.get_font(path).get_char_index(ord("−")) != 0


def test_a_font_of_the_machine_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    installed = [font_manager.FontEntry(name="WenQuanYi Zen Hei")]
    with mpl.rc_context():
        monkeypatch.setattr(font_manager.fontManager, "ttflist", installed)
        assert use_plot_theme() == "WenQuanYi Zen Hei"
        monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
        assert use_plot_theme() is None
        assert mpl.rcParams["font.family"] == ["DejaVu Sans"]


def test_stands_alone_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; import opsforge_notebook; "
        "print({'pandas', 'numpy', 'matplotlib', 'opsforge'} & set(sys.modules) or 'none')"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": str(KERNEL_PATH)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "none", ran.stderr
