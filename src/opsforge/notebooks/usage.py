"""What running services use, from one look to the next."""

from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic

from opsforge.engine.port import EngineUsage, NotebookEngine

SHORTEST_SPAN_SECONDS = 1.0
"""Processor time is counted in hundredths: over less, a fraction would be noise."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One service now."""

    memory_bytes: int
    cpu_cores: float | None
    """Cores that it kept busy since the look before; None at the first look."""


@dataclass(frozen=True, kw_only=True)
class _Sample:
    at: float
    """On the monotonic clock."""
    cpu_seconds: float
    cpu_cores: float | None


class UsageMeter:
    """Makes rates of what the engine counts."""

    def __init__(self, engine: NotebookEngine) -> None:
        self._engine = engine
        self._samples: dict[str, _Sample] = {}

    async def measure(self, names: Collection[str]) -> dict[str, Measured]:
        """What these services use now, as far as the engine can tell."""
        usage = await self._engine.list_usage(names)
        for name in set(names) - usage.keys():
            self._samples.pop(name, None)
        return {name: self._measure(name, one) for name, one in usage.items()}

    def _measure(self, name: str, usage: EngineUsage) -> Measured:
        now, last = monotonic(), self._samples.get(name)
        if last is None or usage.cpu_seconds < last.cpu_seconds:  # Another start of it.
            last = self._samples[name] = _Sample(
                at=now, cpu_seconds=usage.cpu_seconds, cpu_cores=None
            )
        elif now - last.at >= SHORTEST_SPAN_SECONDS:
            cores = (usage.cpu_seconds - last.cpu_seconds) / (now - last.at)
            last = self._samples[name] = _Sample(
                at=now, cpu_seconds=usage.cpu_seconds, cpu_cores=cores
            )
        return Measured(memory_bytes=usage.memory_bytes, cpu_cores=last.cpu_cores)
