"""What would happen to files, before a byte of them is sent."""

from collections.abc import Sequence

from opsforge.auth.actor import Actor
from opsforge.kit.problems import Language, Problem
from opsforge.settings import UploadSettings
from opsforge.storage.clashes import Clashes
from opsforge.storage.port import Storage
from opsforge.storage.quotas import NoQuotas, Quotas, Room
from opsforge.storage.uploads import (
    FileTooLarge,
    PathRefused,
    UploadTarget,
    accept_path,
    require_space,
)
from opsforge.uploads.schemas import (
    CheckedFile,
    CheckedFiles,
    FileProblem,
    PlannedFile,
    UploadCheck,
    split_target,
)
from opsforge.uploads.targets import Targets


class UploadChecks:
    """Looks at what somebody wants to send."""

    quotas: Quotas = NoQuotas()

    def __init__(self, *, storage: Storage, targets: Targets, settings: UploadSettings) -> None:
        self._storage = storage
        self._targets = targets
        self._settings = settings

    async def check_files(
        self, actor: Actor, check: UploadCheck, *, language: Language
    ) -> CheckedFiles:
        """Which paths are in use, which would be free instead, and whether there is room.

        Raises:
            NotFound: The target is absent, or another user's private one.
            Forbidden: The target is another user's public data set.
            ProjectMoved: The target's files can't be changed any more.
        """
        kind, target_id = split_target(check.target)
        target = await self._targets.find(actor, kind, target_id)
        room = await self.quotas.find_room(target.owner_id)
        total_bytes = sum(file.size_bytes for file in check.files)
        free_bytes = await self._storage.free_bytes(target.place)
        problem = self._find_problem(room, free_bytes, total_bytes, len(check.files))
        return CheckedFiles(
            files=await self._check_each(target, check.files, language),
            total_bytes=total_bytes,
            free_quota_bytes=None if room.free_bytes is None else max(0, room.free_bytes),
            free_quota_files=None if room.free_files is None else max(0, room.free_files),
            problem=_shown(problem, language),
        )

    async def _check_each(
        self, target: UploadTarget, files: Sequence[PlannedFile], language: Language
    ) -> list[CheckedFile]:
        clashes = Clashes(self._storage, target.place, on_clash="rename")
        accepted = []
        for file in files:
            try:
                accepted.append(accept_path(file.path))
            except PathRefused:
                continue
        taken = await self._storage.find_taken(target.place, accepted)
        return [await self._check_one(file, taken, clashes, language) for file in files]

    async def _check_one(
        self, file: PlannedFile, taken: dict[str, bool], clashes: Clashes, language: Language
    ) -> CheckedFile:
        proposal: str | None = None
        is_taken = may_replace = False
        problem: Problem | None = None
        try:
            path = accept_path(file.path)
            is_taken, may_replace = str(path) in taken, taken.get(str(path), False)
            if file.size_bytes > self._settings.max_file:
                limit_bytes = int(self._settings.max_file)
                raise FileTooLarge(path=file.path, limit_bytes=limit_bytes)
            if is_taken:
                proposal = str(await clashes.propose(path))
        except FileExistsError:  # A file is in the way of its folder: no name helps.
            pass
        except Problem as refused:
            problem = refused
        return CheckedFile(
            path=file.path,
            clash=is_taken,
            may_replace=may_replace,
            proposal=proposal,
            problem=_shown(problem, language),
        )

    def _find_problem(
        self, room: Room, free_bytes: int, total_bytes: int, file_count: int
    ) -> Problem | None:
        try:
            room.require(size_bytes=total_bytes, file_count=file_count)
            require_space(free_bytes, self._settings, total_bytes)
        except Problem as problem:
            return problem
        return None


def _shown(problem: Problem | None, language: Language) -> FileProblem | None:
    if problem is None:
        return None
    return FileProblem(code=problem.code, detail=problem.sentence(language))
