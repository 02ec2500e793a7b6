"""Writing entries, reading them, and letting go of old ones."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from opsforge.audit import repository
from opsforge.audit.models import AuditEntry
from opsforge.audit.schemas import Action, AuditFilter, AuditView, ObjectKind, Outcome
from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.paging import Page, moment_cursor
from opsforge.settings import AuditSettings

log = get_logger()

SWEEP_EVERY = timedelta(hours=6)
ADDRESS: ContextVar[str] = ContextVar("audit_address", default="")
"""Where the request came from that is being served; empty outside of requests."""


def note(  # noqa: PLR0913 - who, what, when and to what, nearly all by name.
    session: AsyncSession,
    actor: Actor | str,
    action: Action,
    *,
    at: datetime,
    kind: ObjectKind,
    name: str,
    object_id: int | None = None,
    outcome: Outcome = "ok",
) -> None:
    """Write an entry with the transaction of ``session``: both are there, or neither.

    Args:
        session: A writing transaction.
        actor: Who did it; a name for somebody who is not signed in.
        action: What was done.
        at: When.
        kind: To what kind of thing.
        name: The thing's name, by which it is known when it is gone.
        object_id: Its number.
        outcome: Whether it was done.
    """
    who = actor if isinstance(actor, str) else actor.username
    session.add(
        AuditEntry(
            at=at,
            actor=who[:64],
            action=action,
            object_kind=kind,
            object_id=object_id,
            object_name=name[:200],
            outcome=outcome,
            address=ADDRESS.get()[:64],
        )
    )


async def list_addresses(
    session: AsyncSession, actor: str, action: Action, *, since: datetime
) -> Sequence[str]:
    """From where somebody has done something since a moment."""
    return await repository.list_addresses(session, actor, action, since=since)


class AuditService:
    """The audit entries."""

    def __init__(self, *, db: Database, clock: Clock, settings: AuditSettings) -> None:
        self._db = db
        self._clock = clock
        self._keep = settings.keep

    async def list_entries(
        self, wanted: AuditFilter, *, cursor: str | None, limit: int
    ) -> Page[AuditView]:
        """A page of entries, latest first, for administrators."""
        moments = {
            field: moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            for field in ("since", "until")
            if (moment := getattr(wanted, field)) is not None
        }
        async with self._db.reading() as session:
            rows = await repository.list_entries(
                session, wanted.model_copy(update=moments), cursor=cursor, limit=limit
            )
        shown = rows[:limit]
        last = shown[-1] if len(rows) > limit else None
        return Page(
            items=[AuditView.model_validate(row) for row in shown],
            next_cursor=last and moment_cursor(last.at, last.id),
        )

    async def run_sweep(self) -> None:
        """Delete what is older than the setting says, now and then. Runs for ever."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("audit.sweep_failed")
            await asyncio.sleep(SWEEP_EVERY.total_seconds())

    async def sweep(self) -> None:
        """Delete what is older than the setting says."""
        if self._keep is None:
            return
        has_more = True
        while has_more:
            async with self._db.writing() as session:
                has_more = await repository.delete_before(session, self._clock() - self._keep)
