"""The front of the reader: notebooks and tables of users as what a page can show."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Literal

from opsforge.kit.problems import Language
from opsforge.reader.errors import FileBroken, FileTooLarge, NoTable, ReaderBusy, ReaderGaveUp
from opsforge.reader.pool import Crowded, ReaderPool
from opsforge.reader.schemas import TableFormat, TableProfile
from opsforge.reader.sealing import Limits
from opsforge.reader.store import ResultStore
from opsforge.reader.unreadable import Unreadable
from opsforge.settings import Settings
from opsforge.storage.port import StoredFile

REVISION = "2"
"""Of what the jobs make: a new one leaves the results of the old one behind."""

FORMATS: Mapping[str, TableFormat] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".tsv": "tsv",
}
Theme = Literal["light", "dark"]
NOTEBOOK_MAX_BYTES = 32 * 1024**2
ANSWER_MAX_BYTES = 32 * 1024**2
COPY_MAX_BYTES = 512 * 1024**2
"""Of a file that is on another machine, and so has to be fetched."""
PIECE_BYTES = 1024**2
BUSY_SECONDS = 5
WAITING = 64


class ReaderService:
    """Looks into files, each state of a file once."""

    def __init__(self, settings: Settings) -> None:
        reader = settings.reader
        self._pool = ReaderPool(
            at_once=reader.processes,
            waiting=WAITING,
            limits=Limits(seconds=reader.timeout.total_seconds(), memory_bytes=reader.memory),
        )
        self._store = ResultStore(settings.data / "cache" / "reader", max_bytes=reader.cache)
        self._under_way: dict[str, asyncio.Task[bytes]] = {}

    async def close(self) -> None:
        """End what goes on."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._pool.close()

    async def render_notebook(self, file: StoredFile, *, language: Language, theme: Theme) -> bytes:
        """A notebook as a page that runs nothing.

        Raises:
            FileBroken: It is no notebook.
            FileTooLarge: It has too much to be shown.
            ReaderGaveUp: It takes too long.
            ReaderBusy: Too many others wait.
        """
        key = await self._digest(file)
        page = await self._find("notebook", file, key, {"language": language})
        start = page.index(b'data-theme="') + len(b'data-theme="')
        return page[:start] + theme.encode() + page[start:]

    async def find_picture(self, file: StoredFile) -> bytes:
        """The last plot of a notebook as a small PNG; empty when there is none to be seen.

        Raises:
            ReaderBusy: Too many others wait.
        """
        try:
            key = await self._digest(file)
            return await self._find("picture", file, key, {})
        except (FileBroken, FileTooLarge, ReaderGaveUp):
            return b""

    async def profile_table(self, file: StoredFile, *, name: str, digest: str) -> TableProfile:
        """What a sample of a table says about its columns.

        Args:
            file: The table, open.
            name: Its ending says what it is.
            digest: Of its content.

        Raises:
            NoTable: The name says that it is none.
            FileBroken: It is not what its name says, or has too many columns.
            FileTooLarge: It is on another machine, and too large to be fetched.
            ReaderGaveUp: It takes too long or too much memory.
            ReaderBusy: Too many others wait.
        """
        kind = FORMATS.get(PurePosixPath(name).suffix.lower())
        if kind is None:
            raise NoTable(name=name)
        return TableProfile.model_validate_json(
            await self._find("table", file, digest, {"format": kind})
        )

    async def _find(
        self, job: str, file: StoredFile, digest: str, options: Mapping[str, Any]
    ) -> bytes:
        """What was found before, or is being found now, or is found by a job of our own."""
        facts = [REVISION, job, digest, sorted(options.items())]
        key = hashlib.sha256(repr(facts).encode()).hexdigest()
        if (known := await self._store.get(key)) is not None:
            return known
        task = self._under_way.get(key)
        if task is None:
            file.keep()  # Who asked first may leave, and the others still wait.
            task = asyncio.create_task(self._work(job, file, key, options))
            self._under_way[key] = task
            task.add_done_callback(partial(self._forget, key))
        # Who leaves must not end the work for the others.
        return await asyncio.shield(task)

    def _forget(self, key: str, task: asyncio.Task[bytes]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # Who asked may have left; then nobody else looks at it.

    async def _work(
        self, job: str, file: StoredFile, key: str, options: Mapping[str, Any]
    ) -> bytes:
        try:
            found = await self._pool.run(
                job, _on_this_machine(file), options=options, max_bytes=ANSWER_MAX_BYTES
            )
        except Crowded:
            raise ReaderBusy(retry_after_seconds=BUSY_SECONDS) from None
        except Unreadable as unreadable:
            match unreadable.reason:
                case "broken":
                    kind = options.get("format", job)
                    raise FileBroken(format=kind, reason=unreadable.detail) from None
                case "too_large":
                    raise FileTooLarge from None
            raise ReaderGaveUp from None
        finally:
            await file.close()
        await self._store.put(key, found)
        return found

    async def _digest(self, file: StoredFile) -> str:
        """Of a notebook's content.

        Raises:
            FileTooLarge: It can't be shown anyway.
        """
        if file.size_bytes > NOTEBOOK_MAX_BYTES:
            raise FileTooLarge
        digest = hashlib.sha256()
        offset = 0
        while piece := await file.read(offset, max_bytes=PIECE_BYTES):
            offset += len(piece)
            if offset > NOTEBOOK_MAX_BYTES:
                raise FileTooLarge
            digest.update(piece)
        return digest.hexdigest()


@asynccontextmanager
async def _on_this_machine(file: StoredFile) -> AsyncIterator[int]:
    """A descriptor of the file.

    Raises:
        FileTooLarge: It is on another machine, and too large to be fetched for this.
    """
    if file.descriptor is not None:
        yield file.descriptor
        return
    if file.size_bytes > COPY_MAX_BYTES:
        raise FileTooLarge
    with tempfile.TemporaryFile() as copy:
        offset = 0
        while piece := await file.read(offset, max_bytes=PIECE_BYTES):
            offset += len(piece)
            await asyncio.to_thread(copy.write, piece)
        copy.flush()
        yield copy.fileno()
