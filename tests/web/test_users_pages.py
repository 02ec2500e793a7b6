"""Accounts in a real browser: an administrator's journeys, and one's own (B1 to B4)."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.pages import sign_in
from tests.support.people import ALICE, ApiClient, Person
from tests.web.conftest import OpenPage
from tests.web.looks import look
from tests.web.test_admin import LANGUAGES, Words, enter, picture

pytestmark = pytest.mark.integration

FIRST = "first secret 17"
SECOND = "second secret 18"


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_b1_b2_b3_an_account_from_its_creation_to_a_new_password(
    open_page: OpenPage, as_admin: ApiClient, language: str
) -> None:
    say = Words(language)
    page = await open_page(language)
    await enter(page, as_admin, "/admin/users")
    await page.get_by_role("button", name=say("New user", "新建用户")).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(say("User name", "用户名"), exact=True).fill("carol")
    await dialog.get_by_label(say("Initial password", "初始密码"), exact=True).fill(FIRST)
    await dialog.get_by_label(say("Display name", "显示名称")).fill("Carol")
    await picture(page, f"user-new-{language}")
    await dialog.get_by_role("button", name=say("Create", "创建")).click()
    await expect(dialog).to_be_hidden()
    row = page.get_by_role("row").filter(has_text="carol")
    await expect(row).to_contain_text(say("Active", "正常"))

    await choose(page, say, "Carol", say("Edit", "编辑"))
    await dialog.get_by_label(say("Display name", "显示名称")).fill("Carol 王")
    await dialog.get_by_role("button", name=say("Save", "保存")).click()
    await expect(dialog).to_be_hidden()
    await expect(row).to_contain_text("Carol 王")

    await choose(page, say, "Carol 王", say("Deactivate", "停用"))
    await picture(page, f"user-deactivate-{language}")
    await dialog.get_by_role("button", name=say("Deactivate", "停用")).click()
    await expect(dialog).to_be_hidden()
    await expect(row).to_contain_text(say("Deactivated", "已停用"))
    await choose(page, say, "Carol 王", say("Activate", "启用"))
    await expect(row).to_contain_text(say("Active", "正常"))

    await choose(page, say, "Carol 王", say("Reset password", "重置密码"))
    await dialog.get_by_label(say("New password", "新密码"), exact=True).fill(SECOND)
    await dialog.get_by_role("button", name=say("Reset password", "重置密码")).click()
    await expect(dialog).to_be_hidden()
    await expect_signed_in(open_page, language, "carol", SECOND)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_b4_one_changes_ones_details_and_password(
    open_page: OpenPage, as_alice: ApiClient, language: str
) -> None:
    say = Words(language)
    del as_alice
    page = await open_page(language)
    await sign_in(page, path="/account")
    await page.get_by_label(say("Display name", "显示名称")).fill("Alice 李")
    await page.get_by_label(say("E-mail", "邮箱")).fill("alice@example.org")
    await page.get_by_role("button", name=say("Save", "保存"), exact=True).click()
    await expect(page.get_by_role("link", name=re.compile("Alice 李"))).to_be_visible()
    await page.get_by_label(say("Current password", "当前密码"), exact=True).fill(ALICE.password)
    await page.get_by_label(say("New password", "新密码"), exact=True).fill(SECOND)
    await page.get_by_label(say("New password again", "再次输入新密码"), exact=True).fill(SECOND)
    await page.get_by_role("button", name=say("Change password", "修改密码")).click()
    changed = say("The password has been changed.", "密码已修改")
    await expect(page.get_by_text(changed)).to_be_visible()
    await look(page, f"account-{language}")
    await expect_signed_in(open_page, language, ALICE.username, SECOND)


async def choose(page: Page, say: Words, name: str, action: str) -> None:
    """Take an action of a user's menu."""
    await menu_of(page, say, name).click()
    await page.get_by_role("menuitem", name=action, exact=True).click()


def menu_of(page: Page, say: Words, name: str) -> Locator:
    """The button that opens it."""
    label = say(f"Actions for {name}", f"对 {name} 的操作")
    return page.get_by_role("button", name=label, exact=True)


async def expect_signed_in(
    open_page: OpenPage, language: str, username: str, password: str
) -> None:
    """In a browser of their own, with the new password."""
    page = await open_page(language)
    await sign_in(page, Person(username=username, password=password))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_label(re.compile("^(Password|密码)$"))).to_be_hidden()
