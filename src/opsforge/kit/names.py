"""Names that become directory names: what is allowed, and how a free one is proposed."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Container
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from opsforge.kit.field_faults import fault

NAME_MAX_CHARACTERS = 100
NAME_MAX_BYTES = 200
"""A file system allows 255 bytes; ``.ipynb`` and a staging suffix must fit as well."""

PATH_MAX_CHARACTERS = 1000
EXISTING_PATH_MAX_CHARACTERS = 4096
PATH_MAX_DEPTH = 32
COMPONENT_MAX_BYTES = 255

_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
"""Control characters, lone surrogates, line and paragraph separators."""
_FORBIDDEN = set('/\\:*?"<>|')


def clean_name(raw: str) -> str:
    """Return ``raw`` in Unicode normal form C if it may name a directory.

    Raises:
        ValueError: Empty, too long, a path separator or another character that some file system
            refuses, a control or format character, or a dot or blank at either end.
    """
    name = unicodedata.normalize("NFC", raw).strip()
    if not name:
        raise fault("blank")
    if len(name) > NAME_MAX_CHARACTERS or len(name.encode()) > NAME_MAX_BYTES:
        raise fault("name_too_long", most=NAME_MAX_CHARACTERS)
    if any(c in _FORBIDDEN or unicodedata.category(c)[0] == "C" for c in name):
        raise fault("name_forbidden")
    if name[0] == "." or name[-1] == ".":
        raise fault("name_dots")
    return name


def name_key(name: str) -> str:
    """What must be unique: the name without regard to case, in normal form C."""
    return unicodedata.normalize("NFC", name.casefold())


def name_stem(name: str) -> str:
    """The part that proposals for ``name`` begin with."""
    stem = re.sub(r"-\d+$", "", name)[: NAME_MAX_CHARACTERS - 8]
    return stem.encode()[: NAME_MAX_BYTES - 8].decode(errors="ignore").rstrip(" .")


def propose_name(name: str, taken: Container[str]) -> str:
    """The first of ``name-2``, ``name-3``, … whose key is not in ``taken``.

    Args:
        name: The name that clashed.
        taken: Keys (`name_key`) that are in use.
    """
    stem = name_stem(name)
    number = 2
    while name_key(f"{stem}-{number}") in taken:
        number += 1
    return f"{stem}-{number}"


def numbered_path(path: PurePosixPath, number: int) -> PurePosixPath:
    """``a/b.tar.gz`` → ``a/b-2.tar.gz``."""
    extension = "".join(path.suffixes[-2:]) if path.stem.endswith(".tar") else path.suffix
    stem = path.name[: len(path.name) - len(extension)]
    tail = f"-{number}{extension}".encode()
    room = COMPONENT_MAX_BYTES - len(tail)
    return path.with_name(stem.encode()[:room].decode(errors="ignore") + tail.decode())


async def find_free_name(
    name: str, *, taken: set[str], is_there: Callable[[str], Awaitable[bool]]
) -> str:
    """The first proposal that is neither in ``taken`` nor, say, on the disk.

    Args:
        name: The name that clashed.
        taken: Keys (`name_key`) that are in use; proposals that are there join them.
        is_there: Looks up one name elsewhere.
    """
    while await is_there(proposal := propose_name(name, taken)):
        taken.add(name_key(proposal))
    return proposal


def clean_path(raw: str) -> PurePosixPath:
    """Return ``raw`` as a relative path, in Unicode normal form C, of a file inside a tree.

    Raises:
        ValueError: Absolute or empty, a component that is ``.``, ``..``, empty or too long, a
            backslash, a control character (NUL among them), or too many components.
    """
    path = unicodedata.normalize("NFC", raw)
    components = path.split("/")
    if len(path) > PATH_MAX_CHARACTERS or len(components) > PATH_MAX_DEPTH:
        raise fault("path_too_long", most=PATH_MAX_CHARACTERS, deepest=PATH_MAX_DEPTH)
    for component in components:
        if component in {"", ".", ".."}:
            raise fault("path_not_relative")
        if len(component.encode("utf-8", "surrogatepass")) > COMPONENT_MAX_BYTES:
            raise fault("path_part_too_long", most=COMPONENT_MAX_BYTES)
        if any(c == "\\" or unicodedata.category(c) in _CONTROL for c in component):
            raise fault("path_forbidden")
    return PurePosixPath(path)


def existing_path(raw: str) -> PurePosixPath:
    """Return ``raw`` as the relative path of something in a tree, whatever it is called there.

    Users' own programs make names that `clean_path` would not accept or would change. ``""`` is
    the top.

    Raises:
        ValueError: Absolute, too long, NUL in it, or a component that is empty, ``.`` or ``..``.
    """
    if not raw:
        return PurePosixPath()
    components = raw.split("/")
    if len(raw) > EXISTING_PATH_MAX_CHARACTERS or {"", ".", ".."} & set(components):
        raise fault("path_not_relative")
    if any(len(c.encode("utf-8", "surrogatepass")) > COMPONENT_MAX_BYTES for c in components):
        raise fault("path_part_too_long", most=COMPONENT_MAX_BYTES)
    if "\0" in raw:
        raise fault("has_nul")
    raw.encode()  # Half a character is a ValueError, too.
    return PurePosixPath(raw)


def _of_a_file(path: PurePosixPath) -> PurePosixPath:
    if not path.parts:
        raise fault("blank")
    return path


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise fault("has_nul")
    return text


PlainText = Annotated[str, AfterValidator(_without_nul)]
"""A request's text as every database can store it."""

DirectoryName = Annotated[
    str, StringConstraints(max_length=4 * NAME_MAX_CHARACTERS), AfterValidator(clean_name)
]
"""A request's field that will name a directory."""

ExistingPath = Annotated[PurePosixPath, BeforeValidator(existing_path)]
"""A request's field that names a folder of a tree, or with ``""`` its top."""

ExistingFilePath = Annotated[ExistingPath, AfterValidator(_of_a_file)]
"""A request's field that names a file of a tree."""
