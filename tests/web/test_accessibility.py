"""Every page against WCAG 2.2 A and AA, as far as axe can tell, in both themes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.people import ApiClient
from tests.support.projects import create, share
from tests.support.uploads import upload
from tests.web.conftest import OpenPage
from tests.web.test_admin import enter

pytestmark = pytest.mark.integration

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@dataclass(frozen=True)
class Visit:
    """A page, and the key that opens something on it."""

    path: str
    key: str = ""


VISITS = [
    Visit("/"),
    Visit("/", key="/"),
    Visit("/projects"),
    Visit("/projects/public"),
    Visit("/projects/{project}"),
    Visit("/projects/{project}?tab=data"),
    Visit("/projects?create"),
    Visit("/projects/public/{public}"),
    Visit("/datasets"),
    Visit("/datasets/new"),
    Visit("/datasets/{dataset}"),
    Visit("/snippets"),
    Visit("/account"),
    Visit("/admin"),
    Visit("/admin/users"),
    Visit("/admin/services"),
    Visit("/admin/audit"),
    Visit("/nothing/here"),
]


async def faults(page: Page) -> list[str]:
    """What axe has to say of the page as it is now."""
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{violation['id']} {node['target']} {node['html'][:160]}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def settle(page: Page) -> None:
    """Wait until the page shows what it is about, and nothing moves."""
    await expect(page.get_by_role("main")).not_to_be_empty()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    await page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
            .map((one) => one.finished))"""
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_can_be_used_by_everybody(
    open_page: OpenPage, as_admin: ApiClient, theme: str, subtests: pytest.Subtests
) -> None:
    project = await create(as_admin, "disk alerts", description="Why disks fill.")
    public = await share(as_admin, await create(as_admin, "latency"))
    dataset = await upload(as_admin, "nab", "a/cpu.csv")
    ids = {"project": project["id"], "public": public["id"], "dataset": dataset["id"]}
    page = await open_page("en-US", color_scheme=theme, reduced_motion="reduce")
    with subtests.test("/sign-in"):
        await page.goto("/sign-in")
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert not (found := await faults(page)), "\n".join(found)
    for visit in VISITS:
        path = visit.path.format(**ids)
        with subtests.test(f"{path} {visit.key}"):
            await enter(page, as_admin, path)
            await settle(page)
            if visit.key:
                await page.keyboard.press(visit.key)
                await expect(page.get_by_role("dialog")).to_be_visible()
                await settle(page)
            assert not (found := await faults(page)), "\n".join(found)
