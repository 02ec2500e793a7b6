# /// script
# dependencies = ["numpy", "pandas"]
#
# [tool.opsforge]
# tags = ["根因分析", "随机游走", "调用链"]
# label.en = "Root cause by random walk"
# label.zh = "随机游走根因定位"
# description.en = "Walks from the failing service along calls, drawn to metrics that move with it."
# description.zh = "从异常服务出发沿调用关系随机游走，偏向与其指标同步变化的服务。"
# ///
import numpy as np
import pandas as pd


def rank_causes(metrics, calls, front, restart=0.15, back=0.2):
    """Probability of each service to be the cause.

    Args:
        metrics: One column a service, the same KPI over the time of the fault.
        calls: Pairs (caller, callee).
        front: The service where users notice the fault.
        restart: How often the walk begins anew at `front`.
        back: Weight of a step from callee to caller, for which there is less reason.
    """
    names = list(metrics.columns)
    place = {name: number for number, name in enumerate(names)}
    likeness = metrics.corr()[front].abs().fillna(0).to_numpy() + 1e-6
    steps = np.zeros((len(names), len(names)))
    for caller, callee in calls:
        steps[place[caller], place[callee]] = likeness[place[callee]]
        steps[place[callee], place[caller]] = back * likeness[place[caller]]
    # Staying pays where no callee explains the fault better.
    np.fill_diagonal(steps, np.maximum(likeness - steps.max(axis=1), 0) + 1e-6)
    steps /= steps.sum(axis=1, keepdims=True)
    start = np.zeros(len(names))
    start[place[front]] = 1
    share = start.copy()
    for _ in range(200):
        share = restart * start + (1 - restart) * share @ steps
    share[place[front]] = 0  # Where it shows is what we know already.
    return pd.Series(share / share.sum(), index=names).sort_values(ascending=False)


# 合成数据 (synthetic data): the database is slow, and everything that calls it follows.
rng = np.random.default_rng(0)
noise = rng.normal(0, 1, (200, 5))
fault = np.where(np.arange(200) > 120, 12.0, 0.0)
latency = pd.DataFrame(noise, columns=["web", "cart", "search", "pay", "db"])
for service, strength in {"db": 1.0, "pay": 0.9, "cart": 0.7, "web": 0.6}.items():
    latency[service] += strength * fault
topology = [("web", "cart"), ("web", "search"), ("cart", "pay"), ("pay", "db"), ("search", "db")]
ranking = rank_causes(latency, topology, front="web")
print(ranking.round(3))
