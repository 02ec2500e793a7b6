# %% [markdown] lang="en"
# # {project}
#
# A day of alerts becomes a list of incidents: repeated alerts fall together by their **fingerprint**,
# and what happens close in time, near in the call graph and in like words becomes one incident.
# The alerts are **synthetic (合成数据)**: 30 faults, some at the same time, and noise, made by a script of the platform, with
# the true incident of each alert to compare with.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 将一天的告警整理为事件列表：重复告警按**指纹**合并；时间接近、调用关系相邻、文字相似的告警聚为同一事件。
# 告警是**合成数据**：由平台脚本生成的 30 次故障（部分同时发生）和噪声，每条告警都带有真实事件编号供比较。

# %%
DATASET = "example-alerts"

# %%
import re

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from opsforge_notebook import read, use_plot_theme
from rapidfuzz import fuzz, process
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

use_plot_theme()
alerts = read(f"{DATASET}/alerts.csv", parse_dates=["time"])
calls = nx.from_pandas_edgelist(read(f"{DATASET}/calls.csv"), "caller", "callee")
print(f"{len(alerts):,} «alerts|条告警»")
alerts.head(4)

# %% [markdown] lang="en"
# ## 1 · Fingerprints
#
# Numbers, ids and the host's number vary; what is left says what the alert is about. Repetitions
# within ten minutes are one alert with a count.

# %% [markdown] lang="zh-CN"
# ## 1 · 指纹
#
# 数字、编号和主机序号会变化，剩下的部分说明告警的内容。十分钟内重复的告警合并为一条并计数。


# %%
def fingerprint(alert):
    text = re.sub(r"\b[0-9a-f]{8,}\b", "<ID>", alert.message)
    return f"{alert.service}|{re.sub(r'[0-9]+', '<N>', text)}"


alerts["fingerprint"] = [fingerprint(alert) for alert in alerts.itertuples()]
gap = alerts.groupby("fingerprint")["time"].diff() > pd.Timedelta("10min")
alerts["repeat"] = gap.groupby(alerts["fingerprint"]).cumsum()
grouped = alerts.groupby(["fingerprint", "repeat"], sort=False)
unique = grouped.agg(
    begin=("time", "min"),
    end=("time", "max"),
    service=("service", "first"),
    severity=("severity", "first"),
    message=("message", "first"),
    count=("id", "size"),
    truth=("incident", lambda values: values.mode().iloc[0]),
).reset_index()
print(f"{len(alerts):,} → {len(unique):,} «by fingerprint|（按指纹去重）»")

# %% [markdown] lang="en"
# ## 2 · Incidents
#
# The distance of two alerts adds up from time, calls between their services, and words. DBSCAN
# joins what is close; what stays alone is noise.

# %% [markdown] lang="zh-CN"
# ## 2 · 事件
#
# 两条告警的距离由时间、服务之间的调用步数和文字三部分组成。DBSCAN 将相近的告警聚合，单独的视为噪声。

# %%
HALF_HOUR = 1800
seconds = unique["begin"].astype("int64").to_numpy() / 1e9
apart = np.abs(seconds[:, None] - seconds[None, :]) / HALF_HOUR
steps = dict(nx.all_pairs_shortest_path_length(calls))
hops = np.array([[steps[a].get(b, 9) for b in unique["service"]] for a in unique["service"]]) / 6
masked = unique["fingerprint"].str.split("|", n=1).str[1]
words = 1 - process.cdist(masked, masked, scorer=fuzz.token_set_ratio) / 100
distance = 0.55 * apart + 0.3 * hops + 0.15 * words

unique["incident"] = DBSCAN(eps=0.2, min_samples=2, metric="precomputed").fit_predict(distance)
# «Maintenance notices are nobody's incident.|维护类提醒不属于任何事件。»
is_notice = masked.str.contains("Certificate|Clock drift|Package updates|Backup of")
unique.loc[is_notice, "incident"] = -1

# %% [markdown] lang="en"
# ## 3 · Compared with the truth
#
# **ARI** (adjusted Rand index): 1 when two groupings agree, 0 when only by chance; noise counts as a
# group. Beside it the baseline that many start with: one incident for each quarter of an hour.

# %% [markdown] lang="zh-CN"
# ## 3 · 与真实事件比较
#
# **ARI**（调整兰德指数）：两种分组完全一致时为 1，仅靠随机时为 0；噪声也算一组。
# 并列给出常见的基线：每 15 分钟算一个事件。


# %%
def expand(column):
    """«From grouped alerts back to each alert|从合并后的告警还原到每条告警»"""
    keys = alerts.set_index(["fingerprint", "repeat"]).index
    return unique.set_index(["fingerprint", "repeat"])[column].reindex(keys).to_numpy()


found = expand("incident")
by_time = alerts["time"].dt.floor("15min").astype("int64")
ari = adjusted_rand_score(alerts["incident"], found)
ari_baseline = adjusted_rand_score(alerts["incident"], by_time)
incidents = int(unique["incident"].max() + 1)
actual = alerts.loc[alerts["incident"] >= 0, "incident"].nunique()
print(
    f"ARI {ari:.2f} («baseline|基线» {ari_baseline:.2f}); {incidents} «incidents, true|个事件，真实»: {actual}"
)
summary = (
    unique[unique["incident"] >= 0]
    .sort_values("begin")
    .groupby("incident")
    .agg(
        begin=("begin", "min"),
        alerts=("count", "sum"),
        services=("service", lambda names: ", ".join(dict.fromkeys(names))),
        first=("message", "first"),
    )
    .sort_values("begin")
)
summary.head(8)

# %% [markdown] lang="en"
# ## 4 · Timeline

# %% [markdown] lang="zh-CN"
# ## 4 · 时间线

# %%
figure, (above, below) = plt.subplots(2, 1, figsize=(12, 7), sharex=True, height_ratios=[1, 3])
per_minute = alerts.set_index("time").resample("10min").size()
above.bar(per_minute.index, per_minute, width=0.006, color="#bab0ac", align="edge")
above.set_ylabel("«alerts in 10 min|10 分钟告警数»")
names = list(nx.bfs_tree(calls, "gateway"))
rows = unique["service"].map({name: number for number, name in enumerate(names)})
noise = unique["incident"] < 0
below.scatter(unique["begin"][noise], rows[noise], s=10, color="#bab0ac", label="«noise|噪声»")
colors = plt.colormaps["tab20"](unique["incident"][~noise] % 20)
below.scatter(
    unique["begin"][~noise],
    rows[~noise],
    s=12 + 6 * unique["count"][~noise],
    color=colors,
    alpha=0.85,
)
for _, group in unique[~noise].groupby("incident"):
    below.plot(group["begin"], rows[group.index], color="#888888", linewidth=0.5, zorder=0)
below.set_yticks(range(len(names)), names)
below.invert_yaxis()
below.legend(loc="lower right")
figure.suptitle(
    f"«Incidents, one colour each (synthetic data)|事件（每种颜色一个，合成数据）»: ARI {ari:.2f}"
)
plt.show()

# %%
figures = {
    "alerts": len(alerts),
    "after_fingerprints": len(unique),
    "incidents": incidents,
    "true_incidents": int(actual),
    "ari": round(float(ari), 3),
    "ari_baseline": round(float(ari_baseline), 3),
}
figures
