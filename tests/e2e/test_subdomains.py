"""Each user's notebooks at an origin of their own."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.installation import Installation

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

DOMAIN = "opsforge.localhost"  # Browsers take every name below localhost for this machine.
SLOW_MS = 60_000
TRY_THE_PLATFORM = """async ([origin, method]) => {
  const headers = method === "GET" ? {} : {"X-OpsForge-Request": "1"};
  try {
    const address = `${origin}/api/v1/auth/tokens`;
    const answer = await fetch(address, {method, headers, credentials: "include"});
    return answer.status;
  } catch (thrown) {
    return thrown.name;
  }
}"""
STOP = """async () => (await fetch("/api/v1/services/admin/stop", {
  method: "POST", headers: {"X-OpsForge-Request": "1"},
})).status"""


class Apart(Installation):
    """A platform with a domain."""

    @property
    def origin(self) -> str:
        return f"http://{DOMAIN}:{self.port}"

    def origin_of(self, name: str) -> str:
        """A user's."""
        return f"http://{name}.{DOMAIN}:{self.port}"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    data = tmp_path_factory.mktemp("apart") / "data"
    data.mkdir()
    installation = Apart(data)
    (data / "opsforge.toml").write_text(
        f'[server]\npublic_url = "{installation.origin}"\nsubdomains = true\n'
    )
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def signed_in(page: Page, apart: Apart) -> Page:
    page.goto(apart.origin)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(apart.admin_password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My service")).to_be_visible()
    return page


def test_d10_a_service_is_at_its_users_own_origin_and_can_t_act_on_the_platform(
    signed_in: Page, context: BrowserContext, apart: Apart
) -> None:
    page = signed_in
    page.get_by_role("link", name="Open JupyterLab").click(timeout=SLOW_MS)
    page.wait_for_url(f"{apart.origin_of('admin')}/user/admin/lab**", timeout=SLOW_MS)
    expect(page.get_by_role("navigation", name="main menu")).to_be_visible(timeout=SLOW_MS)
    # A kernel answers over its websocket.
    page.locator(".jp-LauncherCard[data-category=Notebook]").first.click()
    expect(page.get_by_text("| Idle").first).to_be_visible(timeout=SLOW_MS)

    names = {cookie["name"] for cookie in context.cookies(apart.origin_of("admin") + "/api/v1/")}
    assert "opsforge_session" not in names
    home = {cookie["name"] for cookie in context.cookies(apart.origin + "/api/v1/")}
    assert "opsforge_session" in home
    for origin in (apart.origin, apart.origin_of("admin"), apart.origin_of("other")):
        for method in ("GET", "POST"):
            outcome = page.evaluate(TRY_THE_PLATFORM, [origin, method])
            assert outcome in {"TypeError", 421}, (origin, method)


def test_c5_the_address_of_a_stopped_service_starts_it_by_way_of_the_platform(
    signed_in: Page, apart: Apart
) -> None:
    page = signed_in
    assert page.evaluate(STOP) == 200
    page.goto(f"{apart.origin_of('admin')}/user/admin/lab/tree/work")
    expect(page.get_by_role("navigation", name="main menu")).to_be_visible(timeout=SLOW_MS)
    assert page.url.startswith(f"{apart.origin_of('admin')}/user/admin/lab/tree")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/hub/home", "/projects?x=1"])
def test_the_page_is_not_had_at_a_users_origin(apart: Apart, path: str) -> None:
    address = f"http://127.0.0.1:{apart.port}{path}"
    headers = {"Host": f"mallory.{DOMAIN}:{apart.port}"}
    answer = httpx.get(address, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (307, apart.origin + path)
    answer = httpx.post(f"http://127.0.0.1:{apart.port}/api/v1/auth/login", headers=headers)
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers
