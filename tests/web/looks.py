"""Looking at a page as people do: on a desk and on a phone, in light and in the dark."""

import os
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

from tests.support.axe import faults_of

ARTEFACTS = Path(os.environ.get("ARTEFACTS", Path(__file__).parents[2] / "artefacts"))
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SIZES = {"desk": DESK, "phone": PHONE}

Theme = Literal["light", "dark"]
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Until what was decided is drawn."""


async def look(page: Page, name: str) -> None:
    """Keep pictures of the page in both sizes and themes; it has no fault that axe finds in any.

    Pages follow the system's theme, which is changed here; phones must not scroll sideways.
    """
    ARTEFACTS.mkdir(exist_ok=True)
    before = page.viewport_size or DESK
    themes: tuple[Theme, ...] = ("light", "dark")
    for theme in themes:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for size, viewport in SIZES.items():
            await page.set_viewport_size(viewport)  # type: ignore[arg-type]
            await page.locator(f"html[data-theme='{theme}']").wait_for()
            await page.screenshot(path=ARTEFACTS / f"{name}-{size}-{theme}.png")
            faults = await faults_of(page)
            assert not faults, f"{name}, {size}, {theme}:\n" + "\n".join(faults)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"], f"{name} is {wide} pixels wide on a {size}"
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(before)  # type: ignore[arg-type]


async def shown_without_scrolling_sideways(page: Page, name: str) -> None:
    """Keep pictures of the whole page in both sizes and themes; nothing of it is beside the window.

    A part of it may scroll by itself, as wide tables do.
    """
    ARTEFACTS.mkdir(exist_ok=True)
    for size, viewport in SIZES.items():
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for theme in ("dark", "light"):
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            await page.locator(f"html[data-theme='{theme}']").wait_for()
            await page.evaluate(TWO_FRAMES)
            await page.screenshot(path=ARTEFACTS / f"{name}-{size}-{theme}.png", full_page=True)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"], f"{name} is {wide} pixels wide on a {size}"
        for link in await page.get_by_role("navigation").first.get_by_role("link").all():
            box = await link.bounding_box()
            assert box, f"{name}: a link of the navigation is not shown on a {size}"
            assert box["x"] + box["width"] <= viewport["width"], f"{name}: the navigation is cut"
