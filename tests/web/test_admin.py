"""Administration, live updates and the search, in a real browser; the engine starts nothing."""

import asyncio
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from opsforge.engine.fake import FakeEngine
from opsforge.events import service as events_service
from opsforge.notebooks import usage
from tests.support.people import ApiClient
from tests.support.projects import create, share
from tests.support.uploads import upload
from tests.web.conftest import OpenPage

pytestmark = pytest.mark.integration

LANGUAGES = ["en-US", "zh-CN"]
PICTURES = os.environ.get("OPSFORGE_TEST_PICTURES")


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_service, "LOOK_EVERY", timedelta(milliseconds=200))
    monkeypatch.setattr(usage, "SHORTEST_SPAN_SECONDS", 0.1)


@dataclass(frozen=True)
class Words:
    """What the page says in one language."""

    language: str

    def __call__(self, english: str, chinese: str) -> str:
        return english if self.language == "en-US" else chinese


async def enter(page: Page, client: ApiClient, path: str) -> None:
    """Come with the session of a client."""
    cookie = {"name": "opsforge_session", "value": client.token, "domain": "127.0.0.1"}
    await page.context.add_cookies([{**cookie, "path": "/api/"}])  # type: ignore[typeddict-item]
    await page.goto(path)


async def picture(page: Page, name: str) -> None:
    """For somebody to look at."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


class TestAdministration:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_the_overview_says_what_answers_and_how_much_there_is(
        self, open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient, language: str
    ) -> None:
        say = Words(language)
        await share(as_alice, await create(as_alice, "disk alerts"))
        page = await open_page(language)
        await enter(page, as_admin, "/")
        await page.get_by_role("link", name=say("Admin", "管理"), exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(say("Overview", "概览"))
        engine = page.get_by_role("listitem").filter(has_text=say("Notebook engine", "笔记本引擎"))
        await expect(engine).to_contain_text(say("answers", "正常"))
        await expect(page.get_by_text(say("1 public", "1 个公开"))).to_be_visible()
        await picture(page, f"overview-{language}")

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_c6_what_runs_is_shown_with_what_it_uses_and_can_be_stopped(
        self,
        open_page: OpenPage,
        as_admin: ApiClient,
        as_alice: ApiClient,
        engine: FakeEngine,
        language: str,
    ) -> None:
        say = Words(language)
        engine.set_usage("alice", cpu_seconds=1, memory_bytes=300 * 1024**2)
        page = await open_page(language)
        await enter(page, as_admin, "/admin/services")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="alice"))
        await expect(row).to_contain_text("300 MiB")
        await picture(page, f"services-{language}")
        await row.get_by_role(
            "button", name=say("Stop the service of alice", "停止 alice 的服务")
        ).click()
        await page.get_by_role("dialog").get_by_role("button", name=say("Stop", "停止")).click()
        await expect(row).to_be_hidden()
        assert (await as_alice.get("/services/alice")).json()["state"] == "stopped"

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_who_did_what_is_found_by_action_and_by_user(
        self, open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient, language: str
    ) -> None:
        say = Words(language)
        await share(as_alice, await create(as_alice, "磁盘告警"))
        wrong = {"username": "alice", "password": "not this one"}
        await as_alice.post("/auth/login", json=wrong)
        page = await open_page(language)
        await enter(page, as_admin, "/admin/audit")
        rows = page.get_by_role("table").locator("tbody").get_by_role("row")
        shared = rows.filter(has_text="磁盘告警")
        await expect(shared).to_contain_text(say("Shared a project", "分享项目"))
        await expect(rows.filter(has_text=say("refused", "被拒绝"))).to_have_count(1)
        await picture(page, f"audit-{language}")
        await page.get_by_role("combobox", name=say("What", "操作")).fill(say("Shared", "分享"))
        await page.get_by_title(say("Shared a project", "分享项目"), exact=True).click()
        await expect(rows).to_have_count(1)
        assert "action=project.share" in page.url
        await page.get_by_role("searchbox", name=say("User", "用户")).fill("nobody-has-this")
        await expect(page.get_by_text(say("No entry fits", "没有符合条件的记录"))).to_be_visible()

    async def test_a_quota_is_given_and_taken(
        self, open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        await upload(as_alice, "nab")
        page = await open_page("en-US")
        await enter(page, as_admin, "/admin/users")
        await page.get_by_role("button", name="Actions for alice").click()
        await page.get_by_role("menuitem", name="Storage and quota").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("Unfinished uploads")).to_be_visible()
        await picture(page, "quota-en-US")
        await dialog.get_by_role("spinbutton", name="At most, GiB").fill("2")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        shown = (await as_admin.get(f"/users/{as_alice.user['id']}")).json()
        assert (shown["quota_bytes"], shown["quota_files"]) == (2 * 1024**3, None)

    async def test_it_is_nothing_for_others(self, open_page: OpenPage, as_alice: ApiClient) -> None:
        page = await open_page("en-US")
        await enter(page, as_alice, "/admin/audit")
        await expect(page.get_by_text("There is nothing here")).to_be_visible()


class TestModeration:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_e5_an_administrator_may_change_what_is_public(
        self, open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient, language: str
    ) -> None:
        say = Words(language)
        dataset = await upload(as_alice, "nab", is_public=1)
        page = await open_page(language)
        await enter(page, as_admin, f"/datasets/{dataset['id']}?file=99999")
        await expect(page.get_by_text(say("There is nothing here", "这里没有内容"))).to_be_visible()
        await expect(page.get_by_role("heading", level=1)).to_have_text("nab")
        await expect(page.get_by_role("treeitem").filter(has_text="cpu.csv")).to_be_visible()
        await page.get_by_role("button", name=say("More about nab", "“nab”的更多操作")).click()
        await expect(page.get_by_role("menuitem", name=say("Edit", "编辑"))).to_be_visible()


class TestLive:
    async def test_c4_the_home_page_shows_what_the_service_uses_and_that_it_stops(
        self, open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        engine.set_usage("alice", cpu_seconds=1, memory_bytes=512 * 1024**2)
        page = await open_page("en-US")
        await enter(page, as_alice, "/")
        load = page.get_by_role("group", name="What it uses now")
        await expect(load).to_contain_text("512 MiB of 2 GiB")
        engine.set_usage("alice", cpu_seconds=1, memory_bytes=1024**3)
        await expect(load).to_contain_text("1 GiB of 2 GiB")
        await picture(page, "home-en-US")
        await as_alice.post("/services/alice/stop")
        await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
        await expect(load).to_be_hidden()

    async def test_a_start_is_followed_without_asking(
        self, open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        await as_alice.post("/services/alice/stop")
        engine.hold_starts()
        page = await open_page("en-US")
        await enter(page, as_alice, "/")
        await page.get_by_role("button", name="Start", exact=True).click()
        await expect(page.get_by_role("progressbar")).to_be_visible()
        engine.release_starts()
        await expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()

    async def test_d1_what_is_made_elsewhere_appears(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        page = await open_page("zh-CN")
        await enter(page, as_alice, "/projects")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await create(as_alice, "从脚本创建")
        await expect(page.get_by_role("link", name="从脚本创建")).to_be_visible()

    async def test_b5_a_session_that_ends_elsewhere_leads_to_the_form(
        self, open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient
    ) -> None:
        page = await open_page("en-US")
        await enter(page, as_alice, "/projects")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        path = f"/users/{as_alice.user['id']}"
        assert (await as_admin.patch(path, json={"is_active": False})).status_code == 200
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert "next=" in page.url


class TestSearch:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_d17_the_slash_finds_and_the_keyboard_opens(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient, language: str
    ) -> None:
        say = Words(language)
        public = await share(as_bob, await create(as_bob, "磁盘告警", description="Disk alerts"))
        await create(as_alice, "内存")
        await upload(as_alice, "磁盘指标")
        page = await open_page(language)
        await enter(page, as_alice, "/")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.keyboard.press("/")
        field = page.get_by_role("combobox")
        await expect(field).to_be_focused()
        await field.fill("盘")
        found = page.get_by_role("listbox", name=say("Found", "搜索结果"))
        await expect(found.get_by_role("option")).to_have_count(2)
        await picture(page, f"search-{language}")
        await expect(found.get_by_role("option", name="磁盘告警")).to_have_attribute(
            "aria-selected", "true"
        )
        await page.keyboard.press("ArrowDown")
        await expect(found.get_by_role("option", name="磁盘指标")).to_have_attribute(
            "aria-selected", "true"
        )
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(rf"/projects/public/{public['id']}$"))
        await page.keyboard.press("Control+k")
        await field.fill("nothing has this")
        await expect(page.get_by_text("nothing has this")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(field).to_be_hidden()

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_f2_a_snippet_that_was_found_opens(
        self, open_page: OpenPage, as_alice: ApiClient, language: str
    ) -> None:
        body = {"title": "排空节点", "language": "bash", "code": "kubectl drain"}
        made = (await as_alice.post("/snippets", json=body)).json()
        page = await open_page(language)
        await enter(page, as_alice, "/")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.keyboard.press("/")
        await page.get_by_role("combobox").fill("排空")
        await page.get_by_role("option", name="排空节点").click()
        await expect(page.get_by_role("heading", name="排空节点")).to_be_visible()
        await expect(page).to_have_url(re.compile(rf"/snippets\?id={made['id']}$"))

    async def test_enter_opens_nothing_that_was_found_for_other_words(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        await create(as_alice, "disk alerts")
        wanted = await create(as_alice, "memory")
        page = await open_page("en-US")

        async def answer_late(route: Route) -> None:
            await asyncio.sleep(0.5)
            await route.continue_()

        await enter(page, as_alice, "/")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.keyboard.press("/")
        field = page.get_by_role("combobox")
        await field.fill("disk")
        await expect(page.get_by_role("option", name="disk alerts")).to_be_visible()
        await page.route("**/api/v1/search?*", answer_late)
        await field.fill("memory")
        await field.press("Enter")
        await expect(page).to_have_url(re.compile(rf"/projects/{wanted['id']}$"))

    async def test_a_slash_in_a_field_is_a_slash(
        self, open_page: OpenPage, as_admin: ApiClient
    ) -> None:
        page = await open_page("en-US")
        await enter(page, as_admin, "/admin/users")
        field = page.get_by_role("searchbox")
        await field.fill("a")
        await page.keyboard.press("/")
        await expect(field).to_have_value("a/")
        await expect(page.get_by_role("dialog")).to_be_hidden()
