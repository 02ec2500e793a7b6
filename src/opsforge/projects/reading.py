"""Looking into projects without a service: one folder at a time, one file, or all of them."""

from collections.abc import AsyncIterator
from pathlib import PurePosixPath
from typing import Any

from opsforge.auth.actor import Actor
from opsforge.kit.archives import Member
from opsforge.kit.paging import Page
from opsforge.kit.problems import Language, NotFound
from opsforge.projects.common import ProjectPart, notebook_of
from opsforge.reader.service import ReaderService, Theme
from opsforge.storage.folders import FolderItem, list_folder, open_members
from opsforge.storage.port import Place, StoredFile


class ProjectReading(ProjectPart):
    """Reading the files of projects."""

    def __init__(self, *, reader: ReaderService, **parts: Any) -> None:  # noqa: ANN401 - passed on.
        super().__init__(**parts)
        self._reader = reader

    async def find(self, actor: Actor, project_id: int) -> Place:
        """Where the files of a project of the caller's are.

        Raises:
            NotFound: Absent, or another user's.
        """
        return await self._find_place(actor, project_id)

    async def find_public(self, public_id: int) -> Place:
        """Where the files of a public project are.

        Raises:
            NotFound: There is none.
        """
        return await self._find_public_place(public_id)

    async def open_file(self, place: Place, path: PurePosixPath) -> StoredFile:
        """Open a file of a project that was found; the caller closes it.

        Raises:
            NotFound: There is no such file.
        """
        try:
            return await self._storage.open_file(place, path)
        except FileNotFoundError:
            raise NotFound from None

    async def render_notebook(self, file: StoredFile, *, language: Language, theme: Theme) -> bytes:
        """An open notebook as a page that runs nothing.

        Raises:
            FileBroken: It is no notebook.
            FileTooLarge: It has too much to be shown.
            ReaderGaveUp: It takes too long.
            ReaderBusy: Too many others wait.
        """
        return await self._reader.render_notebook(file, language=language, theme=theme)

    async def find_picture(self, file: StoredFile) -> bytes:
        """The last plot of an open notebook, as a small PNG; empty without one.

        Raises:
            ReaderBusy: Too many others wait.
        """
        return await self._reader.find_picture(file)

    async def open_notebook(self, place: Place) -> StoredFile:
        """Open the project's own notebook; the caller closes it.

        Raises:
            NotFound: It is gone.
        """
        return await self.open_file(place, PurePosixPath(notebook_of(place.name)))

    async def open_all(self, place: Place) -> tuple[str, AsyncIterator[Member]]:
        """The name and all files of a project, each to be opened when its turn comes.

        Raises:
            NotFound: The directory is gone.
            FoldersTooDeep: Its folders are nested too deeply.
        """
        try:
            return place.name, await open_members(self._storage, place)
        except FileNotFoundError:
            raise NotFound from None

    async def list_folder(
        self, place: Place, path: PurePosixPath, *, cursor: str | None, limit: int
    ) -> Page[FolderItem]:
        """A page of one folder.

        Raises:
            NotFound: There is no such folder.
        """
        try:
            return await list_folder(self._storage, place, path, cursor=cursor, limit=limit)
        except FileNotFoundError:
            raise NotFound from None
