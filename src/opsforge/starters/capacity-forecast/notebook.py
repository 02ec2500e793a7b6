# %% [markdown] lang="en"
# # {project}
#
# Forecasts requests a week ahead, says how good such forecasts were, and when the disk will be full.
# The data is **synthetic (合成数据)**: 120 days of a service with a launch, two outages and a clean-up,
# made by a script of the platform.
#
# Two rules that this notebook keeps: no forecast without a **baseline** beside it, and no interval
# without its **coverage** – how often the truth was really inside.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 预测未来一周的请求量，说明这类预测过去有多准，并估计磁盘何时写满。
# 数据是**合成数据**：由平台脚本生成的 120 天数据，含一次上线、两次中断和一次清理。
#
# 本笔记本遵守两条规则：预测必须与**基线**并列；区间必须给出**覆盖率**——真实值落在其中的比例。

# %%
DATASET = "example-capacity/capacity.csv"
A_WEEK = 7 * 24
FOLDS = 6
LEVEL = 0.9

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from opsforge_notebook import read, use_plot_theme
from sklearn.ensemble import HistGradientBoostingRegressor
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from threadpoolctl import threadpool_limits

use_plot_theme()
table = read(DATASET, parse_dates=["timestamp"], index_col="timestamp").asfreq("1h")
requests = table["requests"].astype(float)
print(f"{len(table) // 24} «days|天», {requests.mean():,.0f} «requests an hour|次请求/小时»")

# %% [markdown] lang="en"
# ## 1 · Three ways to forecast
#
# Each takes the past and gives a week: the middle, and both ends of an interval that should hold
# 90 % of the truth.
#
# - **seasonal naive**: the same hour last week; the interval comes from how wrong that was before;
# - **Holt-Winters** on logarithms: level, trend and the shape of a week;
# - **gradient boosting**: quantiles from the same hour in earlier weeks and from the last days' level.

# %% [markdown] lang="zh-CN"
# ## 1 · 三种预测方法
#
# 每种方法根据过去给出未来一周：中位数，以及应包含 90% 真实值的区间两端。
#
# - **季节朴素**：上周同一小时；区间来自这种做法过去的误差；
# - **Holt-Winters**（取对数）：水平、趋势和一周的形状；
# - **梯度提升**：根据前几周同一小时和最近几天的水平预测分位数。

# %%
TAIL = (1 - LEVEL) / 2


def naive(past):
    middle = past.iloc[-A_WEEK:].to_numpy()
    errors = np.log(past / past.shift(A_WEEK)).dropna().iloc[-4 * A_WEEK :]
    low, high = errors.quantile([TAIL, 1 - TAIL])
    return middle * np.exp(low), middle, middle * np.exp(high)


def holt_winters(past):
    logs = np.log(past.iloc[-6 * A_WEEK :])
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # «It says when it stopped early; the back-test judges.|是否收敛由回测判断。»
        fit = ExponentialSmoothing(
            logs.to_numpy(),
            trend="add",
            damped_trend=True,
            seasonal="add",
            seasonal_periods=A_WEEK,
            initialization_method="heuristic",
        ).fit()
    middle = fit.forecast(A_WEEK)
    rest = pd.Series(logs.to_numpy() - fit.fittedvalues)
    # «A week ahead more can happen than an hour ahead: widen by what means of days do.|一周后的不确定性大于一小时后：按日均误差加宽。»
    drift = rest.rolling(24).mean().std() * np.sqrt(np.arange(1, A_WEEK + 1) / 24)
    low, high = rest.quantile([TAIL, 1 - TAIL])
    return tuple(
        np.exp(x) for x in (middle + low - 1.645 * drift, middle, middle + high + 1.645 * drift)
    )


def make_features(series, moments):
    """«Nothing younger than a week before each moment|只使用每个时刻一周之前的数据»"""
    logs = np.log(series)
    level = logs.rolling(A_WEEK, min_periods=24).mean()
    frame = {"hour": moments.hour, "weekday": moments.dayofweek}
    for weeks in (1, 2, 3):
        frame[f"week{weeks}"] = logs.reindex(moments - pd.Timedelta(weeks=weeks)).to_numpy()
    frame["level"] = level.reindex(moments - pd.Timedelta(weeks=1)).to_numpy()
    frame["growth"] = frame["level"] - level.reindex(moments - pd.Timedelta(weeks=2)).to_numpy()
    return pd.DataFrame(frame, index=moments)


