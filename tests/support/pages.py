"""People in front of a browser's window."""

import re
from contextlib import suppress

from playwright.async_api import Error, Page

from tests.support.people import ALICE, Person

MOVING = (
    ':is([class*="-appear-"], [class*="-enter-"], [class*="-leave-"])'
    ":not(.ant-wave, .ant-message-notice)"
)
"""What comes or goes and takes other things along, by the names that transitions give."""


AT_REST = """(moving) => new Promise((done) => {
  const giveUpAt = performance.now() + 10_000;
  const isMoving = () =>
    [...document.querySelectorAll(moving)].some((one) => one.checkVisibility());
  const look = () =>
    isMoving() && performance.now() < giveUpAt ? requestAnimationFrame(look) : done();
  look();
})"""
"""Looks at every frame; Playwright itself would look after half a second at last."""


async def let_things_come_to_rest(page: Page) -> None:
    """Aim at nothing on a page before its dialogs and menus have arrived, as people don't.

    A busy machine shows two alike pictures of a dialog that has yet to grow: Playwright takes it
    for one that stands still, and clicks beside the button.
    """
    moving = page.locator(MOVING).filter(visible=True).first

    async def wait() -> None:
        with suppress(Error):  # The page has gone elsewhere.
            await page.evaluate(AT_REST, MOVING)

    await page.add_locator_handler(moving, wait, no_wait_after=True)


async def sign_in(page: Page, person: Person = ALICE, *, path: str = "/sign-in") -> None:
    """Ask for a path and sign in on the way to it, in either language."""
    await page.goto(path)
    await page.get_by_label(re.compile("^(User name|用户名)$")).fill(person.username)
    await page.get_by_role("textbox", name=re.compile("^(Password|密码)$")).fill(person.password)
    await page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()
