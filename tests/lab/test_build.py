"""What the build made of `labextension/`, and what it may be made of."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from opsforge.engine.lab import LAB_BUILT, PACKAGE
from opsforge.snippets.models import (
    DESCRIPTION_MAX_CHARACTERS,
    LANGUAGE_MAX_CHARACTERS,
    TITLE_MAX_CHARACTERS,
)

SOURCES = Path(__file__).parents[2] / "labextension"
EXTENSION = LAB_BUILT / "labextensions" / "@opsforge" / "lab"
LIMIT = re.compile(r"(\w+): ([\d_]+)")
SCRIPT_BYTES = 40_000
"""Everybody's JupyterLab loads it before it shows anything."""


@pytest.fixture
def described() -> dict[str, Any]:
    """What JupyterLab reads of the built extension."""
    found: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text())
    return found


def test_jupyterlab_finds_what_it_loads(described: dict[str, Any]) -> None:
    build = described["jupyterlab"]["_build"]
    assert (EXTENSION / build["load"]).is_file()
    assert build["extension"] == "./extension"
    assert build["style"] == "./style"


def test_every_plugin_with_settings_has_its_schema() -> None:
    schemas = {path.name for path in (EXTENSION / "schemas" / "@opsforge" / "lab").glob("*.json")}
    assert schemas == {path.name for path in (SOURCES / "schema").glob("*.json")}
    assert schemas == {"service.json", "snippets.json"}


def test_the_script_is_small_and_brings_nothing_that_jupyterlab_has() -> None:
    scripts = list((EXTENSION / "static").glob("*.js"))
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < SCRIPT_BYTES
    licences = json.loads((EXTENSION / "static" / "third-party-licenses.json").read_text())
    brought = {package["name"] for package in licences["packages"]}
    assert not {name for name in brought if name.startswith(("@jupyterlab/", "@lumino/", "react"))}


def test_f1_the_forms_take_what_the_platform_takes() -> None:
    given = (SOURCES / "src" / "snippets" / "limits.ts").read_text()
    limits = {name: int(value.replace("_", "")) for name, value in LIMIT.findall(given)}
    assert limits == {
        "title": TITLE_MAX_CHARACTERS,
        "description": DESCRIPTION_MAX_CHARACTERS,
        "language": LANGUAGE_MAX_CHARACTERS,
    }


def test_the_lock_says_no_place() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if "integrity" not in package]


def test_the_catalogue_comes_with_the_package() -> None:
    file = PACKAGE / "lab" / "locale" / "zh_CN" / "LC_MESSAGES" / "opsforge.json"
    assert json.loads(file.read_text())["Snippets"] == ["代码片段"]
