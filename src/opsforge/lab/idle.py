"""How long a service has been idle, and its end when that is too long.

Idle means that no kernel computes or has computed, no terminal was used and nobody has touched the
page. That a page is open is no activity: it asks for something every few seconds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

CHECK_SECONDS = 15.0
_LAST_CHECKS_SECONDS = 1.0


class IdleWatch:
    """Watches one service."""

    def __init__(
        self,
        *,
        limit_seconds: int | None,
        kernels: Callable[[], Iterable[dict[str, Any]]],
        terminals_used_at: Callable[[], datetime | None],
        stop: Callable[[], Awaitable[None]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin to count.

        Args:
            limit_seconds: After how long the service is stopped; None: never.
            kernels: The kernels as Jupyter's API shows them.
            terminals_used_at: When a terminal was used last.
            stop: Stops this service.
            now: The present moment.
        """
        self._limit_seconds = limit_seconds
        self._kernels = kernels
        self._terminals_used_at = terminals_used_at
        self._stop = stop
        self._now = now
        self._touched_at = now()

    def touch(self) -> None:
        """Somebody has used the page, or wants to keep the service."""
        self._touched_at = self._now()

    @property
    def seconds_left(self) -> float | None:
        """Until the service is stopped, if nothing happens; None: it is not."""
        if self._limit_seconds is None:
            return None
        idle = (self._now() - self.active_at).total_seconds()
        return max(0.0, self._limit_seconds - idle)

    @property
    def active_at(self) -> datetime:
        """When something happened last; now, while a kernel computes."""
        moments = [self._touched_at]
        for kernel in self._kernels():
            if kernel.get("execution_state") in {"busy", "starting"}:
                return self._now()
            moments.append(_moment(kernel.get("last_activity")))
        terminals = self._terminals_used_at()
        if terminals is not None:
            moments.append(terminals)
        return max(moments)

    async def run(self) -> None:
        """Stop the service when it has been idle for too long. Runs for ever."""
        while (left := self.seconds_left) is not None:
            if left > 0:
                await asyncio.sleep(max(_LAST_CHECKS_SECONDS, min(left, CHECK_SECONDS)))
                continue
            with contextlib.suppress(Exception):  # Whatever it is, it is tried again.
                await self._stop()
            await asyncio.sleep(CHECK_SECONDS)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(str(value))
    return datetime.min.replace(tzinfo=UTC)
