# /// script
# dependencies = ["pandas"]
#
# [tool.opsforge]
# tags = ["数据集", "pandas"]
# label.en = "Read a linked data set"
# label.zh = "读取关联的数据集"
# description.en = "Lists the linked data sets and reads one file, whatever its type."
# description.zh = "列出本项目关联的数据集，并按文件类型读取其中一个文件。"
# ///
from pathlib import Path

import pandas as pd

INPUT = Path("../../input")  # The same before and after sharing or forking the project.
READERS = {
    ".csv": pd.read_csv,
    ".tsv": lambda path: pd.read_csv(path, sep="\t"),
    ".json": pd.read_json,
    ".jsonl": lambda path: pd.read_json(path, lines=True),
    ".parquet": pd.read_parquet,
    ".xlsx": pd.read_excel,
    ".log": lambda path: pd.DataFrame({"line": path.read_text("utf-8").splitlines()}),
    ".txt": lambda path: pd.DataFrame({"line": path.read_text("utf-8").splitlines()}),
}


def list_files(dataset="*"):
    """Files of the linked data sets, with their sizes."""
    paths = [path for path in sorted(INPUT.glob(f"{dataset}/**/*")) if path.is_file()]
    names = [path.relative_to(INPUT).as_posix() for path in paths]
    return pd.DataFrame({"file": names, "size_bytes": [path.stat().st_size for path in paths]})


def read_file(name):
    """One file as a data frame; `name` is "data set/file", as `list_files` shows it."""
    path = INPUT / name
    return READERS[path.suffix.lower()](path)


files = list_files()
print(files)
# df = read_file(files["file"][0])
