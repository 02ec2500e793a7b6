"""Tables of data sets, of their files, and of the copies that users have of public ones."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn, Name, NameKey
from opsforge.db.search import Searched


class Dataset(Searched, Base):
    """A data set. Names are unique among one owner's private ones and among all public ones."""

    __tablename__ = "datasets"
    __table_args__ = (
        Index(
            "uq_datasets_private_name",
            "owner_id",
            "name_key",
            unique=True,
            sqlite_where=text("NOT is_public"),
            postgresql_where=text("NOT is_public"),
        ),
        Index(
            "uq_datasets_public_name",
            "name_key",
            unique=True,
            sqlite_where=text("is_public"),
            postgresql_where=text("is_public"),
        ),
        Index("ix_datasets_owner", "owner_id", "is_public", "updated_at", "id"),
        Index("ix_datasets_public", "is_public", "updated_at", "id"),
        Index("ix_datasets_forks", "is_public", "fork_count", "id"),
        Index("ix_datasets_name", "is_public", "name_key", "id"),
    )

    id: Mapped[IdColumn]
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    owner_name: Mapped[str] = mapped_column(String(32))
    """The owner's username, which never changes: it names the directory."""
    is_public: Mapped[bool]
    name: Mapped[Name]
    name_key: Mapped[NameKey]
    description: Mapped[str] = mapped_column(String(2000), default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    file_count: Mapped[int] = mapped_column(default=0)
    checksum: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of the tree; see `opsforge.storage.checksums`."""
    shared_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="SET NULL"), unique=True
    )
    """Of a public one: the private one that it was shared from, as long as that is there."""
    fork_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Forks that were made of it."""
    origin_id: Mapped[int | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    """Of a fork: the public one that it came from, as long as that is there."""
    origin_name: Mapped[str | None] = mapped_column(String(200))
    origin_owner: Mapped[str | None] = mapped_column(String(32))
    origin_checksum: Mapped[str | None] = mapped_column(String(64))
    """The origin's checksum at that moment."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Content:
    """What is known of a file's content, while it is the current one and afterwards."""

    id: Mapped[IdColumn]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(1000))
    """Relative to the data set, in normal form C."""
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of the version: what was at this path first has 1."""
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    added_by: Mapped[str | None] = mapped_column(String(32))
    """Username; None where nobody wrote it down."""
    created_at: Mapped[datetime]


class DatasetFile(Content, Base):
    """A file of a data set."""

    __tablename__ = "dataset_files"
    __table_args__ = (UniqueConstraint("dataset_id", "path"),)


class FileVersion(Content, Base):
    """What was at a path of a data set before it was replaced or deleted."""

    __tablename__ = "dataset_file_versions"
    __table_args__ = (UniqueConstraint("dataset_id", "path", "number"),)

    ended_at: Mapped[datetime]
    """When it was replaced or deleted."""


class DatasetCopy(Base):
    """A user's copy of a public data set, by hard links in their ``input`` directory."""

    __tablename__ = "dataset_copies"
    __table_args__ = (UniqueConstraint("user_id", "name_key"),)

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    dataset_id: Mapped[int | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    """None once its owner has deleted it; the copy keeps the bytes."""
    checksum: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of the tree that was copied."""
    name: Mapped[Name]
    name_key: Mapped[Name]
    created_at: Mapped[datetime]
