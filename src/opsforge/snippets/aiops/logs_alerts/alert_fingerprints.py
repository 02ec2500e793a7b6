# /// script
# dependencies = ["pandas"]
#
# [tool.opsforge]
# tags = ["告警", "去重", "收敛"]
# label.en = "Alert fingerprints and deduplication"
# label.zh = "告警指纹与去重"
# description.en = "Merges alerts of one fingerprint that follow each other within a time span."
# description.zh = "将指纹相同且间隔不超过指定时长的告警合并为一条。"
# ///
import hashlib
import re

import pandas as pd

CHANGING = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)*", re.IGNORECASE)


def fingerprint(alert, keys=("service", "name")):
    """Identifies what an alert is about: its keys, and its message without numbers."""
    message = " ".join(CHANGING.sub("#", str(alert["message"])).lower().split())
    text = "\x1f".join([*(str(alert[key]) for key in keys), message])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def merge_alerts(alerts, within="10min", keys=("service", "name")):
    """One row an incident: its first and last alert, how many, and an example."""
    table = alerts.sort_values("time").copy()
    table["fingerprint"] = [fingerprint(row, keys) for row in table.to_dict("records")]
    is_new = table.groupby("fingerprint")["time"].diff() > pd.Timedelta(within)
    table["episode"] = is_new.groupby(table["fingerprint"]).cumsum()
    merged = table.groupby(["fingerprint", "episode"], sort=False).agg(
        first=("time", "min"),
        last=("time", "max"),
        alerts=("time", "size"),
        **{key: (key, "first") for key in keys},
        message=("message", "first"),
    )
    return merged.reset_index().drop(columns="episode")


# 合成数据 (synthetic data): a flapping alert in two episodes, and another one.
start = pd.Timestamp("2026-11-01 08:00")
minutes = [0, 1, 2, 5, 60, 61]
alerts = pd.DataFrame(
    {
        "time": [start + pd.Timedelta(minutes=m) for m in minutes] + [start],
        "service": ["pay"] * 6 + ["db"],
        "name": ["HighLatency"] * 6 + ["DiskFull"],
        "message": [f"p99 is {900 + m} ms" for m in minutes] + ["/data is 97 % full"],
    }
)
incidents = merge_alerts(alerts)
print(f"{len(alerts)} alerts → {len(incidents)} incidents")
print(incidents)
