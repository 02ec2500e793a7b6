"""A day of alerts: faults at services and at what calls them, each seen many times, and noise."""

from collections.abc import Iterator, Mapping
from random import Random

from opsforge.starters.data.tables import as_csv, moment
from opsforge.starters.data.topology import CALLS, SERVICES, callers_of

INCIDENTS = 30
NOISE_ALERTS = 150
A_DAY_SECONDS = 24 * 3600

CAUSES = (
    ("critical", "Disk usage {n}% on {host}:/data"),
    ("critical", "Process {service} on {host} restarted {small} times"),
    ("major", "CPU usage {n}% on {host} for {small} min"),
    ("major", "Memory usage {n}% on {host}"),
    ("major", "Connection pool of {service} exhausted, {n} waiting"),
)
EFFECTS = (
    ("major", "Latency of {service} p99 {slow} ms exceeds threshold"),
    ("major", "Error rate of {service} {n}% over {small} min"),
    ("minor", "Timeout calling upstream from {service}, trace {hex}"),
)
NOISE = (
    ("minor", "Certificate of {host} expires in {n} days"),
    ("minor", "Clock drift {n} ms on {host}"),
    ("minor", "Package updates available on {host}: {n}"),
    ("minor", "Backup of {service} took {slow} s"),
)


def make_files() -> Mapping[str, bytes]:
    """``alerts.csv`` with the true incident (-1: none) and ``calls.csv``."""
    rng = Random(20260904)
    found = [alert for number in range(INCIDENTS) for alert in _incident(number, rng)]
    for _ in range(NOISE_ALERTS):
        severity, text = rng.choice(NOISE)
        service = rng.choice(SERVICES)
        found.append((rng.uniform(0, A_DAY_SECONDS), service, severity, text, -1))
    rows = []
    for number, (at, service, severity, text, incident) in enumerate(sorted(found), 1):
        host = f"{service}-{rng.randint(0, 2)}"
        message = text.format(service=service, host=host, **_numbers(rng))
        rows.append((number, moment(at), service, host, severity, message, incident))
    header = ("id", "time", "service", "host", "severity", "message", "incident")
    return {
        "alerts.csv": as_csv(header, rows),
        "calls.csv": as_csv(("caller", "callee"), CALLS),
    }


def _incident(number: int, rng: Random) -> Iterator[tuple[float, str, str, str, int]]:
    """Begins at one service; what depends on it complains a little later, and less."""
    begin = rng.uniform(0, A_DAY_SECONDS - 3600)  # Some overlap.
    lasting = rng.uniform(400, 1500)
    cause = rng.choice(SERVICES)
    severity, text = rng.choice(CAUSES)
    for service, distance in callers_of(cause).items():
        if distance and rng.random() < 0.25 * distance:
            continue
        count = max(2, round(rng.gauss(26, 8) / (1 + distance)))
        kinds = [(severity, text), EFFECTS[0]] if not distance else rng.sample(EFFECTS, 2)
        first = begin + distance * rng.uniform(20, 90)
        for _ in range(count):
            kind = kinds[0] if rng.random() < 0.6 else kinds[1]
            yield first + rng.betavariate(1, 2.2) * lasting, service, *kind, number


def _numbers(rng: Random) -> dict[str, str]:
    return {
        "n": str(rng.randint(80, 99)),
        "small": str(rng.randint(2, 15)),
        "slow": str(rng.randint(900, 9000)),
        "hex": f"{rng.getrandbits(48):012x}",
    }
