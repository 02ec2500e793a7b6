"""People in front of a browser's window."""

import re

from playwright.async_api import Page

from tests.support.people import ALICE, Person

MOVING = (
    ':is([class*="-appear-"], [class*="-enter-"], [class*="-leave-"])'
    ":not(.ant-wave, .ant-message-notice)"
)
"""What comes or goes and takes other things along, by the names that transitions give."""


async def let_things_come_to_rest(page: Page) -> None:
    """Aim at nothing on a page before its dialogs and menus have arrived, as people don't.

    A busy machine shows two alike pictures of a dialog that has yet to grow: Playwright takes it
    for one that stands still, and clicks beside the button.
    """
    moving = page.locator(MOVING).filter(visible=True).first
    await page.add_locator_handler(moving, lambda: None)


async def sign_in(page: Page, person: Person = ALICE, *, path: str = "/sign-in") -> None:
    """Ask for a path and sign in on the way to it, in either language."""
    await page.goto(path)
    await page.get_by_label(re.compile("^(User name|用户名)$")).fill(person.username)
    await page.get_by_role("textbox", name=re.compile("^(Password|密码)$")).fill(person.password)
    await page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()
