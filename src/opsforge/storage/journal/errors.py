"""What an operation on directories refuses."""

import errno
import sqlite3
from http import HTTPStatus
from pathlib import PurePosixPath

from sqlalchemy.exc import DBAPIError

from opsforge.kit.problems import Problem
from opsforge.storage.trees import MAX_DEPTH


class StorageBusy(Problem):
    """Another operation works on the same thing, longer than one waits for it."""

    status = HTTPStatus.LOCKED
    code = "storage.busy"
    en = "Another operation on the same project or data set is under way. Try again when it ends."
    zh = "同一项目或数据集正在进行其他操作，请在其结束后重试。"
    retry_after_seconds: int


class StorageFull(Problem):
    """The disk, or a quota on it, is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "storage.full"
    en = "The disk is full; nothing was changed. Delete something or ask an administrator."
    zh = "磁盘已满，未做任何更改。请删除一些内容或联系管理员。"


class FoldersTooDeep(Problem):
    """A user nested folders more deeply than they are copied or packed."""

    status = HTTPStatus.CONFLICT
    code = "storage.folders_too_deep"
    en = (
        "“{path}” has folders nested more than {limit} levels deep; nothing was changed. Move "
        "what is needed further up or delete the folder, then try again."
    )
    zh = (
        "“{path}”中的文件夹嵌套超过 {limit} 层，未做任何更改。"
        "请将需要的内容移至上层，或删除该文件夹，然后重试。"
    )
    path: str
    """Of the topmost folder that leads there."""
    limit: int


class StorageAway(Problem, ConnectionError):  # noqa: N818 - a problem, as its siblings.
    """The host that has the volumes does not answer; what was begun is undone when it does."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "storage.away"
    en = (
        "The host that holds the files does not answer; what was begun will be undone. Try again "
        "in a moment, and tell an administrator if it lasts."
    )
    zh = "保存文件的主机没有响应，已开始的操作将被撤销。请稍后重试，如果持续出现请联系管理员。"
    retry_after_seconds: int


_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_POSTGRES_DISK_FULL = "53100"


def refusal_of(error: BaseException) -> Problem | None:
    """What the user is told of an error of the file system; None where only the log is."""
    if is_disk_full(error):
        return StorageFull()
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        top = PurePosixPath(error.filename or "").parts[:1]
        path = "".join(top).encode(errors="replace").decode()
        return FoldersTooDeep(path=path, limit=MAX_DEPTH)
    return None


def is_disk_full(error: BaseException) -> bool:
    """Whether the disk of the volumes, or the database's, has no room."""
    if isinstance(error, DBAPIError):
        cause = error.orig
        return (
            getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(cause, "sqlstate", None) == _POSTGRES_DISK_FULL
        )
    return isinstance(error, OSError) and error.errno in _DISK_FULL
