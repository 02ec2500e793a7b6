"""Log-in, log-out, tokens."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from structlog import get_logger

from opsforge.audit.service import list_addresses, note
from opsforge.auth import repository
from opsforge.auth.actor import Actor
from opsforge.auth.errors import WrongCredentials, WrongPassword
from opsforge.auth.models import Token, TokenKind
from opsforge.auth.schemas import (
    LoginView,
    LogoutView,
    NewTokenView,
    SessionView,
    TokenCreate,
    TokenView,
)
from opsforge.auth.throttle import Throttle
from opsforge.db.database import Database
from opsforge.engine.port import EngineAway
from opsforge.kit.cache import Cache
from opsforge.kit.clock import Clock
from opsforge.kit.paging import Page, decode_cursor, encode_cursor
from opsforge.kit.problems import NotFound, Unauthenticated
from opsforge.notebooks.schemas import WhenBusy
from opsforge.notebooks.service import NotebookService
from opsforge.settings import AuthSettings
from opsforge.users.schemas import UserView
from opsforge.users.service import UserService

log = get_logger()

TOKEN_BYTES = 32
SWEEP_EVERY = timedelta(hours=1)
KNOWN_FOR = timedelta(days=90)
"""How long the addresses of sign-ins are an account's own."""
CACHED_FOR = timedelta(minutes=1)
"""Bounds how long a cache that missed a revocation could still vouch for a token."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a valid token stands for."""

    user_id: int
    token_id: int
    expires_at: datetime


