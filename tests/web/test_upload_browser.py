"""Uploads in Chromium: cut in the middle, resumed after a reload, and right to the last byte."""

import hashlib
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import CDPSession, Page, Request, expect

from opsforge.settings import Settings
from tests.support.people import ALICE, PASSWORD, ApiClient
from tests.support.projects import ask, create
from tests.support.uploads import tree, upload
from tests.web.conftest import OpenPage
from tests.web.looks import ARTEFACTS, look

pytestmark = pytest.mark.integration

SIZE_BYTES = 6 << 20
MANY = 200
AT_ONCE = 3
"""Files that the page sends at the same time."""
SLOW_BYTES_PER_SECOND = 1 << 20


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file that takes some seconds on a slow line."""
    file = tmp_path / "big.bin"
    file.write_bytes(os.urandom(SIZE_BYTES))
    return file


async def sign_in(page: Page, path: str) -> None:
    await page.goto(path)
    await page.get_by_label("User name").or_(page.get_by_label("用户名")).fill(ALICE.username)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def throttle(page: Page, bytes_per_second: float) -> CDPSession:
    network = await page.context.new_cdp_session(page)
    await network.send("Network.enable")
    await set_line(network, bytes_per_second)
    return network


async def set_line(
    network: CDPSession, bytes_per_second: float = -1, *, offline: bool = False
) -> None:
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1}
    await network.send(
        "Network.emulateNetworkConditions", conditions | {"uploadThroughput": bytes_per_second}
    )


async def choose(page: Page, *files: Path, button: str = "Choose files") -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name=button, exact=True).click()
    await (await chooser.value).set_files(files if len(files) > 1 else files[0])


async def waiting(client: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/uploads")).json()
    return found


async def stored_digest(client: ApiClient, dataset_id: int, path: str) -> str:
    shown = await ask(client, "GET", f"/datasets/{dataset_id}")
    return next(str(file["sha256"]) for file in shown["files"] if file["path"] == path)


@pytest.mark.parametrize(
    ("language", "files", "progress", "interrupted", "stored"),
    [
        (
            "en-US",
            "Choose files",
            "Progress of big.bin",
            "1 upload was interrupted",
            "1 file has been stored.",
        ),
        ("zh-CN", "选择文件", "big.bin 的进度", "有 1 个上传任务被中断", "已保存 1 个文件。"),
    ],
)
async def test_e1_cut_by_a_reload_it_goes_on_where_it_was_with_the_right_checksum(
    open_page: OpenPage,
    as_alice: ApiClient,
    big: Path,
    *,
    language: str,
    files: str,
    progress: str,
    interrupted: str,
    stored: str,
) -> None:
    dataset = await upload(as_alice, "metrics")
    page = await open_page(language)
    page.on("dialog", lambda dialog: dialog.accept())
    await sign_in(page, f"/datasets/{dataset['id']}")
    network = await throttle(page, SLOW_BYTES_PER_SECOND)
    await choose(page, big, button=files)
    bar = page.get_by_role("progressbar", name=progress)
    await expect(bar).not_to_have_attribute("aria-valuenow", "0")
    await page.reload()
    await expect(page.get_by_text(interrupted)).to_be_visible()
    [begun] = await waiting(as_alice)
    assert 0 < begun["offset_bytes"] < SIZE_BYTES
    await network.detach()
    await throttle(page, -1)
    async with page.expect_request(
        lambda request: request.method == "PATCH" and begun["id"] in request.url
    ) as request:
        await choose(page, big, button=files)
    # Whoever had the rest of the first connection's bytes has kept them, too.
    assert int((await request.value).headers["upload-offset"]) >= begun["offset_bytes"]
    await expect(page.get_by_text(stored)).to_be_visible()
    digest = await stored_digest(as_alice, dataset["id"], "big.bin")
    assert digest == hashlib.sha256(big.read_bytes()).hexdigest()
    assert await waiting(as_alice) == []
    await expect(page.get_by_role("button", name=files, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("language", "files", "cancel", "keep", "discard", "interrupted"),
    [
        (
            "en-US",
            "Choose files",
            "Cancel the upload",
            "Cancel",
            "Discard",
            "1 upload was interrupted",
        ),
        ("zh-CN", "选择文件", "取消上传", "取消", "放弃", "有 1 个上传任务被中断"),
    ],
)
async def test_e1_what_has_arrived_is_discarded_only_after_a_question(
    open_page: OpenPage,
    as_alice: ApiClient,
    settings: Settings,
    big: Path,
    *,
    language: str,
    files: str,
    cancel: str,
    keep: str,
    discard: str,
    interrupted: str,
) -> None:
    dataset = await upload(as_alice, "metrics")
    page = await open_page(language)
    page.on("dialog", lambda dialog: dialog.accept())
    await sign_in(page, f"/datasets/{dataset['id']}")
    await throttle(page, SLOW_BYTES_PER_SECOND / 8)
    bar = page.get_by_role("progressbar").first
    question = page.get_by_role("dialog")

    for begun in (cancel, discard):
        await choose(page, big, button=files)
        await expect(bar).not_to_have_attribute("aria-valuenow", "0")
        if begun == discard:
            await page.reload()
            await expect(page.get_by_text(interrupted)).to_be_visible()
        await page.get_by_role("button", name=begun, exact=True).click()
        await question.get_by_role("button", name=keep, exact=True).hover()
        await page.screenshot(path=ARTEFACTS / f"upload-discard-{language}.png")
        await question.get_by_role("button", name=keep, exact=True).click()
        await expect(question).to_be_hidden()
        assert len(await waiting(as_alice)) == 1
        await page.get_by_role("button", name=begun, exact=True).click()
        await question.get_by_role("button", name=discard, exact=True).click()
        await expect(page.get_by_role("button", name=files, exact=True)).to_be_visible()
        await expect(bar).to_be_hidden()
        assert await waiting(as_alice) == []
    assert tree(settings, "users", "alice", "input") == ["metrics/cpu.csv"]


LOST = {
    "en-US": "The connection was lost. The upload goes on by itself as soon as it is back.",
    "zh-CN": "连接已断开，恢复后将自动继续上传。",
}


@pytest.mark.parametrize("language", LOST)
@pytest.mark.parametrize("cut", ["line", "server"])
async def test_e1_a_lost_connection_is_told_and_it_goes_on_by_itself(
    open_page: OpenPage, as_alice: ApiClient, big: Path, *, language: str, cut: str
) -> None:
    english = language == "en-US"
    # Chromium forgets now and then to be slow: it is not through at once even so.
    size = 12 * SIZE_BYTES
    big.write_bytes(os.urandom(size))
    dataset = await upload(as_alice, "metrics")
    page = await open_page(language)
    await sign_in(page, f"/datasets/{dataset['id']}")
    network = await throttle(page, SLOW_BYTES_PER_SECOND)
    await choose(page, big, button="Choose files" if english else "选择文件")
    name = "Progress of big.bin" if english else "big.bin 的进度"
    bar = page.get_by_role("progressbar", name=name)
    await expect(bar).not_to_have_attribute("aria-valuenow", "0")
    if cut == "line":
        await set_line(network, offline=True)
    else:
        # The browser is online, and nobody answers it; what is under way breaks off as well.
        await page.route("**/api/v1/uploads/*", lambda route: route.abort("connectionrefused"))
        await set_line(network, offline=True)
        # Slow: what did not break off is not through before it is looked at.
        await set_line(network, SLOW_BYTES_PER_SECOND / 8)
    await expect(page.get_by_text(LOST[language])).to_be_visible()
    await page.screenshot(path=ARTEFACTS / f"upload-lost-{cut}-{language}.png")
    [begun] = await waiting(as_alice)
    assert 0 < begun["offset_bytes"] <= size
    await set_line(network)
    if cut == "server":
        await page.unroute("**/api/v1/uploads/*")
    stored = "1 file has been stored." if english else "已保存 1 个文件。"
    await expect(page.get_by_text(stored)).to_be_visible(timeout=40_000)
    digest = await stored_digest(as_alice, dataset["id"], "big.bin")
    assert digest == hashlib.sha256(big.read_bytes()).hexdigest()
    assert await waiting(as_alice) == []


class Requests:
    """Counts what a page asks of the uploads' routes, and how much of it at once."""

    def __init__(self, page: Page) -> None:
        self.asked: Counter[str] = Counter()
        self.creations: list[Request] = []
        self.most_at_once = 0
        self._under_way: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if not path.startswith("/api/v1/uploads"):
            return
        self.asked[request.method] += 1
        if (request.method, path) == ("POST", "/api/v1/uploads"):
            self.creations.append(request)
            self._under_way.add(request)
            self.most_at_once = max(self.most_at_once, len(self._under_way))

    def _end(self, request: Request) -> None:
        self._under_way.discard(request)


