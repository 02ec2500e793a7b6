"""The Numenta benchmark: imported from a folder, scored as it was published."""

import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from opsforge.starters.nab import NabRefused, find_nab
from opsforge.starters.service import OURS
from tests.support.nab import NAB, PUBLISHED, needs_nab


@pytest.fixture(scope="module")
def nab() -> ModuleType:
    """The scoring that a project gets."""
    spec = importlib.util.spec_from_file_location("nab_scoring", OURS / "nab-score/nab_scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hours(count: int) -> Any:  # noqa: ANN401 - an array.
    return np.datetime64("2026-01-01") + np.arange(count) * np.timedelta64(1, "h")


def prepared(nab: ModuleType, scores: Any, *windows: tuple[int, int]) -> object:  # noqa: ANN401 - an array.
    times = hours(len(scores))
    return nab.prepare(times, scores, [(times[first], times[last]) for first, last in windows])


class TestScoring:
    def test_the_sigmoid_of_the_white_paper(self, nab: ModuleType) -> None:
        found = nab.scaled_sigmoid([-1.0, -0.5, 0.0, 1.0, 3.1])
        assert found == pytest.approx([0.98661, 0.84828, 0.0, -0.98661, -1.0], abs=1e-5)

    def test_the_first_alarm_in_a_window_earns_most(self, nab: ModuleType) -> None:
        early, late = np.zeros(100), np.zeros(100)
        early[40], late[48] = 1, 1
        at_once = nab.score_file(prepared(nab, early, (40, 49)), 1.0)
        assert at_once == pytest.approx(1)
        assert 0 < nab.score_file(prepared(nab, late, (40, 49)), 1.0) < at_once
        late[40] = 1
        assert nab.score_file(prepared(nab, late, (40, 49)), 1.0) == pytest.approx(1)

    def test_missed_windows_and_false_alarms_cost(self, nab: ModuleType) -> None:
        scores = np.zeros(100)
        assert nab.score_file(prepared(nab, scores, (40, 49), (70, 79)), 0.5) == -2
        scores[30] = 1
        assert nab.score_file(prepared(nab, scores, (40, 49)), 0.5) == pytest.approx(-1.11)
        scores[30], scores[50] = 0, 1
        right_behind = nab.score_file(prepared(nab, scores, (40, 49)), 0.5)
        assert -1.11 < right_behind < -1

    def test_the_probation_counts_for_nothing(self, nab: ModuleType) -> None:
        scores = np.zeros(100)
        scores[:15] = 1
        assert nab.score_file(prepared(nab, scores, (40, 49)), 0.5) == -1
        scores[15] = 1
        assert nab.score_file(prepared(nab, scores, (40, 49)), 0.5) == pytest.approx(-1.11)
        long = np.zeros(10_000)
        long[749] = 1
        assert nab.score_file(prepared(nab, long, (4000, 4100)), 0.5) == -1, "of 5,000 at most"

    def test_the_threshold_is_the_best_of_all(self, nab: ModuleType) -> None:
        random = np.random.default_rng(0)
        files = [
            prepared(nab, np.round(random.random(300), 2), (100, 129), (200, 219)) for _ in range(3)
        ]
        totals = {
            threshold: sum(nab.score_file(file, threshold) for file in files)
            for threshold in np.round(np.arange(0, 1.01, 0.01), 2)
        }
        best = nab.best_threshold(files)
        assert sum(nab.score_file(file, best) for file in files) == pytest.approx(
            max(totals.values())
        )

    def test_zero_is_no_alarm_and_a_hundred_is_perfect(self, nab: ModuleType) -> None:
        assert nab.normalise(-7, 7) == 0
        assert nab.normalise(7, 7) == 100

    def test_a_detector_that_only_errs_never_alarms(self, nab: ModuleType) -> None:
        scores = np.zeros(100)
        scores[20:30] = 1
        assert math.isinf(nab.best_threshold([prepared(nab, scores)]))


class TestImport:
    @needs_nab
    def test_a_data_set_for_each_category_with_its_labels(self) -> None:
        found = {example.name: example for example in find_nab(NAB)}
        assert set(found) == {"nab-realAWSCloudwatch", "nab-realKnownCause"}
        files = found["nab-realKnownCause"].make_files()
        assert {"nyc_taxi.csv", "windows.json", "labels.json", "LICENSE.txt"} < set(files)
        windows = files["windows.json"]
        assert isinstance(windows, bytes)
        known = {name for name in PUBLISHED if name.startswith("realKnownCause/")}
        assert {f"realKnownCause/{name}" for name in json.loads(windows)} == known
        assert "MIT" in found["nab-realKnownCause"].description
        assert "19 labelled windows" in found["nab-realKnownCause"].description

    @pytest.mark.parametrize(
        ("files", "reason"),
        [
            ({}, "combined_windows.json is not there; name the folder"),
            ({"labels/combined_windows.json": "[]"}, "is not what NAB has there"),
            ({"labels/combined_windows.json": "{"}, "can't be read"),
            (
                {"labels/combined_windows.json": "{}", "labels/combined_labels.json": "{}"},
                "has no folder with CSV files",
            ),
            (
                {
                    "labels/combined_windows.json": "{}",
                    "labels/combined_labels.json": "{}",
                    "data/mine/a.csv": "timestamp,value\n",
                },
                "says nothing about mine/a.csv",
            ),
        ],
    )
    def test_what_is_missing_is_said(
        self, tmp_path: Path, files: dict[str, str], reason: str
    ) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        with pytest.raises(NabRefused, match=reason):
            find_nab(tmp_path)
