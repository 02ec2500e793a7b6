# %% [markdown] lang="en"
# # {project}
#
# Reads one CSV of metrics, scores every moment and plots the anomalies. Run all cells (**Run ▸ Run All Cells**).
#
# `CSV_FILE` is the file that is read. It was filled in when a data set was linked to this project; any CSV with numeric columns will do, with or without a column of time. Without a file the notebook shows generated data.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 读取一份指标 CSV，为每个时刻打分，并在图中标出异常。请运行全部单元格（**运行 ▸ 运行所有单元格**）。
#
# `CSV_FILE` 是要读取的文件，为项目关联数据集时会自动填好。任何含数值列的 CSV 都可以，时间列可有可无。没有文件时，本笔记本使用合成数据演示。

# %% tags=["parameters"]
CSV_FILE = ""

# %% [markdown] lang="en"
# ## 1 · Read
#
# The first column that holds moments becomes the index; the numeric columns are the metrics. Gaps are interpolated.

# %% [markdown] lang="zh-CN"
# ## 1 · 读取
#
# 第一个能解析为时间的列作为索引，数值列作为指标，缺失值用插值补齐。

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from opsforge_notebook import use_plot_theme
from sklearn.ensemble import IsolationForest


# %%
def generated_metrics(rows=4_000):
    """Two days of a busy server, one reading every 43 s, with three faults put in."""
    random = np.random.default_rng(7)
    hours = np.arange(rows) / rows * 48
    cpu = 35 + 12 * np.sin(hours / 24 * 2 * np.pi) + random.normal(0, 2, rows)
    cpu[900:930] += 40
    cpu[2_200:2_210] -= 25
    cpu[3_300:3_400] += np.linspace(0, 35, 100)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(hours, "h")
    return pd.DataFrame({"cpu_percent": cpu}, index=moments)


def read_table(path):
    """A CSV in UTF-8, else in GB18030."""
    try:
        return pd.read_csv(path, encoding="utf-8-sig")
    except UnicodeDecodeError:
        return pd.read_csv(path, encoding="gb18030")


def parse_time(column):
    """The column as moments, or None when it holds something else."""
    if pd.api.types.is_numeric_dtype(column):
        if not any(word in str(column.name).lower() for word in ("time", "date", "ts")):
            return None
        size = column.abs().median()
        limits = (("s", 1e11), ("ms", 1e14), ("us", 1e17))
        unit = next((name for name, limit in limits if size < limit), "ns")
        return pd.to_datetime(column, unit=unit, errors="coerce")
    moments = pd.to_datetime(column, errors="coerce", format="mixed")
    return moments if moments.notna().mean() > 0.9 else None


def read_metrics(path):
    """The numeric columns, in order of time where a column tells it."""
    table = read_table(path)
    for name in table.columns:
        moments = parse_time(table[name])
        if moments is not None:
            table = table.drop(columns=name).set_axis(pd.DatetimeIndex(moments), axis=0)
            table = table[table.index.notna()].sort_index()
            break
    numbers = table.select_dtypes("number").astype(float).replace([np.inf, -np.inf], np.nan)
    numbers = numbers.interpolate(limit_direction="both").dropna(axis="columns")
    return numbers.loc[:, numbers.nunique() > 1]


if CSV_FILE and Path(CSV_FILE).exists():
    source = Path(CSV_FILE).name
    metrics = read_metrics(CSV_FILE)
else:
    source = "«generated data|合成数据»"
    metrics = generated_metrics()
    print(
        "«No data set is linked to this project: what follows is GENERATED data (合成数据).|本项目没有关联数据集，以下为合成数据（仅供演示）。»"
    )
    print(
        "«Set CSV_FILE above to a CSV file of yours and run all cells again, or link a data set.|请将上方的 CSV_FILE 改为您的 CSV 文件路径并重新运行全部单元格，或为项目关联数据集。»"
    )
    for found in sorted(Path("../../input").glob("*/**/*.csv"))[:20]:
        print("   ", found.as_posix())

if metrics.empty:
    raise ValueError(
        f"{source}: «no numeric column to score, set CSV_FILE|没有可分析的数值列，请修改 CSV_FILE»"
    )

print(f"{source}: {len(metrics):,} rows, {metrics.shape[1]} metric(s)")
metrics.describe().T

# %% [markdown] lang="en"
# ## 2 · Score
#
# Two methods that a few extreme values can't mislead:
#
# - **rolling MAD**: how far a value lies from the median around it, measured in robust standard deviations;
# - **isolation forest**: how few random cuts set a moment apart, given its value, its step and the mean and spread before it.
#
# A moment is marked when the first is very sure, or both agree. `CONTAMINATION` is the share that you expect: raise it to see more.

