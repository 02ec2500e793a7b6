# /// script
# dependencies = ["numpy", "pandas"]
#
# [tool.opsforge]
# tags = ["时间序列", "缺失值"]
# label.en = "Align and fill a series"
# label.zh = "时间序列对齐与补齐"
# description.en = "Puts irregular points on a grid, fills short gaps only and marks them."
# description.zh = "将不规则采样点对齐到固定间隔，仅补齐较短的缺口，并标记补齐的点。"
# ///
import numpy as np
import pandas as pd


def align_and_fill(series, step="1min", max_gap=5):
    """A regular series: mean of each step; gaps of up to `max_gap` steps interpolated.

    Longer gaps stay empty: a straight line over an outage would hide it.
    """
    regular = series.sort_index().resample(step).mean()
    missing = regular.isna()
    run = missing.ne(missing.shift()).cumsum()
    is_short = missing & (missing.groupby(run).transform("size") <= max_gap)
    filled = regular.interpolate("time", limit_area="inside").where(~missing | is_short)
    return pd.DataFrame({"value": filled, "is_filled": is_short & filled.notna()})


# 合成数据 (synthetic data): one point a minute with jitter, a short and a long gap.
rng = np.random.default_rng(0)
times = pd.date_range("2026-11-01", periods=120, freq="1min") + pd.to_timedelta(
    rng.integers(0, 40, 120), unit="s"
)
raw = pd.Series(np.sin(np.arange(120) / 10), index=times).drop(times[[20, 21, *range(60, 80)]])
aligned = align_and_fill(raw)
print(aligned["is_filled"].sum(), "filled,", aligned["value"].isna().sum(), "left empty")
