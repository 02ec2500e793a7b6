"""Where trees are, and what there is to say of the files in them: plain values.

These modules need nothing but Python's own library: places, moves, trees, syscalls, reading,
measuring, scratch, relocation, gathering, volumes. They are sent as they are to a host that has
volumes of its own, and run there (`opsforge.storage.sftp`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

FolderKey = tuple[bool, str]
"""Sorts the entries of a folder: whether it is a file, and its name."""


class Area(StrEnum):
    """The kinds of directory: for projects, for data sets, for what data sets were before."""

    WORK = "work"
    INPUT = "input"
    VERSIONS = "versions"

    @property
    def is_shared(self) -> bool:
        """Whether its files are linked from elsewhere, and so are never changed in place."""
        return self is not Area.WORK


@dataclass(frozen=True)
class Place:
    """A directory of a project, of a data set or of its versions: whose, which kind, its name."""

    owner: str | None
    """The username; None for the public tree."""
    area: Area
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The components below the data directory."""
        top = ("public",) if self.owner is None else ("users", self.owner)
        if self.area is Area.VERSIONS:  # Out of the volume: that is what a service sees.
            return (self.area.value, *top, self.name)
        return (*top, self.area.value, self.name)


@dataclass(frozen=True)
class Volume:
    """All directories of a user."""

    username: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The components below the data directory."""
        return ("users", self.username)


def owner_of(parts: tuple[str, ...]) -> str | None:
    """The username of whose a place with these `parts` is; None for what is public."""
    top, *below = parts[1:] if parts[0] == Area.VERSIONS else parts
    return below[0] if top == "users" and below else None


@dataclass(frozen=True, kw_only=True)
class FileHead:
    """How a file begins, and what it takes."""

    content: bytes
    size_bytes: int
    disk_bytes: int
    """What ``du`` says: blocks that are in use, not the length."""


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """A regular file of a tree."""

    path: PurePosixPath
    """Relative to the tree."""
    size_bytes: int
    sha256: bytes | None = None
    """Digest of the content, where it was computed."""


@dataclass(frozen=True, kw_only=True)
class FolderEntry:
    """A folder or a regular file, in a folder of a tree."""

    name: str
    is_folder: bool
    size_bytes: int | None
    """None for a folder."""
    modified_at: datetime


@dataclass(frozen=True, kw_only=True)
class InboxFile:
    """A whole file of the platform's own, beside the volumes; see `opsforge.storage.inbox`."""

    file: Path
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What files take."""

    size_bytes: int = 0
    file_count: int = 0
    is_complete: bool = True
    """False when there are too many to be counted."""

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            size_bytes=self.size_bytes + other.size_bytes,
            file_count=self.file_count + other.file_count,
            is_complete=self.is_complete and other.is_complete,
        )


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A directory for files that are being gathered."""

    name: str
    """By which a move finds it."""
    identity: str
    """Tells the staged tree from every other one, wherever it is moved."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file of a tree, open for reading."""

    handle: str
    """What it is called from now on."""
    size_bytes: int
    modified_at: datetime
    version: str
