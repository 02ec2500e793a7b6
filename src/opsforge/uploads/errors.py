"""What the uploads room refuses."""

from http import HTTPStatus

from opsforge.kit.problems import CHECKSUM_MISMATCH, Problem


class UploadInUse(Problem):
    """Somebody else sends bytes of the same upload."""

    status = HTTPStatus.LOCKED
    code = "uploads.in_use"
    en = "Another connection is sending this upload. Wait until it ends, then go on."
    zh = "另一个连接正在发送此上传任务，请等待其结束后再继续。"
    retry_after_seconds: int = 2


class OffsetMismatch(Problem):
    """The bytes do not follow those that are there."""

    status = HTTPStatus.CONFLICT
    code = "uploads.offset_mismatch"
    at = "Upload-Offset"
    en = "The upload has {offset_bytes} bytes; go on from there."
    zh = "该上传任务已有 {offset_bytes} 字节，请从此处继续。"
    offset_bytes: int


class TooManyBytes(Problem):
    """More bytes than the upload was announced with."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "uploads.too_many_bytes"
    en = "The upload was announced with {length_bytes} bytes, and more came. Start it anew."
    zh = "该上传任务声明的大小为 {length_bytes} 字节，但收到了更多内容，请重新上传。"
    length_bytes: int


class PieceCorrupt(Problem):
    """A piece does not have the checksum that came with it (460 of tus)."""

    status = CHECKSUM_MISMATCH
    code = "uploads.piece_corrupt"
    at = "Upload-Checksum"
    en = "The bytes do not fit their checksum and were discarded. Send them again."
    zh = "收到的内容与校验值不符，已丢弃，请重新发送。"


class FileCorrupt(Problem):
    """The whole does not have the digest that it was announced with."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "uploads.file_corrupt"
    at = "sha256"
    en = "“{path}” does not have the SHA-256 that was announced and was discarded. Send it again."
    zh = "“{path}”与声明的 SHA-256 不符，已丢弃，请重新上传。"
    path: str


class ChecksumUnknown(Problem):
    """A checksum of an algorithm that is not offered, or not in its form."""

    status = HTTPStatus.BAD_REQUEST
    code = "uploads.checksum_unknown"
    at = "Upload-Checksum"
    en = "Give the checksum as “sha256” or “sha1”, a space, and the digest in base64."
    zh = "校验值的格式应为“sha256”或“sha1”、一个空格和 base64 编码的摘要。"


class MetadataMalformed(Problem):
    """Upload-Metadata can't be understood."""

    status = HTTPStatus.BAD_REQUEST
    code = "uploads.metadata_malformed"
    at = "Upload-Metadata"
    en = "Upload-Metadata can't be read: {reason}. Correct it and send it again."
    zh = "无法读取 Upload-Metadata：{reason}。请修正后重新发送。"
    reason: str


class VersionUnsupported(Problem):
    """Another version of tus."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "uploads.version_unsupported"
    at = "Tus-Resumable"
    en = "Resumable uploads speak tus 1.0.0; send “Tus-Resumable: 1.0.0”."
    zh = "断点续传使用 tus 1.0.0 协议，请发送“Tus-Resumable: 1.0.0”。"


class BodyUnsupported(Problem):
    """The bytes came as something else."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "uploads.body_unsupported"
    at = "Content-Type"
    en = "Send the bytes as application/offset+octet-stream."
    zh = "请以 application/offset+octet-stream 发送内容。"


class UploadStalled(Problem):
    """Nothing came for too long."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "uploads.stalled"
    en = "Nothing arrived for a while, so the connection was given up. Go on with the upload."
    zh = "长时间没有收到数据，连接已断开，请继续上传。"


class TooManyUploads(Problem):
    """The user has too many unfinished ones."""

    status = HTTPStatus.CONFLICT
    code = "uploads.too_many_waiting"
    en = "You have {limit} unfinished uploads. Finish some, or discard them."
    zh = "您有 {limit} 个未完成的上传任务，请先完成或放弃其中一些。"
    limit: int


class UploadIncomplete(Problem):
    """Bytes are missing."""

    status = HTTPStatus.CONFLICT
    code = "uploads.incomplete"
    en = "{missing_bytes} bytes are still missing. Send them first."
    zh = "还缺少 {missing_bytes} 字节，请先发送完整内容。"
    missing_bytes: int
