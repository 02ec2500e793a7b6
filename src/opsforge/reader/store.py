"""What jobs found, kept on the disk by the digest of the file; the longest unused goes first."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio

SPARE = 0.8
"""After making room so much of the limit is in use, so that it is not made every time."""


class ResultStore:
    """A folder of results. A result that is gone is found again by its job."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._size_bytes: int | None = None

    async def get(self, key: str) -> bytes | None:
        """A result."""
        return await anyio.to_thread.run_sync(self._get, key)

    async def put(self, key: str, content: bytes) -> None:
        """Keep a result; a disk that is full keeps none."""
        await anyio.to_thread.run_sync(self._put, key, content)

    def _get(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return content

    def _put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        draft = path.with_name(secrets.token_hex(8))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_bytes(content)
            draft.rename(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            return
        if self._size_bytes is None:
            self._size_bytes = sum(size for _, size, _ in self._list())
        else:
            self._size_bytes += len(content)
        if self._size_bytes > self._max_bytes:
            self._make_room()

    def _make_room(self) -> None:
        size_bytes = 0
        for _, size, path in sorted(self._list(), reverse=True):
            if size_bytes + size > SPARE * self._max_bytes:
                path.unlink(missing_ok=True)
            else:
                size_bytes += size
        self._size_bytes = size_bytes

    def _list(self) -> Iterator[tuple[float, int, Path]]:
        """When each was last used, its size, where it is."""
        for path in self._folder.glob("*/*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            yield status.st_mtime, status.st_size, path

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key
