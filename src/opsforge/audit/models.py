"""The table of the audit room."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn


class AuditEntry(Base):
    """One thing that somebody did. Refers to nothing: what it tells of may be gone."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at", "id"),
        Index("ix_audit_entries_actor", "actor", "at", "id"),
        Index("ix_audit_entries_action", "action", "at", "id"),
        Index("ix_audit_entries_object", "object_kind", "object_name", "at", "id"),
    )

    id: Mapped[IdColumn]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    """A username, or what was given for one at a refused sign-in."""
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int | None]
    object_name: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(64))
