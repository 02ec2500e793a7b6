"""Routes of the uploads room: tus 1.0.0, and what a page needs beside it."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from starlette.requests import ClientDisconnect

from opsforge.auth.dependencies import CurrentActor
from opsforge.datasets.errors import DatasetFileExists
from opsforge.kit.multipart import STREAMED_MAX_BYTES
from opsforge.kit.problems import (
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Unauthenticated,
    language_of,
    problems,
)
from opsforge.kit.wiring import part
from opsforge.projects.errors import ProjectFileExists, ProjectFilesGone, ProjectMoved
from opsforge.storage.archives.errors import ARCHIVE_PROBLEMS
from opsforge.storage.journal.errors import StorageBusy, StorageFull
from opsforge.storage.quotas import QUOTA_PROBLEMS
from opsforge.storage.uploads import FileTooLarge, PathRefused, TooManyFiles
from opsforge.uploads.errors import (
    BodyUnsupported,
    ChecksumUnknown,
    FileCorrupt,
    MetadataMalformed,
    OffsetMismatch,
    PieceCorrupt,
    TooManyBytes,
    TooManyUploads,
    UploadIncomplete,
    UploadInUse,
    UploadStalled,
    VersionUnsupported,
)
from opsforge.uploads.receiving import Piece, SenderGoneError
from opsforge.uploads.schemas import (
    CheckedFiles,
    CreationHeaders,
    LandedView,
    SendingHeaders,
    UploadCheck,
    UploadFinish,
    UploadView,
)
from opsforge.uploads.service import UploadService
from opsforge.uploads.tus import (
    EXTENSIONS,
    MEDIA_TYPE,
    VERSION,
    parse_checksum,
    parse_metadata,
    progress_headers,
)

router = APIRouter(prefix="/uploads", tags=["uploads"], responses=problems(Unauthenticated))

CHECKS_MAX_BYTES = 32 * 1024**2
BODY = {
    "requestBody": {
        "required": False,
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
LANDING: tuple[type[Problem], ...] = (
    NotFound,
    Forbidden,
    DatasetFileExists,
    ProjectFileExists,
    ProjectFilesGone,
    ProjectMoved,
    FileCorrupt,
    UploadInUse,
    StorageBusy,
    StorageFull,
    PathRefused,
    TooManyFiles,
    *ARCHIVE_PROBLEMS,
    *QUOTA_PROBLEMS,
)
"""What can be refused when the last byte has arrived."""

RECEIVING: tuple[type[Problem], ...] = (
    BodyUnsupported,
    ChecksumUnknown,
    OffsetMismatch,
    PieceCorrupt,
    TooManyBytes,
    UploadStalled,
    VersionUnsupported,
)


async def require_version(
    tus_resumable: Annotated[str, Header(description="The protocol's version, 1.0.0.")] = "",
) -> None:
    """Refuse clients that speak another version."""
    if tus_resumable != VERSION:
        raise VersionUnsupported


Uploads = Annotated[UploadService, part("uploads")]
UploadId = Annotated[str, Path(pattern="^[0-9a-zA-Z-]{1,64}$", description="Of the upload.")]
Creation = Annotated[CreationHeaders, Header()]
Sending = Annotated[SendingHeaders, Header()]
tus = [Depends(require_version)]


@router.options("", status_code=HTTPStatus.NO_CONTENT)
async def get_upload_abilities(uploads: Uploads, actor: CurrentActor) -> Response:
    """What of tus is spoken here."""
    del actor
    return Response(
        status_code=HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": "sha256,sha1",
            "Tus-Max-Size": str(uploads.max_size_bytes),
        },
    )


@router.get("")
async def list_uploads(uploads: Uploads, actor: CurrentActor, request: Request) -> list[UploadView]:
    """The caller's unfinished uploads, to go on with."""
    return await uploads.list_uploads(actor, below=request.url.path.rstrip("/"))


@router.post(
    "/checks",
    max_body_size=CHECKS_MAX_BYTES,
    responses=problems(NotFound, Forbidden, ProjectMoved),
    openapi_extra={"x-requirements": ["E1"]},
)
async def check_uploads(
    uploads: Uploads, actor: CurrentActor, check: UploadCheck, request: Request
) -> CheckedFiles:
    """What would happen to files before they are sent: clashes, proposals, room."""
    return await uploads.checks.check_files(actor, check, language=language_of(request))


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    max_body_size=STREAMED_MAX_BYTES,
    dependencies=tus,
    responses=problems(
        MetadataMalformed,
        FileTooLarge,
        TooManyUploads,
        Invalid,
        *LANDING,
        *RECEIVING,
    ),
    openapi_extra={"x-requirements": ["D1", "E1", "E4"], **BODY},
)
async def create_upload(
    uploads: Uploads,
    actor: CurrentActor,
    request: Request,
    headers: Creation,
) -> Response:
    """Begin a resumable upload (tus), perhaps with its first bytes in the body."""
    piece = _piece(request, offset_bytes=0, checksum=headers.upload_checksum)
    wanted = parse_metadata(headers.upload_metadata)
    progress = await uploads.create_upload(actor, wanted, headers.upload_length)
    if request.headers.get("content-type") == MEDIA_TYPE and not progress.offset_bytes:
        progress = await uploads.receive(actor, progress.upload_id, piece)
    location = f"{request.url.path.rstrip('/')}/{progress.upload_id}"
    return Response(
        status_code=HTTPStatus.CREATED, headers={"Location": location, **progress_headers(progress)}
    )


@router.head("/{upload_id}", dependencies=tus, responses=problems(VersionUnsupported, *LANDING))
async def get_upload_progress(
    uploads: Uploads, actor: CurrentActor, upload_id: UploadId
) -> Response:
    """How far an upload is (tus)."""
    progress = await uploads.show_progress(actor, upload_id)
    return Response(headers=progress_headers(progress))


@router.patch(
    "/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    max_body_size=STREAMED_MAX_BYTES,
    dependencies=tus,
    responses=problems(*LANDING, *RECEIVING),
    openapi_extra={"x-requirements": ["D1", "E1", "E4"], **BODY},
)
async def send_upload(
    uploads: Uploads, actor: CurrentActor, request: Request, upload_id: UploadId, headers: Sending
) -> Response:
    """Send bytes of an upload (tus); with the last one the file is in its target."""
    if request.headers.get("content-type") != MEDIA_TYPE:
        raise BodyUnsupported
    piece = _piece(request, offset_bytes=headers.upload_offset, checksum=headers.upload_checksum)
    progress = await uploads.receive(actor, upload_id, piece)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=progress_headers(progress))


@router.delete(
    "/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=tus,
    responses=problems(NotFound, VersionUnsupported),
)
async def delete_upload(uploads: Uploads, actor: CurrentActor, upload_id: UploadId) -> None:
    """Give an upload up (tus)."""
    await uploads.delete_upload(actor, upload_id)


@router.post("/{upload_id}/finish", responses=problems(UploadIncomplete, *LANDING))
async def finish_upload(
    uploads: Uploads, actor: CurrentActor, upload_id: UploadId, finish: UploadFinish
) -> LandedView:
    """Try once more to store an upload whose bytes are all there, after a refusal."""
    return await uploads.finish_upload(actor, upload_id, finish)


def _piece(request: Request, *, offset_bytes: int, checksum: str | None = None) -> Piece:
    length = request.headers.get("content-length", "")
    return Piece(
        offset_bytes=offset_bytes,
        chunks=_body_of(request),
        announced_bytes=int(length) if length.isdecimal() else None,
        checksum=parse_checksum(checksum),
    )


async def _body_of(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise SenderGoneError from None
