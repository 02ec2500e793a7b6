"""Routes of the data sets room."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from opsforge.auth.dependencies import CurrentActor
from opsforge.datasets.errors import (
    DatasetFileExists,
    DatasetIsPrivate,
    DatasetIsPublic,
    DatasetNameTaken,
    PublicNameTaken,
)
from opsforge.datasets.file_schemas import FilePreview
from opsforge.datasets.schemas import (
    DatasetDeletions,
    DatasetFileView,
    DatasetFilter,
    DatasetFork,
    DatasetForm,
    DatasetUpdate,
    DatasetUses,
    DatasetView,
    FilesForm,
)
from opsforge.datasets.service import DatasetService
from opsforge.kit.archives import ZipAnswer, archive_route
from opsforge.kit.batches import IdBatch
from opsforge.kit.downloads import Download, answer_with_file, file_route
from opsforge.kit.multipart import (
    STREAMED_MAX_BYTES,
    FieldsAfterFiles,
    MultipartMalformed,
    MultipartReader,
    multipart_body,
)
from opsforge.kit.paging import Page, PageCursor, PageLimit, RowId
from opsforge.kit.problems import (
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    language_of,
    problems,
)
from opsforge.kit.wiring import part
from opsforge.reader.errors import READER_PROBLEMS, NoTable
from opsforge.reader.schemas import TableProfile
from opsforge.storage.archives.errors import ARCHIVE_PROBLEMS
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.folders import TOP, FolderItem, FolderPath
from opsforge.storage.journal.errors import StorageBusy, StorageFull
from opsforge.storage.uploads import UPLOAD_PROBLEMS

router = APIRouter(prefix="/datasets", tags=["datasets"], responses=problems(Unauthenticated))

Datasets = Annotated[DatasetService, part("datasets")]
CONTENT = file_route(NotFound)
ARCHIVE = archive_route(NotFound)
Unpacking = Annotated[Unpacker, part("unpacker")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    max_body_size=STREAMED_MAX_BYTES,
    responses=problems(
        DatasetNameTaken,
        DatasetFileExists,
        Invalid,
        MultipartMalformed,
        FieldsAfterFiles,
        StorageBusy,
        *UPLOAD_PROBLEMS,
        *ARCHIVE_PROBLEMS,
    ),
    openapi_extra={"x-requirements": ["E1"], **multipart_body(DatasetForm)},
)
async def create_dataset(
    datasets: Datasets, unpacker: Unpacking, actor: CurrentActor, request: Request
) -> DatasetView:
    """Upload files as a new data set. Fields come before the files; sub-folders are kept.

    Without files it is made empty, for files that follow.
    """
    reader = MultipartReader(request)
    form = await reader.read_fields(DatasetForm)
    source = unpacker.unpacking(reader) if form.unpack else reader
    return await datasets.create_dataset(actor, form, source)


@router.get("", openapi_extra={"x-requirements": ["E3"]})
async def list_datasets(
    datasets: Datasets,
    actor: CurrentActor,
    which: Annotated[DatasetFilter, Query()],
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[DatasetView]:
    """List, sort and search data sets with their files."""
    return await datasets.list_datasets(actor, which, cursor=cursor, limit=limit)


@router.get("/{dataset_id}", responses=problems(NotFound), openapi_extra={"x-requirements": ["E2"]})
async def get_dataset(datasets: Datasets, actor: CurrentActor, dataset_id: RowId) -> DatasetView:
    """Details of a data set with its files: one's own, or a public one."""
    return await datasets.get_dataset(actor, dataset_id)


@router.post(
    "/{dataset_id}/files",
    status_code=HTTPStatus.CREATED,
    max_body_size=STREAMED_MAX_BYTES,
    responses=problems(
        NotFound,
        Forbidden,
        DatasetFileExists,
        Invalid,
        MultipartMalformed,
        FieldsAfterFiles,
        StorageBusy,
        *UPLOAD_PROBLEMS,
        *ARCHIVE_PROBLEMS,
    ),
    openapi_extra={"x-requirements": ["E1", "E4"], **multipart_body(FilesForm)},
)
async def add_dataset_files(
    datasets: Datasets,
    unpacker: Unpacking,
    actor: CurrentActor,
    dataset_id: RowId,
    request: Request,
) -> list[DatasetFileView]:
    """Add files to a data set; all are stored or none, nothing is overwritten unasked."""
    reader = MultipartReader(request)
    form = await reader.read_fields(FilesForm)
    source = unpacker.unpacking(reader) if form.unpack else reader
    return await datasets.updates.add_files(actor, dataset_id, source, when_there=form.when_there)


@router.post(
    "/{dataset_id}/files/delete",
    responses=problems(NotFound, Forbidden, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["E4"]},
)
async def remove_dataset_files(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, batch: IdBatch
) -> DatasetView:
    """Remove files from a data set; copies of it keep theirs."""
    return await datasets.updates.remove_files(actor, dataset_id, set(batch.ids))


