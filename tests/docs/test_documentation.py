"""What the documentation promises to contain, compared with the code."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs.generator import DOCS, ROOT
from docs.generator.coverage_page import coverage
from docs.generator.errors_page import our_problems
from docs.generator.pages import generate
from docs.generator.requirements import REQUIREMENTS
from opsforge.settings import FlavourSettings, Settings
from tests.support.routes import api_routes

NOT_YET = {
    *(f"F{number}" for number in range(1, 6)),
}
"""Requirements of work that has not landed."""

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", generate(), ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(path: Path) -> None:
    assert path.exists(), "run `make docs`"
    assert path.read_text() == generate()[path], "run `make docs`"


def setting_names(group: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from setting_names(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field.description


@pytest.mark.parametrize(
    ("name", "description"),
    [*setting_names(Settings), *setting_names(FlavourSettings, "flavours.")],
)
def test_every_setting_is_described(name: str, description: str | None) -> None:
    assert description
    assert f"| `{name}` |" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("route", api_routes(), ids=str)
def test_every_endpoint_is_described(route: object) -> None:
    assert f"\n### `{route}`\n" in (DOCS / "api.md").read_text()


@pytest.mark.parametrize("code", sorted(our_problems()))
def test_every_error_code_is_described_in_both_languages(code: str) -> None:
    problem = our_problems()[code]
    assert f'<a id="{code}"></a>' in (DOCS / "errors.md").read_text()
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", code)
    assert HAN.search(problem.zh)
    assert not HAN.search(problem.en)
    assert problem.__doc__
    fields = set(problem.__annotations__)
    for sentence in (problem.en, problem.zh):
        named = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert named <= fields


def test_every_code_is_raised_by_a_described_endpoint() -> None:
    """Or by the framework's own handlers, for any route; or at the services' door, for most.

    Or by whatever touches files, when they are on another host and it does not answer.
    """
    anywhere = {"request.not_found", "request.refused", "request.too_large", "server.fault"}
    anywhere |= {"auth.not_for_services", "storage.away"}
    described = {
        code
        for route in api_routes()
        for response in route.operation["responses"].values()
        for code in re.findall(r"`([a-z]+\.[a-z_]+)`", response["description"])
    }
    assert set(our_problems()) - described <= anywhere


@pytest.mark.parametrize("number", REQUIREMENTS)
def test_every_requirement_has_endpoints_and_tests(number: str) -> None:
    found = coverage()[number]
    if number not in NOT_YET:
        assert found.endpoints, "no endpoint declares it (openapi_extra x-requirements)"
    if found.endpoints:
        assert found.tests, f"no test has {number.lower()} in its name"


def test_endpoints_declare_known_requirements_only() -> None:
    declared = {number for route in api_routes() for number in route.requirements}
    assert declared <= REQUIREMENTS.keys()


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted(DOCS.rglob("*.md"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name) if name else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked.read_text()), f"{page.name} links to {target}"


def test_the_architecture_has_every_room() -> None:
    page = (DOCS / "architecture.md").read_text()
    rooms = {path.parent.name for path in (ROOT / "src/opsforge").glob("*/__init__.py")}
    assert {room for room in rooms if f" {room}/" not in page} == set()


def anchors(markdown: str) -> set[str]:
    """What a heading's or an explicit anchor's link may be."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', markdown))
