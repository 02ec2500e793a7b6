"""What the build made, and what it may be made of."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from opsforge.web import BUILT

WEB = Path(__file__).parents[2] / "web"
FIRST_LOAD_BYTES = 250_000
MANY_BYTES = 1000
"""From here on a script gets smaller by being compressed."""
LANGUAGES = {
    "zh-CN": ("src/i18n/zh-CN/index.ts", "node_modules/antd/locale/zh_CN.js"),
    "en": ("src/i18n/en/index.ts", "node_modules/antd/locale/en_US.js"),
}
PAGES = {
    "sign-in": ("src/features/auth/SignInPage.tsx",),
    "home": ("src/app/Shell.tsx", "src/features/home/HomePage.tsx"),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Which file each source ended up in, and which others that one needs."""
    loaded: dict[str, Any] = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    return loaded


def scripts(manifest: dict[str, Any], *entries: str) -> set[str]:
    """The files that are loaded before the entries can run."""
    found: set[str] = set()
    waiting = list(entries)
    while waiting:
        chunk = manifest[waiting.pop()]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            waiting += chunk.get("imports", [])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_the_first_load_is_small(manifest: dict[str, Any], page: str, language: str) -> None:
    files = scripts(manifest, "index.html", *PAGES[page], *LANGUAGES[language])
    sizes = {file: _sent(BUILT / file).stat().st_size for file in files}
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes


def test_every_script_is_there_compressed(manifest: dict[str, Any]) -> None:
    made = [BUILT / chunk["file"] for chunk in manifest.values()]
    scripts = [path for path in made if path.suffix == ".js" and path.stat().st_size > MANY_BYTES]
    assert scripts
    for script in scripts:
        assert gzip.decompress(Path(f"{script}.gz").read_bytes()) == script.read_bytes()


def test_the_index_has_no_script_of_its_own() -> None:
    index = (BUILT / "index.html").read_text()
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", index, re.DOTALL)
    assert scripts
    assert all("src=" in attributes and not body for attributes, body in scripts)
    assert not re.search(r"<style|\son\w+=|https?://", index)


def test_the_lock_says_no_place() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > len(LANGUAGES)
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if "integrity" not in package]


def _sent(path: Path) -> Path:
    """What a browser gets of a file: the compressed one, if there is one."""
    compressed = path.with_name(f"{path.name}.gz")
    return compressed if compressed.exists() else path