@router.get(
    "/{dataset_id}/files/{file_id}",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["E6"]},
)
async def get_dataset_file(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, file_id: RowId
) -> FilePreview:
    """Details of a file: its size on disk and its first ten lines."""
    return await datasets.previews.preview_file(actor, dataset_id, file_id)


@router.head("/{dataset_id}/files/{file_id}/content", name="head_dataset_file", **CONTENT)
@router.get("/{dataset_id}/files/{file_id}/content", name="read_dataset_file", **CONTENT)
async def read_dataset_file(  # noqa: PLR0913 - FastAPI's way to say what a request has.
    datasets: Datasets,
    actor: CurrentActor,
    dataset_id: RowId,
    file_id: RowId,
    request: Request,
    *,
    download: Download = False,
) -> Response:
    """A file's content, whole or a range of it; with a strong ETag, to go on after a cut."""
    file = await datasets.reading.open_file(actor, dataset_id, file_id)
    return await answer_with_file(request, file.content, file.name, is_download=download)


@router.get(
    "/{dataset_id}/files/{file_id}/profile",
    responses=problems(NotFound, NoTable, *READER_PROBLEMS),
    openapi_extra={"x-requirements": ["E6"]},
)
async def profile_dataset_file(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, file_id: RowId
) -> TableProfile:
    """Columns, types and spread of a CSV, TSV, JSON lines or Parquet file, from a sample."""
    return await datasets.reading.profile_file(actor, dataset_id, file_id)


@router.get("/{dataset_id}/archive", **ARCHIVE)
async def download_dataset(datasets: Datasets, actor: CurrentActor, dataset_id: RowId) -> Response:
    """All files of a data set as a zip archive, made while it is sent."""
    return ZipAnswer(*await datasets.reading.open_all(actor, dataset_id))


@router.get(
    "/{dataset_id}/tree",
    responses=problems(NotFound, Invalid),
    openapi_extra={"x-requirements": ["E2"]},
)
async def list_dataset_folder(  # noqa: PLR0913 - FastAPI's way to say what a request has.
    datasets: Datasets,
    actor: CurrentActor,
    dataset_id: RowId,
    *,
    path: FolderPath = TOP,
    cursor: PageCursor = None,
    limit: PageLimit = 100,
) -> Page[FolderItem]:
    """One folder of a data set: folders first, then files, by name."""
    return await datasets.reading.list_folder(actor, dataset_id, path, cursor=cursor, limit=limit)


@router.patch(
    "/{dataset_id}",
    responses=problems(NotFound, Forbidden, DatasetIsPublic, DatasetNameTaken, StorageBusy),
    openapi_extra={"x-requirements": ["E8"]},
)
async def update_dataset(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, changes: DatasetUpdate
) -> DatasetView:
    """Change a data set's description and, of a private one, its name."""
    return await datasets.updates.update_dataset(actor, dataset_id, changes)


@router.post(
    "/{dataset_id}/share",
    status_code=HTTPStatus.CREATED,
    responses=problems(NotFound, DatasetIsPublic, PublicNameTaken, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["E7"]},
)
async def share_dataset(datasets: Datasets, actor: CurrentActor, dataset_id: RowId) -> DatasetView:
    """Make a public data set of a private one, which stays; again, to bring it up to date."""
    return await datasets.shares.share_dataset(actor, dataset_id)


@router.post(
    "/{dataset_id}/fork",
    status_code=HTTPStatus.CREATED,
    responses=problems(NotFound, DatasetIsPrivate, DatasetNameTaken, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["E9"]},
)
async def fork_dataset(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId, fork: DatasetFork
) -> DatasetView:
    """Make a data set of one's own of a public one."""
    return await datasets.forks.fork_dataset(actor, dataset_id, fork)


@router.get(
    "/{dataset_id}/uses",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["E2", "E5"]},
)
async def get_dataset_uses(
    datasets: Datasets, actor: CurrentActor, dataset_id: RowId
) -> DatasetUses:
    """Which of the caller's and of the public projects use a data set."""
    return await datasets.deletions.get_uses(actor, dataset_id)


@router.post("/delete", openapi_extra={"x-requirements": ["E5"]})
async def delete_datasets(
    datasets: Datasets, actor: CurrentActor, batch: IdBatch, request: Request
) -> DatasetDeletions:
    """Delete several data sets; says of each what happened and which projects linked it."""
    items = await datasets.deletions.delete_datasets(
        actor, batch.ids, language=language_of(request)
    )
    return DatasetDeletions(items=items)


@router.delete(
    "/{dataset_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(NotFound, Forbidden, StorageBusy),
    openapi_extra={"x-requirements": ["E5"]},
)
async def delete_dataset(datasets: Datasets, actor: CurrentActor, dataset_id: RowId) -> None:
    """Delete a data set; copies that others have of a public one stay."""
    await datasets.deletions.delete_dataset(actor, dataset_id)
