"""Resumable uploads: create, receive, look, finish, give up."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from weakref import WeakValueDictionary

from sqlalchemy.exc import DBAPIError

from opsforge.auth.actor import Actor
from opsforge.datasets.service import DatasetService
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.problems import NotFound
from opsforge.projects.service import ProjectService
from opsforge.settings import UploadSettings
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.inbox import ArrivingFile, Inbox, InboxBusyError
from opsforge.storage.journal.errors import StorageFull, is_disk_full
from opsforge.storage.port import Amount, Storage
from opsforge.storage.quotas import Quotas
from opsforge.storage.uploads import FileTooLarge, UploadTarget, accept_path, require_space
from opsforge.uploads import repository
from opsforge.uploads.checks import UploadChecks
from opsforge.uploads.errors import (
    OffsetMismatch,
    TooManyBytes,
    TooManyUploads,
    UploadIncomplete,
    UploadInUse,
)
from opsforge.uploads.landing import Landing
from opsforge.uploads.models import Upload
from opsforge.uploads.receiving import Piece, PieceReceiver
from opsforge.uploads.schemas import (
    LandedView,
    Progress,
    UploadFinish,
    UploadMetadata,
    UploadView,
    split_target,
)
from opsforge.uploads.sweep import UploadSweep
from opsforge.uploads.targets import Targets
from opsforge.users.service import UserService

SHOWN_AT_MOST = 1000
REPEAT_WITHIN = timedelta(minutes=10)
"""So long somebody who missed the answer to a creation may send the same again."""


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """Where an upload will go."""

    target: UploadTarget
    path: PurePosixPath
    is_unwanted: bool
    """What is there stays, and no byte has to be sent."""


class UploadService:
    """The resumable uploads of all users."""

    def __init__(  # noqa: PLR0913 - the room's outside, all by name.
        self,
        *,
        db: Database,
        storage: Storage,
        inbox: Inbox,
        unpacker: Unpacker,
        datasets: DatasetService,
        projects: ProjectService,
        users: UserService,
        quotas: Quotas,
        clock: Clock,
        settings: UploadSettings,
    ) -> None:
        self._db = db
        self._storage = storage
        self._inbox = inbox
        self._quotas = quotas
        self._clock = clock
        self._settings = settings
        self._targets = Targets(datasets=datasets, projects=projects)
        self._landing = Landing(
            db=db, inbox=inbox, unpacker=unpacker, targets=self._targets, clock=clock
        )
        self._receiver = PieceReceiver(db=db, inbox=inbox, settings=settings, clock=clock)
        self.checks = UploadChecks(storage=storage, targets=self._targets, settings=settings)
        self.checks.quotas = quotas
        self.sweep = UploadSweep(
            db=db, inbox=inbox, landing=self._landing, users=users, clock=clock
        )
        self.max_size_bytes = int(settings.max_file)
        """Of one upload."""
        self._creating: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def create_upload(
        self, actor: Actor, wanted: UploadMetadata, length_bytes: int
    ) -> Progress:
        """Begin an upload: from now on its user's quota keeps room for it.

        Who asks for the same again, since the answer was lost, gets the upload that has landed.

        Raises:
            NotFound: The target is absent, or another user's private one.
            Forbidden: The target is another user's public data set.
            PathRefused: The path can't be one.
            FileTooLarge: One file may not be so large.
            DatasetFileExists: The path is taken, in a data set.
            ProjectFileExists: The path is taken, in a project.
            QuotaExceeded: The owner of the target has no room for it.
            FileQuotaExceeded: The same, counted in files.
            StorageFull: The disk would become too full.
            TooManyUploads: The caller has too many unfinished ones.
        """
        if length_bytes > self._settings.max_file:
            raise FileTooLarge(path=wanted.path, limit_bytes=int(self._settings.max_file))
        row = self._new_row(actor, wanted, length_bytes)
        if (landed := await self._find_repeated(actor, row)) is not None:
            return self._progress(landed, length_bytes)
        plan = await self._plan(actor, wanted)
        for free_bytes in (
            await self._inbox.free_bytes(),  # Where it arrives; it lands perhaps on another disk.
            await self._storage.free_bytes(plan.target.place),
        ):
            require_space(free_bytes, self._settings, length_bytes)
        async with self._creating.setdefault(actor.user_id, asyncio.Lock()):
            await self._insert(row, plan)
        if length_bytes == 0 and not plan.is_unwanted:
            await self._land_now(actor, row.id)
        return self._progress(row, length_bytes if plan.is_unwanted else 0)

    async def show_progress(self, actor: Actor, upload_id: str) -> Progress:
        """How far an upload is; one that is whole and did not land yet does so now.

        Raises:
            NotFound: Absent, expired, or another user's.
            UploadInUse: It is landing.
            Problem: What its target refuses.
        """
        row = await self._find(actor, upload_id)
        offset_bytes = await self._offset_of(row)
        if row.landed_at is None and offset_bytes == row.length_bytes:
            await self._land_now(actor, upload_id)
        return self._progress(row, offset_bytes)

    async def receive(self, actor: Actor, upload_id: str, piece: Piece) -> Progress:
        """Append what arrives; with the last byte the file lands in its target.

        Raises:
            NotFound: Absent, expired, or another user's.
            UploadInUse: Another request sends to it.
            OffsetMismatch: The piece does not begin where the upload ends.
            TooManyBytes: It would become longer than announced.
            PieceCorrupt: The piece does not fit its checksum; nothing of it is kept.
            UploadStalled: Nothing came for too long; what came before is kept.
            Problem: What the target refuses.
        """
        async with self._writing(actor, upload_id) as (row, file):
            offset_bytes = row.length_bytes if file is None else file.size_bytes
            if piece.offset_bytes != offset_bytes:
                raise OffsetMismatch(offset_bytes=offset_bytes)
            if (piece.announced_bytes or 0) > row.length_bytes - offset_bytes:
                raise TooManyBytes(length_bytes=row.length_bytes)
            if file is None:
                return self._progress(row, offset_bytes)
            row.expires_at = await self._receiver.receive(row, file, piece)
            if file.size_bytes == row.length_bytes:
                await self._landing.land(actor, row, file)
            return self._progress(row, file.size_bytes)

    async def finish_upload(self, actor: Actor, upload_id: str, finish: UploadFinish) -> LandedView:
        """Try once more to land a whole upload, perhaps with another answer to a clash.

        Raises:
            NotFound: Absent, expired, or another user's.
            UploadInUse: Another request has it.
            UploadIncomplete: Bytes are missing.
            Problem: What its target refuses.
        """
        row = await self._find(actor, upload_id)
        missing_bytes = row.length_bytes - await self._offset_of(row)
        if missing_bytes:
            raise UploadIncomplete(missing_bytes=missing_bytes)
        if finish.on_clash is not None:
            async with self._db.writing() as session:
                await repository.set_fields(session, upload_id, {"on_clash": finish.on_clash})
        await self._land_now(actor, upload_id)
        return LandedView(stored_path=(await self._find(actor, upload_id)).stored_path)

    async def list_uploads(self, actor: Actor, *, below: str) -> list[UploadView]:
        """The caller's unfinished uploads, to go on with.

        Args:
            actor: Who asks.
            below: The address that theirs begin with.
        """
        async with self._db.reading() as session:
            rows = await repository.list_waiting(session, actor, limit=SHOWN_AT_MOST)
        sizes = await self._inbox.list_sizes([row.id for row in rows])
        return [
            UploadView.of(row, _verified(row, sizes[row.id]), location=f"{below}/{row.id}")
            for row in rows
        ]

    async def delete_upload(self, actor: Actor, upload_id: str) -> None:
        """Give an upload up, also while it is being sent.

        Raises:
            NotFound: Absent, expired, or another user's.
        """
        row = await self._find(actor, upload_id)
        await self._landing.discard(row.id)

    async def count_waiting(self, user_id: int) -> Amount:
        """What a user's unfinished uploads have announced."""
        async with self._db.reading() as session:
            size_bytes, file_count = await repository.measure_waiting(session, user_id)
        return Amount(size_bytes=size_bytes, file_count=file_count)

    async def _plan(self, actor: Actor, wanted: UploadMetadata) -> _Plan:
        kind, target_id = split_target(wanted.target)
        path = accept_path(wanted.path)
        target = await self._targets.find(actor, kind, target_id)
        taken = await self._storage.find_taken(target.place, [path]) if not wanted.unpack else {}
        if str(path) in taken:
            can_replace = wanted.on_clash == "replace" and taken[str(path)]
            if not can_replace and wanted.on_clash in {"refuse", "replace"}:
                raise self._targets.file_exists(kind, path)
        is_unwanted = str(path) in taken and wanted.on_clash == "skip"
        return _Plan(target=target, path=path, is_unwanted=is_unwanted)

    def _new_row(self, actor: Actor, wanted: UploadMetadata, length_bytes: int) -> Upload:
        kind, target_id = split_target(wanted.target)
        now = self._clock()
        return Upload(
            id=secrets.token_hex(16),
            user_id=actor.user_id,
            target_kind=kind,
            target_id=target_id,
            path=str(accept_path(wanted.path)),
            length_bytes=length_bytes,
            on_clash=wanted.on_clash,
            unpack=wanted.unpack,
            sha256=bytes.fromhex(wanted.sha256) if wanted.sha256 else None,
            last_modified=wanted.last_modified,
            created_at=now,
            expires_at=now + self._settings.expiry,
        )

    async def _find_repeated(self, actor: Actor, row: Upload) -> Upload | None:
        """The same upload if it landed a short time ago and its file is still there."""
        if row.sha256 is None and not row.last_modified:
            return None
        async with self._db.reading() as session:
            since = self._clock() - REPEAT_WITHIN
            landed = await repository.find_landed(session, row, since=since)
        if landed is None or landed.stored_path is None:
            return None
        target = await self._targets.find(actor, row.target_kind, row.target_id)
        path = PurePosixPath(landed.stored_path)
        is_there = (await self._storage.find_taken(target.place, [path])).get(str(path))
        return landed if is_there else None

    async def _insert(self, row: Upload, plan: _Plan) -> None:
        if plan.is_unwanted:
            row.landed_at = row.created_at
        else:
            room = await self._quotas.find_room(plan.target.owner_id)
            room.require(size_bytes=row.length_bytes, file_count=1)
        async with self._db.writing() as session:
            _, count = await repository.measure_waiting(session, row.user_id)
            if count >= self._settings.max_waiting:
                raise TooManyUploads(limit=self._settings.max_waiting)
            session.add(row)

    async def _find(self, actor: Actor, upload_id: str) -> Upload:
        async with self._db.reading() as session:
            row = await repository.find_upload(session, actor, upload_id)
        if row is None or row.expires_at <= self._clock():
            raise NotFound
        return row

    async def _offset_of(self, row: Upload) -> int:
        if row.landed_at is not None:
            return row.length_bytes
        sizes = await self._inbox.list_sizes([row.id])
        return _verified(row, sizes[row.id])

    @asynccontextmanager
    async def _writing(
        self, actor: Actor, upload_id: str
    ) -> AsyncIterator[tuple[Upload, ArrivingFile | None]]:
        """The upload and its file, for oneself; no file when it has landed."""
        if (row := await self._find(actor, upload_id)).landed_at is not None:
            yield row, None
            return
        try:
            async with self._inbox.writing(upload_id) as file:
                # It may have landed, or been given up, before it was ours.
                row = await self._find(actor, upload_id)
                if row.verified_bytes is not None and row.verified_bytes < file.size_bytes:
                    await self._inbox.run(file.cut, row.verified_bytes, None)
                yield row, None if row.landed_at is not None else file
        except InboxBusyError:
            raise UploadInUse from None
        except (OSError, DBAPIError) as error:
            if is_disk_full(error):
                raise StorageFull from error
            raise

    async def _land_now(self, actor: Actor, upload_id: str) -> None:
        async with self._writing(actor, upload_id) as (row, file):
            if file is not None and file.size_bytes == row.length_bytes:
                await self._landing.land(actor, row, file)

    def _progress(self, row: Upload, offset_bytes: int) -> Progress:
        return Progress(
            upload_id=row.id,
            offset_bytes=offset_bytes,
            length_bytes=row.length_bytes,
            expires_at=row.expires_at,
        )


def _verified(row: Upload, size_bytes: int) -> int:
    """How much there is, without what a crash left of a piece that had a checksum."""
    return size_bytes if row.verified_bytes is None else min(size_bytes, row.verified_bytes)
