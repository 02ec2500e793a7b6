"""What uploads leave behind is taken up, or swept away, at the start and now and then."""

import asyncio
from datetime import timedelta

from structlog import get_logger

from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.problems import Problem
from opsforge.storage.inbox import Inbox, InboxBusyError
from opsforge.uploads import repository
from opsforge.uploads.landing import Landing
from opsforge.uploads.models import Upload
from opsforge.users.service import UserService

log = get_logger()

SWEEP_INTERVAL = timedelta(minutes=5)


class UploadSweep:
    """Cleans up the inbox and the table."""

    def __init__(
        self,
        *,
        db: Database,
        inbox: Inbox,
        landing: Landing,
        users: UserService,
        clock: Clock,
    ) -> None:
        self._db = db
        self._inbox = inbox
        self._landing = landing
        self._users = users
        self._clock = clock

    async def recover(self) -> None:
        """At the start: what was whole when the process died lands; the rest is swept."""
        await self._inbox.open()
        await self.sweep()
        names = await self._inbox.list_names()
        sizes = await self._inbox.list_sizes(names)
        async with self._db.reading() as session:
            rows = await repository.list_known(session, names)
        for row in rows:
            is_whole = row.verified_bytes is None and sizes[row.id] == row.length_bytes
            if row.landed_at is None and is_whole:
                await self._land(row)

    async def sweep(self) -> None:
        """Delete what has expired, and files that no unfinished upload needs."""
        async with self._db.reading() as session:
            expired = await repository.list_expired(session, at=self._clock())
        for row in expired:
            await self._landing.discard(row.id)
        # First the files, then the rows: a file is made after its row.
        names = await self._inbox.list_names()
        async with self._db.reading() as session:
            rows = await repository.list_known(session, names)
        needed = {row.id for row in rows if row.landed_at is None}
        for name in names:
            if name not in needed:
                await self._inbox.remove_idle(name)
        if expired:
            log.info("uploads.expired", count=len(expired))

    async def run_sweep(self) -> None:
        """Sweep now and then. Runs for ever."""
        while True:
            await asyncio.sleep(SWEEP_INTERVAL.total_seconds())
            try:
                await self.sweep()
            except Exception:
                log.exception("uploads.sweep_failed")

    async def _land(self, row: Upload) -> None:
        account = await self._users.get_account(row.user_id)
        if account is None or not account.is_active:
            return
        actor = Actor(
            user_id=account.user_id,
            username=account.username,
            is_admin=account.is_admin,
            token_id=0,
        )
        try:
            async with self._inbox.writing(row.id) as file:
                await self._landing.land(actor, row, file)
        except InboxBusyError:
            return
        except Problem as problem:  # Its user sees it when they come back for it.
            log.warning("upload.not_landed", code=problem.code)
