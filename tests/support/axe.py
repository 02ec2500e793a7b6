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


async def faults_of(page: Page) -> list[str]:
    """What on the page breaks WCAG 2.2 AA, each with the first element at fault."""
    await page.evaluate(_source())
    found: list[dict[str, Any]] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", RULES
    )
    return [
        f"{fault['id']}: {fault['help']}: {fault['nodes'][0]['html'][:300]} "
        f"{fault['nodes'][0]['failureSummary']}"
        for fault in found
    ]
