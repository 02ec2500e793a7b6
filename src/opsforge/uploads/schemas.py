"""What the uploads room takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from opsforge.kit.names import PlainText
from opsforge.kit.paging import MAX_ID
from opsforge.storage.clashes import OnClash
from opsforge.uploads.models import Upload

CHECKED_FILES = 10_000
Target = Annotated[
    str,
    StringConstraints(pattern=r"^(datasets|projects)/[1-9][0-9]{0,18}$"),
    Field(description="Where files go: datasets/<id> or projects/<id>."),
]
SizeBytes = Annotated[int, Field(ge=0, le=MAX_ID)]


def split_target(target: str) -> tuple[Literal["datasets", "projects"], int]:
    """Kind and id of a target."""
    kind, _, number = target.partition("/")
    return ("datasets" if kind == "datasets" else "projects"), min(int(number), MAX_ID)


class CreationHeaders(BaseModel):
    """What tus says of a new upload."""

    upload_length: int = Field(ge=0, le=MAX_ID, description="Of the whole, in bytes.")
    upload_metadata: str = Field(
        max_length=16_384,
        description="target (datasets/<id> or projects/<id>), path, on_clash, sha256, unpack, "
        "last_modified: each name, a blank, its value in base64; commas between.",
    )
    upload_checksum: str | None = None


class SendingHeaders(BaseModel):
    """What tus says of a piece."""

    upload_offset: int = Field(ge=0, le=MAX_ID, description="Where it begins.")
    upload_checksum: str | None = Field(
        default=None, description="sha256 or sha1, a blank, the digest in base64."
    )


class UploadMetadata(BaseModel):
    """The values of Upload-Metadata."""

    model_config = ConfigDict(extra="ignore")

    target: Target
    path: PlainText = Field(max_length=1000)
    on_clash: OnClash = "refuse"
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    unpack: bool = False
    last_modified: PlainText = Field(default="", max_length=40)


class UploadView(BaseModel):
    """An unfinished upload."""

    id: str
    location: str = Field(description="Its address, for HEAD and PATCH.")
    target: str = Field(description="datasets/<id> or projects/<id>.")
    path: str = Field(description="Wanted, in the target.")
    size_bytes: int = Field(description="Of the whole.")
    offset_bytes: int = Field(description="How much of it is there.")
    on_clash: OnClash
    unpack: bool
    last_modified: str = Field(description="As its sender said.")
    created_at: datetime
    expires_at: datetime = Field(description="It is deleted then, unless bytes come before.")

    @classmethod
    def of(cls, row: Upload, offset_bytes: int, *, location: str) -> "UploadView":
        """Show a row."""
        return cls(
            id=row.id,
            location=location,
            target=f"{row.target_kind}/{row.target_id}",
            path=row.path,
            size_bytes=row.length_bytes,
            offset_bytes=offset_bytes,
            on_clash=row.on_clash,
            unpack=row.unpack,
            last_modified=row.last_modified,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


class UploadFinish(BaseModel):
    """Another try to bring a whole upload where it goes."""

    on_clash: OnClash | None = Field(default=None, description="By default as it was created.")


class LandedView(BaseModel):
    """Where an upload landed."""

    stored_path: str | None = Field(description="Null when it was unpacked or skipped.")


class PlannedFile(BaseModel):
    """A file that somebody wants to send."""

    path: PlainText = Field(max_length=2000)
    size_bytes: SizeBytes


class UploadCheck(BaseModel):
    """What somebody wants to send, and where."""

    target: Target
    files: list[PlannedFile] = Field(max_length=CHECKED_FILES)


class FileProblem(BaseModel):
    """Why a file can't be sent."""

    code: str
    detail: str = Field(description="In the caller's language.")


class CheckedFile(BaseModel):
    """What would happen to a file."""

    path: str
    clash: bool = Field(description="Whether the path is in use.")
    may_replace: bool = Field(description="Whether what is there is a file.")
    proposal: str | None = Field(description="A path that is free, when this one is not.")
    problem: FileProblem | None


class CheckedFiles(BaseModel):
    """What would happen to each file, in the order of the request."""

    files: list[CheckedFile]
    total_bytes: int
    free_quota_bytes: int | None = Field(description="Null without a quota.")
    free_quota_files: int | None = Field(description="Null without a quota.")
    problem: FileProblem | None = Field(description="Why all of them together can't be sent.")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an upload is."""

    upload_id: str
    offset_bytes: int
    length_bytes: int
    expires_at: datetime
