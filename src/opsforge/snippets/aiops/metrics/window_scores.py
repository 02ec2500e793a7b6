# /// script
# dependencies = ["numpy", "pandas"]
#
# [tool.opsforge]
# tags = ["评估", "精确率", "召回率"]
# label.en = "Window-level precision and recall"
# label.zh = "窗口级精确率与召回率"
# description.en = "A labelled window is found by any alarm in it; alarms outside count as runs."
# description.zh = "标注窗口内有任一告警即视为命中，窗口外的连续告警按段计为误报。"
# ///
import numpy as np
import pandas as pd


def find_runs(flags):
    """First and last position of each unbroken run of alarms."""
    padded = np.concatenate([[False], np.asarray(flags, dtype=bool), [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return list(zip(edges[::2], edges[1::2] - 1, strict=True))


def window_scores(flags, windows):
    """Precision, recall and F1 by events.

    `flags` is a boolean series over time; `windows` are pairs of first and last moment.
    """
    index = flags.index
    runs = [(index[first], index[last]) for first, last in find_runs(flags)]

    def overlaps(a, b):
        return a[0] <= b[1] and b[0] <= a[1]

    found = sum(any(overlaps(window, run) for run in runs) for window in windows)
    false_alarms = sum(not any(overlaps(run, window) for window in windows) for run in runs)
    precision = found / (found + false_alarms) if found + false_alarms else 0.0
    recall = found / len(windows) if windows else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return pd.Series(
        {
            "windows": len(windows),
            "found": found,
            "missed": len(windows) - found,
            "false_alarms": false_alarms,
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
    )


# 合成数据 (synthetic data): two labelled windows, one is found, one false alarm.
times = pd.date_range("2026-11-01", periods=100, freq="1min")
alarms = pd.Series(False, index=times)
alarms.iloc[[22, 23, 60, 61]] = True
labels = [(times[20], times[30]), (times[80], times[90])]
scores = window_scores(alarms, labels)
print(scores)
