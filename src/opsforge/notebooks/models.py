"""The table of notebook services."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from opsforge.db.base import Base, IdColumn


class Service(Base):
    """One user's notebook service. Its name is the username; its state lives in the engine."""

    __tablename__ = "services"

    id: Mapped[IdColumn]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    flavour: Mapped[str] = mapped_column(String(31))
    """What the user chose last; the next start uses it."""
    failure: Mapped[str | None] = mapped_column(String(2000), default=None)
    """Why the last start failed, as `failures` keeps it; None after a start that succeeded."""
    was_started: Mapped[bool] = mapped_column(default=False)
    """Whether it ever ran: tells "created" from "stopped"."""
    stop_when_idle: Mapped[bool] = mapped_column(default=False)
    """Set by a log-out that keeps busy kernels: the platform stops it once they are idle."""
    stop_due: Mapped[bool] = mapped_column(default=False)
    """Set by a log-out before the engine is asked, until the service has stopped."""
    revocation_due: Mapped[bool] = mapped_column(default=False)
    """Set before the engine is asked to end what opens the service, until it has."""
    created_at: Mapped[datetime]


class VolumeNumber(Base):
    """Numbers every volume there ever was; in the sandbox its owner's host uid follows from it.

    Rows stay for ever: a number that is given again would open one user's files to another.
    """

    __tablename__ = "volume_numbers"

    id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(String(32), unique=True)
