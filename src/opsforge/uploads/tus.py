"""tus 1.0.0 as text: headers in and out (https://tus.io/protocols/resumable-upload)."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from pydantic import ValidationError

from opsforge.uploads.errors import ChecksumUnknown, MetadataMalformed
from opsforge.uploads.schemas import Progress, UploadMetadata

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS: dict[str, Callable[[], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    # The protocol wants it; it finds broken pieces, and nobody's secret hangs on it.
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}
MEDIA_TYPE = "application/offset+octet-stream"


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What a piece must have."""

    algorithm: str
    digest: bytes

    def start(self) -> "hashlib._Hash":
        """A digest of nothing yet."""
        return ALGORITHMS[self.algorithm]()


def parse_metadata(header: str) -> UploadMetadata:
    """The values of Upload-Metadata: ``key base64,key base64``.

    Raises:
        MetadataMalformed: It can't be read, or a value does not fit.
    """
    values: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            values[key] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise MetadataMalformed(reason=f"“{key}” is not UTF-8 in base64") from None
    try:
        return UploadMetadata.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise MetadataMalformed(reason=f"“{name}”: {first['msg']}") from None


def parse_checksum(header: str | None) -> Checksum | None:
    """The value of Upload-Checksum: ``algorithm base64``.

    Raises:
        ChecksumUnknown: It is something else.
    """
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        raise ChecksumUnknown from None
    if algorithm not in ALGORITHMS or len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise ChecksumUnknown
    return Checksum(algorithm=algorithm, digest=digest)


def progress_headers(progress: Progress) -> dict[str, str]:
    """What an answer says of how far an upload is."""
    return {
        "Upload-Offset": str(progress.offset_bytes),
        "Upload-Length": str(progress.length_bytes),
        "Upload-Expires": http_date(progress.expires_at),
        "Cache-Control": "no-store",
    }


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(moment, usegmt=True)
