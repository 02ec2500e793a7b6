"""From each requirement to the endpoints that serve it, the pages and the tests."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs.generator import ROOT, table_row
from docs.generator.requirements import REQUIREMENTS
from tests.support.routes import api_routes

INTRODUCTION = """\
# Coverage

From each requirement to the endpoints that serve it (they declare it), the pages that use them (a
comment `Requirements:` in the file) and the tests that show it (names of tests contain its number).

| requirement | endpoints | pages | tests |
| --- | --- | --- | --- |"""


@dataclass(frozen=True)
class Coverage:
    """Where one requirement is served and shown."""

    endpoints: list[str]
    pages: list[str]
    tests: list[str]


def coverage() -> dict[str, Coverage]:
    """Where each requirement is served and shown, by its number."""
    routes, pages, tests = api_routes(), list(_pages()), list(_tests())
    return {
        number: Coverage(
            endpoints=[str(route) for route in routes if number in route.requirements],
            pages=sorted({page for page, served in pages if number in served}),
            tests=sorted({test for test, shown in tests if number in shown}),
        )
        for number in REQUIREMENTS
    }


def coverage_page() -> str:
    """From each requirement to its endpoints, pages and tests."""
    rows = [INTRODUCTION]
    for number, found in coverage().items():
        columns = (found.endpoints, found.pages, found.tests)
        cells = ("<br>".join(f"`{item}`" for item in column) for column in columns)
        rows.append(table_row(f"**{number}** {REQUIREMENTS[number]}", *cells))
    return "\n".join(rows) + "\n"


def _pages() -> Iterator[tuple[str, set[str]]]:
    source = ROOT / "web" / "src"
    for path in sorted(source.rglob("*.tsx")):
        for line in re.findall(r"Requirements: ([A-F]\d+(?:[ ,]+[A-F]\d+)*)", path.read_text()):
            yield path.relative_to(source).as_posix(), set(re.findall(r"\w+", line))


def _tests() -> Iterator[tuple[str, set[str]]]:
    tests = ROOT / "tests"
    for path in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                words = set(node.name.upper().split("_"))
                yield path.relative_to(tests).as_posix(), words & REQUIREMENTS.keys()
