"""A file of the local volumes, open for reading."""

import os
from datetime import datetime

import anyio

from opsforge.storage.reading import modified_at, version_of


class LocalFile:
    """`opsforge.storage.port.StoredFile` on a file system of this machine."""

    def __init__(self, fd: int, *, is_shared: bool, limiter: anyio.CapacityLimiter) -> None:
        self._fd: int | None = fd
        self._limiter = limiter
        self._users = 1
        status = os.fstat(fd)
        self.size_bytes: int = status.st_size
        self.modified_at: datetime = modified_at(status)
        self.version: str = version_of(status, is_shared=is_shared)

    def __del__(self) -> None:
        """An answer that was never sent closes nothing."""
        self._close()

    @property
    def descriptor(self) -> int:
        """Its number."""
        if self._fd is None:
            raise ValueError("the file is closed")
        return self._fd

    async def read(self, offset: int, *, max_bytes: int) -> bytes:
        """Bytes from a position."""
        return await anyio.to_thread.run_sync(
            os.pread, self.descriptor, max_bytes, offset, limiter=self._limiter
        )

    def keep(self) -> None:
        """Let one more have it."""
        self._users += 1

    async def close(self) -> None:
        """Let go of it."""
        self._users -= 1
        if self._users <= 0:
            self._close()

    def _close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
