"""A disk that fills up, and requests that grow: rhythms, a launch, a clean-up, two outages."""

import math
from collections.abc import Mapping
from random import Random

from opsforge.starters.data.tables import as_csv, moment

DAYS = 120
DISK_GB = 2000
LAUNCH_DAY, CLEAN_UP_DAY = 74, 52
OUTAGES = ((33, 2), (97, 14))
"""Day and hour at which requests stayed away for three hours."""


def make_files() -> Mapping[str, bytes]:
    """``capacity.csv``: timestamp, requests in the hour, disk_used_gb, disk_total_gb."""
    rng = Random(20260903)
    used_gb, rows = 820.0, []
    for number in range(DAYS * 24):
        day, hour = divmod(number, 24)
        requests = _requests(day, hour, rng)
        used_gb += requests / 122_000 + rng.gauss(0.0, 0.06)
        if hour == 3 and day % 7 == 6:
            used_gb -= 11 + rng.gauss(0, 1.5)
        if (day, hour) == (CLEAN_UP_DAY, 15):
            used_gb -= 95
        rows.append((moment(number * 3600), round(requests), f"{used_gb:.2f}", DISK_GB))
    header = ("timestamp", "requests", "disk_used_gb", "disk_total_gb")
    return {"capacity.csv": as_csv(header, rows)}


def _requests(day: int, hour: int, rng: Random) -> float:
    if any(day == out and start <= hour < start + 3 for out, start in OUTAGES):
        return 800 + 200 * rng.random()
    level = 42_000 * math.exp(0.0028 * day) * (1.18 if day >= LAUNCH_DAY else 1.0)
    weekend = 0.72 if (day + 1) % 7 in {5, 6} else 1.0
    rhythm = 1 + 0.45 * math.sin((hour - 8) / 24 * math.tau) + 0.12 * math.sin(hour / 6 * math.tau)
    return max(level * weekend * rhythm * math.exp(rng.gauss(0, 0.055)), 0)