async def test_e1_many_small_files_take_a_request_each_and_are_checked(
    open_page: OpenPage, as_alice: ApiClient, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:03}.csv").write_bytes(os.urandom(1024))
    dataset = await upload(as_alice, "metrics")
    page = await open_page()
    await sign_in(page, f"/datasets/{dataset['id']}")
    await expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    requests = Requests(page)
    await choose(page, folder, button="Choose a folder")
    stored = page.get_by_text(f"{MANY} files have been stored.")
    await expect(stored).to_be_visible(timeout=120_000)
    # Beside them: what was interrupted is looked up, and the paths are checked, once for all.
    assert requests.asked["POST"] == MANY + 1
    assert requests.asked.total() <= MANY + 6, requests.asked
    assert requests.most_at_once <= AT_ONCE
    sent = [await request.all_headers() for request in requests.creations]
    assert all("sha256 " in headers["upload-metadata"] for headers in sent)
    shown = await ask(as_alice, "GET", f"/datasets/{dataset['id']}")
    digests = {Path(file["path"]).name: file["sha256"] for file in shown["files"]}
    del digests["cpu.csv"]
    assert digests == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()
    }


async def test_e1_it_can_be_paused_and_goes_on(
    open_page: OpenPage, as_alice: ApiClient, big: Path
) -> None:
    dataset = await upload(as_alice, "metrics")
    page = await open_page()
    await sign_in(page, f"/datasets/{dataset['id']}")
    await throttle(page, SLOW_BYTES_PER_SECOND)
    await choose(page, big)
    bar = page.get_by_role("progressbar", name="Progress of big.bin")
    await expect(bar).not_to_have_attribute("aria-valuenow", "0")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("paused")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("1 file has been stored.")).to_be_visible(timeout=40_000)
    digest = await stored_digest(as_alice, dataset["id"], "big.bin")
    assert digest == hashlib.sha256(big.read_bytes()).hexdigest()


