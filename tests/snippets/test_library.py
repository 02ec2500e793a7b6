"""The platform's own snippets: listed over HTTP, and each really run."""

import ast
import io
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import requires
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from packaging.requirements import Requirement

from opsforge.engine.lab import KERNEL_PATH
from opsforge.snippets.library import PROVIDED, load_library
from tests.support.people import ApiClient

SNIPPETS = {s.name: s for group in load_library() for s in group.snippets}
FILES = sorted(
    path
    for path in Path("src/opsforge/snippets/aiops").glob("*/*")
    if path.is_file() and path.name != "group.toml"
)

IMPORTED_AS = {
    "drain3": "drain3-improved",
    "joblib": "scikit-learn",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "sklearn": "scikit-learn",
    "statsmodels": "statsmodels",
}
"""Packages by what they are imported as."""

Run = Callable[[str], dict[str, Any]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a project, as a notebook's kernel sees it."""
    folder = tmp_path / "work" / "demo"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(KERNEL_PATH))
    return folder


@pytest.fixture
def run(project: Path) -> Iterator[Run]:
    """Runs a snippet as a notebook's cell would, in the project's directory."""
    del project

    def run_snippet(name: str) -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        code = compile(SNIPPETS[name].code, f"{name}.py", "exec")
        with redirect_stdout(io.StringIO()) as printed:
            exec(code, namespace)  # noqa: S102 - the platform's own code is what is tested.
        return namespace | {"printed": printed.getvalue()}

    with mpl.rc_context():
        yield run_snippet


@pytest.mark.anyio
async def test_f2_the_library_is_beside_the_users_tree(
    as_alice: ApiClient, as_bob: ApiClient
) -> None:
    groups = (await as_alice.get("/snippets/library")).json()
    labels = [group["label_zh"] for group in groups]
    assert labels == ["数据接入", "指标", "日志与告警", "根因与交付"]
    assert groups == (await as_bob.get("/snippets/library")).json()
    assert sum(len(group["snippets"]) for group in groups) == len(FILES) >= 12
    assert (await as_alice.get("/snippets/tree")).json()["count"] == 0
    first = groups[0]["snippets"][0]
    copied = {name: first[name] for name in ("language", "tags", "code")}
    made = await as_alice.post("/snippets", json={"title": first["label_zh"], **copied})
    assert made.status_code == 201
    assert made.json()["code"] == first["code"]


def test_every_file_is_listed_in_its_group() -> None:
    assert sorted(f"{path.parent.name}/{path.stem}" for path in FILES) == sorted(SNIPPETS)


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_speaks_both_languages_and_says_what_it_needs(name: str) -> None:
    snippet = SNIPPETS[name]
    for chinese in (snippet.label_zh, snippet.description_zh):
        assert any("\u4e00" <= c <= "\u9fff" for c in chinese)
    assert snippet.label_en.isascii()
    assert snippet.description_en.endswith(".")
    assert snippet.description_zh.endswith("。")
    for package in snippet.requires:
        assert f"# %pip install {package}\n" in snippet.code
    assert "/// script" not in snippet.code
    imported = {
        (getattr(node, "module", None) or node.names[0].name).split(".")[0]
        for node in ast.walk(ast.parse(snippet.code))
        if isinstance(node, ast.ImportFrom | ast.Import)
    }
    missing = imported - sys.stdlib_module_names - {"opsforge_notebook"} - IMPORTED_AS.keys()
    assert {IMPORTED_AS[name] for name in imported & IMPORTED_AS.keys()} <= PROVIDED | set(
        snippet.requires
    )
    assert not missing, "say in IMPORTED_AS which package brings it"


def test_what_counts_as_provided_is_a_dependency_of_the_platform() -> None:
    ours = {Requirement(line).name for line in requires("opsforge") or []}
    assert PROVIDED - {"scipy"} <= ours
    assert any(Requirement(line).name == "scipy" for line in requires("scikit-learn") or [])


