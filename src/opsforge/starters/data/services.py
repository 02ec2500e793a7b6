"""Metrics of microservices in which one after the other is made to fail.

What depends on a failing service suffers with it, weaker and later; the load moves everything at
once, and now and then an innocent service has a bad minute.
"""

import math
from collections.abc import Mapping
from random import Random

from opsforge.starters.data.tables import as_csv, moment
from opsforge.starters.data.topology import CALLS, SERVICES, callers_of

CASES = 20
MINUTES = 120
METRICS = ("latency_ms", "error_rate", "cpu_percent")
BASE = {"latency_ms": 40.0, "error_rate": 0.6, "cpu_percent": 35.0}
NOISE = {"latency_ms": 3.0, "error_rate": 0.15, "cpu_percent": 3.5}
KINDS = {
    # What a fault does to the service itself, in units of the noise, and to what calls it.
    "cpu": ({"cpu_percent": 9.0, "latency_ms": 6.0}, {"latency_ms": 5.0}),
    "latency": ({"latency_ms": 9.0}, {"latency_ms": 7.5, "error_rate": 1.5}),
    "errors": ({"error_rate": 8.0, "latency_ms": 2.0}, {"error_rate": 6.5, "latency_ms": 2.0}),
}


def make_files() -> Mapping[str, bytes]:
    """``cases/NN.csv`` (time, then service:metric), ``faults.csv`` and ``calls.csv``."""
    rng = Random(20260905)
    header = ("time", *(f"{service}:{metric}" for service in SERVICES for metric in METRICS))
    files, faults = {}, []
    for case in range(1, CASES + 1):
        cause = SERVICES[1:][rng.randrange(len(SERVICES) - 1)]
        kind = rng.choice(tuple(KINDS))
        start = rng.randint(70, 85)
        files[f"cases/{case:02}.csv"] = as_csv(header, _case(case, cause, kind, start, rng))
        faults.append((case, cause, kind, moment(_second(case, start))))
    return {
        "calls.csv": as_csv(("caller", "callee"), CALLS),
        "faults.csv": as_csv(("case", "service", "kind", "start"), faults),
        **files,
    }


def _second(case: int, minute: int) -> float:
    return case * 86_400 + 9 * 3600 + minute * 60.0


def _case(case: int, cause: str, kind: str, start: int, rng: Random) -> list[list[str]]:
    hit = callers_of(cause)
    strength = rng.uniform(0.45, 1.1)
    innocent = {name: rng.randint(60, 118) for name in rng.sample(SERVICES, 3)}
    noise = dict.fromkeys(((s, m) for s in SERVICES for m in METRICS), 0.0)
    rows = []
    for minute in range(MINUTES):
        load = 1 + 0.12 * math.sin(minute / 37) + rng.gauss(0, 0.02)
        row = [moment(_second(case, minute))]
        for service in SERVICES:
            for metric in METRICS:
                noise[service, metric] = 0.6 * noise[service, metric] + rng.gauss(0, 0.8)
                size = noise[service, metric]
                size += strength * _effect(hit, service, metric, kind, minute - start)
                if minute - innocent.get(service, minute - 9) in {0, 1}:
                    size += 5
                value = BASE[metric] * load + NOISE[metric] * size
                row.append(f"{max(value, 0):.3f}")
        rows.append(row)
    return rows


def _effect(hit: Mapping[str, int], service: str, metric: str, kind: str, since: int) -> float:
    """A fault grows over five minutes; each call on the way takes some of it and a minute."""
    distance = hit.get(service)
    if distance is None or since < distance:
        return 0.0
    own, passed_on = KINDS[kind]
    sizes = own if distance == 0 else passed_on
    return sizes.get(metric, 0.0) * min((since - distance + 1) / 5, 1) * 0.88**distance
