"""What may still be stored, for whoever stores: who knows it is above the storage."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from opsforge.kit.problems import Language, Problem
from opsforge.kit.sizes import format_bytes


class QuotaExceeded(Problem):
    """The user's files would take more than their quota."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "usage.quota_exceeded"
    en = (
        "This needs {wanted_bytes}, but {free_bytes} of {quota_bytes} are free. Delete data sets, "
        "projects, files or earlier versions of files that are not needed any more, or ask an "
        "administrator for more room."
    )
    zh = (
        "本次需要 {wanted_bytes}，而 {quota_bytes} 的配额中仅剩 {free_bytes}。"
        "请删除不再需要的数据集、项目、文件或文件的历史版本，或联系管理员提高配额。"
    )
    wanted_bytes: int
    free_bytes: int
    quota_bytes: int

    def sentence(self, language: Language) -> str:
        """With sizes as people write them."""
        sizes = {name: format_bytes(value) for name, value in self.fields().items()}
        return (self.zh if language == "zh-CN" else self.en).format_map(sizes)


class FileQuotaExceeded(Problem):
    """The user would have more files than their quota."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "usage.file_quota_exceeded"
    en = (
        "This brings {wanted_files} more files, but of {quota_files} only {free_files} are free. "
        "Delete files that are not needed any more, pack small ones into an archive, or ask an "
        "administrator for more."
    )
    zh = (
        "本次将新增 {wanted_files} 个文件，而 {quota_files} 个的配额中仅剩 {free_files} 个。"
        "请删除不再需要的文件、将小文件打成压缩包，或联系管理员提高配额。"
    )
    wanted_files: int
    free_files: int
    quota_files: int


QUOTA_PROBLEMS: tuple[type[Problem], ...] = (QuotaExceeded, FileQuotaExceeded)


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a user may still store; None where there is no limit."""

    free_bytes: int | None = None
    free_files: int | None = None
    quota_bytes: int | None = None
    quota_files: int | None = None

    def require(self, *, size_bytes: int, file_count: int) -> None:
        """Refuse what does not fit.

        Raises:
            QuotaExceeded: Too many bytes.
            FileQuotaExceeded: Too many files.
        """
        if self.free_bytes is not None and size_bytes > self.free_bytes:
            raise QuotaExceeded(
                wanted_bytes=size_bytes,
                free_bytes=max(0, self.free_bytes),
                quota_bytes=self.quota_bytes or 0,
            )
        if self.free_files is not None and file_count > self.free_files:
            raise FileQuotaExceeded(
                wanted_files=file_count,
                free_files=max(0, self.free_files),
                quota_files=self.quota_files or 0,
            )

    def with_reserved(self, size_bytes: int, file_count: int) -> "Room":
        """The room of somebody for whom so much was kept."""
        changes: dict[str, Any] = {}
        if self.free_bytes is not None:
            changes["free_bytes"] = max(0, self.free_bytes) + size_bytes
        if self.free_files is not None:
            changes["free_files"] = max(0, self.free_files) + file_count
        return Room(quota_bytes=self.quota_bytes, quota_files=self.quota_files, **changes)


class Quotas(Protocol):
    """Knows what each user may still store."""

    async def find_room(self, user_id: int) -> Room:
        """What the user may still store."""

    def note_stored(self, user_id: int, *, size_bytes: int, file_count: int) -> None:
        """The user stored something since it was measured."""


class NoQuotas:
    """Everybody may store what the disk holds."""

    async def find_room(self, user_id: int) -> Room:
        """No limit."""
        del user_id
        return Room()

    def note_stored(self, user_id: int, *, size_bytes: int, file_count: int) -> None:
        """Of no interest."""
