# /// script
# dependencies = ["numpy", "pandas"]
#
# [tool.opsforge]
# tags = ["异常检测", "3-sigma", "MAD"]
# label.en = "Rolling 3-sigma and MAD threshold"
# label.zh = "滚动 3-sigma 与 MAD 阈值"
# description.en = "Flags points far from the recent past; MAD is not spoilt by earlier outliers."
# description.zh = "标记偏离近期水平的点；MAD 不受历史离群点的影响。"
# ///
import numpy as np
import pandas as pd


def rolling_threshold(series, window=60, k=3.0, robust=True):
    """Centre, bounds and flags, each point judged by the window before it only."""
    past = series.shift(1).rolling(window, min_periods=window // 2)
    if robust:
        center = past.median()
        # 1.4826 makes the median absolute deviation comparable with a standard deviation.
        spread = 1.4826 * past.apply(lambda x: np.median(np.abs(x - np.median(x))), raw=True)
    else:
        center, spread = past.mean(), past.std()
    lower, upper = center - k * spread, center + k * spread
    flags = (series < lower) | (series > upper)
    return pd.DataFrame(
        {"value": series, "center": center, "lower": lower, "upper": upper, "is_anomaly": flags}
    )


# 合成数据 (synthetic data): noise with two spikes.
rng = np.random.default_rng(0)
kpi = pd.Series(
    100 + rng.normal(0, 2, 600), index=pd.date_range("2026-11-01", periods=600, freq="1min")
)
kpi.iloc[[300, 450]] += 30
result = rolling_threshold(kpi, k=5)
print(result[result["is_anomaly"]])
