"""An upload whose last byte has arrived goes where it belongs."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from opsforge.auth.actor import Actor
from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.kit.problems import Forbidden, NotFound, Problem
from opsforge.projects.errors import ProjectMoved
from opsforge.storage.archives.errors import ARCHIVE_PROBLEMS
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.clashes import OnClash
from opsforge.storage.inbox import ArrivingFile, Inbox
from opsforge.storage.port import InboxFile
from opsforge.storage.uploads import FileSource, PathRefused
from opsforge.uploads import repository
from opsforge.uploads.errors import FileCorrupt
from opsforge.uploads.models import Upload
from opsforge.uploads.targets import Targets

log = get_logger()

HOPELESS: tuple[type[Problem], ...] = (
    NotFound,
    Forbidden,
    ProjectMoved,
    FileCorrupt,
    PathRefused,
    *ARCHIVE_PROBLEMS,
)
"""What no other try would change: the bytes are not kept. After anything else the upload waits."""


@dataclass(kw_only=True)
class WholeFile:
    """A source of one file that is there already."""

    path: str
    stored: InboxFile
    reserved_bytes: int
    announced_bytes: int | None = None  # Nothing more will be written to the disk.

    async def read_files(self) -> AsyncGenerator[tuple[str, InboxFile], None]:
        """The file."""
        yield self.path, self.stored


class Landing:
    """Lands uploads, each once."""

    def __init__(
        self,
        *,
        db: Database,
        inbox: Inbox,
        unpacker: Unpacker,
        targets: Targets,
        clock: Clock,
    ) -> None:
        self._db = db
        self._inbox = inbox
        self._unpacker = unpacker
        self._targets = targets
        self._clock = clock

    async def land(self, actor: Actor, row: Upload, file: ArrivingFile) -> None:
        """Let a whole file join its target, and mark the upload in the same transaction.

        Args:
            actor: Whose it is.
            row: The upload.
            file: All of its bytes, locked.

        Raises:
            NotFound: The target is gone, or somebody deleted the upload meanwhile.
            FileCorrupt: It is not what was announced.
            Problem: What the target's room refuses; the upload waits for another try.
        """
        if file.is_gone:
            raise NotFound
        try:
            stored = await self._inbox.run(file.finish)
            if row.sha256 is not None and row.sha256 != stored.sha256:
                raise FileCorrupt(path=row.path)
            await self._store(actor, row, stored)
        except FileNotFoundError:  # Deleted from under us.
            raise NotFound from None
        except HOPELESS:
            await self.discard(row.id)
            raise
        await self._inbox.remove(row.id)
        log.info("upload.landed", target=f"{row.target_kind}/{row.target_id}", path=row.path)

    async def discard(self, upload_id: str) -> None:
        """Delete an upload with its bytes."""
        async with self._db.writing() as session:
            await repository.delete_upload(session, upload_id)
        await self._inbox.remove(upload_id)

    async def _store(self, actor: Actor, row: Upload, stored: InboxFile) -> None:
        async def mark(session: AsyncSession, paths: Sequence[str]) -> None:
            path = paths[0] if paths and not row.unpack else None
            if not await repository.mark_landed(
                session, row.id, at=self._clock(), stored_path=path
            ):
                raise NotFound

        await self._targets.store(
            actor,
            row.target_kind,
            row.target_id,
            self._source_of(row, stored),
            on_clash=cast("OnClash", row.on_clash),
            along=mark,
        )

    def _source_of(self, row: Upload, stored: InboxFile) -> FileSource:
        if row.unpack:
            return self._unpacker.open_archive(
                stored.file, path=row.path, reserved_bytes=row.length_bytes
            )
        return WholeFile(path=row.path, stored=stored, reserved_bytes=row.length_bytes)
