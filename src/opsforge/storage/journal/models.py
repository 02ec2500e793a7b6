"""Tables of operations under way and of what they lock."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base


class OperationRow(Base):
    """An operation that is not final yet."""

    __tablename__ = "operations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Chosen at random by the worker, who must know it even if the answer to the insert is lost."""
    kind: Mapped[str] = mapped_column(String(50))
    """What it does, for people: "projects.create"."""
    worker: Mapped[str] = mapped_column(String(32))
    """Who works on it; see `opsforge.storage.journal.workers`."""
    moves: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What may have been done, in order; see `opsforge.storage.moves`."""
    started_at: Mapped[datetime]


class OperationLock(Base):
    """A project, a data set or the like that an operation has for itself."""

    __tablename__ = "operation_locks"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    operation_id: Mapped[str] = mapped_column(
        ForeignKey("operations.id", ondelete="CASCADE"), index=True
    )


class OperationShare(Base):
    """One that an operation only reads, perhaps with others, and that nobody may change."""

    __tablename__ = "operation_shares"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    operation_id: Mapped[str] = mapped_column(
        ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
