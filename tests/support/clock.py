"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """A `opsforge.kit.clock.Clock` that goes with the machine's and can be moved ahead."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, span: timedelta) -> None:
        """Move the clock ahead by ``span``."""
        self._ahead += span
