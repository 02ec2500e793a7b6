"""What may still be stored, for whoever stores: who knows it is above the storage."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Protocol

from opsforge.kit.problems import Language, Problem
from opsforge.kit.sizes import format_bytes
from opsforge.storage.places import Amount

NOTHING = Amount()


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

    def with_reserved(self, kept: Amount) -> "Room":
        """The room of somebody for whom so much was kept."""
        changes: dict[str, Any] = {}
        if self.free_bytes is not None:
            changes["free_bytes"] = max(0, self.free_bytes) + kept.size_bytes
        if self.free_files is not None:
            changes["free_files"] = max(0, self.free_files) + kept.file_count
        return replace(self, **changes)

    def without(self, taken: Amount) -> "Room":
        """What is left when somebody else takes so much of it."""
        changes: dict[str, Any] = {}
        if self.free_bytes is not None:
            changes["free_bytes"] = self.free_bytes - taken.size_bytes
        if self.free_files is not None:
            changes["free_files"] = self.free_files - taken.file_count
        return replace(self, **changes)


class Hold:
    """What one arrival takes of its user's room, for as long as it is under way."""

    def __init__(self, room: Room, *, kept: Amount = NOTHING) -> None:
        self.room = room
        self._kept = kept
        self._beside: list[Hold] = []
        self.taken = NOTHING
        """So far; the arrival says in the end what it was."""

    def join(self, beside: "list[Hold]") -> None:
        """Share the user's room with what arrives at the same time."""
        self._beside = beside
        beside.append(self)

    def leave(self, *, is_stored: bool) -> None:
        """End; what is stored is not free for those that began before it was."""
        self._beside.remove(self)
        if is_stored:
            for other in self._beside:
                other.room = other.room.without(self.held)

    @property
    def held(self) -> Amount:
        """What it takes, without what its user's room lacks already."""
        return Amount(
            size_bytes=max(0, self.taken.size_bytes - self._kept.size_bytes),
            file_count=max(0, self.taken.file_count - self._kept.file_count),
        )

    def require(self, *, size_bytes: int, file_count: int) -> None:
        """Take so much in all, or refuse what does not fit beside the others.

        Raises:
            QuotaExceeded: Too many bytes.
            FileQuotaExceeded: Too many files.
        """
        room = self.room.without(held_by(one for one in self._beside if one is not self))
        if self._kept != NOTHING:
            room = room.with_reserved(self._kept)
        room.require(size_bytes=size_bytes, file_count=file_count)
        self.taken = Amount(
            size_bytes=max(size_bytes, self.taken.size_bytes),
            file_count=max(file_count, self.taken.file_count),
        )


def held_by(holds: Iterable[Hold]) -> Amount:
    """What they take together."""
    return sum((one.held for one in holds), NOTHING)


class Quotas(Protocol):
    """Knows what each user may still store."""

    async def find_room(self, user_id: int) -> Room:
        """What the user may still store beside what is arriving."""

    def hold(self, user_id: int, *, kept: Amount = NOTHING) -> AbstractAsyncContextManager[Hold]:
        """Room for an arrival, which is stored when the block ends without an exception.

        Args:
            user_id: Whose quota it counts against.
            kept: What of it `find_room` counts as taken before it arrives.
        """


class NoQuotas:
    """Everybody may store what the disk holds."""

    async def find_room(self, user_id: int) -> Room:
        """No limit."""
        del user_id
        return Room()

    @asynccontextmanager
    async def hold(self, user_id: int, *, kept: Amount = NOTHING) -> AsyncIterator[Hold]:
        """No limit."""
        del user_id
        yield Hold(Room(), kept=kept)
