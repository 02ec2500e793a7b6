"""An order service's log: known templates at a rhythm, and four faults of different kinds."""

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random

from opsforge.starters.data.tables import as_csv, moment

HOURS = 48
A_MINUTE = 60.0

TEMPLATES = {
    # Template: lines per minute at an average hour, level, component, text.
    "E01": (2.0, "INFO", "gateway", "GET /api/orders/{id} 200 in {ms} ms from {ip}"),
    "E02": (0.9, "INFO", "gateway", "POST /api/orders 201 in {ms} ms from {ip}"),
    "E03": (0.5, "INFO", "orders", "Order {id} created for user {user} amount {amount}"),
    "E04": (0.5, "INFO", "payment", "Payment {hex} for order {id} succeeded in {ms} ms"),
    "E05": (0.12, "INFO", "cache", "Cache refreshed: {n} keys in {ms} ms"),
    "E06": (0.1, "WARN", "payment", "Payment {hex} retried, attempt {small} of 3"),
    "E07": (0.2, "INFO", "scheduler", "Job settle-{n} finished with {small} errors"),
    "E08": (0.05, "WARN", "orders", "Slow query on table orders took {slow} ms"),
    "E09": (0.06, "INFO", "auth", "Token of user {user} renewed until {n}"),
    "E14": (0.15, "INFO", "auth", "Session of {name} opened from {ip}"),
    "E15": (0.14, "INFO", "auth", "Session of {name} closed from {ip}"),
    "E16": (0.06, "INFO", "scheduler", "Reloaded rules: {words}"),
    "E10": (0.02, "ERROR", "gateway", "Upstream orders timed out after {slow} ms"),
    "E11": (
        0.0,
        "ERROR",
        "storage",
        "Write to /data/orders/{n}.db failed: No space left on device",
    ),
    "E12": (0.0, "ERROR", "payment", "Connection pool exhausted: {n} waiting, {small} active"),
    "E13": (0.0, "WARN", "cache", "Node {ip} left the cluster, {small} remain"),
}

FAULTS: tuple[tuple[int, int, str, dict[str, float], dict[str, float]], ...] = (
    # First minute, minutes, cause, factor for templates, templates that are new.
    (9 * 60 + 20, 25, "disk full", {"E03": 0.2, "E04": 0.2}, {"E11": 6.0}),
    (20 * 60 + 5, 30, "slow database", {"E08": 60, "E10": 45}, {}),
    (30 * 60 + 40, 20, "payment pool", {"E04": 0.1, "E06": 12}, {"E12": 2.5}),
    (41 * 60 + 10, 35, "scheduler stuck, cache node lost", {"E07": 0.0}, {"E13": 0.15}),
)

NAMES = ("alice", "bob", "chen", "dora", "erik", "fang", "gao", "hana", "ivan", "jun", "kim", "li")
RULES = ("pricing", "stock", "refund", "coupon", "region", "limits")

FILLERS: Mapping[str, Callable[[Random], str]] = {
    "id": lambda rng: str(rng.randint(10_000_000, 99_999_999)),
    "ms": lambda rng: str(rng.randint(3, 180)),
    "slow": lambda rng: str(rng.randint(1500, 9000)),
    "ip": lambda rng: f"10.{rng.randint(0, 9)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
    "user": lambda rng: f"u{rng.randint(1000, 9999)}",
    "amount": lambda rng: f"{rng.uniform(1, 900):.2f}",
    "hex": lambda rng: f"{rng.getrandbits(32):08x}",
    "name": lambda rng: rng.choice(NAMES),
    "words": lambda rng: " ".join(rng.sample(RULES, rng.randint(1, 4))),
    "n": lambda rng: str(rng.randint(10, 9999)),
    "small": lambda rng: str(rng.randint(0, 3)),
}


def make_files() -> Mapping[str, bytes]:
    """``service.log``, its true templates line by line, and the windows of its faults."""
    rng = Random(20260902)
    lines = sorted(line for minute in range(HOURS * 60) for line in _minute(minute, rng))
    log = "".join(
        f"{moment(at)} {TEMPLATES[event][1]:5} [{TEMPLATES[event][2]}] {text}\n"
        for at, event, text in lines
    )
    windows = (
        (moment(first * A_MINUTE), moment((first + minutes) * A_MINUTE), cause)
        for first, minutes, cause, _, _ in FAULTS
    )
    return {
        "service.log": log.encode(),
        "truth.csv": as_csv(("line", "event"), enumerate((event for _, event, _ in lines), 1)),
        "windows.csv": as_csv(("start", "end", "cause"), windows),
    }


def _minute(minute: int, rng: Random) -> Iterator[tuple[float, str, str]]:
    busy = 1 + 0.6 * math.sin((minute / 1440 - 0.3) * math.tau)
    for event, (rate, _, _, text) in TEMPLATES.items():
        wanted = rate * busy
        for first, minutes, _, factors, new in FAULTS:
            if first <= minute < first + minutes:
                wanted = wanted * factors.get(event, 1) + new.get(event, 0)
        for _ in range(_poisson(wanted, rng)):
            filled = {name: fill(rng) for name, fill in FILLERS.items()}
            yield (minute + rng.random()) * A_MINUTE, event, text.format(**filled)


def _poisson(mean: float, rng: Random) -> int:
    """Knuth's way, for small means."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