class TestDataAccess:
    def test_read_dataset(self, run: Run, project: Path) -> None:
        folder = project.parent.parent / "input" / "监控"
        (folder / "2026").mkdir(parents=True)
        (folder / "cpu.csv").write_text("time,value\n1,0.5\n2,0.7\n")
        (folder / "2026" / "app.log").write_text("第一行\nsecond\n", "utf-8")
        (folder / "a.jsonl").write_text('{"x": 1}\n{"x": 2}\n')
        found = run("data_access/read_dataset")
        names = ["监控/2026/app.log", "监控/a.jsonl", "监控/cpu.csv"]
        assert list(found["files"]["file"]) == names
        assert found["read_file"]("监控/cpu.csv")["value"].tolist() == [0.5, 0.7]
        assert found["read_file"]("监控/2026/app.log")["line"].tolist() == ["第一行", "second"]
        assert found["read_file"]("监控/a.jsonl")["x"].tolist() == [1, 2]

    def test_prometheus_range(self, run: Run, prometheus: HTTPServer) -> None:
        query_range = run("data_access/prometheus_range")["query_range"]
        address = f"http://127.0.0.1:{prometheus.server_port}"
        table = query_range(address, "up", "2026-11-01", "2026-11-01 00:02", token="t0ken")
        asked = prometheus.asked  # type: ignore[attr-defined]
        assert asked["query"] == {
            "query": ["up"],
            "start": ["1793491200.0"],
            "end": ["1793491320.0"],
            "step": ["60s"],
        }
        assert asked["authorization"] == "Bearer t0ken"
        assert list(table.columns) == ["up{instance=a,job=node}", "up{instance=b,job=node}"]
        assert table.index[0] == pd.Timestamp("2026-11-01", tz="UTC")
        assert table["up{instance=a,job=node}"].tolist() == [1.0, 0.0, 1.0]
        assert np.isnan(table["up{instance=b,job=node}"].iloc[0])

    def test_align_and_fill(self, run: Run) -> None:
        found = run("data_access/align_and_fill")
        assert found["aligned"]["is_filled"].sum() >= 2
        times = pd.to_datetime(
            ["2026-01-01 00:00:20", "2026-01-01 00:03:10", "2026-01-01 00:09:00"]
        )
        table = found["align_and_fill"](pd.Series([0.0, 3.0, 9.0], times), max_gap=2)
        assert table["value"].tolist()[:4] == [0, 1, 2, 3]
        assert table["value"].isna().sum() == 5
        assert table["is_filled"].tolist() == [False, True, True] + [False] * 7

    def test_plot_theme(self, run: Run) -> None:
        font = run("data_access/plot_theme")["font"]
        installed = {entry.name for entry in font_manager.fontManager.ttflist}
        assert font == "Noto Sans SC"
        assert font in installed
        assert mpl.rcParams["font.family"][-1] == "DejaVu Sans"
        assert mpl.rcParams["axes.unicode_minus"] is False


class TestMetrics:
    @pytest.mark.parametrize("robust", [True, False])
    def test_rolling_threshold(self, run: Run, *, robust: bool) -> None:
        found = run("metrics/rolling_threshold")
        assert {300, 450} <= set(np.flatnonzero(found["result"]["is_anomaly"]))
        table = found["rolling_threshold"](found["kpi"], k=6, robust=robust)
        assert np.flatnonzero(table["is_anomaly"]).tolist() == [300, 450]

    def test_stl_residual(self, run: Run) -> None:
        result = run("metrics/stl_residual")["result"]
        assert result["score"].abs().idxmax() == result.index[210]
        assert result["is_anomaly"].sum() <= 8
        parts = result["trend"] + result["season"] + result["residual"]
        assert np.allclose(parts, result["value"])

    def test_four_detectors(self, run: Run) -> None:
        found = run("metrics/four_detectors")
        table = found["table"]
        assert list(table.columns) == ["mad", "ewma", "iforest", "lof", "mean_rank"]
        top = {table.index.get_loc(moment) for moment in table.nlargest(12, "mean_rank").index}
        assert set(found["faults"]) <= top
        assert table.to_numpy().max() <= 1

    def test_window_scores(self, run: Run) -> None:
        found = run("metrics/window_scores")
        scores = found["scores"]
        assert (scores["found"], scores["missed"], scores["false_alarms"]) == (1, 1, 1)
        assert (scores["precision"], scores["recall"], scores["f1"]) == (0.5, 0.5, 0.5)
        quiet = found["window_scores"](pd.Series([False], found["times"][:1]), [])
        assert quiet["f1"] == 0

    def test_forecast_baseline(self, run: Run) -> None:
        found = run("metrics/forecast_baseline")
        assert len(found["forecast"]) == 24
        assert found["scores"]["mae"] < 1.3 * found["scores"]["mae_naive"]
        assert found["scores"]["coverage"] > 0.5
        # Nothing of the last day may be known to the forecast of it.
        load = found["load"].copy()
        load.iloc[-24:] += 1000
        again, _ = found["forecast_quantiles"](load, season=24, horizon=24)
        assert np.allclose(again["q0.5"], found["forecast"]["q0.5"])


