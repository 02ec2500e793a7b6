"""The table of tokens."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn


class TokenKind(StrEnum):
    """What a token is for."""

    SESSION = "session"
    """Made by a log-in, ends with the log-out."""
    API = "api"
    """Made by its owner for scripts; ends when it expires or is revoked."""


class Token(Base):
    """A token of which only the SHA-256 digest is kept."""

    __tablename__ = "tokens"

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TokenKind] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100), default="")
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    created_from: Mapped[str] = mapped_column(String(45), default="")
    """Network address of the log-in that made it."""
