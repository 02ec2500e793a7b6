# %% [markdown] lang="en"
# # {project}
#
# Scores detectors by the **standard profile of the Numenta Anomaly Benchmark** (Lavin and Ahmad,
# ICMLA 2015): alarms in a labelled window earn the more the earlier they come, false alarms cost,
# and one threshold must do for all files.
#
# The data is real: NAB, MIT licence. An administrator brings it with `opsforge import-nab FOLDER`;
# then link the data sets whose names begin with `nab-` to this project. The published figures are
# over all 58 files of NAB; a score over some folders of it is of the same kind, not the same number.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 按 **Numenta 异常检测基准（NAB）的标准配置**（Lavin 与 Ahmad，ICMLA 2015）为检测器评分：
# 标注窗口内的告警越早得分越高，误报扣分，所有文件共用一个阈值。
#
# 数据是真实数据：NAB，MIT 许可证。由管理员执行 `opsforge import-nab 目录` 导入，
# 然后将名称以 `nab-` 开头的数据集关联到本项目。公布的成绩基于 NAB 全部 58 个文件；
# 只用其中部分目录得到的分数性质相同，但不能直接比较。

# %%
import json
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from nab_scoring import best_threshold, count_windows, normalise, prepare, score_file
from opsforge_notebook import find_path, list_datasets, list_files, read, use_plot_theme

use_plot_theme()
DATASETS = [name for name in list_datasets() if name.startswith("nab-")]
if not DATASETS:
    raise LookupError(
        "«Link a data set nab-… first; an administrator imports them with opsforge import-nab.|请先关联 nab-… 数据集；管理员可用 opsforge import-nab 导入。»"
    )

series = {}
for dataset in DATASETS:
    windows = json.loads(find_path(f"{dataset}/windows.json").read_text())
    for path in list_files(dataset):
        if path.endswith(".csv"):
            name = path.removeprefix(f"{dataset}/")
            table = read(path, parse_dates=["timestamp"])
            marks = [(pd.Timestamp(first), pd.Timestamp(last)) for first, last in windows[name]]
            series[f"{dataset.removeprefix('nab-')}/{name}"] = (table, marks)
points = sum(len(table) for table, _ in series.values())
print(
    f"{len(series)} «files|个文件», {points:,} «points|个点», {sum(len(m) for _, m in series.values())} «windows|个窗口»"
)

# %% [markdown] lang="en"
# ## 1 · Detectors
#
# Each looks at the past only, and says from 0 to 1 how unusual a point is. Put your own in the same
# form beside them.
#
# - **windowed Gaussian**: one of NAB's own; published over all of NAB: 39.6. Of the two folders
#   `realAWSCloudwatch` and `realKnownCause` it reproduces every published raw score, file by file;
# - **jump**: how far a point is from the last readings' median, in mean steps of the past;
# - **random**: what no knowledge is worth.

# %% [markdown] lang="zh-CN"
# ## 1 · 检测器
#
# 每个检测器只看过去，用 0 到 1 表示一个点有多不寻常。可以按同样的形式加入自己的检测器。
#
# - **窗口高斯**：NAB 自带的检测器之一，在全部 NAB 上公布的成绩为 39.6；对 `realAWSCloudwatch` 和
#   `realKnownCause` 两个目录，它逐文件复现了公布的原始得分；
# - **跳变**：与最近若干点中位数的距离，以过去的平均变化为单位；
# - **随机**：没有任何知识时的得分。

# %%
erfc = np.vectorize(math.erfc)


def windowed_gaussian(values, size=6400, step=100):
    """«How far in the tails of a normal distribution of the past|位于过去正态分布尾部的程度»"""
    number = np.arange(len(values))
    # «The window grows to its size, then moves on by steps.|窗口先增长到固定大小，再按步长移动。»
    last = np.where(number <= size, number, size + (number - size) // step * step)
    first = np.maximum(last - size, 0)
    sums = np.concatenate([[0], np.cumsum(values - values[0])])
    squares = np.concatenate([[0], np.cumsum((values - values[0]) ** 2)])
    count = np.maximum(last - first, 1)
    mean = (sums[last] - sums[first]) / count
    spread = np.sqrt(np.maximum((squares[last] - squares[first]) / count - mean**2, 0))
    spread = np.where(spread < 1e-9, 1e-6, spread)
    score = 1 - 0.5 * erfc(np.abs(values - values[0] - mean) / spread / math.sqrt(2))
    score[0] = 0
    return np.round(
        score, 12
    )  # «As many digits as the published results have.|与公布结果的位数一致。»


def jump(values, size=24):
    """«Distance from the recent median, in mean steps of the past|与近期中位数的距离，以过去的平均变化为单位»"""
    series = pd.Series(values)
    past = series.shift(1).rolling(size, min_periods=1)
    spread = series.diff().abs().shift(1).expanding().mean() + 1e-9
    off = ((series - past.median()).abs() / spread).fillna(0)
    return (1 - np.exp(-off / 10)).to_numpy()


DETECTORS = {
    "«windowed Gaussian|窗口高斯»": windowed_gaussian,
    "«jump|跳变»": jump,
    "«random|随机»": lambda values: np.random.default_rng(len(values)).random(len(values)),
}

# %% [markdown] lang="en"
# ## 2 · Scores

# %% [markdown] lang="zh-CN"
# ## 2 · 评分

# %%
rows, raw, thresholds = [], {}, {}
for name, detect in DETECTORS.items():
    files = {
        path: prepare(table["timestamp"], detect(table["value"].to_numpy(dtype=float)), marks)
        for path, (table, marks) in series.items()
    }
    thresholds[name] = best_threshold(list(files.values()))
    raw[name] = {path: score_file(file, thresholds[name]) for path, file in files.items()}
    windows = sum(count_windows(file) for file in files.values())
    rows.append(
        {
            "detector": name,
            "score": normalise(sum(raw[name].values()), windows),
            "threshold": thresholds[name],
        }
    )
report = pd.DataFrame(rows).set_index("detector")
report.round({"score": 1, "threshold": 6})

# %%
table = pd.DataFrame(raw)
table.round(2)

# %% [markdown] lang="en"
# ## 3 · Plot

# %% [markdown] lang="zh-CN"
# ## 3 · 绘图

# %%
figure, axes = plt.subplots(figsize=(11, 0.34 * len(table) + 1.6))
shown = table.iloc[::-1]
shown.plot.barh(ax=axes, width=0.8, color=["#4c78a8", "#f58518", "#bab0ac"][: table.shape[1]])
axes.axvline(0, color="#888888", linewidth=0.8)
axes.set_xlabel(
    "«raw score of each file: 1 for each window found at once, -1 for each missed|每个文件的原始得分：立即命中每窗口 1 分，漏报每窗口 -1 分»"
)
axes.set_title(
    "NAB, «standard profile|标准配置»: "
    + ", ".join(f"{name} {score:.1f}" for name, score in report["score"].items())
)
axes.tick_params(axis="y", labelsize=7)
axes.legend(loc="best")
plt.show()

# %%
figures = {
    "files": len(series),
    "windows": windows,
    "score": {name: round(float(score), 2) for name, score in report["score"].items()},
    "threshold": thresholds,
    "raw": raw,
}
{key: figures[key] for key in ("files", "windows", "score")}
