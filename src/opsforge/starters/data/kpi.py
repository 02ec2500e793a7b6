"""A service's latency: a day's and a week's rhythm, a slow trend, noise, and eleven anomalies."""

import math
from collections.abc import Mapping
from random import Random

from opsforge.starters.data.tables import as_csv, moment

STEP_SECONDS = 300
A_DAY = 24 * 3600 // STEP_SECONDS
DAYS = 28

ANOMALIES = (
    # Kind, day (with fraction), points, size in ms. The first two weeks have few: detectors that
    # learn from unlabelled data must bear some.
    ("level", 5.45, 18, 55.0),
    ("spike", 10.62, 4, 110.0),
    ("spike", 14.30, 3, 130.0),
    ("level", 15.52, 30, 45.0),
    ("ramp", 17.10, 42, 85.0),
    ("drop", 18.47, 14, -45.0),
    ("burst", 20.20, 24, 40.0),
    ("spike", 21.68, 5, 70.0),
    ("level", 23.12, 26, 38.0),
    ("drop", 24.55, 20, -38.0),
    ("ramp", 26.40, 36, 60.0),
)


def make_files() -> Mapping[str, bytes]:
    """``kpi.csv``: timestamp, latency_ms, is_anomaly."""
    rng = Random(20260901)
    values = _normal(rng)
    labels = [0] * len(values)
    for kind, day, points, size_ms in ANOMALIES:
        first = round(day * A_DAY)
        for step in range(points):
            values[first + step] += _shape(kind, step / points, size_ms, rng)
            labels[first + step] = 1
    rows = (
        (moment(number * STEP_SECONDS), f"{max(value, 5):.2f}", label)
        for number, (value, label) in enumerate(zip(values, labels, strict=True))
    )
    return {"kpi.csv": as_csv(("timestamp", "latency_ms", "is_anomaly"), rows)}


def _normal(rng: Random) -> list[float]:
    values = []
    drift = 0.0
    for number in range(DAYS * A_DAY):
        day, hour = divmod(number / A_DAY, 1)
        rhythm = 22 * math.sin((hour - 0.33) * math.tau) + 9 * math.sin((hour - 0.1) * 2 * math.tau)
        weekend = 0.55 if (int(day) + 1) % 7 in {5, 6} else 1.0
        drift = 0.97 * drift + rng.gauss(0, 1.1)
        lonely = rng.expovariate(1 / 30) if rng.random() < 0.002 else 0.0
        values.append(120 + 0.25 * day + weekend * rhythm + drift + rng.gauss(0, 2.5) + lonely)
    return values


def _shape(kind: str, share: float, size_ms: float, rng: Random) -> float:
    match kind:
        case "ramp":
            return size_ms * share
        case "burst":
            return rng.choice((-1, 1)) * abs(rng.gauss(size_ms, 12))
        case _:
            return size_ms + rng.gauss(0, 4)
