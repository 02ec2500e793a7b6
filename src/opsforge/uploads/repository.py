"""Every query of the uploads room."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.uploads.models import Upload


def visible_to(actor: Actor) -> Select[Upload]:
    """The caller's own uploads, also for administrators."""
    return select(Upload).where(Upload.user_id == actor.user_id)


async def find_upload(session: AsyncSession, actor: Actor, upload_id: str) -> Upload | None:
    """The upload with this id if it is the caller's."""
    return (await session.scalars(visible_to(actor).where(Upload.id == upload_id))).one_or_none()


async def find_landed(session: AsyncSession, like: Upload, *, since: datetime) -> Upload | None:
    """The same file of the same user to the same place, if it has landed since."""
    rows = select(Upload).where(
        Upload.user_id == like.user_id,
        Upload.landed_at >= since,
        Upload.stored_path.is_not(None),
        Upload.target_kind == like.target_kind,
        Upload.target_id == like.target_id,
        Upload.path == like.path,
        Upload.length_bytes == like.length_bytes,
        Upload.last_modified == like.last_modified,
        Upload.sha256 == like.sha256,
        Upload.on_clash == like.on_clash,
    )
    return (await session.scalars(rows.order_by(Upload.landed_at.desc()).limit(1))).first()


async def list_waiting(session: AsyncSession, actor: Actor, *, limit: int) -> Sequence[Upload]:
    """The caller's unfinished uploads, in the order in which they began."""
    rows = visible_to(actor).where(Upload.landed_at.is_(None))
    return (await session.scalars(rows.order_by(Upload.created_at, Upload.id).limit(limit))).all()


async def measure_waiting(session: AsyncSession, user_id: int) -> tuple[int, int]:
    """Announced bytes and number of a user's unfinished uploads."""
    sums = select(func.coalesce(func.sum(Upload.length_bytes), 0), func.count()).where(
        Upload.user_id == user_id, Upload.landed_at.is_(None)
    )
    size_bytes, count = (await session.execute(sums)).one()
    return int(size_bytes), count


async def set_fields(session: AsyncSession, upload_id: str, fields: Mapping[str, Any]) -> None:
    """Change an upload's row."""
    await session.execute(update(Upload).where(Upload.id == upload_id).values(**fields))


async def mark_landed(
    session: AsyncSession, upload_id: str, *, at: datetime, stored_path: str | None
) -> bool:
    """Note that an upload is where it goes; False when it is gone, or was landed before."""
    rows = update(Upload).where(Upload.id == upload_id, Upload.landed_at.is_(None))
    done = await session.execute(rows.values(landed_at=at, stored_path=stored_path))
    return bool(done.rowcount)  # type: ignore[attr-defined]


async def delete_upload(session: AsyncSession, upload_id: str) -> None:
    """Forget an upload."""
    await session.execute(delete(Upload).where(Upload.id == upload_id))


async def list_expired(session: AsyncSession, *, at: datetime) -> Sequence[Upload]:
    """The uploads whose time is over, of everybody."""
    return (await session.scalars(select(Upload).where(Upload.expires_at <= at))).all()


async def list_known(session: AsyncSession, upload_ids: Collection[str]) -> Sequence[Upload]:
    """Those of the uploads that there are, of everybody."""
    found: list[Upload] = []
    ordered = sorted(upload_ids)
    for start in range(0, len(ordered), 500):
        rows = select(Upload).where(Upload.id.in_(ordered[start : start + 500]))
        found += (await session.scalars(rows)).all()
    return found
