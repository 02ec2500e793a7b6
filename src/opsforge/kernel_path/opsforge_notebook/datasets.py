"""The data sets that are linked to the project, read in one line."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".tsv", ".parquet", ".feather", ".xlsx", ".json", ".jsonl", ".log", ".txt")
"""What `read` makes a table of, by preference when a data set has one file of a kind only."""


class DatasetNotLinked(LookupError):  # noqa: N818 - a sentence to the user.
    """The input has no such data set or file; says what there is and what to do."""


def list_datasets() -> list[str]:
    """The names of the data sets that this project can read."""
    return sorted(entry.name for entry in _input().iterdir() if entry.is_dir())


def list_files(dataset: str) -> list[str]:
    """The files of a data set, each as `read` takes it: ``"data set/folder/file.csv"``."""
    top = _input()
    folder = top / dataset
    if not folder.is_dir():
        raise DatasetNotLinked(_what_to_do(dataset))
    files = (Path(found, name) for found, _, names in os.walk(folder) for name in names)
    return sorted(file.relative_to(top).as_posix() for file in files)


def find_path(name: str) -> Path:
    """Where a data set, or a file of one, lies."""
    path = _input() / name
    if not path.exists():
        raise DatasetNotLinked(_what_to_do(name))
    return path


def read(name: str, **options: Any) -> "pd.DataFrame":  # noqa: ANN401 - the reader's own.
    """A linked data set as a table.

    Args:
        name: ``"data set"`` when it has one table in it, else ``"data set/file.csv"``.
        options: For the reader of pandas: ``read("kpi", parse_dates=["timestamp"])``.

    Raises:
        DatasetNotLinked: There is no such thing; the sentence says what there is.
        ValueError: The data set has several tables, or the file is none.
    """
    path = find_path(name)
    if path.is_dir():
        path = find_path(_only_table(name))
    table: pd.DataFrame = _reader(path)(path, **options)
    return table


def _input() -> Path:
    """The nearest ``input``: that of the user, or the public one beside a public project."""
    here = Path.cwd()
    for folder in (*here.parents, Path.home()):
        if (folder / "input").is_dir():
            return folder / "input"
    raise DatasetNotLinked("No input folder here / 找不到 input 目录")


def _what_to_do(name: str) -> str:
    there = ", ".join(list_datasets()) or "–"
    return (
        f"“{name}” is not linked to this project; link it on the project's page. Linked: {there} / "
        f"项目没有关联“{name}”，请在项目页面关联该数据集。已关联：{there}"
    )


def _only_table(dataset: str) -> str:
    files = list_files(dataset)
    for suffix in TABLES:
        found = [file for file in files if file.lower().endswith(suffix)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise ValueError(f"name one file / 请指定文件: {', '.join(files[:20])}")


def _reader(path: Path) -> Callable[..., Any]:
    import pandas as pd  # noqa: PLC0415 - only when a table is read.

    readers: dict[str, Callable[..., Any]] = {
        ".csv": _read_csv,
        ".tsv": lambda file, **options: _read_csv(file, **{"sep": "\t", **options}),
        ".parquet": pd.read_parquet,
        ".feather": pd.read_feather,
        ".xlsx": pd.read_excel,
        ".json": pd.read_json,
        ".jsonl": lambda file, **options: pd.read_json(file, **{"lines": True, **options}),
        ".log": _read_lines,
        ".txt": _read_lines,
    }
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path.name}: open it with find_path() / 请用 find_path() 打开")
    return readers[path.suffix.lower()]


def _read_csv(path: Path, **options: Any) -> "pd.DataFrame":  # noqa: ANN401 - the reader's own.
    """Text in UTF-8, else in GB18030, which many Chinese programs still write."""
    import pandas as pd  # noqa: PLC0415 - the same.

    try:
        table: pd.DataFrame = pd.read_csv(path, **{"encoding": "utf-8-sig", **options})
    except UnicodeDecodeError:
        table = pd.read_csv(path, **{**options, "encoding": "gb18030"})
    return table


def _read_lines(path: Path) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - the same.

    with path.open(encoding="utf-8", errors="replace") as file:
        return pd.DataFrame({"line": [line.rstrip("\n") for line in file]})
