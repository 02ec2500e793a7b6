"""What operations lock: each thing for themselves, or shared with others that only read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shared:
    """A key that others may have at the same time as long as they share it, too."""

    key: str


Key = str | Shared
"""A string is for oneself."""


class KeysTakenError(Exception):
    """Another operation has one of the keys."""