def boosting(past):
    moments = past.index[4 * A_WEEK :]
    ahead = pd.date_range(past.index[-1] + pd.Timedelta("1h"), periods=A_WEEK, freq="1h")
    known, asked = make_features(past, moments), make_features(past, ahead)
    # «Learn the step from last week, trees don't extrapolate.|学习与上周的差值，因为树模型不能外推。»
    target = np.log(past.loc[moments]) - known["week1"]
    # «The tables are small: several threads would only wait for each other.|表很小，多线程只会互相等待。»
    with threadpool_limits(1):
        models = [
            HistGradientBoostingRegressor(
                loss="quantile",
                quantile=q,
                max_iter=60,
                max_depth=4,
                min_samples_leaf=40,
                random_state=0,
            ).fit(known, target)
            for q in (TAIL, 0.5, 1 - TAIL)
        ]
        return tuple(np.exp(model.predict(asked) + asked["week1"]).to_numpy() for model in models)


METHODS = {
    "«seasonal naive|季节朴素»": naive,
    "Holt-Winters": holt_winters,
    "«gradient boosting|梯度提升»": boosting,
}

# %% [markdown] lang="en"
# ## 2 · Back-test
#
# From six different weeks, each method forecasts the next one, knowing only what was before.
# **MAE** is the mean error, **MASE** the same in errors of the naive one (below 1 is better).

# %% [markdown] lang="zh-CN"
# ## 2 · 回测
#
# 从六个不同的时刻出发，每种方法只用此前的数据预测下一周。
# **MAE** 为平均误差，**MASE** 以朴素方法的误差为单位（小于 1 更好）。

# %%
rows, forecasts = [], {}
for fold in range(FOLDS):
    cut = len(requests) - (FOLDS - fold) * A_WEEK
    past, actual = requests.iloc[:cut], requests.iloc[cut : cut + A_WEEK]
    for name, method in METHODS.items():
        low, middle, high = method(past)
        inside = (actual >= low) & (actual <= high)
        forecasts[name, fold] = pd.DataFrame(
            {"low": low, "middle": middle, "high": high}, actual.index
        )
        rows.append(
            {
                "method": name,
                "MAE": (actual - middle).abs().mean(),
                "coverage": inside.mean(),
                "width": (high - low).mean(),
            }
        )
report = pd.DataFrame(rows).groupby("method", sort=False).mean()
baseline = report["MAE"].iloc[0]
report.insert(1, "MASE", report["MAE"] / baseline)
print(f"«baseline|基线»: MAE {baseline:,.0f}; «intervals should cover|区间应覆盖» {LEVEL:.0%}")
report.round({"MAE": 0, "MASE": 2, "coverage": 2, "width": 0})

# %% [markdown] lang="en"
# Look at the coverage before you believe an interval: where it is far from 0.90, the interval says
# less than it claims. The weeks with the outage are in the test, and nobody can forecast an outage.

# %% [markdown] lang="zh-CN"
# 相信区间之前先看覆盖率：若与 0.90 相差很大，区间的可信度就低于其声称的水平。
# 测试中包含发生中断的一周，而中断是无法预测的。

# %%
best = report["MAE"].idxmin()
figure, axes = plt.subplots(figsize=(12, 4.2))
shown = requests.iloc[-(FOLDS + 1) * A_WEEK :]
axes.plot(shown.index, shown, color="#4c78a8", linewidth=0.8, label="«actual|实际值»")
for fold in range(FOLDS):
    forecast = forecasts[best, fold]
    axes.fill_between(
        forecast.index,
        forecast["low"],
        forecast["high"],
        color="#f58518",
        alpha=0.25,
        label=f"{LEVEL:.0%} «interval|区间»" if fold == 0 else None,
    )
    axes.plot(
        forecast.index,
        forecast["middle"],
        color="#f58518",
        linewidth=0.9,
        label=f"«forecast|预测»: {best}" if fold == 0 else None,
    )