# %% [markdown] lang="zh-CN"
# ## 2 · 打分
#
# 两种不易被少数极端值误导的方法：
#
# - **滑动 MAD**：数值与其附近中位数的距离，以稳健标准差为单位；
# - **孤立森林**：根据数值、变化量以及此前的均值和波动，看用多少次随机切分就能把该时刻单独分出来。
#
# 前者非常确定，或两者一致时，该时刻被标为异常。`CONTAMINATION` 是预期的异常比例，调大可以看到更多异常。

# %%
CONTAMINATION = 0.005


def mad_score(series, window):
    """Distance from the rolling median, in robust standard deviations."""
    median = series.rolling(window, center=True, min_periods=1).median()
    residual = series - median
    mad = residual.abs().rolling(4 * window, center=True, min_periods=1).median()
    floor = 0.2 * residual.std() + 1e-9
    return residual.abs() / (1.4826 * mad).clip(lower=floor)


def forest_score(series, window):
    """How easily an isolation forest sets a moment apart, from 0 to 1."""
    rolling = series.rolling(window, min_periods=1)
    features = pd.DataFrame(
        {
            "value": series,
            "step": series.diff().fillna(0),
            "mean": rolling.mean(),
            "spread": rolling.std().fillna(0),
        }
    )
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=0)
    return pd.Series(-forest.fit(features).score_samples(features), series.index)


def score(series):
    """Both scores, and the moments that they call anomalous."""
    window = int(np.clip(len(series) // 50, 5, 501))
    mad, forest = mad_score(series, window), forest_score(series, window)
    scores = pd.DataFrame({"value": series, "mad": mad, "forest": forest})
    likely = scores["forest"] >= scores["forest"].quantile(1 - 2 * CONTAMINATION)
    far = scores["mad"] >= max(scores["mad"].quantile(1 - CONTAMINATION), 3.5)
    scores["anomaly"] = far | (likely & (scores["mad"] > 3))
    return scores


scored = {name: score(metrics[name]) for name in metrics.columns[:4]}
pd.Series({name: int(s["anomaly"].sum()) for name, s in scored.items()}, name="anomalies")

# %% [markdown] lang="en"
# ## 3 · Windows
#
# An incident is a stretch of time, not one reading. Marks that lie close together make one window; the worst come first.

# %% [markdown] lang="zh-CN"
# ## 3 · 异常窗口
#
# 一次故障是一段时间，而不是一个点。相邻的异常合并为一个窗口，最严重的排在最前。


# %%
def windows(scores, gap):
    """Anomalous moments that lie close together, as one window each."""
    at = np.flatnonzero(scores["anomaly"])
    groups = np.split(at, np.flatnonzero(np.diff(at) > gap) + 1) if len(at) else []
    rows = [
        {
            "begin": scores.index[group[0]],
            "end": scores.index[group[-1]],
            "moments": len(group),
            "worst value": scores["value"].iloc[group[scores["mad"].iloc[group].argmax()]],
            "score": scores["mad"].iloc[group].max(),
        }
        for group in groups
    ]
    return pd.DataFrame(rows, columns=["begin", "end", "moments", "worst value", "score"])


found = pd.concat(
    {name: windows(s, gap=max(3, len(s) // 200)) for name, s in scored.items()}, names=["metric"]
)
found.sort_values("score", ascending=False).head(10).round(2)

# %% [markdown] lang="en"
# ## 4 · Plot

# %% [markdown] lang="zh-CN"
# ## 4 · 绘图

# %%
use_plot_theme()

figure, axes = plt.subplots(
    2 * len(scored),
    1,
    figsize=(12, 4.2 * len(scored)),
    sharex=True,
    squeeze=False,
    height_ratios=[3, 1] * len(scored),
)
for number, (name, s) in enumerate(scored.items()):
    above, below = axes[2 * number, 0], axes[2 * number + 1, 0]
    marked = s[s["anomaly"]]
    above.plot(s.index, s["value"], color="#4c78a8", linewidth=0.8, label=str(name))
    anomalies = f"«anomaly|异常» ({len(marked)})"
    above.scatter(marked.index, marked["value"], color="#e45756", s=18, zorder=3, label=anomalies)
    above.legend(loc="upper left")
    above.grid(alpha=0.25)
    below.plot(s.index, s["mad"], color="#72b7b2", linewidth=0.8)
    below.set_ylabel("«score|得分»")
    below.grid(alpha=0.25)
axes[0, 0].set_title(f"«Anomalies in|异常检测：» {source}")
axes[-1, 0].set_xlabel("«time|时间»" if isinstance(metrics.index, pd.DatetimeIndex) else "«row|行»")
plt.show()
