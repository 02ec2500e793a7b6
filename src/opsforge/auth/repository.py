"""Every query of the auth room."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsforge.auth.models import Token


async def find_token(session: AsyncSession, digest: bytes, *, now: datetime) -> Token | None:
    """The token with this digest, if it has not expired."""
    rows = select(Token).where(Token.digest == digest, Token.expires_at > now)
    return (await session.scalars(rows)).one_or_none()


async def list_tokens(
    session: AsyncSession, user_id: int, *, now: datetime, before: int | None, limit: int
) -> Sequence[Token]:
    """A user's living tokens, newest first, the first ``limit`` below the id ``before``."""
    rows = (
        select(Token)
        .where(Token.user_id == user_id, Token.expires_at > now)
        .order_by(Token.id.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(Token.id < before)
    return (await session.scalars(rows)).all()


async def note_use(session: AsyncSession, token_id: int, *, at: datetime) -> bool:
    """Record that a token was used; returns whether it is still there."""
    used = update(Token).where(Token.id == token_id).values(last_used_at=at).returning(Token.id)
    return (await session.scalars(used)).one_or_none() is not None


async def delete_token(session: AsyncSession, user_id: int, token_id: int) -> bytes | None:
    """Delete a user's token and return its digest; None if they have none with this id."""
    rows = (
        delete(Token).where(Token.user_id == user_id, Token.id == token_id).returning(Token.digest)
    )
    return (await session.scalars(rows)).one_or_none()


async def delete_tokens(
    session: AsyncSession, user_id: int, *, keep: int | None = None
) -> Sequence[bytes]:
    """Delete a user's tokens, all or all but ``keep``, and return their digests."""
    rows = delete(Token).where(Token.user_id == user_id)
    if keep is not None:
        rows = rows.where(Token.id != keep)
    return (await session.scalars(rows.returning(Token.digest))).all()


async def delete_expired(session: AsyncSession, *, now: datetime) -> None:
    """Sweep away what has expired."""
    await session.execute(delete(Token).where(Token.expires_at <= now))
