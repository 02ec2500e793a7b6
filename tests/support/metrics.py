"""A CSV of metrics to work with: real ones where they are, else generated ones."""

import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "nab" / "data" / "realKnownCause"
REAL_FILE = REAL / "ec2_request_latency_system_failure.csv"
ROWS_AT_LEAST = 4_000


def metrics_csv(folder: Path) -> Path:
    """A file with at least 4,000 rows: 4,032 readings of a cloud server's latency, if present."""
    if REAL_FILE.exists():
        path = folder / REAL_FILE.name
        path.write_bytes(REAL_FILE.read_bytes())
    else:
        path = folder / "latency.csv"
        _generate(path)
    rows = len(path.read_text().splitlines()) - 1
    assert rows >= ROWS_AT_LEAST
    return path


def _generate(path: Path) -> None:
    """Two weeks of a latency with a daily rhythm, noise and two incidents, from a fixed seed."""
    chance = random.Random(20140307)  # noqa: S311 - data, not a secret.
    begin = datetime(2014, 3, 7, 3, 41)  # noqa: DTZ001 - such files name no zone.
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["timestamp", "value"])
        for number in range(4_032):
            incident = 30 if number % 1_900 in range(1_500, 1_520) else 0
            daily = 5 * math.sin(number / 288 * 2 * math.pi)
            moment = begin + timedelta(minutes=5 * number)
            rows.writerow([moment, round(45 + daily + chance.gauss(0, 1.5) + incident, 3)])
