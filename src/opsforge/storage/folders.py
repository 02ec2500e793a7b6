"""One folder of a tree at a time, in pages; and all files of a tree, to be sent."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from opsforge.kit.archives import Member
from opsforge.kit.names import ExistingFilePath, ExistingPath
from opsforge.kit.paging import Page, decode_cursor, encode_cursor
from opsforge.storage.journal.errors import refusal_of
from opsforge.storage.port import FileEntry, FolderEntry, FolderKey, Place, Storage

TOP = PurePosixPath()
FolderPath = Annotated[ExistingPath, Query(description="Of a folder; empty for the top.")]
FilePath = Annotated[ExistingFilePath, Query(description="Relative to the tree.")]


class FolderItem(BaseModel):
    """A folder or a file, in a folder of a tree."""

    name: str
    path: str = Field(description="Relative to the tree.")
    is_folder: bool
    size_bytes: int | None = Field(description="Of a file; of a data set's folder, all in it.")
    modified_at: datetime
    file_count: int | None = Field(default=None, description="Of a data set's folder, all in it.")
    file_id: int | None = Field(default=None, description="Of a data set's file.")


async def list_folder(
    storage: Storage, place: Place, path: PurePosixPath, *, cursor: str | None, limit: int
) -> Page[FolderItem]:
    """A page of one folder: folders first, then by name.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    entries = await storage.list_folder(place, path, after=_key_of(cursor), limit=limit + 1)
    shown = entries[:limit]
    last = shown[-1] if len(entries) > limit else None
    return Page(
        items=[_item(entry, path) for entry in shown],
        next_cursor=last and encode_cursor(0 if last.is_folder else 1, last.name),
    )


async def open_members(storage: Storage, place: Place) -> AsyncIterator[Member]:
    """All files of a tree, in a folder of its name; each is opened when its turn comes.

    Raises:
        FileNotFoundError: Nothing is at the place.
        FoldersTooDeep: Its folders are nested too deeply.
    """
    try:
        entries = await storage.list_files(place)
    except OSError as error:
        refusal = refusal_of(error)
        if refusal is not None:
            raise refusal from error
        raise
    return _open_each(storage, place, entries)


async def _open_each(
    storage: Storage, place: Place, entries: list[FileEntry]
) -> AsyncGenerator[Member]:
    for entry in entries:
        with suppress(FileNotFoundError):  # Deleted meanwhile.
            file = await storage.open_file(place, entry.path)
            yield Member(path=f"{place.name}/{entry.path}", file=file)


def _key_of(cursor: str | None) -> FolderKey | None:
    match decode_cursor(cursor):
        case [int(is_file), str(name)]:
            return bool(is_file), name
    return None


def _item(entry: FolderEntry, folder: PurePosixPath) -> FolderItem:
    return FolderItem(
        name=entry.name,
        path=str(folder / entry.name),
        is_folder=entry.is_folder,
        size_bytes=entry.size_bytes,
        modified_at=entry.modified_at,
    )
