"""Routes of the projects room."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request

from opsforge.auth.dependencies import CurrentActor
from opsforge.datasets.errors import DatasetAbsent, InputNameTaken, PublicNameTaken
from opsforge.datasets.file_schemas import DatasetTree
from opsforge.engine.port import EngineAway
from opsforge.kit.batches import IdBatch
from opsforge.kit.multipart import (
    STREAMED_MAX_BYTES,
    FieldsAfterFiles,
    MultipartMalformed,
    MultipartReader,
    multipart_body,
)
from opsforge.kit.names import PlainText
from opsforge.kit.paging import Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import NotFound, Unauthenticated, language_of, problems
from opsforge.kit.wiring import part
from opsforge.projects.errors import (
    ProjectFileExists,
    ProjectFilesGone,
    ProjectMoved,
    ProjectNameTaken,
    ProjectShared,
    PublicProjectNameTaken,
)
from opsforge.projects.schemas import (
    AddressView,
    ProjectCreate,
    ProjectDeletion,
    ProjectDeletions,
    ProjectFilesForm,
    ProjectFileView,
    ProjectFilter,
    ProjectShare,
    ProjectUpdate,
    ProjectView,
)
from opsforge.projects.service import ProjectService
from opsforge.starters.errors import UnknownStarter
from opsforge.storage.archives.errors import ARCHIVE_PROBLEMS
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.journal.errors import FoldersTooDeep, StorageBusy, StorageFull
from opsforge.storage.uploads import UPLOAD_PROBLEMS

router = APIRouter(prefix="/projects", tags=["projects"], responses=problems(Unauthenticated))

Projects = Annotated[ProjectService, part("projects")]
Unpacking = Annotated[Unpacker, part("unpacker")]
ServiceName = Annotated[PlainText, Query(max_length=32, description="The caller's service.")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        ProjectNameTaken, UnknownStarter, DatasetAbsent, InputNameTaken, StorageBusy, StorageFull
    ),
    openapi_extra={"x-requirements": ["D1"]},
)
async def create_project(
    projects: Projects, actor: CurrentActor, new: ProjectCreate, request: Request
) -> ProjectView:
    """Create a project: directory, notebook in the caller's language, linked data sets."""
    return await projects.create_project(actor, new, language=language_of(request))


