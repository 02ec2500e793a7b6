"""What is refused of an archive."""

from http import HTTPStatus

from opsforge.kit.problems import Problem


class ArchiveDamaged(Problem):
    """It can't be read."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "archives.damaged"
    at = "files"
    en = (
        "“{path}” can't be unpacked: it is damaged, or not a .zip, .tar, .tar.gz or .tar.zst as "
        "its name says. Pack it again, or upload it as it is."
    )
    zh = (
        "无法解压“{path}”：文件已损坏，或不是其扩展名所示的 .zip、.tar、.tar.gz、.tar.zst 格式。"
        "请重新打包，或不解压直接上传。"
    )
    path: str


class ArchiveHasLinks(Problem):
    """Something in it is no file and no folder."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "archives.has_links"
    at = "files"
    en = (
        "“{member}” in “{path}” is a link or a device, and only files and folders are unpacked. "
        "Pack it again without it (tar: --dereference)."
    )
    zh = (
        "“{path}”中的“{member}”是链接或设备文件，只能解压普通文件和文件夹。"
        "请去掉它后重新打包（tar 可使用 --dereference）。"
    )
    path: str
    member: str


class ArchiveEncrypted(Problem):
    """It asks for a password."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "archives.encrypted"
    at = "files"
    en = "“{path}” is protected by a password. Pack it again without one."
    zh = "“{path}”受密码保护，请去掉密码后重新打包。"
    path: str


class ArchiveTooLarge(Problem):
    """It unpacks to more than is allowed."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "archives.too_large"
    at = "files"
    en = (
        "“{path}” unpacks to more than {limit_bytes} bytes, which is all that it may. Split it "
        "into several archives, or upload it as it is."
    )
    zh = "“{path}”解压后超过 {limit_bytes} 字节的上限。请拆分为多个压缩包，或不解压直接上传。"
    path: str
    limit_bytes: int


ARCHIVE_PROBLEMS: tuple[type[Problem], ...] = (
    ArchiveDamaged,
    ArchiveHasLinks,
    ArchiveEncrypted,
    ArchiveTooLarge,
)
