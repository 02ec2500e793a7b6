# /// script
# dependencies = ["numpy", "pandas", "scikit-learn"]
#
# [tool.opsforge]
# tags = ["异常检测", "scikit-learn"]
# label.en = "Four detectors in one table"
# label.zh = "四种检测器对比表"
# description.en = "Scores a series by MAD, EWMA, isolation forest and LOF, as ranks to compare."
# description.zh = "用 MAD、EWMA、孤立森林和 LOF 为序列打分，并换算为可比较的分位。"
# ///
import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import RobustScaler


def make_features(series, window=12):
    """Value, change and rolling statistics: what a point-wise detector needs to see shapes."""
    past = series.rolling(window, min_periods=1)
    table = pd.DataFrame(
        {
            "value": series,
            "change": series.diff().fillna(0),
            "mean": past.mean(),
            "spread": past.std().fillna(0),
            "from_median": series - past.median(),
        }
    )
    return RobustScaler().fit_transform(table)


def score_detectors(series, window=12, seed=0):
    """One column a detector; each is the share of points that look more normal (0 to 1)."""
    features = make_features(series, window)
    center = series.median()
    forest = IsolationForest(n_estimators=200, random_state=seed).fit(features)
    neighbours = LocalOutlierFactor(n_neighbors=30).fit(features)
    smooth = series.ewm(span=window).mean().shift(1).bfill()
    scores = pd.DataFrame(
        {
            "mad": (series - center).abs(),
            "ewma": (series - smooth).abs(),
            "iforest": -forest.score_samples(features),
            "lof": -neighbours.negative_outlier_factor_,
        },
        index=series.index,
    )
    ranks = scores.rank(pct=True)
    ranks["mean_rank"] = ranks.mean(axis=1)
    return ranks


# 合成数据 (synthetic data): a daily season of 5-minute points with three faults.
rng = np.random.default_rng(0)
steps = np.arange(4 * 288)
kpi = pd.Series(
    100 + 20 * np.sin(2 * np.pi * steps / 288) + rng.normal(0, 2, steps.size),
    index=pd.date_range("2026-11-01", periods=steps.size, freq="5min"),
)
faults = [400, 700, 1000]
kpi.iloc[faults] += [60, -60, 80]
table = score_detectors(kpi)
print(table.nlargest(6, "mean_rank").round(3))
