"""Routes that read projects without a service, one's own and public ones."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from opsforge.auth.dependencies import CurrentActor
from opsforge.kit.archives import ZipAnswer, archive_route
from opsforge.kit.downloads import SAFE_HEADERS, Download, answer_with_file, file_route
from opsforge.kit.names import ExistingFilePath
from opsforge.kit.paging import Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import (
    Invalid,
    Language,
    NotFound,
    Unauthenticated,
    language_of,
    problems,
)
from opsforge.kit.shown import answer_with_shown, shown_route
from opsforge.projects.endpoints import Projects
from opsforge.reader.errors import READER_PROBLEMS, ReaderBusy
from opsforge.reader.service import Theme
from opsforge.storage.folders import TOP, FilePath, FolderItem, FolderPath
from opsforge.storage.journal.errors import FoldersTooDeep
from opsforge.storage.port import Place

router = APIRouter(responses=problems(Unauthenticated))

OWN = "/projects/{project_id}"
PUBLIC = "/public/projects/{public_id}"
CONTENT = file_route(NotFound, requirements=["D4"])
PUBLIC_CONTENT = file_route(NotFound, requirements=["D5"])
LISTED = problems(NotFound, Invalid)

RENDERED = shown_route("text/html", NotFound, *READER_PROBLEMS, requirements=["D4"])
PUBLIC_RENDERED = shown_route("text/html", NotFound, *READER_PROBLEMS, requirements=["D5"])
PICTURE = shown_route("image/png", NotFound, ReaderBusy, may_be_nothing=True)


class Look(BaseModel):
    """Which notebook shall be shown, and how."""

    path: ExistingFilePath | None = Field(
        default=None, description="By default the notebook of the project's name."
    )
    theme: Theme = Field(default="light", description="Of the page around it.")
    language: Language | None = Field(
        default=None, description="Of the few words that are ours; else as accepted."
    )


async def own_place(projects: Projects, actor: CurrentActor, project_id: RowId) -> Place:
    """The directory of a project of the caller's."""
    return await projects.reading.find(actor, project_id)


async def public_place(projects: Projects, actor: CurrentActor, public_id: RowId) -> Place:
    """The directory of a public project."""
    del actor
    return await projects.reading.find_public(public_id)


OwnPlace = Annotated[Place, Depends(own_place)]
PublicPlace = Annotated[Place, Depends(public_place)]


@router.head(f"{OWN}/files/content", tags=["projects"], name="head_project_file", **CONTENT)
@router.get(f"{OWN}/files/content", tags=["projects"], name="read_project_file", **CONTENT)
async def read_project_file(
    projects: Projects,
    place: OwnPlace,
    request: Request,
    *,
    path: FilePath,
    download: Download = False,
) -> Response:
    """A file of a project of one's own, whole or a range of it."""
    file = await projects.reading.open_file(place, path)
    return await answer_with_file(request, file, path.name, is_download=download)


@router.head(
    f"{PUBLIC}/files/content",
    tags=["public projects"],
    name="head_public_project_file",
    **PUBLIC_CONTENT,
)
@router.get(
    f"{PUBLIC}/files/content",
    tags=["public projects"],
    name="read_public_project_file",
    **PUBLIC_CONTENT,
)
async def read_public_project_file(
    projects: Projects,
    place: PublicPlace,
    request: Request,
    *,
    path: FilePath,
    download: Download = False,
) -> Response:
    """A file of a public project, whole or a range of it."""
    file = await projects.reading.open_file(place, path)
    return await answer_with_file(request, file, path.name, is_download=download)


@router.get(
    f"{OWN}/archive",
    tags=["projects"],
    **archive_route(NotFound, FoldersTooDeep, requirements=["D4"]),
)
async def download_project(projects: Projects, place: OwnPlace) -> Response:
    """All files of a project of one's own as a zip archive, made while it is sent."""
    return ZipAnswer(*await projects.reading.open_all(place))


@router.get(
    f"{PUBLIC}/archive", tags=["public projects"], **archive_route(NotFound, requirements=["D5"])
)
async def download_public_project(projects: Projects, place: PublicPlace) -> Response:
    """All files of a public project as a zip archive, made while it is sent."""
    return ZipAnswer(*await projects.reading.open_all(place))


@router.get(
    f"{OWN}/tree",
    tags=["projects"],
    responses=LISTED,
    openapi_extra={"x-requirements": ["D4"]},
)
async def list_project_folder(
    projects: Projects,
    place: OwnPlace,
    path: FolderPath = TOP,
    cursor: PageCursor = None,
    limit: PageLimit = 100,
) -> Page[FolderItem]:
    """One folder of a project of one's own: folders first, then files, by name."""
    return await projects.reading.list_folder(place, path, cursor=cursor, limit=limit)


@router.get(
    f"{PUBLIC}/tree",
    tags=["public projects"],
    responses=LISTED,
    openapi_extra={"x-requirements": ["D5"]},
)
async def list_public_project_folder(
    projects: Projects,
    place: PublicPlace,
    path: FolderPath = TOP,
    cursor: PageCursor = None,
    limit: PageLimit = 100,
) -> Page[FolderItem]:
    """One folder of a public project: folders first, then files, by name."""
    return await projects.reading.list_folder(place, path, cursor=cursor, limit=limit)


@router.get(f"{OWN}/rendered", tags=["projects"], **RENDERED)
async def render_project_notebook(
    projects: Projects,
    place: OwnPlace,
    request: Request,
    look: Annotated[Look, Query()],
) -> Response:
    """A notebook of a project of one's own as a static page, for a frame; no service is needed."""
    return await _rendered(projects, place, request, look)


@router.get(f"{PUBLIC}/rendered", tags=["public projects"], **PUBLIC_RENDERED)
async def render_public_project_notebook(
    projects: Projects,
    place: PublicPlace,
    request: Request,
    look: Annotated[Look, Query()],
) -> Response:
    """A notebook of a public project as a static page, for a frame; no service is needed."""
    return await _rendered(projects, place, request, look)


@router.get(f"{OWN}/picture", tags=["projects"], **PICTURE)
async def get_project_picture(projects: Projects, place: OwnPlace, request: Request) -> Response:
    """The last plot in the project's notebook, made small; 204 without one."""
    return await _picture(projects, place, request)


@router.get(f"{PUBLIC}/picture", tags=["public projects"], **PICTURE)
async def get_public_project_picture(
    projects: Projects, place: PublicPlace, request: Request
) -> Response:
    """The last plot in the public project's notebook, made small; 204 without one."""
    return await _picture(projects, place, request)


async def _rendered(projects: Projects, place: Place, request: Request, look: Look) -> Response:
    reading = projects.reading
    opening = reading.open_file(place, look.path) if look.path else reading.open_notebook(place)
    file = await opening
    language = look.language or language_of(request)

    async def render() -> bytes:
        return await reading.render_notebook(file, language=language, theme=look.theme)

    return await answer_with_shown(
        request, file, render, media_type="text/html", variant=f"-{language}-{look.theme}"
    )


async def _picture(projects: Projects, place: Place, request: Request) -> Response:
    try:
        file = await projects.reading.open_notebook(place)
    except NotFound:  # The project is there, its notebook was renamed or deleted.
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=SAFE_HEADERS)

    async def find() -> bytes:
        return await projects.reading.find_picture(file)

    return await answer_with_shown(request, file, find, media_type="image/png")
