"""One starter: a folder with its description, its notebook, and whatever else it has."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from opsforge.kit.problems import Language
from opsforge.starters.notebook import (
    LANGUAGES,
    SourceRefused,
    fill_in,
    parse_notebook,
    parse_percent,
)
from opsforge.starters.schemas import StarterDescription

DESCRIPTION = "starter.toml"
PICTURES: Mapping[str, str] = {"picture.svg": "image/svg+xml", "picture.png": "image/png"}
FILE_MAX_BYTES = 8 * 1024 * 1024
"""A starter is small; data comes as a data set."""


class StarterRefused(ValueError):  # noqa: N818 - what happened to it.
    """A folder is no starter; the sentence says what is wrong."""


@dataclass(frozen=True)
class Starter:
    """A folder that was found to be in order."""

    folder: Path
    description: StarterDescription

    @property
    def name(self) -> str:
        """The folder's."""
        return self.folder.name

    @property
    def picture(self) -> tuple[Path, str] | None:
        """File and media type of its picture."""
        found = ((self.folder / name, kind) for name, kind in PICTURES.items())
        return next((one for one in found if one[0].is_file()), None)

    def render(
        self, *, project: str, language: Language, csv_file: str | None
    ) -> dict[PurePosixPath, bytes]:
        """The files of a new project by path; the notebook is named after the project."""
        notebook = _read_notebook(self.folder, language)
        rendered = {
            PurePosixPath(f"{project}.ipynb"): fill_in(notebook, project=project, csv_file=csv_file)
        }
        for file in sorted(self.folder.iterdir()):
            is_ours = file.name in {DESCRIPTION, *PICTURES} or file.stem.startswith("notebook")
            if file.is_file() and not is_ours and not file.name.startswith("."):
                rendered[PurePosixPath(file.name)] = _read(file)
        return rendered


def load_starter(folder: Path) -> Starter:
    """The starter in a folder.

    Raises:
        StarterRefused: It is none.
    """
    try:
        described = tomllib.loads(_read(folder / DESCRIPTION).decode())
        starter = Starter(folder, StarterDescription.model_validate(described))
        for language in LANGUAGES:
            starter.render(project="name", language=language, csv_file=None)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise StarterRefused(f"{DESCRIPTION}: {where}: {first['msg']}") from None
    except tomllib.TOMLDecodeError as error:
        raise StarterRefused(f"{DESCRIPTION}: {error}") from None
    except UnicodeDecodeError as error:
        raise StarterRefused(f"a text in it is not UTF-8: {error}") from None
    except OSError as error:
        raise StarterRefused(f"{error.filename}: {(error.strerror or '').lower()}") from None
    return starter


def _read_notebook(folder: Path, language: Language) -> dict[str, Any]:
    """What a language has of its own goes before what all languages share.

    Raises:
        StarterRefused: There is none, or it is no notebook.
    """
    names = (f"notebook.{language}.ipynb", "notebook.ipynb", "notebook.py")
    for name in names:
        if not (folder / name).is_file():
            continue
        text = _read(folder / name).decode()
        try:
            return parse_percent(text, language) if name.endswith(".py") else parse_notebook(text)
        except SourceRefused as error:
            raise StarterRefused(f"{name}: {error}") from None
    raise StarterRefused(f"there is none of {', '.join(names)}")


def _read(file: Path) -> bytes:
    if file.stat().st_size > FILE_MAX_BYTES:
        raise StarterRefused(
            f"{file.name} has more than {FILE_MAX_BYTES} bytes; make it a data set instead"
        )
    return file.read_bytes()
