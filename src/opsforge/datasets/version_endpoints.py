"""Routes of the versions of files."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from opsforge.auth.dependencies import CurrentActor
from opsforge.datasets.endpoints import Datasets
from opsforge.datasets.errors import VersionBlocked
from opsforge.datasets.schemas import DatasetFileView
from opsforge.datasets.version_schemas import DeletedFile, FileVersions
from opsforge.kit.downloads import Download, answer_with_file, file_route
from opsforge.kit.paging import Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import Forbidden, Invalid, NotFound, Unauthenticated, problems
from opsforge.storage.folders import FilePath
from opsforge.storage.journal.errors import StorageBusy, StorageFull

router = APIRouter(
    prefix="/datasets/{dataset_id}/versions",
    tags=["datasets"],
    responses=problems(Unauthenticated),
)
CONTENT = file_route(NotFound, requirements=["E6"])


@router.get("", responses=problems(NotFound, Invalid), openapi_extra={"x-requirements": ["E6"]})
async def list_file_versions(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, path: FilePath
) -> FileVersions:
    """All versions of a file, the latest first; also of a file that was deleted."""
    return await datasets.versions.list_versions(actor, dataset_id, path)


@router.get("/deleted", responses=problems(NotFound), openapi_extra={"x-requirements": ["E4"]})
async def list_deleted_files(
    datasets: Datasets,
    actor: CurrentActor,
    dataset_id: RowId,
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[DeletedFile]:
    """Files that were deleted from a data set and can be restored, the last one first."""
    return await datasets.versions.list_deleted(actor, dataset_id, cursor=cursor, limit=limit)


@router.head("/{version_id}/content", name="head_file_version", **CONTENT)
@router.get("/{version_id}/content", name="read_file_version", **CONTENT)
async def read_file_version(  # noqa: PLR0913 - FastAPI's way to say what a request has.
    datasets: Datasets,
    actor: CurrentActor,
    dataset_id: RowId,
    version_id: RowId,
    request: Request,
    *,
    download: Download = False,
) -> Response:
    """The content of an earlier version, whole or a range of it."""
    file = await datasets.versions.open_version(actor, dataset_id, version_id)
    return await answer_with_file(request, file.content, file.name, is_download=download)


@router.post(
    "/{version_id}/restore",
    status_code=HTTPStatus.CREATED,
    responses=problems(NotFound, Forbidden, VersionBlocked, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["E4"]},
)
async def restore_file_version(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, version_id: RowId
) -> DatasetFileView:
    """Make an earlier version the current one, as a new version; what was current is kept."""
    return await datasets.versions.restore_version(actor, dataset_id, version_id)


@router.delete(
    "/{version_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(NotFound, Forbidden, StorageBusy),
    openapi_extra={"x-requirements": ["E4"]},
)
async def delete_file_version(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, version_id: RowId
) -> None:
    """Delete an earlier version for good, which frees its room."""
    await datasets.versions.delete_version(actor, dataset_id, version_id)
