"""The starters' notebooks on a real kernel."""

import asyncio
import base64
import os
import re
from pathlib import Path, PurePosixPath

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from opsforge.engine.lab import KERNEL_PATH
from opsforge.kit.problems import Language
from opsforge.starters.folders import load_starter
from opsforge.starters.service import OURS
from tests.support.nab import NAB, needs_nab

KNOWN = NAB / "data/realKnownCause/ec2_request_latency_system_failure.csv"

pytestmark = pytest.mark.integration


def run(work: Path, *, csv_file: str | None, language: Language = "en") -> tuple[str, list[bytes]]:
    """Create a project's notebook, run all of it and return its text outputs and its pictures."""
    folder = work / "users/alice/work/p1"
    folder.mkdir(parents=True)
    starter = load_starter(OURS / "metrics-explore")
    files = starter.render(project="p1", language=language, csv_file=csv_file)
    text = files[PurePosixPath("p1.ipynb")].decode()
    notebook = nbformat.reads(text, as_version=4)
    client = NotebookClient(
        notebook, timeout=90, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    environment = {**os.environ, "PYTHONPATH": str(KERNEL_PATH)}
    asyncio.run(client.async_execute(env=environment))
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert [out for out in outputs if out.output_type == "error"] == []
    texts = [out.get("text", out.get("data", {}).get("text/plain", "")) for out in outputs]
    assert "Warning" not in "".join(texts), "".join(texts)
    pictures = [
        base64.b64decode(out.data["image/png"])
        for out in outputs
        if "image/png" in out.get("data", {})
    ]
    return "\n".join(texts), pictures


def put(work: Path, content: bytes) -> str:
    file = work / "users/alice/input/metrics/cpu.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return "../../input/metrics/cpu.csv"


def generated(rows: int = 4500) -> pd.DataFrame:
    random = np.random.default_rng(1)
    value = 50 + 10 * np.sin(np.arange(rows) / 288 * 2 * np.pi) + random.normal(0, 1, rows)
    value[3000:3010] += 60
    moments = pd.date_range("2024-01-01", periods=rows, freq="5min").strftime("%Y-%m-%d %H:%M:%S")
    return pd.DataFrame({"timestamp": moments, "value": value})


def is_png(picture: bytes) -> bool:
    return picture.startswith(b"\x89PNG") and len(picture) > 20_000


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_metrics_explore_finds_the_fault_in_generated_metrics(
    tmp_path: Path, language: Language
) -> None:
    path = put(tmp_path, generated().to_csv(index=False).encode())
    text, pictures = run(tmp_path, csv_file=path, language=language)
    assert "cpu.csv: 4,500 rows, 1 metric(s)" in text
    assert "2024-01-11 10:00:00" in text, "the window that was put in"
    assert len(pictures) == 1
    assert is_png(pictures[0])


def test_metrics_explore_reads_chinese_columns_and_encodings(tmp_path: Path) -> None:
    table = generated(600).rename(columns={"timestamp": "时间", "value": "处理器"})
    table["内存"] = 1.0
    table["延迟"] = table["处理器"].where(table.index % 7 > 0) * 2
    table["主机"] = "web-1"
    path = put(tmp_path, table.to_csv(index=False).encode("gb18030"))
    text, pictures = run(tmp_path, csv_file=path)
    assert "cpu.csv: 600 rows, 2 metric(s)" in text
    assert len(pictures) == 1


def test_metrics_explore_reads_plain_numbers_and_epochs(tmp_path: Path) -> None:
    table = generated(600)
    table["timestamp"] = 1_700_000_000 + np.arange(600) * 60
    path = put(tmp_path, table.assign(load=table["value"] / 10).to_csv(index=False).encode())
    text, _ = run(tmp_path, csv_file=path)
    assert "cpu.csv: 600 rows, 2 metric(s)" in text
    assert "2023-11-14" in text


def test_metrics_explore_says_what_to_do_without_a_data_set(tmp_path: Path) -> None:
    put(tmp_path, b"a,b\n1,2\n")
    text, pictures = run(tmp_path, csv_file=None)
    assert "GENERATED data (合成数据)" in text
    assert "../../input/metrics/cpu.csv" in text
    assert len(pictures) == 1


@needs_nab
def test_metrics_explore_runs_on_nab(tmp_path: Path) -> None:
    path = put(tmp_path, KNOWN.read_bytes())
    text, pictures = run(tmp_path, csv_file=path)
    assert "cpu.csv: 4,032 rows, 1 metric(s)" in text
    worst = re.findall(r"(2014-03-\d\d) \d\d:\d\d:\d\d 2014", text)[:3]
    assert worst == ["2014-03-18", "2014-03-21", "2014-03-14"], "the three windows of its labels"
    assert is_png(pictures[0])
