"""Every query of the users room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.users.models import User


async def find_user(session: AsyncSession, user_id: int) -> User | None:
    """The account with this id."""
    return await session.get(User, user_id)


async def find_by_username(session: AsyncSession, username: str) -> User | None:
    """The account with this name."""
    found = await session.scalars(select(User).where(User.username == username))
    return found.one_or_none()


async def list_users(
    session: AsyncSession, *, after: str | None, limit: int, query: str
) -> Sequence[User]:
    """Accounts by username, the first ``limit`` after the one named ``after``."""
    rows = select(User).order_by(User.username).limit(limit)
    if after is not None:
        rows = rows.where(User.username > after)
    if query:
        pattern = query.lower()
        rows = rows.where(
            or_(
                User.username.contains(pattern, autoescape=True),
                func.lower(User.display_name).contains(pattern, autoescape=True),
                func.lower(User.email).contains(pattern, autoescape=True),
            )
        )
    return (await session.scalars(rows)).all()


async def usernames_like(session: AsyncSession, stem: str) -> set[str]:
    """The names that begin with ``stem``, for proposing a free one."""
    rows = select(User.username).where(User.username.startswith(stem, autoescape=True))
    return set((await session.scalars(rows)).all())


async def count_users(session: AsyncSession) -> int:
    """How many accounts there are."""
    return await session.scalar(select(func.count()).select_from(User)) or 0


async def count_active_users(session: AsyncSession) -> int:
    """How many accounts may sign in."""
    rows = select(func.count()).select_from(User).where(User.is_active)
    return await session.scalar(rows) or 0


async def find_first_administrator(session: AsyncSession) -> User | None:
    """The active administrator who has been there longest."""
    rows = select(User).where(User.is_admin, User.is_active).order_by(User.id).limit(1)
    return (await session.scalars(rows)).one_or_none()


async def is_last_administrator(session: AsyncSession, user_id: int) -> bool:
    """Whether the account is the only active administrator.

    Locks the administrators' rows, so that two who go at once don't each count on the other.
    """
    rows = select(User.id).where(User.is_admin, User.is_active).order_by(User.id).with_for_update()
    return list(await session.scalars(rows)) == [user_id]


async def set_fields(session: AsyncSession, user_id: int, fields: dict[str, Any]) -> None:
    """Change columns of an account."""
    await session.execute(update(User).where(User.id == user_id).values(**fields))


async def delete_user(session: AsyncSession, user_id: int) -> None:
    """Take back an account that was just made."""
    await session.execute(delete(User).where(User.id == user_id))


async def note_login(session: AsyncSession, user_id: int, *, at: datetime) -> None:
    """Record a log-in."""
    await set_fields(session, user_id, {"last_login_at": at})
