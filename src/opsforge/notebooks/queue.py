"""Who waits for a place of a flavour of which nothing is free, in the order of asking.

It is kept in memory: after a restart of the platform whoever still wants a place asks again.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A start that waits."""

    name: str
    """Of the service."""
    user_id: int
    flavour: str


class StartQueue:
    """One queue for each flavour; a service waits in one of them at most."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def join(self, waiting: Waiting) -> None:
        """Wait as the last of a flavour; whoever waits for it already keeps the place."""
        if self._waiting.get(waiting.name) != waiting:
            self._waiting.pop(waiting.name, None)
            self._waiting[waiting.name] = waiting

    def leave(self, name: str) -> None:
        """Wait no longer."""
        self._waiting.pop(name, None)

    def position(self, name: str) -> int | None:
        """The place in the queue, from 1; None for a service that does not wait."""
        counts: Counter[str] = Counter()
        for waiting in self._waiting.values():
            counts[waiting.flavour] += 1
            if waiting.name == name:
                return counts[waiting.flavour]
        return None

    def is_others_turn(self, name: str, flavour: str) -> bool:
        """Whether somebody else waits for the flavour, before this service if it waits too."""
        first = self.first_of(flavour)
        return first is not None and first.name != name

    def first_of(self, flavour: str) -> Waiting | None:
        """Whose turn it is."""
        return next((one for one in self._waiting.values() if one.flavour == flavour), None)

    def list_flavours(self) -> set[str]:
        """Those that somebody waits for."""
        return {one.flavour for one in self._waiting.values()}
