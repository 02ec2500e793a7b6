"""What users' data takes and may take."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Protocol

from opsforge.auth.actor import Actor
from opsforge.kit.clock import Clock
from opsforge.settings import QuotaSettings
from opsforge.storage.journal.service import Operations
from opsforge.storage.moves import Move, Rename
from opsforge.storage.places import owner_of
from opsforge.storage.port import Amount, Place, Storage, Volume
from opsforge.storage.quotas import NOTHING, Hold, Room, held_by
from opsforge.usage.schemas import UsageView
from opsforge.users.schemas import UserView
from opsforge.users.service import UserService

MEASURED_FOR = timedelta(seconds=10)
REST_FACTOR = 20
"""Measuring may take a twentieth of the time at most: what took a second holds for twenty."""
CACHED_AT_MOST = 10_000


class Datasets(Protocol):
    """Of the data sets room."""

    async def measure_usage(self, user_id: int) -> Amount:
        """What a user's data sets take."""


class Projects(Protocol):
    """Of the projects room."""

    async def list_public_places(self, user_id: int) -> list[Place]:
        """Where a user's public projects lie."""


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """What was found, and what was stored since."""

    username: str
    datasets: Amount
    projects: Amount
    stored: Amount
    until: datetime


class UsageService:
    """Usage and quotas of all users; `opsforge.storage.quotas.Quotas` for whoever stores."""

    def __init__(
        self,
        *,
        storage: Storage,
        users: UserService,
        operations: Operations,
        clock: Clock,
        settings: QuotaSettings,
    ) -> None:
        self._storage = storage
        self._users = users
        self._clock = clock
        self._settings = settings
        self._measured: dict[int, _Measured] = {}
        self._measuring: dict[int, asyncio.Lock] = {}
        self._holds: defaultdict[int, list[Hold]] = defaultdict(list)
        self.rooms: tuple[Datasets, Projects] | None = None
        """Bootstrap puts them here: they are made after this service, with it."""
        self.count_waiting: Callable[[int], Awaitable[Amount]] = _nothing
        """The uploads room puts its own here: what unfinished uploads have announced."""
        operations.on_finished.append(self._note_moves)

    async def get_usage(self, actor: Actor, user_id: int) -> UsageView:
        """Usage and quota of the caller, or of anybody for administrators.

        Raises:
            NotFound: Absent, or not the caller's to see.
        """
        user = await self._users.get_user(actor, user_id)
        found = self._measured.get(user_id)
        if found is not None and found.stored != Amount():
            del self._measured[user_id]  # What was stored since is shown where it belongs.
        measured = await self._measure(user)
        waiting = await self.count_waiting(user_id)
        room = self._room_of(user, _sum_of(measured) + waiting)
        whole = _sum_of(measured) + waiting
        return UsageView(
            size_bytes=whole.size_bytes,
            file_count=whole.file_count,
            quota_bytes=room.quota_bytes,
            quota_files=room.quota_files,
            free_bytes=None if room.free_bytes is None else max(0, room.free_bytes),
            free_files=None if room.free_files is None else max(0, room.free_files),
            datasets_bytes=measured.datasets.size_bytes,
            projects_bytes=measured.projects.size_bytes,
            uploads_bytes=waiting.size_bytes,
            is_complete=whole.is_complete,
        )

    async def find_room(self, user_id: int) -> Room:
        """What the user may still store; nothing is measured for who has no quota."""
        room = await self._find_room(user_id)
        return room.without(held_by(self._holds.get(user_id, ())))

    @asynccontextmanager
    async def hold(self, user_id: int, *, kept: Amount = NOTHING) -> AsyncIterator[Hold]:
        """Room for an arrival; see `opsforge.storage.quotas.Quotas`."""
        hold = Hold(await self._find_room(user_id), kept=kept)
        hold.join(self._holds[user_id])
        is_stored = False
        try:
            yield hold
            is_stored = True
        finally:
            hold.leave(is_stored=is_stored)
            if not self._holds[user_id]:
                del self._holds[user_id]
        if (found := self._measured.get(user_id)) is not None:
            self._measured[user_id] = replace(found, stored=found.stored + hold.taken)

    async def _find_room(self, user_id: int) -> Room:
        """Without what is arriving: of that, what ends meanwhile is here or there."""
        user = await self._users.show_user(user_id)
        if self._quota_of(user) == (None, None):
            return Room()
        waiting = await self.count_waiting(user_id)
        return self._room_of(user, _sum_of(await self._measure(user)) + waiting)

    def _quota_of(self, user: UserView) -> tuple[int | None, int | None]:
        default_bytes = None if self._settings.size is None else int(self._settings.size)
        return (
            default_bytes if user.quota_bytes is None else user.quota_bytes,
            self._settings.files if user.quota_files is None else user.quota_files,
        )

    def _room_of(self, user: UserView, taken: Amount) -> Room:
        quota_bytes, quota_files = self._quota_of(user)
        return Room(
            free_bytes=None if quota_bytes is None else quota_bytes - taken.size_bytes,
            free_files=None if quota_files is None else quota_files - taken.file_count,
            quota_bytes=quota_bytes,
            quota_files=quota_files,
        )

    async def _measure(self, user: UserView) -> _Measured:
        async with self._measuring.setdefault(user.id, asyncio.Lock()):
            found = self._measured.get(user.id)
            if found is not None and found.until > self._clock():
                return found
            started = perf_counter()
            datasets, projects = await self._look(user)
            took = timedelta(seconds=REST_FACTOR * (perf_counter() - started))
            measured = _Measured(
                username=user.username,
                datasets=datasets,
                projects=projects,
                stored=Amount(),
                until=self._clock() + max(MEASURED_FOR, took),
            )
            if len(self._measured) >= CACHED_AT_MOST:
                self._measured.clear()
                self._measuring.clear()
            self._measured[user.id] = measured
            return measured

    async def _look(self, user: UserView) -> tuple[Amount, Amount]:
        if self.rooms is None:
            raise RuntimeError("the rooms were not wired")
        datasets, projects = self.rooms
        most = self._settings.max_entries
        volume = await self._storage.measure(Volume(user.username), max_entries=most)
        for place in await projects.list_public_places(user.id):
            volume += await self._storage.measure(place, max_entries=most)
        return await datasets.measure_usage(user.id), volume

    def _note_moves(self, moves: Collection[Move]) -> None:
        """What was taken away or copied is measured anew; what was received is known."""
        owners = {owner_of(move.place) for move in moves if not isinstance(move, Rename)}
        is_public = None in owners
        if all(move.kind in {"merge", "exchange", "rename"} for move in moves):
            return
        gone = [
            user_id
            for user_id, found in self._measured.items()
            if found.username in owners or is_public
        ]
        for user_id in gone:
            del self._measured[user_id]


def _sum_of(measured: _Measured) -> Amount:
    return measured.datasets + measured.projects + measured.stored


async def _nothing(user_id: int) -> Amount:
    del user_id
    return Amount()
