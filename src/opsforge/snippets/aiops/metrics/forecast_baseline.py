# /// script
# dependencies = ["numpy", "pandas", "scikit-learn"]
#
# [tool.opsforge]
# tags = ["容量预测", "时间序列预测"]
# label.en = "Quantile forecast beside its baseline"
# label.zh = "分位数预测与基线对比"
# description.en = "Gradient-boosted quantiles against the seasonal naive forecast, with coverage."
# description.zh = "梯度提升分位数预测与季节性朴素基线对比，并给出区间覆盖率。"
# ///
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor


def make_lags(series, season, horizon):
    """What is known `horizon` steps before each moment."""
    lags = {f"lag_{n}": series.shift(n) for n in (horizon, season, 2 * season) if n >= horizon}
    table = pd.DataFrame(lags)
    table["recent_mean"] = series.shift(horizon).rolling(season).mean()
    table["phase"] = np.arange(len(series)) % season
    return table


def forecast_quantiles(series, season, horizon, quantiles=(0.05, 0.5, 0.95)):
    """The last `horizon` points forecast from those before; returns the table and its scores."""
    table = make_lags(series, season, horizon)
    known = table.notna().all(axis=1)
    train, test = series.index[known][:-horizon], series.index[-horizon:]
    result = pd.DataFrame({"actual": series[test], "naive": series.shift(season)[test]})
    for quantile in quantiles:
        model = GradientBoostingRegressor(
            loss="quantile", alpha=quantile, n_estimators=100, subsample=0.5, random_state=0
        )
        model.fit(table.loc[train], series[train])
        result[f"q{quantile:g}"] = model.predict(table.loc[test])
    low, middle, high = (result[f"q{quantile:g}"] for quantile in quantiles)
    scores = pd.Series(
        {
            "mae": (result["actual"] - middle).abs().mean(),
            "mae_naive": (result["actual"] - result["naive"]).abs().mean(),
            "coverage": result["actual"].between(low, high).mean(),
            "coverage_wanted": quantiles[-1] - quantiles[0],
        }
    )
    return result, scores


# 合成数据 (synthetic data): six weeks of hours with a daily season and a trend.
rng = np.random.default_rng(0)
hours = np.arange(6 * 7 * 24)
load = pd.Series(
    500 + 0.05 * hours + 120 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 15, hours.size),
    index=pd.date_range("2026-10-01", periods=hours.size, freq="1h"),
)
forecast, scores = forecast_quantiles(load, season=24, horizon=24)
print(scores.round(2))  # Trust a band only as far as its coverage goes.
