"""Routes of the snippets room."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from opsforge.auth.dependencies import CurrentActor
from opsforge.kit.multipart import (
    STREAMED_MAX_BYTES,
    FieldsAfterFiles,
    MultipartMalformed,
    MultipartReader,
    multipart_body,
)
from opsforge.kit.paging import MAX_ID, Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import Invalid, NotFound, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.snippets.errors import (
    CodeTooLarge,
    CycleRefused,
    FolderHasNoCode,
    ImportEmpty,
    ImportItemInvalid,
    ImportTooLarge,
    ImportUnreadable,
    NotAFolder,
    NotASibling,
    TitleTaken,
    TooDeep,
    TooMany,
    VersionConflict,
)
from opsforge.snippets.schemas import (
    DeletedView,
    ExportFormat,
    FolderCreate,
    FoundNode,
    ImportedView,
    ImportForm,
    LibraryGroup,
    NodeDetails,
    NodeMove,
    NodeUpdate,
    NodeView,
    SnippetCreate,
    TreeView,
)
from opsforge.snippets.service import SnippetService

router = APIRouter(prefix="/snippets", tags=["snippets"], responses=problems(Unauthenticated))

Snippets = Annotated[SnippetService, part("snippets")]
QueryId = Annotated[int | None, Query(ge=1, le=MAX_ID)]
Words = Annotated[
    str,
    Query(
        max_length=200,
        pattern=r"^[^\x00-\x08\x0e-\x1f]*$",
        description="Each word must be in the title, the description, a tag or the code.",
    ),
]
Filter = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


@router.post(
    "/folders",
    status_code=HTTPStatus.CREATED,
    responses=problems(NotFound, NotAFolder, NotASibling, TitleTaken, TooDeep, TooMany),
    openapi_extra={"x-requirements": ["F1"]},
)
async def create_snippet_folder(
    snippets: Snippets, actor: CurrentActor, new: FolderCreate
) -> NodeDetails:
    """Create a folder: a parent node."""
    return await snippets.create_folder(actor, new)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(NotFound, NotAFolder, NotASibling, TitleTaken, TooMany, CodeTooLarge),
    openapi_extra={"x-requirements": ["F1"]},
)
async def create_snippet(
    snippets: Snippets, actor: CurrentActor, new: SnippetCreate
) -> NodeDetails:
    """Create a snippet: a child node."""
    return await snippets.create_snippet(actor, new)


@router.get("", responses=problems(NotFound), openapi_extra={"x-requirements": ["F2"]})
async def list_snippets(
    snippets: Snippets,
    actor: CurrentActor,
    parent_id: QueryId = None,
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[NodeView]:
    """One level of the caller's tree, in its order; without `parent_id` the top."""
    return await snippets.list_level(actor, parent_id, cursor=cursor, limit=limit)


@router.get("/tree", openapi_extra={"x-requirements": ["F2"]})
async def get_snippet_tree(snippets: Snippets, actor: CurrentActor) -> TreeView:
    """The caller's whole tree, without code."""
    return await snippets.get_tree(actor)


@router.get("/search", openapi_extra={"x-requirements": ["F2"]})
async def search_snippets(  # noqa: PLR0913, PLR0917 - the filters of a search.
    snippets: Snippets,
    actor: CurrentActor,
    query: Words = "",
    tag: Filter = None,
    language: Filter = None,
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[FoundNode]:
    """Search the caller's folders and snippets; hits in the title first, then the latest."""
    return await snippets.search_snippets(
        actor, query=query, tag=tag, language=language, cursor=cursor, limit=limit
    )


@router.get("/library")
async def list_snippet_library(snippets: Snippets, actor: CurrentActor) -> list[LibraryGroup]:
    """The platform's own snippets, in two levels, read-only."""
    del actor
    return snippets.list_library()


@router.post(
    "/import",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        NotFound,
        NotAFolder,
        TooDeep,
        TooMany,
        CodeTooLarge,
        ImportTooLarge,
        ImportUnreadable,
        ImportItemInvalid,
        ImportEmpty,
        Invalid,
        MultipartMalformed,
        FieldsAfterFiles,
    ),
    openapi_extra={"x-requirements": ["F1"], **multipart_body(ImportForm)},
    max_body_size=STREAMED_MAX_BYTES,
)
async def import_snippets(
    snippets: Snippets, actor: CurrentActor, request: Request
) -> ImportedView:
    """Import notebooks and Elyra JSON, all or nothing: headings become folders, cells snippets."""
    reader = MultipartReader(request)
    form = await reader.read_fields(ImportForm)
    return await snippets.import_files(actor, form.parent_id, reader.read_files())


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {"application/json": {}, "application/x-ipynb+json": {}},
        },
        **problems(NotFound),
    },
    openapi_extra={"x-requirements": ["F2"]},
)
async def export_snippets(
    snippets: Snippets,
    actor: CurrentActor,
    export_format: Annotated[ExportFormat, Query(alias="format")] = "elyra",
    node_id: Annotated[
        int | None, Query(ge=1, le=MAX_ID, description="With all below; absent: the whole tree.")
    ] = None,
) -> Response:
    """Download a folder, a snippet or the whole tree as Elyra JSON or as a notebook."""
    file = await snippets.export_file(actor, node_id, file_format=export_format)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/{node_id}", responses=problems(NotFound), openapi_extra={"x-requirements": ["F2"]})
async def get_snippet(snippets: Snippets, actor: CurrentActor, node_id: RowId) -> NodeDetails:
    """A folder or a snippet with its code and where it stands."""
    return await snippets.get_node(actor, node_id)


@router.patch(
    "/{node_id}",
    responses=problems(NotFound, VersionConflict, TitleTaken, FolderHasNoCode, CodeTooLarge),
    openapi_extra={"x-requirements": ["F5"]},
)
async def update_snippet(
    snippets: Snippets, actor: CurrentActor, node_id: RowId, change: NodeUpdate
) -> NodeDetails:
    """Change a folder or a snippet, unless it was changed in the meantime."""
    return await snippets.update_node(actor, node_id, change)


@router.post(
    "/{node_id}/move",
    responses=problems(
        NotFound, VersionConflict, CycleRefused, NotAFolder, NotASibling, TitleTaken, TooDeep
    ),
    openapi_extra={"x-requirements": ["F5"]},
)
async def move_snippet(
    snippets: Snippets, actor: CurrentActor, node_id: RowId, move: NodeMove
) -> NodeDetails:
    """Move a node with all below it to another folder, or to another place in its own."""
    return await snippets.move_node(actor, node_id, move)


@router.delete(
    "/folders/{folder_id}",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["F3"]},
)
async def delete_snippet_folder(
    snippets: Snippets, actor: CurrentActor, folder_id: RowId
) -> DeletedView:
    """Delete a parent node with all below it."""
    return await snippets.delete_folder(actor, folder_id)


@router.delete(
    "/{snippet_id}", responses=problems(NotFound), openapi_extra={"x-requirements": ["F4"]}
)
async def delete_snippet(snippets: Snippets, actor: CurrentActor, snippet_id: RowId) -> DeletedView:
    """Delete a child node."""
    return await snippets.delete_snippet(actor, snippet_id)
