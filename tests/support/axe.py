"""Accessibility of what a browser shows, as axe-core finds it."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2, level AA."""


@cache
def _source() -> str:
    return AXE.read_text()


RUN = """async rules => {
  // Nobody reaches what lies behind a dialog, of which axe would say that it is covered.
  const hidesPage = [...document.querySelectorAll("[aria-modal=true]")].some(
    dialog => dialog.checkVisibility());
  const result = await axe.run(hidesPage ? {exclude: "#root"} : document, {runOnly: rules});
  return result.violations;
}"""


async def faults_of(page: Page) -> list[str]:
    """What on the page breaks WCAG 2.2 AA, each with the first element at fault."""
    await page.evaluate(_source())
    found: list[dict[str, Any]] = await page.evaluate(RUN, RULES)
    return [
        f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:300]} "
        f"{fault['nodes'][0]['failureSummary']}"
        for fault in found
    ]
