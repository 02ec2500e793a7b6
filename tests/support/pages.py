"""People in front of a browser's window."""

import re

from playwright.async_api import Page

from tests.support.people import ALICE, Person


async def sign_in(page: Page, person: Person = ALICE, *, path: str = "/sign-in") -> None:
    """Ask for a path and sign in on the way to it, in either language."""
    await page.goto(path)
    await page.get_by_label(re.compile("^(User name|用户名)$")).fill(person.username)
    await page.get_by_role("textbox", name=re.compile("^(Password|密码)$")).fill(person.password)
    await page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()