class TestLogsAndAlerts:
    def test_drain_templates(self, run: Run) -> None:
        found = run("logs_alerts/drain_templates")
        assert dict(zip(found["counts"]["template"], found["counts"]["count"], strict=True)) == {
            "connection from <IP> closed after <NUM> ms": 20,
            "user <*> logged in": 10,
            "disk /dev/sda1 is full": 1,
        }
        assert found["parsed"]["line"].tolist() == found["log_lines"]

    def test_template_anomalies(self, run: Run) -> None:
        found = run("logs_alerts/template_anomalies")
        worst = found["scored"].nlargest(1, "score")
        assert worst.index[0] == pd.Timestamp("2026-11-01 12:00")

    def test_alert_fingerprints(self, run: Run) -> None:
        found = run("logs_alerts/alert_fingerprints")
        assert sorted(found["incidents"]["alerts"]) == [1, 2, 4]
        one = {"service": "pay", "name": "x", "message": "at 0xFF: 3"}
        other = {**one, "message": "At 0x1:  4.5"}
        assert found["fingerprint"](one) == found["fingerprint"](other)
        assert found["fingerprint"](one) != found["fingerprint"]({**one, "service": "db"})


class TestRootCause:
    def test_drill_down(self, run: Run) -> None:
        found = run("root_cause/drill_down")
        best = found["report"].iloc[0]
        assert (best["dimension"], best["values"]) == ("region", ["sh"])
        assert best["explained"] == pytest.approx(1, abs=0.1)
        calm = found["kpi"].assign(actual=found["kpi"]["expected"])
        with pytest.raises(ValueError, match="did not change"):
            found["drill_down"](calm, ["region"])

    def test_random_walk(self, run: Run) -> None:
        ranking = run("root_cause/random_walk")["ranking"]
        assert ranking.index[0] == "db"
        assert ranking["search"] < ranking["pay"]
        assert ranking.sum() == pytest.approx(1)

    def test_save_model(self, run: Run, project: Path) -> None:
        found = run("root_cause/save_model")
        model, card = found["load_model"]("models/demo")
        assert model.predict([[5]]).tolist() == found["fitted"].predict([[5]]).tolist()
        assert card["metrics"] == {"f1": 0.91}
        (project / "models/demo/model.joblib").write_bytes(b"other")
        with pytest.raises(ValueError, match="not the file"):
            found["load_model"]("models/demo")


def test_every_snippet_has_a_test_that_runs_it() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [name for name in SNIPPETS if f'run("{name}")' not in source] == []


@pytest.fixture
def prometheus() -> Iterator[HTTPServer]:
    """Answers a range query as Prometheus does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            assert address.path == "/api/v1/query_range"
            server.asked = {  # type: ignore[attr-defined]
                "query": parse_qs(address.query),
                "authorization": self.headers["Authorization"],
            }
            start = 1793491200
            values = [[start, "1"], [start + 60, "0"], [start + 120, "1"]]
            series = [
                {"metric": {"__name__": "up", "job": "node", "instance": name}, "values": some}
                for name, some in (("a", values), ("b", values[1:]))
            ]
            answer = {"status": "success", "data": {"resultType": "matrix", "result": series}}
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *arguments: object) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
