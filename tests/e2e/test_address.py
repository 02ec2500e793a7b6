"""An address in a service that does not run, as a person opens it from a bookmark."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.installation import Installation

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

STOP = """async () => (await fetch("/api/v1/services/admin/stop", {
  method: "POST", headers: {"X-OpsForge-Request": "1"},
})).status"""


@pytest.mark.parametrize("language", ["en"])
def test_c5_d10_the_address_of_a_stopped_service_starts_it(
    page: Page, installation: Installation
) -> None:
    address = f"{installation.origin}/user/admin/lab/tree/work"
    menu = page.get_by_role("navigation", name="main menu")

    page.goto(address)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(installation.admin_password)
    page.get_by_role("button", name="Sign in").click()
    expect(menu).to_be_visible(timeout=60_000)
    assert page.url.startswith(f"{installation.origin}/user/admin/lab")

    page.goto(installation.origin)
    assert page.evaluate(STOP) == 200
    page.goto(address)
    expect(page.get_by_role("heading", name="Opening your service")).to_be_visible()
    expect(menu).to_be_visible(timeout=60_000)
    assert page.url.startswith(f"{installation.origin}/user/admin/lab")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_d11_the_address_of_another_s_service_says_whose_it_is(
    page: Page, installation: Installation, language: str
) -> None:
    words = {"en": ("User name", "Password", "Sign in"), "zh-CN": ("用户名", "密码", "登录")}
    name, password, button = words[language]
    page.goto(f"{installation.origin}/user/nobody/lab")
    page.get_by_label(name).fill("admin")
    page.get_by_label(password).fill(installation.admin_password)
    page.get_by_role("button", name=button).click()
    title = {"en": "This address is in another user's service", "zh-CN": "此地址属于其他用户的服务"}
    expect(page.get_by_role("heading", name=title[language])).to_be_visible()
