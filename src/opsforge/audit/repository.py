"""Every query of the audit room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.audit.models import AuditEntry
from opsforge.audit.schemas import Action, AuditFilter
from opsforge.kit.paging import newest_first

DELETED_AT_ONCE = timedelta(days=1)
"""A transaction deletes the entries of so long a time at most."""


async def list_entries(
    session: AsyncSession, wanted: AuditFilter, *, cursor: str | None, limit: int
) -> Sequence[AuditEntry]:
    """A page of entries, latest first, and one row more."""
    rows = select(AuditEntry)
    for column, value in (
        (AuditEntry.actor, wanted.actor),
        (AuditEntry.action, wanted.action),
        (AuditEntry.outcome, wanted.outcome),
    ):
        if value is not None:
            rows = rows.where(column == value)
    if wanted.object is not None:
        kind, colon, name = wanted.object.partition(":")
        rows = rows.where(AuditEntry.object_kind == kind)
        if colon:
            rows = rows.where(AuditEntry.object_name == name)
    if wanted.since is not None:
        rows = rows.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(AuditEntry.at < wanted.until)
    page = newest_first(
        rows, moment=AuditEntry.at, row_id=AuditEntry.id, cursor=cursor, limit=limit
    )
    return (await session.scalars(page)).all()


async def list_addresses(
    session: AsyncSession, actor: str, action: Action, *, since: datetime
) -> Sequence[str]:
    """From where somebody has done something since a moment."""
    rows = (
        select(AuditEntry.address)
        .where(
            AuditEntry.actor == actor,
            AuditEntry.at >= since,
            AuditEntry.action == action,
            AuditEntry.outcome == "ok",
        )
        .distinct()
    )
    return (await session.scalars(rows)).all()


async def delete_before(session: AsyncSession, moment: datetime) -> bool:
    """Delete the oldest entries of those before a moment; returns whether there are more."""
    oldest = await session.scalar(select(AuditEntry.at).order_by(AuditEntry.at).limit(1))
    if oldest is None or oldest >= moment:
        return False
    end = min(moment, oldest + DELETED_AT_ONCE)
    await session.execute(delete(AuditEntry).where(AuditEntry.at < end))
    return end < moment