async def test_e4_clashes_are_settled_file_by_file_before_bytes_are_sent(
    open_page: OpenPage, as_alice: ApiClient, settings: Settings, tmp_path: Path
) -> None:
    dataset = await upload(as_alice, "metrics", "a.csv", "b.csv", "c.csv")
    files = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv", "d.csv")]
    for file in files:
        file.write_text("new")
    page = await open_page()
    await sign_in(page, f"/datasets/{dataset['id']}")
    await choose(page, *files)
    await expect(page.get_by_role("heading", name="3 files need a decision")).to_be_visible()
    assert await waiting(as_alice) == []
    await page.get_by_role("button", name="Keep both").click()
    await page.get_by_label("What to do with b.csv").click()
    await page.get_by_title("Replace").last.click()
    await page.get_by_label("What to do with c.csv").click()
    await page.get_by_title("Skip").last.click()
    await page.get_by_role("button", name="Upload 3 files").click()
    await expect(page.get_by_text("3 files have been stored.")).to_be_visible()
    folder = settings.data / "users/alice/input/metrics"
    names = tree(settings, "users", "alice", "input", "metrics")
    assert names == ["a-2.csv", "a.csv", "b.csv", "c.csv", "d.csv"]
    new = [name for name in names if (folder / name).read_text() == "new"]
    assert new == ["a-2.csv", "b.csv", "d.csv"]


async def test_d1_an_archive_is_unpacked_into_a_project(
    open_page: OpenPage, as_alice: ApiClient, settings: Settings, metrics: Path
) -> None:
    project = await create(as_alice, "alerts")
    packed = Path(shutil.make_archive(str(metrics), "zip", metrics))
    page = await open_page()
    await sign_in(page, f"/projects/{project['id']}")
    await page.get_by_role("tab", name="Files").click()
    await choose(page, packed)
    await page.get_by_role("checkbox", name="Unpack the archive").check()
    await page.get_by_role("button", name="Upload 1 file").click()
    await expect(page.get_by_text("1 file has been stored.")).to_be_visible()
    found = tree(settings, "users", "alice", "work", "alerts")
    assert {"cpu.csv", "disk/io.csv"} <= set(found)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
async def test_the_account_shows_what_is_used_of_the_quota(
    open_page: OpenPage, as_admin: ApiClient, as_alice: ApiClient, language: str
) -> None:
    await ask(as_admin, "PATCH", f"/users/{as_alice.user['id']}", quota_bytes=1 << 20)
    page = await open_page(language)
    await sign_in(page, "/account")
    name = "存储空间" if language == "zh-CN" else "Storage"
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    bar = page.get_by_role("progressbar", name=name)
    await expect(bar).to_have_attribute("aria-valuenow", "0")


@pytest.mark.parametrize(
    ("language", "name", "files", "advice", "link"),
    [
        ("en-US", "Storage", "Files", "Your storage is full", "My data sets"),
        ("zh-CN", "存储空间", "文件数", "存储空间已用尽", "我的数据集"),
    ],
)
async def test_home_shows_the_quota_and_what_to_do_when_it_is_full(
    open_page: OpenPage,
    as_admin: ApiClient,
    as_alice: ApiClient,
    *,
    language: str,
    name: str,
    files: str,
    advice: str,
    link: str,
) -> None:
    account = f"/users/{as_alice.user['id']}"
    await ask(as_admin, "PATCH", account, quota_bytes=1 << 20, quota_files=100)
    page = await open_page(language)
    await sign_in(page, "/")
    bar = page.get_by_role("progressbar", name=name)
    await expect(bar).to_have_attribute("aria-valuenow", "0")
    await expect(page.get_by_text(advice)).to_be_hidden()
    await upload(as_alice, "metrics")
    await ask(as_admin, "PATCH", account, quota_files=1)
    await page.reload()
    bar = page.get_by_role("progressbar", name=files)
    await expect(bar).to_have_attribute("aria-valuenow", "100")
    await expect(page.get_by_text(advice)).to_be_visible()
    await look(page, f"home-usage-{language}")
    await page.get_by_role("link", name=link).click()
    await expect(page.get_by_role("link", name="metrics")).to_be_visible()