@router.get("", openapi_extra={"x-requirements": ["D2", "D3"]})
async def list_projects(
    projects: Projects,
    actor: CurrentActor,
    wanted: Annotated[ProjectFilter, Query()],
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[ProjectView]:
    """List, sort and search projects by their flag: the caller's or everybody's."""
    return await projects.list_projects(actor, wanted, cursor=cursor, limit=limit)


@router.get("/{project_id}", responses=problems(NotFound), openapi_extra={"x-requirements": ["D4"]})
async def get_project(projects: Projects, actor: CurrentActor, project_id: RowId) -> ProjectView:
    """Details of a project of one's own."""
    return await projects.get_project(actor, project_id)


@router.post(
    "/{project_id}/files",
    status_code=HTTPStatus.CREATED,
    max_body_size=STREAMED_MAX_BYTES,
    responses=problems(
        NotFound,
        ProjectFileExists,
        ProjectFilesGone,
        ProjectMoved,
        MultipartMalformed,
        FieldsAfterFiles,
        StorageBusy,
        *UPLOAD_PROBLEMS,
        *ARCHIVE_PROBLEMS,
    ),
    openapi_extra={"x-requirements": ["D1"], **multipart_body(ProjectFilesForm)},
)
async def add_project_files(
    projects: Projects,
    unpacker: Unpacking,
    actor: CurrentActor,
    project_id: RowId,
    request: Request,
) -> list[ProjectFileView]:
    """Upload files to a project; all are stored or none, nothing is overwritten unasked."""
    reader = MultipartReader(request)
    form = await reader.read_fields(ProjectFilesForm)
    source = unpacker.unpacking(reader) if form.unpack else reader
    return await projects.add_files(actor, project_id, source, when_there=form.when_there)


@router.patch(
    "/{project_id}",
    responses=problems(
        NotFound,
        ProjectNameTaken,
        ProjectMoved,
        ProjectFilesGone,
        DatasetAbsent,
        InputNameTaken,
        PublicProjectNameTaken,
        PublicNameTaken,
        StorageBusy,
        StorageFull,
        FoldersTooDeep,
    ),
    openapi_extra={"x-requirements": ["D6"]},
)
async def update_project(
    projects: Projects, actor: CurrentActor, project_id: RowId, changes: ProjectUpdate
) -> ProjectView:
    """Change a project's fields and data sets; with share_flag 1 publish all of it as well."""
    return await projects.updates.update_project(actor, project_id, changes)


@router.post(
    "/{project_id}/share",
    responses=problems(
        NotFound,
        ProjectShared,
        ProjectFilesGone,
        PublicProjectNameTaken,
        PublicNameTaken,
        StorageBusy,
        StorageFull,
        FoldersTooDeep,
    ),
    openapi_extra={"x-requirements": ["D16"]},
)
async def share_project(
    projects: Projects, actor: CurrentActor, project_id: RowId, share: ProjectShare
) -> ProjectView:
    """Make a project public, with its data sets."""
    return await projects.shares.share_project(actor, project_id, share)


@router.get(
    "/{project_id}/datasets",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["D14"]},
)
async def list_project_datasets(
    projects: Projects, actor: CurrentActor, project_id: RowId
) -> list[DatasetTree]:
    """The data sets of a project of one's own, with their files as trees."""
    return await projects.list_datasets(actor, project_id)


@router.post(
    "/{project_id}/datasets/refresh",
    responses=problems(NotFound, DatasetAbsent, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["D6"]},
)
async def refresh_project_datasets(
    projects: Projects, actor: CurrentActor, project_id: RowId
) -> ProjectView:
    """Copy public data sets again whose files changed since they were copied to the input.

    The caller's other projects that use them read the same copies.
    """
    return await projects.refreshes.refresh_datasets(actor, project_id)


@router.post("/delete", openapi_extra={"x-requirements": ["D8"]})
async def delete_projects(
    projects: Projects, actor: CurrentActor, batch: IdBatch, request: Request
) -> ProjectDeletions:
    """Delete several projects of one's own; says of each what happened and what was in use."""
    items = await projects.deletions.delete_projects(
        actor, batch.ids, language=language_of(request)
    )
    return ProjectDeletions(items=items)


@router.delete(
    "/{project_id}",
    responses=problems(NotFound, StorageBusy),
    openapi_extra={"x-requirements": ["D8"]},
)
async def delete_project(
    projects: Projects, actor: CurrentActor, project_id: RowId
) -> ProjectDeletion:
    """Delete a project, its files and unlinked copies of data sets; says what was in use."""
    return await projects.deletions.delete_project(actor, project_id)


@router.get(
    "/{project_id}/runtime-address",
    responses=problems(NotFound, EngineAway),
    openapi_extra={"x-requirements": ["D10"]},
)
async def get_runtime_address(
    projects: Projects, actor: CurrentActor, project_id: RowId, service_name: ServiceName
) -> AddressView:
    """Where the project's notebook opens in JupyterLab."""
    return await projects.addresses.get_runtime_address(
        actor, project_id, service_name=service_name
    )


@router.get(
    "/{project_id}/content-address",
    responses=problems(NotFound, EngineAway),
    openapi_extra={"x-requirements": ["D12"]},
)
async def get_content_address(
    projects: Projects, actor: CurrentActor, project_id: RowId, service_name: ServiceName
) -> AddressView:
    """Where the running service gives the content of the project's notebook."""
    return await projects.addresses.get_content_address(
        actor, project_id, service_name=service_name
    )
