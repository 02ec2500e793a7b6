# /// script
# dependencies = ["numpy", "pandas", "statsmodels"]
#
# [tool.opsforge]
# tags = ["异常检测", "STL", "周期"]
# label.en = "STL residual"
# label.zh = "STL 残差"
# description.en = "Takes trend and season away (robust STL) and flags what is left over."
# description.zh = "用稳健 STL 去除趋势和周期，对剩余残差做异常判断。"
# ///
import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import STL


def stl_residual(series, period, k=5.0):
    """Trend, season, residual and its robust z-score; the series has no gaps."""
    parts = STL(series, period=period, robust=True).fit()
    rest = parts.resid
    mad = 1.4826 * np.median(np.abs(rest - np.median(rest)))
    score = (rest - np.median(rest)) / mad
    return pd.DataFrame(
        {
            "value": series,
            "trend": parts.trend,
            "season": parts.seasonal,
            "residual": rest,
            "score": score,
            "is_anomaly": score.abs() > k,
        }
    )


# 合成数据 (synthetic data): two weeks of hours with a daily season, one night is too busy.
rng = np.random.default_rng(0)
hours = np.arange(14 * 24)
kpi = pd.Series(
    200 + hours * 0.1 + 50 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 3, hours.size),
    index=pd.date_range("2026-11-01", periods=hours.size, freq="1h"),
)
kpi.iloc[210] += 40
result = stl_residual(kpi, period=24)
print(result[result["is_anomaly"]])
