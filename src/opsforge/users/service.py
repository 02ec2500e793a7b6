"""Accounts: create, change, look up, verify a password."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from structlog import get_logger

from opsforge.audit.service import note
from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.cache import Cache
from opsforge.kit.clock import Clock
from opsforge.kit.names import propose_name
from opsforge.kit.paging import Page, decode_cursor, encode_cursor
from opsforge.kit.problems import Forbidden, NotFound
from opsforge.notebooks.errors import ServiceExists
from opsforge.notebooks.service import NotebookService
from opsforge.settings import AuthSettings
from opsforge.users import repository
from opsforge.users.errors import LastAdministrator, PasswordTooShort, UsernameTaken
from opsforge.users.models import User
from opsforge.users.passwords import Passwords
from opsforge.users.schemas import UserCreate, UserUpdate, UserView

log = get_logger()

FIRST_ADMINISTRATOR = "admin"
QUOTA = {"quota_bytes", "quota_files"}
ADMINISTRATORS_ONLY = {"is_admin", "is_active", *QUOTA}
ACCOUNT_TTL = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Account:
    """The part of an account that every request needs; cached."""

    user_id: int
    username: str
    is_admin: bool
    is_active: bool


class UserService:
    """Accounts."""

    def __init__(
        self,
        *,
        db: Database,
        cache: Cache,
        notebooks: NotebookService,
        clock: Clock,
        settings: AuthSettings,
    ) -> None:
        self._db = db
        self._cache = cache
        self._notebooks = notebooks
        self._clock = clock
        self._settings = settings
        self._passwords = Passwords(settings)
        self.on_access_ended: list[Callable[[int], Awaitable[None]]] = []
        """Called with the user's id when an account is deactivated (auth ends its tokens)."""

    async def create_user(self, new: UserCreate, *, by: Actor | None = None) -> UserView:
        """Create an account and its notebook service as one (B1, C1).

        Args:
            new: The account.
            by: The administrator; None for the platform itself.

        Raises:
            UsernameTaken: Somebody has the name.
            PasswordTooShort: The settings ask for a longer one.
            Problem: What `NotebookService.new_service` raises; nothing is left behind.
        """
        user = await self._prepare(new)
        try:
            async with (
                self._notebooks.new_service(user.username) as service,
                self._db.writing() as session,
            ):
                session.add(user)
                await session.flush()
                note(
                    session,
                    by or "",
                    "user.create",
                    at=self._clock(),
                    kind="user",
                    name=user.username,
                    object_id=user.id,
                )
                await service.commit(session, user_id=user.id)
        except (IntegrityError, ServiceExists):  # Somebody else was faster.
            raise await self._taken(new.username) from None
        log.info("user.created", username=user.username)
        return UserView.model_validate(user)

    async def create_first_administrator(self) -> str | None:
        """Create the account ``admin`` if there is no account at all.

        Its service is created at the first log-in, because the engine is not up yet.

        Returns:
            The new account's random password, to be shown once; None if there are accounts.
        """
        async with self._db.reading() as session:
            if await repository.count_users(session):
                return None
        password = secrets.token_urlsafe(12)
        user = await self._prepare(
            UserCreate(username=FIRST_ADMINISTRATOR, password=password, is_admin=True)
        )
        async with self._db.writing() as session:
            session.add(user)
        return password

    async def find_first_administrator(self) -> Actor | None:
        """Who acts when the platform itself does something that has to be somebody's."""
        async with self._db.reading() as session:
            user = await repository.find_first_administrator(session)
        if user is None:
            return None
        return Actor(user_id=user.id, username=user.username, is_admin=True, token_id=0)

    async def get_user(self, actor: Actor, user_id: int) -> UserView:
        """Details of an account (B4): one's own, or anybody's for an administrator.

        Raises:
            NotFound: Absent, or not the caller's to see.
        """
        if user_id != actor.user_id and not actor.is_admin:
            raise NotFound
        return await self.show_user(user_id)

    async def show_user(self, user_id: int) -> UserView:
        """Details of an account for other rooms.

        Raises:
            NotFound: There is none.
        """
        async with self._db.reading() as session:
            user = await repository.find_user(session, user_id)
        if user is None:
            raise NotFound
        return UserView.model_validate(user)

    async def list_users(self, *, cursor: str | None, limit: int, query: str) -> Page[UserView]:
        """Accounts by username, for administrators."""
        key = decode_cursor(cursor)
        async with self._db.reading() as session:
            users = await repository.list_users(
                session, after=str(key[0]) if key else None, limit=limit + 1, query=query
            )
        items = [UserView.model_validate(user) for user in users[:limit]]
        more = encode_cursor(items[-1].username) if len(users) > limit else None
        return Page(items=items, next_cursor=more)

    async def count_users(self) -> tuple[int, int]:
        """How many accounts there are, and how many of them may sign in."""
        async with self._db.reading() as session:
            return await repository.count_users(session), await repository.count_active_users(
                session
            )

    async def update_user(self, actor: Actor, user_id: int, change: UserUpdate) -> UserView:
        """Change an account (B2).

        Raises:
            NotFound: Absent, or not the caller's to see.
            Forbidden: A user tried to change what only administrators may.
            LastAdministrator: No active administrator would be left.
        """
        before = await self.get_user(actor, user_id)
        given = change.model_dump(exclude_unset=True)
        fields = {
            name: value for name, value in given.items() if value is not None or name in QUOTA
        }
        if not actor.is_admin and ADMINISTRATORS_ONLY & fields.keys():
            raise Forbidden
        loses = fields.get("is_admin") is False or fields.get("is_active") is False
        async with self._db.writing() as session:
            if loses and await repository.is_last_administrator(session, user_id):
                raise LastAdministrator
            if fields:
                await repository.set_fields(session, user_id, fields)
                note(
                    session,
                    actor,
                    "quota.update" if fields.keys() <= QUOTA else "user.update",
                    at=self._clock(),
                    kind="user",
                    name=before.username,
                    object_id=user_id,
                )
        await self.forget_account(user_id)
        if before.is_active and fields.get("is_active") is False:
            await self._end_access(before)
        return await self.get_user(actor, user_id)

    async def set_password(self, actor: Actor, user_id: int, new_password: str) -> None:
        """Store a new password; whether the actor may do so is the caller's to decide.

        Raises:
            NotFound: There is no such account.
            PasswordTooShort: The settings ask for a longer one.
        """
        hashed = await self._hash_new(new_password)
        async with self._db.writing() as session:
            user = await repository.find_user(session, user_id)
            if user is None:
                raise NotFound
            await repository.set_fields(session, user_id, {"password_hash": hashed})
            note(
                session,
                actor,
                "password.change" if user_id == actor.user_id else "password.reset",
                at=self._clock(),
                kind="user",
                name=user.username,
                object_id=user_id,
            )

    async def verify_password(self, username: str, password: str) -> User | None:
        """The active account that has this name and password, in the same time for every no."""
        async with self._db.reading() as session:
            user = await repository.find_by_username(session, username)
        usable = user is not None and user.is_active
        fits = await self._passwords.verify(
            password, user.password_hash if user and usable else None
        )
        if user is None or not fits:
            return None
        await self._note_login(user, password)
        return user

    async def get_account(self, user_id: int) -> Account | None:
        """The account's part that every request needs, from the cache, the database behind it."""
        key = f"account:{user_id}"
        cached = await self._cache.get(key)
        if cached is not None:
            return Account(**json.loads(cached))
        account = await self._load_account(user_id)
        if account is None:
            return None
        await self._cache.set(key, json.dumps(asdict(account)), ttl=ACCOUNT_TTL)
        now = await self._load_account(user_id)
        if now != account:  # Changed meanwhile, perhaps before it was put in the cache.
            await self._cache.delete(key)
        return now

    async def forget_account(self, user_id: int) -> None:
        """Clear the account from the cache."""
        await self._cache.delete(f"account:{user_id}")

    async def _load_account(self, user_id: int) -> Account | None:
        async with self._db.reading() as session:
            user = await repository.find_user(session, user_id)
        if user is None:
            return None
        return Account(
            user_id=user.id,
            username=user.username,
            is_admin=user.is_admin,
            is_active=user.is_active,
        )

    async def _prepare(self, new: UserCreate) -> User:
        async with self._db.reading() as session:
            is_taken = await repository.find_by_username(session, new.username) is not None
        if is_taken:
            raise await self._taken(new.username)
        return User(
            username=new.username,
            display_name=new.display_name,
            email=new.email or "",
            password_hash=await self._hash_new(new.password),
            is_admin=new.is_admin,
            created_at=self._clock(),
        )

    async def _taken(self, username: str) -> UsernameTaken:
        stem = username[:28]
        async with self._db.reading() as session:
            taken = await repository.usernames_like(session, stem)
        return UsernameTaken(username=username, proposal=propose_name(stem, taken))

    async def _hash_new(self, password: str) -> str:
        if len(password) < self._settings.password_min_length:
            raise PasswordTooShort(min_length=self._settings.password_min_length)
        return await self._passwords.hash(password)

    async def _note_login(self, user: User, password: str) -> None:
        rehashed = (
            await self._passwords.hash(password)
            if self._passwords.needs_rehash(user.password_hash)
            else None
        )
        async with self._db.writing() as session:
            await repository.note_login(session, user.id, at=self._clock())
            if rehashed:
                await repository.set_fields(session, user.id, {"password_hash": rehashed})
        user.last_login_at = self._clock()

    async def _end_access(self, user: UserView) -> None:
        for callback in self.on_access_ended:
            await callback(user.id)
        await self._notebooks.end_user(user_id=user.id, name=user.username)
