"""The Numenta Anomaly Benchmark, from a folder of it to public data sets with their labels."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from opsforge.starters.examples import Content, Example

WINDOWS = "labels/combined_windows.json"
LABELS = "labels/combined_labels.json"
LICENCES = ("LICENSE.txt", "LICENSE", "LICENSE.md")


class NabRefused(ValueError):  # noqa: N818 - what happened to it.
    """A folder is not the benchmark; the sentence says what is missing."""


def find_nab(folder: Path) -> list[Example]:
    """A data set for each category in ``folder/data``: its series, their windows and labels.

    Raises:
        NabRefused: The folder is not laid out as the benchmark's repository is.
    """
    windows, labels = _read(folder / WINDOWS), _read(folder / LABELS)
    data = folder / "data"
    categories = sorted(path for path in data.glob("*") if any(path.glob("*.csv")))
    if not categories:
        raise NabRefused(f"{data} has no folder with CSV files in it.")
    licence = next((folder / name for name in LICENCES if (folder / name).is_file()), None)
    return [_example(path, windows, labels, licence) for path in categories]


def _example(
    category: Path, windows: Mapping[str, Any], labels: Mapping[str, Any], licence: Path | None
) -> Example:
    names = sorted(path.name for path in category.glob("*.csv"))
    for name in names:
        if f"{category.name}/{name}" not in windows:
            raise NabRefused(f"{WINDOWS} says nothing about {category.name}/{name}.")
    counted = sum(len(windows[f"{category.name}/{name}"]) for name in names)
    description = (
        f"Numenta 异常检测基准（NAB）的 {category.name}：{len(names)} 条时间序列，"
        f"{counted} 个标注窗口（windows.json）。\n"
        f"{category.name} of the Numenta Anomaly Benchmark (NAB): {len(names)} series, {counted} "
        "labelled windows (windows.json).\n\n"
        "来源 / Origin: github.com/numenta/NAB, Numenta Inc. 许可证 / Licence: MIT."
    )
    return Example(
        name=f"nab-{category.name}",
        description=description,
        version=1,
        make_files=partial(_files, category, names, windows, labels, licence),
    )


def _files(
    category: Path,
    names: list[str],
    windows: Mapping[str, Any],
    labels: Mapping[str, Any],
    licence: Path | None,
) -> Mapping[str, Content]:
    def of_category(found: Mapping[str, Any]) -> bytes:
        mine = {name: found.get(f"{category.name}/{name}", []) for name in names}
        return json.dumps(mine, indent=1).encode() + b"\n"

    files: dict[str, Content] = {name: category / name for name in names}
    files |= {"windows.json": of_category(windows), "labels.json": of_category(labels)}
    if licence is not None:
        files["LICENSE.txt"] = licence
    return files


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NabRefused(
            f"{path} is not there; name the folder that has data/ and labels/ of NAB in it."
        ) from None
    except (OSError, ValueError) as error:
        raise NabRefused(f"{path} can't be read: {error}") from None
    if not isinstance(found, dict):
        raise NabRefused(f"{path} is not what NAB has there.")
    return found
