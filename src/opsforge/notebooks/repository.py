"""Every query of the notebooks room."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.actor import Actor
from opsforge.notebooks.models import Service, VolumeNumber


async def find_by_name(session: AsyncSession, name: str) -> Service | None:
    """The service with this name, whoever asks."""
    return (await session.scalars(select(Service).where(Service.name == name))).one_or_none()


async def find_visible(session: AsyncSession, actor: Actor, name: str) -> Service | None:
    """The service with this name if the caller may see it: their own; any for administrators."""
    service = await find_by_name(session, name)
    visible = service is not None and (actor.is_admin or service.user_id == actor.user_id)
    return service if visible else None


async def list_named(session: AsyncSession, names: Collection[str]) -> Sequence[Service]:
    """The services of these names."""
    return (await session.scalars(select(Service).where(Service.name.in_(names)))).all()


async def list_services(
    session: AsyncSession, *, after: str | None, limit: int, names: Collection[str] | None
) -> Sequence[Service]:
    """Services by name, the first ``limit`` after the one named ``after``, of all or of some."""
    rows = select(Service).order_by(Service.name).limit(limit)
    if names is not None:
        rows = rows.where(Service.name.in_(names))
    if after is not None:
        rows = rows.where(Service.name > after)
    return (await session.scalars(rows)).all()


async def list_due(session: AsyncSession) -> Sequence[Service]:
    """The services at which a log-out, or an end of tokens, has left something to be done."""
    is_due = or_(Service.stop_when_idle, Service.stop_due, Service.revocation_due)
    return (await session.scalars(select(Service).where(is_due))).all()


async def set_fields(session: AsyncSession, name: str, fields: dict[str, Any]) -> None:
    """Change columns of a service."""
    await session.execute(update(Service).where(Service.name == name).values(**fields))


async def delete_service(session: AsyncSession, service_id: int) -> None:
    """Forget a service."""
    await session.execute(delete(Service).where(Service.id == service_id))


async def number_volume(session: AsyncSession, name: str) -> int:
    """The volume's number, given to it now if it has none."""
    found = await session.scalar(select(VolumeNumber.id).where(VolumeNumber.name == name))
    if found is not None:
        return found
    numbered = VolumeNumber(name=name)
    session.add(numbered)
    await session.flush()
    return numbered.id
