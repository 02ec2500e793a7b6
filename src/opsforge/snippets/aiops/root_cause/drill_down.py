# /// script
# dependencies = ["numpy", "pandas"]
#
# [tool.opsforge]
# tags = ["根因分析", "多维下钻", "Adtributor"]
# label.en = "Multi-dimensional drill-down"
# label.zh = "多维指标下钻"
# description.en = "Ranks the dimensions that explain a change (after Adtributor, NSDI 2014)."
# description.zh = "找出最能解释指标变化的维度及取值（参考 Adtributor，NSDI 2014）。"
# ///
import numpy as np
import pandas as pd


def js_surprise(p, q):
    """How unexpected a value's share `q` is when it used to be `p` (Jensen–Shannon terms)."""
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(p > 0, p * np.log2(p / middle), 0.0)
        right = np.where(q > 0, q * np.log2(q / middle), 0.0)
    return 0.5 * (left + right)


def drill_down(table, dimensions, expected="expected", actual="actual", enough=0.67, least=0.1):
    """For each dimension the fewest surprising values that explain `enough` of the change.

    `table` has a row for each combination, with an additive KPI's expected and actual amount.
    """
    before, after = table[expected].sum(), table[actual].sum()
    if np.isclose(before, after):
        raise ValueError("the total did not change: nothing to explain")
    found = []
    for dimension in dimensions:
        sums = table.groupby(dimension, observed=True)[[expected, actual]].sum()
        sums["explained"] = (sums[actual] - sums[expected]) / (after - before)
        sums["surprise"] = js_surprise(sums[expected] / before, sums[actual] / after)
        chosen = sums[sums["explained"] > least].sort_values("surprise", ascending=False)
        reached = chosen["explained"].cumsum()
        chosen = chosen[reached.shift(fill_value=0) < enough]
        if chosen["explained"].sum() >= enough:
            found.append(
                {
                    "dimension": dimension,
                    "values": list(chosen.index),
                    "explained": chosen["explained"].sum(),
                    "surprise": chosen["surprise"].sum(),
                }
            )
    columns = ["dimension", "values", "explained", "surprise"]
    return pd.DataFrame(found, columns=columns).sort_values("surprise", ascending=False)


# 合成数据 (synthetic data): errors rise in one data centre for one client version.
rng = np.random.default_rng(0)
axes = {"region": ["bj", "sh", "gz"], "version": ["5.0", "5.1", "5.2"], "isp": ["a", "b"]}
kpi = pd.MultiIndex.from_product(axes.values(), names=axes.keys()).to_frame(index=False)
kpi["expected"] = rng.integers(80, 120, len(kpi))
kpi["actual"] = kpi["expected"] + rng.integers(-3, 4, len(kpi))
kpi.loc[kpi["region"].eq("sh"), "actual"] += 60
report = drill_down(kpi, list(axes))
print(report)
