"""Folders and snippets on their way between files and the tree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from opsforge.kit.names import name_key, name_stem
from opsforge.snippets.schemas import Code, Description, Language, Tags, Title


class SnippetDraft(BaseModel):
    """A snippet without an owner."""

    title: Title
    description: Description = ""
    language: Language = "python"
    tags: Tags = Field(default_factory=list)
    code: Code


class FolderFields(BaseModel):
    """What a folder has of its own."""

    title: Title
    description: Description = ""


@dataclass(kw_only=True)
class FolderDraft:
    """A folder without an owner; the one without a title is where an import goes."""

    title: str = ""
    description: str = ""
    folders: list["FolderDraft"] = field(default_factory=list)
    snippets: list[SnippetDraft] = field(default_factory=list)
    opened: dict[str, "FolderDraft"] = field(default_factory=dict, repr=False, compare=False)
    """Those of the folders that `open_folder` made, by the keys of their titles."""

    def open_folder(self, title: str) -> "FolderDraft":
        """The folder of this title in this one, made if there is none.

        Raises:
            pydantic.ValidationError: It can't be a title.
        """
        title = FolderFields(title=title).title
        if name_key(title) not in self.opened:
            self.opened[name_key(title)] = FolderDraft(title=title)
            self.folders.append(self.opened[name_key(title)])
        return self.opened[name_key(title)]

    def walk(self) -> Iterator["FolderDraft | SnippetDraft"]:
        """Everything below."""
        yield from self.snippets
        for folder in self.folders:
            yield folder
            yield from folder.walk()

    def levels(self) -> int:
        """How many levels of folders there are below."""
        return max((1 + folder.levels() for folder in self.folders), default=0)

    def count(self) -> int:
        """How many folders and snippets there are below."""
        return sum(1 for _ in self.walk())


class TitleBook:
    """The titles of one folder, among which new ones get free ones."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Begin with the keys (`name_key`) of titles that are taken."""
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}

    def claim(self, title: str) -> str:
        """The title, or if it is taken the first of ``title-2``, ``title-3``, … that is free."""
        key = name_key(title)
        if key in self._taken:
            stem = name_stem(title)
            # Goes on where it left off: many equal titles would otherwise take quadratic time.
            number = self._numbers.get(name_key(stem), 2)
            while (key := name_key(f"{stem}-{number}")) in self._taken:
                number += 1
            self._numbers[name_key(stem)] = number
            title = f"{stem}-{number}"
        self._taken.add(key)
        return title
