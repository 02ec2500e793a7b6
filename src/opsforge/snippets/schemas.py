"""What the snippets room takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from opsforge.kit.paging import MAX_ID
from opsforge.snippets.models import (
    DESCRIPTION_MAX_CHARACTERS,
    LANGUAGE_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
    NodeKind,
)
from opsforge.snippets.texts import clean_description, clean_line, clean_text, clean_title, fold

TAG_MAX_CHARACTERS = 50
MAX_TAGS = 20
CODE_MAX_CHARACTERS = 1024**2
"""The setting ``snippets.max_code`` is lower; this bounds the work before it is looked at."""


def _distinct(tags: list[str]) -> list[str]:
    return list({fold(tag): tag for tag in reversed(tags)}.values())[::-1]


NodeId = Annotated[int, Field(ge=1, le=MAX_ID)]
Title = Annotated[
    str,
    StringConstraints(max_length=4 * TITLE_MAX_CHARACTERS),
    AfterValidator(clean_title),
    Field(description=f"One line, at most {TITLE_MAX_CHARACTERS} characters."),
]
Description = Annotated[
    str,
    StringConstraints(max_length=DESCRIPTION_MAX_CHARACTERS),
    AfterValidator(clean_description),
]
Language = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=LANGUAGE_MAX_CHARACTERS,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9+#._ -]*$",
    ),
    AfterValidator(str.lower),
    Field(description="Name of the language, kept in lower case, for example python, r, sql, c++."),
]
Tag = Annotated[str, StringConstraints(max_length=TAG_MAX_CHARACTERS), AfterValidator(clean_line)]
Tags = Annotated[
    list[Tag],
    Field(max_length=MAX_TAGS, description="Repeated ones are kept once."),
    AfterValidator(_distinct),
]
Code = Annotated[
    str,
    StringConstraints(min_length=1, max_length=CODE_MAX_CHARACTERS),
    AfterValidator(clean_text),
    Field(description="Lines end with LF."),
]


class NodeView(BaseModel):
    """A folder or a snippet, without its code."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: NodeKind
    parent_id: int | None = Field(description="Absent for what stands at the top.")
    title: str
    description: str
    language: str = Field(description="Empty for a folder.")
    tags: list[str]
    version: int = Field(description="Give this when you change the node.")
    created_at: datetime
    updated_at: datetime


class PathStep(BaseModel):
    """A folder above a node."""

    id: int
    title: str


class NodeDetails(NodeView):
    """A folder or a snippet with all there is of it."""

    code: str = Field(description="Empty for a folder.")
    path: list[PathStep] = Field(description="The folders above, the uppermost first.")


class TreeNode(NodeView):
    """A node with what is below it, in order."""

    children: list["TreeNode"]


class TreeView(BaseModel):
    """A user's whole tree, without code."""

    revision: int = Field(description="Goes up with every change of the tree.")
    count: int = Field(description="Folders and snippets together.")
    max_count: int
    max_depth: int = Field(description="Levels of folders at most.")
    nodes: list[TreeNode]


class FoundNode(NodeView):
    """A node that a search found."""

    path: list[PathStep] = Field(description="The folders above, the uppermost first.")
    excerpt: str = Field(description="The line of the code in which the first word stands, if any.")


class FolderCreate(BaseModel):
    """A new folder (F1)."""

    model_config = ConfigDict(extra="forbid")

    parent_id: NodeId | None = Field(default=None, description="Absent: at the top.")
    before_id: NodeId | None = Field(default=None, description="Absent: as the last.")
    title: Title
    description: Description = ""


class SnippetCreate(FolderCreate):
    """A new snippet (F1)."""

    language: Language = "python"
    tags: Tags = Field(default_factory=list)
    code: Code


class NodeUpdate(BaseModel):
    """Changes to a node (F5); what is absent stays. A folder has a title and a description only."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="The version that was changed; a newer one is a conflict.")
    title: Title | None = None
    description: Description | None = None
    language: Language | None = None
    tags: Tags | None = None
    code: Code | None = None


class NodeMove(BaseModel):
    """Where a node goes (F5)."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="The version that was seen; a newer one is a conflict.")
    parent_id: NodeId | None = Field(description="The folder to move into; null: the top.")
    before_id: NodeId | None = Field(
        default=None, description="The node of that folder to stand before; absent: as the last."
    )


class DeletedView(BaseModel):
    """What a deletion took (F3, F4)."""

    folder_count: int
    snippet_count: int


class ImportForm(BaseModel):
    """Where an import goes; the files follow."""

    parent_id: NodeId | None = Field(default=None, description="Absent: to the top.")


class ImportedView(BaseModel):
    """What an import made."""

    folder_count: int
    snippet_count: int
    nodes: list[NodeView] = Field(description="Those that stand in the chosen folder itself.")


ExportFormat = Literal["elyra", "notebook"]


class LibrarySnippet(BaseModel):
    """A snippet that ships with the platform."""

    name: str = Field(description="Unique in the library: group/name.")
    label_en: str
    label_zh: str
    description_en: str
    description_zh: str
    language: str
    tags: list[str]
    requires: list[str] = Field(
        description="Packages to install first, beyond what every notebook service has."
    )
    code: str


class LibraryGroup(BaseModel):
    """A folder of the library."""

    name: str
    label_en: str
    label_zh: str
    snippets: list[LibrarySnippet]