axes.set_title(
    "«Six forecasts a week ahead, and what came (synthetic data)|六次提前一周的预测与实际（合成数据）»"
)
axes.set_ylabel("«requests an hour|每小时请求数»")
axes.legend(loc="upper left", ncols=3)
plt.show()

# %% [markdown] lang="en"
# ## 3 · When is the disk full?
#
# The steps of the last four weeks, drawn again and again at random (a block bootstrap), make a
# thousand possible futures. Each is stretched by a factor by which growth has changed before, from
# four weeks to the next four. The answer is a range of dates, not one date.

# %% [markdown] lang="zh-CN"
# ## 3 · 磁盘何时写满？
#
# 随机重复抽取最近四周的增量（分块自助法），得到一千种可能的未来，再乘以历史上相邻两个四周之间
# 增长的变化倍数。答案是一个日期范围，而不是一个日期。


# %%
def days_to_full(used, total, *, paths=1000, horizon=240, seed=0):
    """«Possible futures by day|按天给出可能的未来»"""
    steps = used.diff().dropna()
    off = (steps - steps.median()).abs()
    steps = steps[off < 10 * off.median()].to_numpy()  # «Clean-ups are no growth.|清理不算增长。»
    growth = pd.Series(steps).rolling(28).sum().dropna().to_numpy()
    changes = growth[28:] / growth[:-28]
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, 22, (paths, horizon // 7 + 1))
    blocks = np.stack([steps[-28:][start : start + 7] for start in starts.ravel()])
    paths_ahead = np.cumsum(blocks.reshape(paths, -1)[:, :horizon], axis=1)
    futures = used.iloc[-1] + paths_ahead * rng.choice(changes, (paths, 1))
    full = futures >= total
    first = np.where(full.any(axis=1), full.argmax(axis=1) + 1, horizon + 1)
    return futures, first


daily, total = table["disk_used_gb"].resample("1D").last(), table["disk_total_gb"].iloc[-1]
back = 28
futures, _ = days_to_full(daily.iloc[:-back], total)
edges = np.quantile(futures[:, :back], [TAIL, 1 - TAIL], axis=0)
actual = daily.iloc[-back:].to_numpy()
disk_coverage = float(((actual >= edges[0]) & (actual <= edges[1])).mean())
futures, first = days_to_full(daily, total)
early, middle, late = np.quantile(first, [0.05, 0.5, 0.95]).astype(int)
print(f"«four weeks ago the 90 % interval held|四周前的 90% 区间覆盖了» {disk_coverage:.0%}")
print(f"«full in|写满时间»: {middle} «days|天», 90 %: {early}–{late} «days|天»")

# %%
figure, axes = plt.subplots(figsize=(12, 4.2))
axes.plot(daily.index, daily, color="#4c78a8", label="«used|已用»")
ahead = pd.date_range(daily.index[-1] + pd.Timedelta("1D"), periods=futures.shape[1], freq="1D")
until = min(late + 20, len(ahead))
for inner, shade in ((0.05, 0.2), (0.25, 0.35)):
    low, high = np.quantile(futures, [inner, 1 - inner], axis=0)
    axes.fill_between(
        ahead[:until], low[:until], high[:until], color="#f58518", alpha=shade, linewidth=0
    )
axes.plot(
    ahead[:until], np.median(futures, axis=0)[:until], color="#f58518", label="«forecast|预测»"
)
axes.axhline(total, color="#e45756", label="«capacity|容量»")
axes.axvspan(
    ahead[early], ahead[late], color="#e45756", alpha=0.12, label="«full, 90 %|写满（90%）»"
)
axes.set_ylim(top=total * 1.06)
axes.set_title("«Disk use, and when it is full (synthetic data)|磁盘用量与写满时间（合成数据）»")
axes.set_ylabel("GB")
axes.legend(loc="upper left", ncols=4)
plt.show()

# %%
figures = {
    "mae_naive": round(float(baseline)),
    "mase": {name: round(float(value), 3) for name, value in report["MASE"].items()},
    "coverage": {name: round(float(value), 3) for name, value in report["coverage"].items()},
    "days_to_full": [int(early), int(middle), int(late)],
    "disk_coverage": round(disk_coverage, 3),
}
figures
