"""A host that has volumes, over whatever connection there is to it now."""

import asyncio
import errno
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Concatenate, ParamSpec, TypeVar

import anyio
import asyncssh

from opsforge.settings import SftpHostSettings
from opsforge.storage.hosted import BLOCK_BYTES, HostedStaging, HostedStorage
from opsforge.storage.journal.errors import StorageAway
from opsforge.storage.places import Opened
from opsforge.storage.port import FileEntry, InboxFile, Place
from opsforge.storage.sftp.agent import FENCE
from opsforge.storage.sftp.link import Link, open_link
from opsforge.storage.volumes import Volumes

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
RETRY_PAUSE = timedelta(seconds=2)
"""After a connection that failed, so long nobody waits for another one."""


class SftpStorage(HostedStorage):
    """`opsforge.storage.port.Storage` on a host that is reached by SSH."""

    def __init__(self, settings: SftpHostSettings, *, retry_pause: timedelta = RETRY_PAUSE) -> None:
        super().__init__(SftpHost(settings, retry_pause=retry_pause))

    async def open(self) -> None:
        """Connect, which makes the common directories; without an answer, later."""
        with suppress(StorageAway):
            await super().open()


class SftpHost:
    """`opsforge.storage.hosted.Host`: calls are made by an agent there; a lost link is renewed.

    A call over a link that drops is never repeated: it may have been made. A journal undoes it.
    """

    def __init__(self, settings: SftpHostSettings, *, retry_pause: timedelta) -> None:
        self._settings = settings
        self._retry_pause = retry_pause
        self._worker = secrets.token_hex(16)
        self._link: Link | None = None
        self._linking = asyncio.Lock()
        self._wait_until = 0.0

    def join(self, worker: str) -> None:
        """Work under the name of this worker from now on."""
        self._worker = worker

    async def run(
        self,
        call: Callable[Concatenate[Volumes, Arguments], Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Make a call of `Volumes` on the host.

        Raises:
            StorageAway: There is no link, or it dropped.
        """

        async def over(link: Link) -> Result:
            result: Result = await link.call(call.__name__, arguments, named)
            return result

        return await self._through(over)

    async def fence(self, worker: str) -> None:
        """End the agent of a dead worker, and wait for its end."""

        async def over(link: Link) -> None:
            await link.call(FENCE, (worker,), {})

        await self._through(over)

    async def create_file(self, staging: str, path: PurePosixPath) -> "SftpSink":
        """A new file in what is being gathered."""
        handle = await self.run(Volumes.create_file, staging, path)

        async def over(link: Link) -> asyncssh.SFTPClientFile:
            return await link.open_file(staging, path)

        return SftpSink(handle, path, host=self, file=await self._through(over))

    async def take_in(self, staging: HostedStaging, path: PurePosixPath, stored: InboxFile) -> None:
        """Send a file of this machine; on the way its digest is checked."""
        entry = await staging.write_file(path, _read_file(stored.file))
        if entry.sha256 != stored.sha256:
            raise OSError(errno.EIO, "the file changed while it was sent", str(path))

    async def open_file(self, place: Place, path: PurePosixPath) -> "SftpFile":
        """Open a file of a tree for reading."""
        return SftpFile(await self.run(Volumes.open_file, place, path), host=self)

    async def close(self) -> None:
        """End the connection."""
        if self._link is not None:
            await self._link.close()
            self._link = None

    async def _through(self, use: Callable[[Link], Awaitable[Result]]) -> Result:
        # Seen through, as a system call is: what a cancelled request asked for is not half done.
        with anyio.CancelScope(shield=True):
            try:
                result = await use(await self._linked())
            except ConnectionError as error:
                raise StorageAway(retry_after_seconds=_seconds(self._retry_pause)) from error
        return result

    async def _linked(self) -> Link:
        async with self._linking:
            if self._link is not None and self._link.is_open:
                return self._link
            await self.close()
            if time.monotonic() < self._wait_until:
                raise ConnectionRefusedError
            try:
                self._link = await open_link(self._settings, worker=self._worker)
            except ConnectionError:
                self._wait_until = time.monotonic() + self._retry_pause.total_seconds()
                raise
            return self._link


class SftpSink:
    """`opsforge.storage.hosted.Sink`: blocks go by SFTP, hashed on the way."""

    def __init__(
        self, handle: str, path: PurePosixPath, *, host: SftpHost, file: asyncssh.SFTPClientFile
    ) -> None:
        self._handle = handle
        self._path = path
        self._host = host
        self._file = file
        self._digest = hashlib.sha256()
        self._size_bytes = 0

    async def write(self, block: bytes) -> None:
        """Hash and send a block."""
        await anyio.to_thread.run_sync(self._digest.update, block)
        try:
            await self._file.write(block, self._size_bytes)
        except (asyncssh.Error, OSError):
            # SFTP has no word for a full disk. The agent writes it again or says what is wrong.
            await self._host.run(Volumes.write_file, self._handle, block, self._size_bytes)
        self._size_bytes += len(block)

    async def finish(self) -> FileEntry:
        """Let it be as it is, durably."""
        await self._close()
        size_bytes = await self._host.run(Volumes.finish_file, self._handle)
        if size_bytes != self._size_bytes:
            raise OSError(errno.EIO, "not all that was sent has arrived", str(self._path))
        return FileEntry(path=self._path, size_bytes=size_bytes, sha256=self._digest.digest())

    async def abandon(self) -> None:
        """Delete it, unless it was finished."""
        await self._close()
        await self._host.run(Volumes.abandon_file, self._handle)

    async def _close(self) -> None:
        with suppress(asyncssh.Error, OSError):  # A broken link has closed it.
            await self._file.close()


class SftpFile:
    """`opsforge.storage.port.StoredFile`, open on the host."""

    descriptor = None

    def __init__(self, opened: Opened, *, host: SftpHost) -> None:
        self._opened = opened
        self._host = host
        self._users = 1
        self.size_bytes = opened.size_bytes
        self.modified_at = opened.modified_at
        self.version = opened.version

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        """Bytes from a position."""
        return await self._host.run(Volumes.read_block, self._opened.handle, offset, max_bytes)

    def keep(self) -> None:
        """Let one more have it."""
        self._users += 1

    async def close(self) -> None:
        """Let go of it; a link that dropped has done so already."""
        self._users -= 1
        if self._users > 0:
            return
        with suppress(StorageAway):
            await self._host.run(Volumes.close_file, self._opened.handle)


async def _read_file(path: Path) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        while block := await file.read(BLOCK_BYTES):
            yield block


def _seconds(pause: timedelta) -> int:
    return max(1, round(pause.total_seconds()))
