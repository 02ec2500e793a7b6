# /// script
# dependencies = ["numpy", "pandas", "scikit-learn"]
#
# [tool.opsforge]
# tags = ["日志", "异常检测", "PCA"]
# label.en = "Log anomalies from template counts"
# label.zh = "基于模板计数的日志异常检测"
# description.en = "Counts templates per window and scores each window by PCA reconstruction."
# description.zh = "按时间窗口统计模板数量，用 PCA 重构误差为每个窗口打分。"
# ///
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler


def count_templates(events, window="5min"):
    """A row a window, a column a template; `events` has the columns time and template."""
    starts = events["time"].dt.floor(window)
    table = pd.crosstab(starts, events["template"])
    return table.reindex(pd.date_range(starts.min(), starts.max(), freq=window), fill_value=0)


def score_windows(counts, explained=0.9):
    """What the usual mixture of templates can't explain of each window, and the chief template."""
    scaled = StandardScaler().fit_transform(np.log1p(counts))
    pca = PCA(n_components=explained, svd_solver="full").fit(scaled)
    rest = (scaled - pca.inverse_transform(pca.transform(scaled))) ** 2
    return pd.DataFrame(
        {"score": rest.sum(axis=1), "template": counts.columns[rest.argmax(axis=1)]},
        index=counts.index,
    )


# 合成数据 (synthetic data): what is opened is closed, except for some at noon.
rng = np.random.default_rng(0)
day = pd.date_range("2026-11-01", periods=288, freq="5min")
rows = []
for start in day:
    base = rng.poisson(20)
    mixture = {"open": base, "close": base + rng.poisson(1), "heartbeat": rng.poisson(5)}
    if start == day[144]:
        mixture["close"] = base // 2
    for template, number in mixture.items():
        seconds = pd.to_timedelta(rng.integers(0, 300, number), unit="s")
        rows += [(start + offset, template) for offset in seconds]
events = pd.DataFrame(rows, columns=["time", "template"])
scored = score_windows(count_templates(events))
print(scored.nlargest(3, "score"))
