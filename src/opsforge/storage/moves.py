"""The moves that change what users see, as data: a journal keeps them until they are final.

A move is written down before it is made and can be undone from what was written down alone, by
another process as well. Undoing what was never made, or was undone already, changes nothing. What
a user did to a tree or a file in the meantime is told by its identity and left alone.
"""

from dataclasses import dataclass
from typing import Literal

Parts = tuple[str, ...]
"""Components below the data directory."""


@dataclass(frozen=True, kw_only=True)
class Publish:
    """A staged tree appears at a place where nothing is."""

    kind: Literal["publish"] = "publish"
    staging: str
    place: Parts
    identity: str
    """Of the staged tree."""


@dataclass(frozen=True, kw_only=True)
class Replace:
    """A staged tree and the one at its place change places in one step."""

    kind: Literal["replace"] = "replace"
    staging: str
    place: Parts
    identity: str
    """Of the staged tree."""


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Staged files appear in the tree at their place, one by one; none is replaced."""

    kind: Literal["merge"] = "merge"
    staging: str
    place: Parts
    new_folders: tuple[str, ...]
    """Paths in the tree of the folders that appear with them, without folders in these."""
    leave_out: tuple[str, ...] = ()
    """Paths of staged files that stay where they are: an `Exchange` moves them."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Staged files and those at the same paths of a tree change places, each in one step.

    Where there is none any more, the staged one appears.
    """

    kind: Literal["exchange"] = "exchange"
    staging: str
    place: Parts
    files: tuple[tuple[str, str], ...]
    """Path and identity of each staged file."""


@dataclass(frozen=True, kw_only=True)
class TakeOut:
    """Files of a tree vanish into a staging for the same place."""

    kind: Literal["take_out"] = "take_out"
    staging: str
    place: Parts
    names: tuple[str, ...]
    """Of files at the top of the tree; one that is not there is passed over."""


@dataclass(frozen=True, kw_only=True)
class TakeAway:
    """The tree at a place vanishes into a staging."""

    kind: Literal["take_away"] = "take_away"
    staging: str
    place: Parts


@dataclass(frozen=True, kw_only=True)
class Rename:
    """A tree, or a file in one, gets another name; nothing is replaced."""

    kind: Literal["rename"] = "rename"
    source: Parts
    target: Parts
    identity: str


Move = Publish | Replace | Merge | Exchange | TakeOut | TakeAway | Rename


def stagings_of(moves: list[Move]) -> set[str]:
    """The names of the stagings that moves need to be undone."""
    return {move.staging for move in moves if not isinstance(move, Rename)}
