"""What the data sets room takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from opsforge.datasets.models import Dataset, DatasetFile
from opsforge.kit.batches import BatchItem
from opsforge.kit.flags import Flag
from opsforge.kit.names import DirectoryName, PlainText
from opsforge.kit.paging import SearchQuery
from opsforge.storage.clashes import OnClash

FILES_IN_DETAILS = 1000
FILES_IN_LISTS = 100


class Fork(Protocol):
    """A row that came from another one."""

    origin_id: int | None
    origin_name: str | None
    origin_owner: str | None
    origin_checksum: str | None


class DatasetForm(BaseModel):
    """The fields of a new data set (E1); its files follow them."""

    name: DirectoryName
    description: PlainText = Field(default="", max_length=2000)
    is_public: Flag = Field(default=0, description="0: the caller's own; 1: everybody may read.")
    unpack: bool = Field(
        default=False,
        description="Unpack what is a .zip, .tar, .tar.gz or .tar.zst, into its folder.",
    )


class DatasetFilter(BaseModel):
    """Which data sets, in which order (E3)."""

    is_public: Flag | None = Field(
        default=None,
        description="0: the caller's private ones; 1: all public ones; else the caller's.",
    )
    query: SearchQuery = ""
    owner: PlainText | None = Field(default=None, max_length=32, description="Username.")
    sort: Literal["updated", "-updated", "name", "-name", "forks", "-forks"] = Field(
        default="-updated",
        description="A column; with a `-` the latest, the most or the last first.",
    )


class DatasetFileView(BaseModel):
    """A file of a data set."""

    id: int
    path: str = Field(description="Relative to the data set.")
    size_bytes: int
    sha256: str = Field(description="Of the content, in hexadecimal.")
    number: int = Field(description="Of this version of the file; the first has 1.")
    added_by: str | None = Field(description="Username; null where nobody wrote it down.")
    created_at: datetime

    @classmethod
    def of(cls, file: DatasetFile) -> "DatasetFileView":
        """Show a row."""
        return cls(
            id=file.id,
            path=file.path,
            number=file.number,
            added_by=file.added_by,
            size_bytes=file.size_bytes,
            sha256=file.sha256.hex(),
            created_at=file.created_at,
        )


class OriginView(BaseModel):
    """Where a fork came from. Kept when the origin is deleted."""

    id: int | None = Field(description="Null once the origin is deleted.")
    name: str
    owner: str = Field(description="Username.")
    checksum: str = Field(description="Of the origin's files at that moment.")
    has_moved_on: bool = Field(description="Whether the origin's files changed since.")

    @classmethod
    def of(cls, fork: Fork, current: Mapping[int, str]) -> "OriginView | None":
        """Show a fork's origin.

        Args:
            fork: The row.
            current: Checksums of origins by id, as far as they are there.
        """
        if fork.origin_name is None:
            return None
        checksum = fork.origin_checksum or ""
        return cls(
            id=fork.origin_id,
            name=fork.origin_name,
            owner=fork.origin_owner or "",
            checksum=checksum,
            has_moved_on=current.get(fork.origin_id or 0, checksum) != checksum,
        )


class DatasetView(BaseModel):
    """A data set with its files."""

    id: int
    name: str
    description: str
    is_public: Flag
    owner: str = Field(description="Username.")
    size_bytes: int
    file_count: int
    created_at: datetime
    updated_at: datetime
    path: str = Field(description="Where a service sees it, relative to its home.")
    checksum: str = Field(description="SHA-256 over paths and digests of all files.")
    fork_count: int = Field(description="Forks that were made of it.")
    origin: OriginView | None = Field(description="Of a fork: where it came from.")
    used_by_count: int = Field(
        description="Projects that use it: the caller's, and public ones. `/uses` names them."
    )
    shared_as: int | None = Field(description="Of a private one: the public one made of it.")
    may_change: bool = Field(description="Whether the caller may change and delete it.")
    files: list[DatasetFileView] = Field(
        description=f"The first by path: at most {FILES_IN_DETAILS}, in lists {FILES_IN_LISTS}; "
        "`file_count` tells how many there are."
    )

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        files: Sequence[DatasetFile],
        lineage: "Lineage",
        *,
        used_by_count: int,
        may_change: bool,
    ) -> "DatasetView":
        """Show a row with rows of its files."""
        return cls(
            id=dataset.id,
            name=dataset.name,
            description=dataset.description,
            is_public=1 if dataset.is_public else 0,
            owner=dataset.owner_name,
            size_bytes=dataset.size_bytes,
            file_count=dataset.file_count,
            created_at=dataset.created_at,
            updated_at=dataset.updated_at,
            path=f"{'public/' if dataset.is_public else ''}input/{dataset.name}",
            checksum=dataset.checksum,
            fork_count=dataset.fork_count,
            origin=OriginView.of(dataset, lineage.checksums),
            used_by_count=used_by_count,
            shared_as=lineage.shared_as.get(dataset.id),
            may_change=may_change,
            files=[DatasetFileView.of(file) for file in files],
        )


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """What rows of data sets say of other rows."""

    checksums: Mapping[int, str]
    """Of origins, by id."""
    shared_as: Mapping[int, int]
    """Ids of public ones by the ids of what they were shared from."""


class DatasetUpdate(BaseModel):
    """What shall change (E8)."""

    name: DirectoryName | None = Field(
        default=None,
        description="Of a private one; its directory is renamed, and notebooks have to follow.",
    )
    description: PlainText | None = Field(default=None, max_length=2000)


class DatasetFork(BaseModel):
    """A copy of a public data set (E9)."""

    name: DirectoryName | None = Field(default=None, description="By default the origin's.")


class FilesForm(BaseModel):
    """The fields of an upload to a data set that is there (E4); its files follow."""

    when_there: OnClash = Field(
        default="refuse", description="What to do with a file whose path is taken."
    )
    unpack: bool = Field(
        default=False,
        description="Unpack what is a .zip, .tar, .tar.gz or .tar.zst, into its folder.",
    )


class DatasetDeletion(BatchItem):
    """What happened to one data set (E5)."""

    name: str | None = None
    used_by: list[str] = Field(
        default_factory=list,
        description="Projects of the caller's that linked it. Of a public one the copies stay.",
    )
    public_use_count: int = Field(default=0, description="Public projects that linked it.")


class UsingProject(BaseModel):
    """A project that links a data set."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    owner: str = Field(description="Username.")


