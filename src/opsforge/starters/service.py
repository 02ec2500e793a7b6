"""The starters of this package and those of the administrator."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import anyio.to_thread
from structlog import get_logger

from opsforge.kit.problems import Language, NotFound
from opsforge.starters.errors import UnknownStarter
from opsforge.starters.examples import ExampleService
from opsforge.starters.folders import DESCRIPTION, Starter, StarterRefused, load_starter
from opsforge.starters.schemas import StarterDataset, StarterView

OURS = Path(__file__).parent

log = get_logger()


class StarterService:
    """The starters, each a folder: beside this module, or where the administrator has more."""

    def __init__(self, *, examples: ExampleService, own_folder: Path | None = None) -> None:
        self.examples = examples
        self._own_folder = own_folder
        self._told: set[tuple[Path, str]] = set()

    async def list_starters(self) -> list[StarterView]:
        """All starters, in order."""
        starters = await anyio.to_thread.run_sync(self._load)
        ordered = sorted(starters.values(), key=lambda one: (one.description.order, one.name))
        ids = await self.examples.list_ids()
        return [_view(starter, ids) for starter in ordered]

    async def require_starter(self, name: str) -> Starter:
        """The starter of this name.

        Raises:
            UnknownStarter: There is none.
        """
        starters = await anyio.to_thread.run_sync(self._load)
        if name not in starters:
            raise UnknownStarter(starter=name)
        return starters[name]

    async def get_picture(self, name: str) -> tuple[bytes, str]:
        """A starter's picture and its media type.

        Raises:
            NotFound: There is no such starter, or it has none.
        """
        starter = (await anyio.to_thread.run_sync(self._load)).get(name)
        if starter is None or starter.picture is None:
            raise NotFound
        path, kind = starter.picture
        return await anyio.to_thread.run_sync(path.read_bytes), kind

    async def render_files(
        self, starter: Starter, *, project: str, language: Language, csv_file: str | None
    ) -> dict[PurePosixPath, bytes]:
        """The files of a new project by path; the notebook is named after the project.

        Args:
            starter: What it begins with.
            project: The project's name.
            language: Of the notebook's text.
            csv_file: What the notebook reads, relative to it, when a data set is linked.
        """
        return await anyio.to_thread.run_sync(
            lambda: starter.render(project=project, language=language, csv_file=csv_file)
        )

    def _load(self) -> dict[str, Starter]:
        """All that are in order, read anew, so that a new folder is there at once."""
        return {starter.name: starter for starter in self._load_each()}

    def _load_each(self) -> Iterator[Starter]:
        for folder, result in look_at(OURS, self._own_folder):
            if isinstance(result, Starter):
                yield result
            elif (folder, str(result)) not in self._told:
                self._told.add((folder, str(result)))
                log.warning("starter.skipped", folder=str(folder), reason=str(result))


def look_at(*parents: Path | None) -> Iterator[tuple[Path, Starter | StarterRefused]]:
    """Each folder in the given ones, as a starter, or why it is none.

    A later folder of the same name stands for an earlier one.
    """
    for parent in parents:
        if parent is None:
            continue
        try:
            found = sorted(path for path in parent.iterdir() if _may_be_one(path))
        except OSError as error:
            yield parent, StarterRefused(f"it can't be read: {error.strerror}")
            continue
        for folder in found:
            try:
                yield folder, load_starter(folder)
            except StarterRefused as error:
                yield folder, error


def _may_be_one(path: Path) -> bool:
    """Of an administrator's every folder is meant to be one; beside this module are others."""
    if path.parent == OURS:
        return (path / DESCRIPTION).is_file()
    return path.is_dir() and not path.name.startswith(".")


def _view(starter: Starter, example_ids: dict[str, int]) -> StarterView:
    fields = starter.description.model_dump(exclude={"order", "dataset"})
    wanted = starter.description.dataset
    return StarterView(
        name=starter.name,
        dataset=wanted and StarterDataset(name=wanted, id=example_ids.get(wanted)),
        picture=f"/api/v1/starters/{starter.name}/picture" if starter.picture else None,
        **fields,
    )