class AuthService:
    """Log-in, log-out, tokens."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        users: UserService,
        notebooks: NotebookService,
        cache: Cache,
        clock: Clock,
        settings: AuthSettings,
    ) -> None:
        self._db = db
        self._users = users
        self._notebooks = notebooks
        self._cache = cache
        self._clock = clock
        self._settings = settings
        self._throttle = Throttle(cache, settings)
        users.on_access_ended.append(self.end_all_tokens)

    # Signing in and out ----------------------------------------------------------------------

    async def log_in(self, username: str, password: str, *, address: str) -> LoginView:
        """Sign in: check, make a token, start the service, cache its token (A1).

        Raises:
            WrongCredentials: Wrong name, wrong password or deactivated account, in the same time.
            Throttled: Too many failures for the account or from the address.
        """
        counters = await self._enter(username, address)
        user = await self._users.verify_password(username, password)
        if user is None:
            log.info("auth.refused", username=username, address=address)
            async with self._db.writing() as session:
                note(
                    session,
                    username,
                    "auth.sign_in",
                    at=self._clock(),
                    kind="user",
                    name=username,
                    outcome="refused",
                )
            raise WrongCredentials
        await self._throttle.succeed(counters)
        value, token = await self._make_token(
            user.id,
            user.username,
            kind=TokenKind.SESSION,
            name="",
            ttl=self._settings.session_ttl,
            address=address,
        )
        service = await self._notebooks.start_at_login(user_id=user.id, name=user.username)
        actor = Actor(
            user_id=user.id, username=user.username, is_admin=user.is_admin, token_id=token.id
        )
        await self._cache_service_token(actor)
        log.info("auth.signed_in", username=username, address=address)
        return LoginView(
            token=value,
            expires_at=token.expires_at,
            user=UserView.model_validate(user),
            service=service,
        )

    async def log_out(self, actor: Actor, *, when_busy: WhenBusy) -> LogoutView:
        """Sign out: end the token, clear the cache, stop the service (B5).

        The session ends first, so that it makes no new token while the service stops; it ends as
        well when the engine is away, and the service is stopped when the engine is back.

        Raises:
            ServiceBusy: Kernels compute and ``when_busy`` is ``refuse``; nothing changed.
            ServiceSilent: Whether they do can't be told; nothing changed.
        """
        plan = await self._notebooks.plan_logout(actor, when_busy=when_busy)
        await self._end_token(actor, actor.token_id, action="auth.sign_out")
        await self._users.forget_account(actor.user_id)
        service = await self._notebooks.stop_at_logout(actor, plan)
        log.info("auth.signed_out", username=actor.username)
        return LogoutView(service=service, busy_kernels=plan.busy)

    # Tokens ----------------------------------------------------------------------------------

    async def authenticate(self, value: str) -> Actor:
        """Who a token belongs to (A2), from the cache, the database behind it.

        Raises:
            Unauthenticated: Unknown, expired or revoked, or the account is deactivated.
        """
        session = await self._find_session(_digest(value))
        account = await self._users.get_account(session.user_id) if session else None
        if session is None or account is None or not account.is_active:
            raise Unauthenticated
        return Actor(
            user_id=account.user_id,
            username=account.username,
            is_admin=account.is_admin,
            token_id=session.token_id,
        )

    async def authenticate_service(self, value: str) -> Actor:
        """Whose running service a token stands for; it never acts as an administrator.

        Raises:
            Unauthenticated: It is no running service's own token, or the account is deactivated.
            EngineAway: It can't be told now.
        """
        owner = await self._notebooks.credentials.identify(value)
        account = await self._users.get_account(owner.user_id) if owner else None
        if account is None or not account.is_active:
            raise Unauthenticated
        return Actor(user_id=account.user_id, username=account.username, is_admin=False, token_id=0)

    async def get_session(self, actor: Actor, value: str) -> SessionView:
        """The caller's account and how long their token lasts."""
        session = await self._find_session(_digest(value))
        if session is None:
            raise Unauthenticated
        user = await self._users.get_user(actor, actor.user_id)
        return SessionView(user=user, expires_at=session.expires_at)

    async def list_tokens(self, actor: Actor, *, cursor: str | None, limit: int) -> Page[TokenView]:
        """The caller's living tokens, newest first."""
        key = decode_cursor(cursor)
        async with self._db.reading() as session:
            tokens = await repository.list_tokens(
                session,
                actor.user_id,
                now=self._clock(),
                before=int(key[0]) if key else None,
                limit=limit + 1,
            )
        items = [
            TokenView.model_validate(token).model_copy(
                update={"is_current": token.id == actor.token_id}
            )
            for token in tokens[:limit]
        ]
        more = encode_cursor(items[-1].id) if len(tokens) > limit else None
        return Page(items=items, next_cursor=more)

    async def create_token(self, actor: Actor, new: TokenCreate, *, address: str) -> NewTokenView:
        """Make a token for scripts; its value is returned once."""
        value, token = await self._make_token(
            actor.user_id,
            actor.username,
            kind=TokenKind.API,
            name=new.name,
            ttl=timedelta(days=new.expires_in_days),
            address=address,
        )
        return NewTokenView(**TokenView.model_validate(token).model_dump(), token=value)

    async def revoke_token(self, actor: Actor, token_id: int) -> None:
        """End one of the caller's tokens at once.

        Raises:
            NotFound: The caller has no such token.
        """
        if not await self._end_token(actor, token_id, action="token.revoke"):
            raise NotFound
        await self._revoke_service_access(actor.user_id)

    async def end_all_tokens(self, user_id: int, *, keep: int | None = None) -> None:
        """End a user's tokens at once: all, or all but ``keep``."""
        async with self._db.writing() as session:
            digests = await repository.delete_tokens(session, user_id, keep=keep)
        await self._cache.delete(*map(_cache_key, digests))
        await self._revoke_service_access(user_id)

    async def run_sweep(self) -> None:
        """Delete expired tokens now and then. Runs for ever."""
        while True:
            try:
                await self.sweep_expired()
            except Exception:
                log.exception("auth.sweep_failed")
            await asyncio.sleep(SWEEP_EVERY.total_seconds())

    async def sweep_expired(self) -> None:
        """Delete the tokens that have expired."""
        async with self._db.writing() as session:
            await repository.delete_expired(session, now=self._clock())

    # Passwords -------------------------------------------------------------------------------

    async def change_password(self, actor: Actor, *, current: str, new: str, address: str) -> None:
        """Change one's own password; one's other tokens end (B3).

        Raises:
            WrongPassword: The current one is wrong.
            PasswordTooShort: The settings ask for a longer one.
            Throttled: Too many wrong ones.
        """
        counters = await self._enter(actor.username, address)
        if await self._users.verify_password(actor.username, current) is None:
            raise WrongPassword
        await self._throttle.succeed(counters)
        await self._users.set_password(actor, actor.user_id, new)
        await self.end_all_tokens(actor.user_id, keep=actor.token_id)

    async def reset_password(self, admin: Actor, user_id: int, new_password: str) -> None:
        """Set anybody's password, for an administrator; all of the user's tokens end.

        Raises:
            NotFound: There is no such account.
            PasswordTooShort: The settings ask for a longer one.
        """
        await self._users.set_password(admin, user_id, new_password)
        await self.end_all_tokens(user_id)

    # Helpers ---------------------------------------------------------------------------------

    async def _enter(self, username: str, address: str) -> list[str]:
        """Count an attempt at a password; see `Throttle.enter`."""

        async def known_addresses() -> Sequence[str]:
            since = self._clock() - KNOWN_FOR
            async with self._db.reading() as session:
                return await list_addresses(session, username, "auth.sign_in", since=since)

        return await self._throttle.enter(
            username, address, now=self._clock(), known_addresses=known_addresses
        )

    async def _make_token(  # noqa: PLR0913 - a token has that many sides, nearly all by name.
        self,
        user_id: int,
        username: str,
        *,
        kind: TokenKind,
        name: str,
        ttl: timedelta,
        address: str,
    ) -> tuple[str, Token]:
        value = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock()
        token = Token(
            user_id=user_id,
            kind=kind,
            name=name,
            digest=_digest(value),
            created_at=now,
            expires_at=now + ttl,
            created_from=address,
        )
        async with self._db.writing() as session:
            session.add(token)
            await session.flush()
            if kind is TokenKind.SESSION:
                note(
                    session,
                    username,
                    "auth.sign_in",
                    at=now,
                    kind="user",
                    name=username,
                    object_id=user_id,
                )
            else:
                note(
                    session,
                    username,
                    "token.create",
                    at=now,
                    kind="token",
                    name=name,
                    object_id=token.id,
                )
        return value, token

    async def _find_session(self, digest: bytes) -> Session | None:
        now = self._clock()
        cached = await self._cache.get(_cache_key(digest))
        if cached is not None:
            user_id, token_id, expires_at = json.loads(cached)
            found = Session(
                user_id=user_id,
                token_id=token_id,
                expires_at=datetime.fromisoformat(expires_at),
            )
            return found if found.expires_at > now else None
        return await self._load_session(digest, now=now)

    async def _load_session(self, digest: bytes, *, now: datetime) -> Session | None:
        async with self._db.reading() as session:  # What is no token must not take the write lock.
            token = await repository.find_token(session, digest, now=now)
        if token is None:
            return None
        value = json.dumps([token.user_id, token.id, token.expires_at.isoformat()])
        await self._cache.set(_cache_key(digest), value, ttl=CACHED_FOR)
        async with self._db.writing() as session:
            is_there = await repository.note_use(session, token.id, at=now)
        if not is_there:  # Revoked meanwhile, perhaps before it was put in the cache.
            await self._cache.delete(_cache_key(digest))
            return None
        return Session(user_id=token.user_id, token_id=token.id, expires_at=token.expires_at)

    async def _end_token(
        self, actor: Actor, token_id: int, *, action: Literal["auth.sign_out", "token.revoke"]
    ) -> bool:
        async with self._db.writing() as session:
            digest = await repository.delete_token(session, actor.user_id, token_id)
            if digest is not None:
                is_session = action == "auth.sign_out"
                note(
                    session,
                    actor,
                    action,
                    at=self._clock(),
                    kind="user" if is_session else "token",
                    name=actor.username if is_session else "",
                    object_id=actor.user_id if is_session else token_id,
                )
        if digest is None:
            return False
        await self._cache.delete(_cache_key(digest))
        return True

    async def _revoke_service_access(self, user_id: int) -> None:
        """End what the ended sessions opened at the user's service."""
        account = await self._users.get_account(user_id)
        if account is None:
            return
        await self._notebooks.end_access(user_id=user_id, name=account.username)

    async def _cache_service_token(self, actor: Actor) -> None:
        try:
            await self._notebooks.cache_service_token(actor)
        except EngineAway:  # C2 asks for one when it is needed.
            log.warning("auth.no_service_token", username=actor.username)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()


def _cache_key(digest: bytes) -> str:
    return f"token:{digest.hex()}"
