"""The platform's own snippets: read once from the package, the same for everybody.

``aiops/<group>/group.toml`` names the group in both languages and lists its snippets in order; each
is a Python file that begins with inline script metadata (PEP 723), whose ``[tool.opsforge]`` table
has its label, description and tags. The metadata is not part of what a user inserts.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from opsforge.snippets.schemas import LibraryGroup, LibrarySnippet

PROVIDED = frozenset(
    {
        "drain3-improved",
        "matplotlib",
        "networkx",
        "numpy",
        "pandas",
        "rapidfuzz",
        "scikit-learn",
        "scipy",
        "statsmodels",
    }
)
"""What every notebook service can import; see the dependencies in ``pyproject.toml``."""

_METADATA = re.compile(r"\A# /// script\n(?P<toml>(?:#(?:| .*)\n)+?)# ///\n+", re.MULTILINE)


@cache
def load_library() -> list[LibraryGroup]:
    """The groups with their snippets, in order."""
    folders = files("opsforge.snippets").joinpath("aiops").iterdir()
    indexes = {
        folder.name: (folder, tomllib.loads(folder.joinpath("group.toml").read_text("utf-8")))
        for folder in folders
        if folder.joinpath("group.toml").is_file()
    }
    ordered = sorted(indexes.values(), key=lambda found: int(found[1]["order"]))
    return [_load_group(folder, index) for folder, index in ordered]


def _load_group(folder: Traversable, index: Mapping[str, Any]) -> LibraryGroup:
    return LibraryGroup(
        name=folder.name,
        label_en=index["label"]["en"],
        label_zh=index["label"]["zh"],
        snippets=[_load_snippet(folder, stem) for stem in index["snippets"]],
    )


def _load_snippet(folder: Traversable, stem: str) -> LibrarySnippet:
    source = folder.joinpath(f"{stem}.py").read_text("utf-8")
    block = _METADATA.match(source)
    if block is None:
        raise ValueError(f"{folder.name}/{stem}.py does not begin with script metadata")
    lines = block["toml"].splitlines()
    metadata = tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))
    ours = metadata["tool"]["opsforge"]
    return LibrarySnippet(
        name=f"{folder.name}/{stem}",
        label_en=ours["label"]["en"],
        label_zh=ours["label"]["zh"],
        description_en=ours["description"]["en"],
        description_zh=ours["description"]["zh"],
        language="python",
        tags=ours["tags"],
        requires=[name for name in metadata["dependencies"] if name not in PROVIDED],
        code=source[block.end() :],
    )
