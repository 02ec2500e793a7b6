"""Tables of snippet trees and of their nodes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn, Name

TITLE_MAX_CHARACTERS = 100
DESCRIPTION_MAX_CHARACTERS = 10_000
LANGUAGE_MAX_CHARACTERS = 30


class NodeKind(StrEnum):
    """What a node is."""

    FOLDER = "folder"
    SNIPPET = "snippet"


class SnippetTree(Base):
    """One user's tree: the row that every change of it locks first."""

    __tablename__ = "snippet_trees"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    revision: Mapped[int]
    """Goes up with every change."""


class SnippetNode(Base):
    """A folder or a snippet."""

    __tablename__ = "snippet_nodes"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        # The parent is the same user's, and what is below a folder goes with it.
        ForeignKeyConstraint(
            ["user_id", "parent_id"],
            ["snippet_nodes.user_id", "snippet_nodes.id"],
            name="fk_snippet_nodes_parent_snippet_nodes",
            ondelete="CASCADE",
        ),
        UniqueConstraint("parent_id", "title_key"),
        Index(
            "uq_snippet_nodes_top_title",
            "user_id",
            "title_key",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
        Index("ix_snippet_nodes_level", "user_id", "parent_id", "position", "id"),
    )

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(default=None)
    """None at the top."""
    kind: Mapped[NodeKind] = mapped_column(String(10))
    position: Mapped[int]
    """Orders the nodes of one folder; there may be gaps."""
    title: Mapped[Name]
    title_key: Mapped[str] = mapped_column(String(4 * TITLE_MAX_CHARACTERS))
    """`kit.names.name_key` of the title; folding a letter's case may make three of it."""
    description: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(LANGUAGE_MAX_CHARACTERS), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    code: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text)
    """Tags, title, description and code, folded (see `texts`): what a search looks at."""
    version: Mapped[int] = mapped_column(default=1)
    """Goes up when the node itself is changed or moved; guards against lost updates."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
