"""A piece of an upload arrives: it is appended, or nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import anyio

from opsforge.db.database import Database
from opsforge.kit.clock import Clock
from opsforge.settings import UploadSettings
from opsforge.storage.inbox import ArrivingFile, Inbox
from opsforge.storage.journal.errors import StorageFull, is_disk_full
from opsforge.storage.uploads import FREE_CHECK_BYTES, require_space
from opsforge.uploads import repository
from opsforge.uploads.errors import PieceCorrupt, TooManyBytes, UploadStalled
from opsforge.uploads.models import Upload
from opsforge.uploads.tus import Checksum


class SenderGoneError(Exception):
    """The connection ended before the request did."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Bytes that are sent for an upload."""

    offset_bytes: int
    """Where they belong."""
    chunks: AsyncIterator[bytes]
    """Raises `SenderGoneError` when the connection ends too early."""
    announced_bytes: int | None = None
    checksum: Checksum | None = None


class PieceReceiver:
    """Appends pieces to files of the inbox."""

    def __init__(
        self,
        *,
        db: Database,
        inbox: Inbox,
        settings: UploadSettings,
        clock: Clock,
    ) -> None:
        self._db = db
        self._inbox = inbox
        self._settings = settings
        self._clock = clock

    async def receive(self, row: Upload, file: ArrivingFile, piece: Piece) -> datetime:
        """Append a piece and let it survive a power loss; returns when the upload expires now.

        What came before the connection broke is kept, unless it should be checked as a whole.

        Raises:
            TooManyBytes: More came than the upload has; nothing of the piece is kept.
            PieceCorrupt: It does not fit its checksum; nothing of it is kept.
            UploadStalled: Nothing came for too long.
            StorageFull: The disk is too full.
        """
        before_bytes = file.size_bytes
        so_far = file.digest_so_far.copy() if file.digest_so_far else None
        if piece.checksum is not None:
            file.piece_digest = piece.checksum.start()
            await self._note(row, verified_bytes=before_bytes)
        is_kept = False
        try:
            is_kept = await self._append(row, file, piece)
        except TooManyBytes:
            raise
        except (UploadStalled, StorageFull):
            is_kept = piece.checksum is None
            raise
        finally:
            with anyio.CancelScope(shield=True):
                if not is_kept:
                    await self._inbox.run(file.cut, before_bytes, so_far)
                file.piece_digest = None
                await self._inbox.run(file.flush)
                expires_at = await self._note(row, verified_bytes=None)
        return expires_at

    async def _append(self, row: Upload, file: ArrivingFile, piece: Piece) -> bool:
        """Append; says whether what came is kept."""
        try:
            await self._inbox.append(file, self._guarded(row, file.size_bytes, piece.chunks))
        except SenderGoneError:
            return piece.checksum is None
        except TimeoutError:
            raise UploadStalled from None
        except OSError as error:
            if is_disk_full(error):
                raise StorageFull from error
            raise
        if piece.checksum is None:
            return True
        digest = file.piece_digest
        if digest is None or digest.digest() != piece.checksum.digest:
            raise PieceCorrupt
        return True

    async def _guarded(
        self, row: Upload, before_bytes: int, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        size_bytes, unchecked_bytes = before_bytes, 0
        while True:
            # A time for each chunk: a slow sender is welcome, a silent one holds the upload.
            async with asyncio.timeout(self._settings.stall.total_seconds()):
                chunk = await anext(chunks, b"")
            if not chunk:
                return
            size_bytes += len(chunk)
            unchecked_bytes += len(chunk)
            if size_bytes > row.length_bytes:
                raise TooManyBytes(length_bytes=row.length_bytes)
            if unchecked_bytes >= FREE_CHECK_BYTES:
                require_space(await self._inbox.free_bytes(), self._settings)
                unchecked_bytes = 0
            yield chunk

    async def _note(self, row: Upload, *, verified_bytes: int | None) -> datetime:
        expires_at = self._clock() + self._settings.expiry
        fields = {"verified_bytes": verified_bytes, "expires_at": expires_at}
        async with self._db.writing() as session:
            await repository.set_fields(session, row.id, fields)
        return expires_at
