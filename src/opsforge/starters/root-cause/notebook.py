# %% [markdown] lang="en"
# # {project}
#
# Which service caused it? Twelve services call each other; one fails, and everything that depends on
# it looks bad as well. This notebook ranks the services in twenty faults and counts how often the
# true one is first.
#
# The metrics are **synthetic (合成数据)**, made by a script of the platform: faults spread along the
# calls and nothing else is wrong but noise. That is kinder than reality; do not expect the same
# figures from your own systems.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 是哪个服务引起的？十几个服务相互调用，其中一个发生故障，依赖它的服务也会出现异常。
# 本笔记本在二十次故障中为服务排序，并统计真正的根因排在第一位的次数。
#
# 指标是**合成数据**，由平台脚本生成：故障只沿调用关系传播，此外只有噪声。这比现实简单，
# 不要期望在自己的系统上得到同样的结果。

# %%
DATASET = "example-services"

# %%
import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from opsforge_notebook import read, use_plot_theme

use_plot_theme()
calls = nx.from_pandas_edgelist(
    read(f"{DATASET}/calls.csv"), "caller", "callee", create_using=nx.DiGraph
)
faults = read(f"{DATASET}/faults.csv", parse_dates=["start"])
print(f"{len(calls)} «services|个服务», {len(faults)} «faults|次故障»")
faults.head(3)

# %% [markdown] lang="en"
# ## 1 · How much did each service change?
#
# **RobustScorer** of BARO (Pham et al., FSE 2024): for each metric, the largest distance after the
# alarm from the median before it, in units of the interquartile range before it. A service is as
# suspicious as its worst metric. The alarm comes two minutes after users notice.

# %% [markdown] lang="zh-CN"
# ## 1 · 每个服务变化了多少？
#
# BARO 的 **RobustScorer**（Pham 等，FSE 2024）：对每个指标，取告警后与告警前中位数的最大距离，
# 以告警前的四分位距为单位。服务的可疑程度取其最差指标。告警在用户察觉两分钟后发出。


# %%
def robust_scores(metrics, alarm):
    before, after = metrics[metrics.index < alarm], metrics[metrics.index >= alarm]
    spread = before.quantile(0.75) - before.quantile(0.25)
    scores = ((after - before.median()).abs() / spread.clip(lower=1e-9)).max()
    return scores.groupby(lambda column: column.split(":")[0]).max()


def settled_scores(metrics, alarm):
    """«The same with the median after the alarm: one bad minute counts for little.|告警后取中位数：个别异常的一分钟影响很小。»"""
    before, after = metrics[metrics.index < alarm], metrics[metrics.index >= alarm].iloc[:20]
    spread = before.quantile(0.75) - before.quantile(0.25)
    scores = (after.median() - before.median()).abs() / spread.clip(lower=1e-9)
    return scores.groupby(lambda column: column.split(":")[0]).max()


# %% [markdown] lang="en"
# ## 2 · Walk against the blame
#
# A caller suffers from what it calls. So blame flows **from caller to callee**: a random walk goes
# to callees in proportion to how much they changed, and stays where no callee explains the change
# (personalised PageRank, in the manner of MonitorRank, SIGMETRICS 2013).

# %% [markdown] lang="zh-CN"
# ## 2 · 沿调用关系追责
#
# 调用方会受被调用方影响，所以责任**从调用方流向被调用方**：随机游走按变化程度走向被调用方，
# 当没有被调用方能解释变化时停留在原地（个性化 PageRank，思路同 MonitorRank，SIGMETRICS 2013）。


# %%
def walk(scores, calls):
    scores = scores.reindex(list(calls)).fillna(0) + 1e-6
    graph = nx.DiGraph()
    for service in calls:
        callees = list(calls.successors(service))
        worst = max((scores[callee] for callee in callees), default=0)
        # «Keeps what its callees don't explain.|保留被调用方无法解释的部分。»
        graph.add_edge(service, service, weight=max(scores[service] - worst, 0) + 1e-6)
        for callee in callees:
            graph.add_edge(service, callee, weight=scores[callee])
    start = (scores / scores.sum()).to_dict()
    return pd.Series(nx.pagerank(graph, alpha=0.85, personalization=start, weight="weight"))


METHODS = {
    "«largest change (BARO)|最大变化（BARO）»": robust_scores,
    "«median change|中位数变化»": settled_scores,
    "«median change + walk|中位数变化 + 游走»": lambda metrics, alarm: walk(
        settled_scores(metrics, alarm), calls
    ),
    "«random|随机»": lambda metrics, alarm: pd.Series(
        np.random.default_rng(len(metrics) + alarm.day).random(len(calls)), index=list(calls)
    ),
}
ranks, rankings = [], {}
for fault in faults.itertuples():
    metrics = read(f"{DATASET}/cases/{fault.case:02}.csv", parse_dates=["time"], index_col="time")
    alarm = fault.start + pd.Timedelta("2min")
    for name, method in METHODS.items():
        ranking = method(metrics, alarm).sort_values(ascending=False)
        rankings[name, fault.case] = ranking
        ranks.append({"method": name, "rank": ranking.index.get_loc(fault.service) + 1})
ranks = pd.DataFrame(ranks)
report = ranks.groupby("method", sort=False)["rank"].agg(
    **{
        "top-1": lambda rank: (rank == 1).mean(),
        "top-3": lambda rank: (rank <= 3).mean(),
        "MRR": lambda rank: (1 / rank).mean(),
    }
)
report.round(2)

# %% [markdown] lang="en"
# ## 3 · One fault in the graph

# %% [markdown] lang="zh-CN"
# ## 3 · 在图中查看一次故障

# %%
best = report["MRR"].idxmax()
case = 15
fault = faults[faults["case"] == case].iloc[0]
ranking = rankings[best, case]
layers = {
    name: depth for depth, names in enumerate(nx.bfs_layers(calls, "gateway")) for name in names
}
nx.set_node_attributes(calls, layers, "layer")
place = nx.multipartite_layout(calls, subset_key="layer")

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), width_ratios=[3, 2])
shade = (ranking / ranking.max()).reindex(list(calls))
nx.draw_networkx_edges(calls, place, ax=left, edge_color="#9aa5b1", arrowsize=12, node_size=1500)
nx.draw_networkx_nodes(
    calls,
    place,
    ax=left,
    node_size=1500,
    node_color=shade,
    cmap="OrRd",
    vmin=0,
    vmax=1.2,
    edgecolors=["#e45756" if name == fault.service else "#9aa5b1" for name in calls],
    linewidths=[3 if name == fault.service else 1 for name in calls],
)
nx.draw_networkx_labels(calls, place, ax=left, font_size=8)
left.set_title(
    f"«Darker: more suspicious; red ring: the true cause|颜色越深越可疑，红圈为真实根因»: {fault.service}"
)
left.grid(visible=False)
left.set_axis_off()
left.margins(0.12)
top = ranking.iloc[:6][::-1]
right.barh(
    top.index, top, color=["#e45756" if name == fault.service else "#4c78a8" for name in top.index]
)
right.set_title(f"{best} («synthetic data|合成数据»)")
plt.show()

# %%
figures = {
    "best": best,
    **{name: round(float(report.loc[best, name]), 3) for name in ("top-1", "top-3", "MRR")},
    "baro_top1": round(float(report["top-1"].iloc[0]), 3),
    "random_top1": round(float(report["top-1"].iloc[-1]), 3),
}
figures
