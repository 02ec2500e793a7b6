"""The table of resumable uploads."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base


class Upload(Base):
    """A file that is arriving, or has landed a short time ago."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_user_id", "user_id", "landed_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Names its file in the inbox."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Who sends it."""
    target_kind: Mapped[str] = mapped_column(String(10))
    """"datasets" or "projects"."""
    target_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(1000))
    """Wanted, in the target."""
    length_bytes: Mapped[int]
    on_clash: Mapped[str] = mapped_column(String(10))
    unpack: Mapped[bool]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """What the sender says that the whole has."""
    last_modified: Mapped[str] = mapped_column(String(40), default="")
    """As the sender says, who knows its file again by it."""
    verified_bytes: Mapped[int | None]
    """While a piece with a checksum arrives: what was there before it. What a crash left of the
    piece was not checked."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    landed_at: Mapped[datetime | None]
    """It is in its target, or was not wanted there; the row stays for who missed the answer."""
    stored_path: Mapped[str | None] = mapped_column(String(1000))
    """Where it landed; None when it was unpacked or skipped."""
