"""The page by the keyboard; how every page looks is in test_pages, what axe finds in others."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.support.people import ApiClient
from tests.support.projects import create, share
from tests.support.uploads import upload
from tests.web.conftest import OpenPage
from tests.web.test_browser import sign_in

pytestmark = pytest.mark.integration

ORDER = [
    "Skip to the content",
    "OpsForge",
    "Home",
    "Projects",
    "Data sets",
    "Snippets",
    "Search ( / )",
    "Switch to 中文",
    "Appearance: as the system",
    "Account of alice",
    "Sign out",
    "New data set",
    "Mine",
    "Public",
]
"""What the Tab key reaches on the list of data sets, in this order."""


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


async def walk(page: Page, *, steps: int) -> list[str]:
    """Go through the page with the Tab key; what had the focus, each with whether one sees it."""
    seen: list[str] = []
    for _ in range(steps):
        await page.keyboard.press("Tab")
        seen.append(
            await page.evaluate(
                """() => {
                  const at = document.activeElement;
                  const name = at.getAttribute("aria-label") || at.innerText || at.id;
                  const shown = getComputedStyle(at);
                  const ring = shown.outlineStyle !== "none" || shown.boxShadow !== "none";
                  return `${name.trim()}${ring ? "" : " (unseen)"}`;
                }"""
            )
        )
    return seen


async def test_the_keyboard_goes_from_the_top_to_the_content_and_is_seen(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    await upload(as_alice, "node-metrics")
    page = await open_page()
    await sign_in(page, path="/datasets")
    await expect(page.get_by_role("link", name="node-metrics")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("link", name="node-metrics")).to_be_visible()
    assert await walk(page, steps=len(ORDER)) == ORDER


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
async def test_a_menu_opens_at_its_button_whatever_may_move(
    open_page: OpenPage, as_alice: ApiClient, motion: str
) -> None:
    dataset = await upload(as_alice, "metrics")
    page = await open_page(reduced_motion=motion)
    await sign_in(page, path=f"/datasets/{dataset['id']}")
    button = page.get_by_role("button", name="More about metrics")
    await button.click()
    item = page.get_by_role("menuitem", name="Delete data set")
    await item.hover()
    above, below = await button.bounding_box(), await item.bounding_box()
    assert above
    assert below
    assert 0 < below["y"] - above["y"] < 200
    await item.click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_busy_button_keeps_its_name_and_shows_that_it_is_busy(
    open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
) -> None:
    """Until the answer is there, and not a moment longer, however soon it comes."""
    public = await share(as_bob, await create(as_bob, "latency"))
    await create(as_alice, "latency")
    page = await open_page()
    await sign_in(page, path=f"/projects/public/{public['id']}")
    answers = asyncio.Event()

    async def hold(route: Route) -> None:
        await answers.wait()
        await route.continue_()

    await page.route("**/fork", hold)
    await page.get_by_role("button", name="Fork", exact=True).click()
    dialog = page.get_by_role("dialog")
    fork = dialog.get_by_role("button", name="Fork", exact=True)
    busy = fork.locator(".anticon-loading")
    await fork.click()
    await expect(busy).to_be_visible()
    answers.set()
    await expect(dialog.get_by_role("button", name="Use “latency-2”")).to_be_visible()
    await expect(busy).to_have_count(0)
    for _ in range(5):
        async with page.expect_response("**/fork"):
            await fork.click()
        await expect(busy).to_have_count(0)
