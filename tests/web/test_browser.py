"""The page in a real browser, on the real web service; the engine alone starts nothing."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.async_api import Page, expect

from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import KernelActivity
from tests.support.people import ALICE, PASSWORD, ApiClient
from tests.support.uploads import upload
from tests.web.conftest import OpenPage

pytestmark = pytest.mark.integration

BUSY = [KernelActivity(kernel_id="k1", path="work/alerts/alerts.ipynb")]


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


async def sign_in(page: Page, *, path: str = "/sign-in") -> None:
    await page.goto(path)
    await page.get_by_label("User name").or_(page.get_by_label("用户名")).fill(ALICE.username)
    await page.get_by_role("textbox", name=re.compile("^(Password|密码)$")).fill(PASSWORD)
    await page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()


class TestSigningIn:
    """From the form to where one wanted to be."""

    async def test_leads_back_to_where_one_was(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        dataset = await upload(as_alice, "metrics")
        page = await open_page()
        await sign_in(page, path=f"/datasets/{dataset['id']}?a=1")
        await expect(page.get_by_role("heading", name="metrics", level=1)).to_be_visible()
        assert page.url.endswith(f"/datasets/{dataset['id']}?a=1")

    async def test_loads_a_path_of_the_hub_as_a_page(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        del as_alice
        page = await open_page()
        await sign_in(page, path="/?next=%2Fhub%2Foauth%3Fx%3D1")
        # Nothing of the page: the hub would answer here.
        await expect(page.get_by_text("request.not_found")).to_be_visible()
        assert page.url.endswith("/hub/oauth?x=1")

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example/", "/\\evil.example"]
    )
    async def test_leads_nowhere_else(
        self, open_page: OpenPage, as_alice: ApiClient, origin: str, target: str
    ) -> None:
        del as_alice
        page = await open_page()
        await sign_in(page, path=f"/sign-in?next={target}")
        await expect(page.get_by_role("heading", name="My service")).to_be_visible()
        assert page.url == f"{origin}/"

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            (
                "en-US",
                "The username or the password is wrong. Try again, or ask an administrator.",
            ),
            ("zh-CN", "用户名或密码错误，请重试，或联系管理员。"),
        ],
    )
    async def test_says_in_the_browser_s_language_that_it_failed(
        self, open_page: OpenPage, as_alice: ApiClient, language: str, sentence: str
    ) -> None:
        del as_alice
        page = await open_page(language)
        await page.goto("/")
        await page.locator("input").first.fill(ALICE.username)
        await page.locator("input").last.fill("wrong password")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text(sentence)
        assert await page.locator("html").get_attribute("lang") == language.removesuffix("-US")

    async def test_a_session_that_ends_leads_back_after_the_next_one(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        del as_alice
        page = await open_page()
        await sign_in(page)
        await expect(page.get_by_role("link", name="Open JupyterLab")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await page.context.clear_cookies()
        await page.get_by_role("link", name="Data sets").click()
        await expect(page.get_by_text("Your session has ended.")).to_be_visible()
        await sign_in(page, path=page.url)
        await expect(page.get_by_role("heading", name="My data sets")).to_be_visible()


class TestLanguage:
    """Chinese and English."""

    async def test_is_switched_and_remembered(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        del as_alice
        page = await open_page("zh-CN")
        await sign_in(page)
        await expect(page.get_by_role("heading", name="我的服务")).to_be_visible()
        await page.get_by_role("button", name="切换到 English").click()
        await expect(page.get_by_role("heading", name="My service")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="My service")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "en"


class TestService:
    """My service on the home page."""

    async def test_shows_the_start_as_it_goes(
        self, open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        del as_alice
        await engine.stop_service(ALICE.username)
        engine.hold_starts()
        page = await open_page()
        await sign_in(page)
        bar = page.get_by_role("progressbar", name="Progress of the start")
        await expect(bar).to_have_attribute("aria-valuenow", "60")
        engine.release_starts()
        await expect(page.get_by_role("link", name="Open JupyterLab")).to_have_attribute(
            "href", f"/user/{ALICE.username}/lab"
        )

    async def test_shows_why_a_start_failed_and_starts_again(
        self, open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        del as_alice
        await engine.stop_service(ALICE.username)
        engine.fail_next_start(ALICE.username, "no space left on device")
        page = await open_page()
        await sign_in(page)
        await expect(page.get_by_role("alert")).to_contain_text("no space left on device")
        await page.get_by_role("radio", name=re.compile("Medium")).check()
        await page.get_by_role("button", name="Start", exact=True).click()
        await expect(page.get_by_role("link", name="Open JupyterLab")).to_be_visible()
        assert engine.starts[-1] == (ALICE.username, "medium")


class TestWork:
    """Data sets and projects."""

    async def test_from_a_folder_to_jupyterlab(
        self, open_page: OpenPage, as_alice: ApiClient, metrics: Path
    ) -> None:
        page = await open_page()
        await sign_in(page, path="/datasets/new")
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Choose a folder").click()
        await (await chooser.value).set_files(metrics)
        await expect(page.get_by_role("textbox", name="Name")).to_have_value("node-metrics")
        await page.get_by_role("button", name="Upload", exact=True).click()
        await expect(page.get_by_role("heading", name="node-metrics", level=1)).to_be_visible()
        await page.get_by_role("treeitem").filter(has_text="disk").click()
        await expect(page.get_by_role("tree").get_by_text("io.csv")).to_be_visible()
        await page.get_by_role("link", name="New project with it").click()

        dialog = page.get_by_role("dialog", name="New project")
        await dialog.get_by_role("textbox", name="Name").fill("磁盘")
        await dialog.get_by_role("button", name="Create").click()
        await expect(page.get_by_role("heading", name="磁盘", level=1)).to_be_visible()
        projects = (await as_alice.get("/projects")).json()["items"]
        assert [link["name"] for link in projects[0]["datasets"]] == ["node-metrics"]

        await page.get_by_role("button", name="Open in JupyterLab: 磁盘").click()
        # JupyterLab would answer here; without it the page says that it is on the way.
        await expect(page.get_by_role("heading", name="Opening your service")).to_be_visible()
        assert unquote(page.url).endswith("/user/alice/lab/tree/work/磁盘/磁盘.ipynb")

    async def test_a_taken_name_is_told_before_the_upload_ends_and_a_free_one_offered(
        self, open_page: OpenPage, as_alice: ApiClient, tmp_path: Path
    ) -> None:
        await upload(as_alice, "metrics")
        big = tmp_path / "big.csv"
        big.write_bytes(b"timestamp,value\n" * 4_000_000)
        page = await open_page()
        await sign_in(page, path="/datasets/new")
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Choose files").click()
        await (await chooser.value).set_files(big)
        await page.get_by_role("textbox", name="Name").fill("metrics")
        await page.get_by_role("button", name="Upload", exact=True).click()
        await page.get_by_role("button", name="Use “metrics-2”").click()
        await page.get_by_role("button", name="Upload", exact=True).click()
        await expect(page.get_by_role("heading", name="metrics-2", level=1)).to_be_visible()


class TestSigningOut:
    """With kernels that compute, and without."""

    @pytest.mark.parametrize(
        ("language", "answer", "is_kept"),
        [
            ("en-US", "Stop now and sign out", False),
            ("en-US", "Sign out, stop when idle", True),
            ("zh-CN", "立即停止并退出登录", False),
            ("zh-CN", "退出登录，空闲后停止", True),
        ],
    )
    async def test_asks_what_shall_become_of_busy_kernels(
        self,
        open_page: OpenPage,
        as_alice: ApiClient,
        engine: FakeEngine,
        *,
        language: str,
        answer: str,
        is_kept: bool,
    ) -> None:
        is_english = language == "en-US"
        open_lab, out, cancel, enter = (
            ("Open JupyterLab", "Sign out", "Cancel", "Sign in")
            if is_english
            else ("打开 JupyterLab", "退出登录", "取消", "登录")
        )
        page = await open_page(language)
        await sign_in(page)
        await expect(page.get_by_role("link", name=open_lab)).to_be_visible()
        engine.set_busy_kernels(ALICE.username, BUSY)
        await page.get_by_role("button", name=out, exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text(BUSY[0].path)
        await dialog.get_by_role("button", name=cancel).click()
        await expect(dialog).to_be_hidden()
        await page.get_by_role("button", name=out, exact=True).click()
        await dialog.get_by_role("button", name=answer).click()
        await expect(page.get_by_role("button", name=enter, exact=True)).to_be_visible()
        service = (await as_alice.get("/services/alice")).json()
        assert service["state"] == ("running" if is_kept else "stopped")

    async def test_keeps_nothing_of_the_user_in_the_page(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        del as_alice
        page = await open_page()
        await sign_in(page)
        await expect(page.get_by_role("link", name="Open JupyterLab")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


class TestAccount:
    """One's own account, and the users' administration."""

    async def test_a_token_is_shown_once_and_works_until_it_is_revoked(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        page = await open_page()
        await sign_in(page, path="/account")
        await page.get_by_role("button", name="New token").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Name").fill("nightly")
        await dialog.get_by_role("button", name="Create token").click()
        token = await dialog.get_by_label("The new token", exact=True).inner_text()
        headers = {"Authorization": f"Bearer {token}"}
        as_alice.cookies.clear()
        assert (await as_alice.get("/auth/session", headers=headers)).is_success
        await dialog.get_by_role("button", name="Close").last.click()
        await page.get_by_role("button", name="Revoke nightly").click()
        await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await expect(page.get_by_role("button", name="Revoke nightly")).to_be_hidden()
        assert not (await as_alice.get("/auth/session", headers=headers)).is_success

    async def test_refused_fields_say_why(self, open_page: OpenPage, as_alice: ApiClient) -> None:
        del as_alice
        page = await open_page("zh-CN")
        await sign_in(page, path="/account")
        await page.get_by_label("当前密码").fill("not my password")
        await page.get_by_role("textbox", name="新密码", exact=True).fill("another password 7")
        await page.get_by_label("再次输入新密码").fill("another password 7")
        await page.get_by_role("button", name="修改密码").click()
        await expect(page.get_by_text("当前密码错误，请重新输入。")).to_be_visible()

    async def test_users_are_for_administrators(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        del as_alice
        page = await open_page()
        await sign_in(page, path="/admin/users")
        await expect(page.get_by_text("There is nothing here")).to_be_visible()
        await expect(page.get_by_role("link", name="Users")).to_be_hidden()
