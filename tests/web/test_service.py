"""My service in a real browser, when it can't start at once."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from opsforge.bootstrap import Platform
from opsforge.engine.fake import FakeEngine
from opsforge.events import service as events_service
from tests.support.pages import sign_in
from tests.support.people import ALICE, ApiClient
from tests.support.projects import create
from tests.web.conftest import OpenPage
from tests.web.looks import look
from tests.web.test_admin import enter

pytestmark = pytest.mark.integration

FAILURE = "the server ended with 1. It said last:\nTraceback\nOSError: no space left on device"


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@pytest.mark.parametrize(
    ("language", "size", "join", "before", "leave", "open_lab"),
    [
        ("en-US", "Small", "Wait for a place", "1 person is before you", "no longer", "Open"),
        ("zh-CN", "小型", "排队等待", "前面还有 1 人在等待", "取消等待", "打开"),
    ],
)
async def test_c2_c5_who_finds_no_place_waits_and_sees_how_many_are_before(
    open_page: OpenPage,
    as_alice: ApiClient,
    as_bob: ApiClient,
    as_admin: ApiClient,
    platform: Platform,
    *,
    language: str,
    size: str,
    join: str,
    before: str,
    leave: str,
    open_lab: str,
) -> None:
    for client, name in ((as_alice, "alice"), (as_bob, "bob")):
        await client.post(f"/services/{name}/stop")
    platform.notebooks._flavours._cpu = 1  # The administrator's service takes it all.
    await as_bob.post("/services/bob/start", json={"waits": True})
    page = await open_page(language)
    await sign_in(page)  # Which joins the queue.
    await expect(page.get_by_text(before)).to_be_visible()
    await page.get_by_role("button", name=leave).click()
    await page.get_by_role("radio", name=re.compile(size)).check()
    await page.get_by_role("button", name=join).click()
    await expect(page.get_by_text(before)).to_be_visible()
    await look(page, f"queue-{language}")

    await as_bob.post("/services/bob/stop")
    await as_admin.post("/services/admin/stop")
    await platform.notebooks.start_waiting_services()
    await expect(page.get_by_role("link", name=f"{open_lab} JupyterLab")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "reason", "log", "button", "failed"),
    [
        (
            "en-US",
            "the server ended with 1.",
            "What the server said last",
            "Open in JupyterLab: latency",
            "could not be opened",
        ),
        (
            "zh-CN",
            "服务器已退出，状态码为 1。",
            "服务器最后的日志",
            "在 JupyterLab 中打开 latency",
            "无法打开项目",
        ),
    ],
)
async def test_c5_a_failed_start_shows_its_reason_and_the_end_of_the_log(
    open_page: OpenPage,
    as_alice: ApiClient,
    engine: FakeEngine,
    *,
    language: str,
    reason: str,
    log: str,
    button: str,
    failed: str,
) -> None:
    mine = await create(as_alice, "latency")
    await engine.stop_service(ALICE.username)
    engine.fail_next_start(ALICE.username, FAILURE)
    page = await open_page(language)
    await sign_in(page)
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text(reason)
    await expect(alert.get_by_text(log)).to_be_visible()
    await expect(alert).to_contain_text("OSError: no space left on device")

    engine.fail_next_start(ALICE.username, FAILURE)
    await page.goto(f"/projects/{mine['id']}")
    await page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(failed)
    await expect(dialog).to_contain_text("OSError: no space left on device")
    await dialog.get_by_role("link").click()
    await expect(page.get_by_role("alert")).to_contain_text(reason)


async def test_c5_who_is_refused_what_seemed_free_can_wait_for_it(
    open_page: OpenPage, as_alice: ApiClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_service, "LOOK_EVERY", timedelta(hours=1))
    page = await open_page("zh-CN")
    await enter(page, as_alice, "/")
    await page.get_by_role("button", name="停止").click()
    await page.get_by_role("dialog").get_by_role("button", name="停止").click()
    start = page.get_by_role("button", name="启动", exact=True)
    await expect(start).to_be_visible()
    await page.wait_for_load_state("networkidle")
    platform.notebooks._flavours._cpu = 1  # The administrator's service takes it all.
    await start.click()
    await expect(page.get_by_role("alert")).to_contain_text("目前没有空闲资源")
    await page.get_by_role("button", name="排队等待").click()
    await expect(page.get_by_text("您排在第一位")).to_be_visible()
