"""Tables of users' projects, of public projects, and of their links to data sets."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn, Name, NameKey
from opsforge.db.search import Searched


class Project(Searched, Base):
    """A user's project."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("user_id", "name_key"),
        Index("ix_projects_latest", "user_id", "updated_at", "id"),
        Index("ix_projects_flagged", "user_id", "share_flag", "updated_at", "id"),
        Index("ix_projects_shared", "share_flag", "updated_at", "id"),
        Index("ix_projects_shared_name", "share_flag", "name_key", "id"),
    )

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    owner_name: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """The owner's username, which never changes: it names the directory."""
    name: Mapped[Name]
    """Of the directory, and of the notebook in it."""
    name_key: Mapped[NameKey]
    description: Mapped[str] = mapped_column(String(2000), default="")
    share_flag: Mapped[int] = mapped_column(SmallInteger, default=0)
    """0: private; 1: shared to the public table."""
    is_moved: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Shared without a working copy: all the files there are lie in the public tree."""
    starter: Mapped[str] = mapped_column(String(100), default="")
    origin_id: Mapped[int | None] = mapped_column(
        ForeignKey("public_projects.id", ondelete="SET NULL", use_alter=True), index=True
    )
    """Of a fork: the public one that it came from, as long as that is there."""
    origin_name: Mapped[str | None] = mapped_column(String(200))
    origin_owner: Mapped[str | None] = mapped_column(String(32))
    origin_checksum: Mapped[str | None] = mapped_column(String(64))
    """The origin's checksum at that moment."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProjectDataset(Base):
    """A project's link to a data set of its owner, or to the owner's copy of a public one."""

    __tablename__ = "project_datasets"
    __table_args__ = (
        UniqueConstraint("project_id", "dataset_id"),
        UniqueConstraint("project_id", "copy_id"),
        CheckConstraint("(dataset_id IS NULL) <> (copy_id IS NULL)", name="one_target"),
    )

    id: Mapped[IdColumn]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    dataset_id: Mapped[int | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), index=True
    )
    copy_id: Mapped[int | None] = mapped_column(
        ForeignKey("dataset_copies.id", ondelete="CASCADE"), index=True
    )


class PublicProject(Searched, Base):
    """A project that every signed-in user may read."""

    __tablename__ = "public_projects"
    __table_args__ = (
        UniqueConstraint("name_key"),
        Index("ix_public_projects_latest", "updated_at", "id"),
        Index("ix_public_projects_forks", "fork_count", "id"),
        Index("ix_public_projects_name", "name_key", "id"),
        Index("ix_public_projects_owner", "owner_name", "updated_at", "id"),
    )

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    owner_name: Mapped[str] = mapped_column(String(32))
    """Username of who shared it."""
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("projects.id", ondelete="SET NULL"), unique=True
    )
    """The user's project that it was shared from, as long as that is there."""
    name: Mapped[Name]
    name_key: Mapped[NameKey]
    description: Mapped[str] = mapped_column(String(2000), default="")
    checksum: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Of the files; see `opsforge.storage.checksums`."""
    fork_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Forks that were made of it."""
    origin_id: Mapped[int | None] = mapped_column(
        ForeignKey("public_projects.id", ondelete="SET NULL", use_alter=True), index=True
    )
    """Of a fork: the public one that it came from, as long as that is there."""
    origin_name: Mapped[str | None] = mapped_column(String(200))
    origin_owner: Mapped[str | None] = mapped_column(String(32))
    origin_checksum: Mapped[str | None] = mapped_column(String(64))
    """The origin's checksum at that moment."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PublicProjectDataset(Base):
    """A public project's link to a public data set."""

    __tablename__ = "public_project_datasets"

    public_project_id: Mapped[int] = mapped_column(
        ForeignKey("public_projects.id", ondelete="CASCADE"), primary_key=True
    )
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True, index=True
    )
