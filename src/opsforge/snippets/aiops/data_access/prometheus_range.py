# /// script
# dependencies = ["pandas"]
#
# [tool.opsforge]
# tags = ["Prometheus", "指标"]
# label.en = "Prometheus range query to a data frame"
# label.zh = "Prometheus 区间查询转为 DataFrame"
# description.en = "Asks /api/v1/query_range and returns one column for each series."
# description.zh = "调用 /api/v1/query_range，每条时间序列返回为一列。"
# ///
import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas as pd


def query_range(address, promql, start, end, step="60s", token=None):
    """Series of a PromQL query.

    Times are anything that pandas.Timestamp takes; without a zone they are UTC.
    """
    asked = {
        "query": promql,
        "start": pd.Timestamp(start).timestamp(),
        "end": pd.Timestamp(end).timestamp(),
        "step": step,
    }
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{address.rstrip('/')}/api/v1/query_range?{urlencode(asked)}"
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        found = json.load(answer)["data"]["result"]
    columns = {}
    for series in found:
        labels = {key: value for key, value in series["metric"].items() if key != "__name__"}
        name = series["metric"].get("__name__", promql)
        text = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        times, values = zip(*series["values"], strict=True)
        index = pd.to_datetime(times, unit="s", utc=True)
        columns[f"{name}{{{text}}}"] = pd.Series(pd.to_numeric(values), index=index)
    return pd.DataFrame(columns)


# df = query_range("http://prometheus:9090", "rate(http_requests_total[5m])",
#                  "2026-11-01 00:00", "2026-11-01 06:00")
