"""Elyra's code-snippet JSON: one object for each snippet, in a list for several.

The schema is ``code-snippet`` of Elyra's metadata service. It knows no folders; they travel as
``metadata.opsforge_folder``, a list of titles that Elyra ignores. A folder without a snippet and a
folder's description are not in such a file.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from opsforge.snippets.drafts import FolderDraft, SnippetDraft
from opsforge.snippets.errors import ImportItemInvalid, ImportUnreadable
from opsforge.snippets.models import DESCRIPTION_MAX_CHARACTERS

MAX_FOLDERS = 32
"""Bounds the work; the setting ``snippets.max_depth`` is lower."""


class ElyraMetadata(BaseModel):
    """What Elyra stores of a snippet."""

    description: str = Field(default="", max_length=2 * DESCRIPTION_MAX_CHARACTERS)
    tags: list[str] = Field(default_factory=list)
    language: str
    code: list[str]
    opsforge_folder: Annotated[list[str], Field(max_length=MAX_FOLDERS)] = Field(
        default_factory=list
    )


class ElyraSnippet(BaseModel):
    """One snippet."""

    schema_name: Literal["code-snippet"]
    display_name: str
    metadata: ElyraMetadata


def read_elyra(file: str, document: Any, into: FolderDraft) -> None:  # noqa: ANN401 - JSON.
    """Add the snippets of a file to a draft.

    Raises:
        ImportUnreadable: It is neither an object nor a list of objects.
        ImportItemInvalid: One of them is no Elyra snippet, or does not fit here.
    """
    items = document if isinstance(document, list) else [document]
    if not items or not all(isinstance(item, dict) for item in items):
        raise ImportUnreadable(file=file)
    if not any("schema_name" in item for item in items):
        raise ImportUnreadable(file=file)
    for number, item in enumerate(items, start=1):
        try:
            _read_item(item, into)
        except ValidationError as error:
            raise invalid_item(file, number, error) from None


def write_elyra(root: FolderDraft, path: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The snippets of a draft and of the folders below, each as an Elyra object."""
    items = [_write_item(snippet, path) for snippet in root.snippets]
    for folder in root.folders:
        items += write_elyra(folder, (*path, folder.title))
    return items


def invalid_item(file: str, number: int, error: ValidationError) -> ImportItemInvalid:
    """The problem for an item that did not fit, naming its first field at fault."""
    where = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    names = [str(step) for step in where if isinstance(step, str)]
    return ImportItemInvalid(file=file, item_number=number, item_field=".".join(names) or "item")


def _read_item(item: dict[str, Any], into: FolderDraft) -> None:
    found = ElyraSnippet.model_validate(item)
    stored = found.metadata
    snippet = SnippetDraft(
        title=found.display_name,
        description=stored.description,
        language=stored.language,
        tags=stored.tags,
        code="\n".join(line.removesuffix("\n") for line in stored.code),
    )
    for title in stored.opsforge_folder:
        into = into.open_folder(title)
    into.snippets.append(snippet)


def _write_item(snippet: SnippetDraft, path: tuple[str, ...]) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "description": snippet.description,
        "tags": snippet.tags,
        "language": "Python" if snippet.language == "python" else snippet.language,
        "code": snippet.code.split("\n"),
    }
    if path:
        stored["opsforge_folder"] = list(path)
    return {"schema_name": "code-snippet", "display_name": snippet.title, "metadata": stored}
