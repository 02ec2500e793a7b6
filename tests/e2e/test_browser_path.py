"""The first path through the product, as a person goes it in a browser."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Cookie, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.installation import Installation, wait_until_gone
from tests.support.servers import RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

USERNAME = "operator"
PASSWORD = "watch the metrics 24"
PLOT = ".jp-OutputArea-output img[src^='data:image/png']"
RUN_SECONDS = 120


@pytest.fixture(scope="module")
def account(server_installation: Installation) -> int:
    """An account that the administrator made; its id."""
    with httpx.Client(base_url=f"{server_installation.origin}/api/v1", timeout=60) as api:
        signed_in = api.post(
            "/auth/login",
            json={"username": "admin", "password": server_installation.admin_password},
        ).raise_for_status()
        api.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
        asked = {"username": USERNAME, "password": PASSWORD, "display_name": "Wang Wei 王伟"}
        created = api.post("/users", json=asked).raise_for_status()
        api.post("/auth/logout").raise_for_status()
        return int(created.json()["id"])


class Walk:
    """One person's way through the pages, with a picture of each."""

    def __init__(self, page: Page, origin: str, artefacts: Path) -> None:
        self.page = page
        self.origin = origin
        self._artefacts = artefacts
        self._number = 0

    def picture(self, name: str) -> None:
        """Keep what is on the page."""
        self._number += 1
        self.page.screenshot(path=self._artefacts / f"path-{self._number}-{name}.png")

    def sign_in(self) -> None:
        self.page.goto(self.origin)
        self.page.get_by_label("User name").fill(USERNAME)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.picture("sign-in")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="My service")).to_be_visible()
        self.picture("home")

    def upload(self, file: Path) -> None:
        self.page.get_by_role("link", name="Data sets", exact=True).click()
        self.page.get_by_role("link", name="New data set").first.click()
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Choose files").first.click()
        chooser.value.set_files(file)
        self.page.get_by_label("Name", exact=True).fill("latency")
        self.picture("new-data-set")
        self.page.get_by_role("button", name="Upload").click()
        expect(self.page.get_by_role("heading", name="latency", exact=True)).to_be_visible()
        expect(self.page.get_by_role("tree").get_by_text(file.name, exact=True)).to_be_visible()
        self.picture("data-set")

    def create_project(self, name: str) -> None:
        self.page.get_by_role("link", name="New project with it").click()
        dialog = self.page.get_by_role("dialog", name="New project")
        dialog.get_by_label("Name", exact=True).fill(name)
        dialog.get_by_role("radio", name="Explore metrics").check()
        self.picture("new-project")
        dialog.get_by_role("button", name="Create").click()
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        self.picture("project")

    def open_in_lab(self, name: str) -> None:
        self.page.get_by_role("button", name=f"Open in JupyterLab: {name}").click()
        self.page.wait_for_url(f"{self.origin}/user/{USERNAME}/lab/**", timeout=60_000)
        expect(self.page.get_by_role("tab", name=f"{name}.ipynb")).to_be_visible(timeout=60_000)
        expect(self.page.get_by_text("(ipykernel) | Idle")).to_be_visible(timeout=60_000)

    def run_all(self) -> None:
        menu = self.page.get_by_role("navigation", name="main menu")
        menu.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        plot = self.page.locator(PLOT).last
        plot.wait_for(state="attached", timeout=RUN_SECONDS * 1000)
        plot.scroll_into_view_if_needed()
        expect(plot).to_be_visible()
        size = plot.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        assert min(size) > 200, "the plot is a picture of some size"
        self.picture("plot")

    def sign_out(self) -> None:
        self.page.goto(self.origin)
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_label("User name")).to_be_visible(timeout=30_000)
        self.picture("signed-out")


@pytest.mark.parametrize("language", ["en"])
def test_a1_e1_d1_d10_b5_from_sign_in_to_a_plot_and_out(
    page: Page,
    server_installation: Installation,
    account: int,
    csv_file: Path,
    artefacts: Path,
    redis_server: RedisServer,
) -> None:
    walk = Walk(page, server_installation.origin, artefacts)
    walk.sign_in()
    walk.upload(csv_file)
    walk.create_project("first-look")
    walk.open_in_lab("first-look")
    walk.run_all()
    expect(page.get_by_text(f"{csv_file.name}: 4,032 rows")).to_be_attached()

    cookies = page.context.cookies()
    processes = server_installation.service_processes(USERNAME)
    assert processes
    walk.sign_out()
    wait_until_gone(processes)
    assert not server_installation.service_processes(USERNAME)
    assert_service_refuses(server_installation, cookies)
    assert_cache_holds_nothing_of(USERNAME, account, redis_server)


def assert_service_refuses(installation: Installation, cookies: list[Cookie]) -> None:
    """The cookies of before, kept by somebody, open nothing any more."""
    header = "; ".join(f"{cookie.get('name')}={cookie.get('value')}" for cookie in cookies)
    for path in (f"/user/{USERNAME}/lab", f"/user/{USERNAME}/api/kernels"):
        answer = httpx.get(
            installation.origin + path, headers={"Cookie": header}, follow_redirects=True
        )
        is_ours = answer.url.path in {"/", "/sign-in"}  # The page, which asks to sign in.
        assert is_ours or answer.status_code in {401, 403, 404, 424, 503}, answer.url
    socket = f"{installation.origin}/user/{USERNAME}/api/events/subscribe"
    socket = socket.replace("http", "ws", 1)
    with pytest.raises(InvalidStatus), connect(socket, additional_headers={"Cookie": header}):
        pass
    session = httpx.get(f"{installation.origin}/api/v1/auth/session", headers={"Cookie": header})
    assert session.json()["user"] is None


def assert_cache_holds_nothing_of(username: str, user_id: int, redis: RedisServer) -> None:
    """No key and no value in the cache is about the user.

    The counts of wrong passwords are about whoever types a name, and outlive a session.
    """
    for key in redis.keys("opsforge:*"):
        if key.startswith("opsforge:failures:"):
            continue
        assert username not in key
        assert key != f"opsforge:account:{user_id}"
        value = redis.command("GET", key)
        assert username not in value
        assert f'"user_id": {user_id},' not in value


WORDS = {
    "en": ("User name", "Password", "Sign in", "My service"),
    "zh-CN": ("用户名", "密码", "登录", "我的服务"),
}


def test_the_page_follows_the_browsers_language(
    context: BrowserContext,
    language: str,
    server_installation: Installation,
    account: int,
    artefacts: Path,
) -> None:
    del account
    username, password, submit, heading = WORDS[language]
    page = context.new_page()
    page.goto(server_installation.origin)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_label(username).fill(USERNAME)
    page.get_by_label(password).fill("wrong")
    page.get_by_role("button", name=submit).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label(password).fill(PASSWORD)
    page.get_by_role("button", name=submit).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.screenshot(path=artefacts / f"home-{language}.png")