class DatasetUses(BaseModel):
    """Who uses a data set, as far as the caller may know: what a deletion would leave without."""

    projects: list[UsingProject] = Field(
        default_factory=list, description="The caller's, which link it or the caller's copy of it."
    )
    public_projects: list[UsingProject] = Field(
        default_factory=list, description="The first by name."
    )
    public_count: int = Field(default=0, description="How many public projects link it.")


class DatasetDeletions(BaseModel):
    """What happened to each data set, in the order of the request."""

    items: list[DatasetDeletion]


@dataclass(frozen=True, kw_only=True)
class InputDataset:
    """A data set that is in a user's ``input``, for the projects room."""

    name: str
    dataset_id: int | None
    """Of the user's own one."""
    copy_id: int | None
    """Of the user's copy of a public one."""
    copied_from: int | None
    """The public one, while its copy is new and not recorded."""
    checksum: str
    """Of its tree."""
    first_csv: str | None
    """Path of its first CSV file, if it has one."""


class LinkedDataset(BaseModel):
    """A data set that a project uses."""

    id: int | None = Field(
        description="Null once the owner of a public one has deleted it; the copy stays."
    )
    name: str
    is_public: Flag
    has_moved_on: bool = Field(
        default=False,
        description="Whether the public one's files changed since they were copied to the input.",
    )
