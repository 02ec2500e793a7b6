"""OpsForge's panels in a real JupyterLab in a real sandboxed service, in both languages."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    expect,
)

from tests.e2e.conftest import new_context
from tests.support.installation import Installation, running_installation
from tests.support.servers import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

PASSWORD = "watch the metrics 24"
SLOW_MS = 60_000
ROWS = b"timestamp,value\n2024-01-01,17.25\n2024-01-02,18.5\n"

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "snippets": "Snippets",
        "datasets": "Data sets",
        "project": "Project",
        "move": "Move to…",
        "moving": "Move",
        "delete": "Delete",
        "save cells": "Save the selected cells as a snippet",
        "title": "Title",
        "save": "Save",
        "library": "Data access",
        "public": "Public data sets",
        "link": "Link to this project",
        "linked": "Of this project",
        "is linked": "is linked; it is in input/ now.",
        "share…": "Share…",
        "share": "Share",
        "up to date": "Yes, and the public copy is up to date.",
        "behind": "Yes, but you have changed files since",
        "publish": "Publish again",
        "service": "Notebook service",
        "flavour": "Small",
        "idle": "Idle",
        "keep": "Keep",
        "warning": "Nothing has happened in your notebook service",
        "open": "Open in JupyterLab: ",
        "code": "Code",
        "refresh": "Refresh",
        "sharing": "Sharing…",
        "is shared": "Every user can read the project now.",
        "searching": "Searching…",
        "nothing": "Nothing contains all these words.",
        "unread": "The folder could not be read",
        "again": "Try again",
    },
    "zh-CN": {
        "snippets": "代码片段",
        "datasets": "数据集",
        "project": "项目",
        "move": "移动到…",
        "moving": "移动",
        "delete": "删除",
        "save cells": "将所选单元格保存为代码片段",
        "title": "标题",
        "save": "保存",
        "library": "数据接入",
        "public": "公开数据集",
        "link": "关联到此项目",
        "linked": "此项目的数据集",
        "is linked": "现在可在 input/ 中使用",
        "share…": "分享…",
        "share": "分享",
        "up to date": "是，公开副本已是最新。",
        "behind": "公开副本已落后",
        "publish": "重新发布",
        "service": "笔记本服务",
        "flavour": "小型",
        "idle": "空闲",
        "keep": "保持运行",
        "warning": "您的笔记本服务已空闲一段时间",
        "open": "在 JupyterLab 中打开 ",
        "code": "代码",
        "refresh": "刷新",
        "sharing": "正在分享…",
        "is shared": "现在所有用户都可以查看该项目。",
        "searching": "正在搜索…",
        "nothing": "没有同时包含这些词的代码片段。",
        "unread": "无法读取该文件夹",
        "again": "重试",
    },
}


class Account:
    """A user with a project, a snippet and a public data set of somebody else's to link."""

    def __init__(self, installation: Installation, language: str) -> None:
        self.installation = installation
        self.username = f"user-{language.lower()}"
        self.dataset = f"kpi-{language.lower()}"
        admin = self._sign_in("admin", installation.admin_password)
        account = {"username": self.username, "password": PASSWORD}
        admin.post("/users", json=account).raise_for_status()
        fields = {"name": self.dataset, "is_public": "1"}
        files = [("files", ("cpu.csv", ROWS, "text/csv"))]
        admin.post("/datasets", data=fields, files=files).raise_for_status()
        admin.close()
        self.api = self._sign_in(self.username, PASSWORD)
        self.post("/projects", {"name": f"alerts-{language.lower()}"})
        folder = self.post("/snippets/folders", {"title": "Detection"})
        snippet = {"title": "Rolling MAD", "code": "print('mad', 40 + 2)"}
        self.post("/snippets", {**snippet, "parent_id": folder["id"]})

    def _sign_in(self, username: str, password: str) -> httpx.Client:
        api = httpx.Client(base_url=f"{self.installation.origin}/api/v1", timeout=60)
        body = {"username": username, "password": password}
        token = api.post("/auth/login", json=body).raise_for_status().json()["token"]
        api.cookies.clear()
        api.headers["Authorization"] = f"Bearer {token}"
        return api

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make something."""
        made: dict[str, Any] = self.api.post(path, json=body).raise_for_status().json()
        return made

    def get(self, path: str) -> dict[str, Any]:
        """Look at something."""
        found: dict[str, Any] = self.api.get(path).raise_for_status().json()
        return found

    def close(self) -> None:
        """Close the connections."""
        self.api.close()

    @property
    def project(self) -> dict[str, Any]:
        """The project as the platform has it now."""
        found: dict[str, Any] = self.get("/projects")["items"][0]
        return found


class Lab:
    """JupyterLab as a person uses it, with a picture of each step."""

    def __init__(self, page: Page, account: Account, language: str, artefacts: Path) -> None:
        self.page = page
        self.words = WORDS[language]
        self._account = account
        self.language = language
        self.artefacts = artefacts

    def open(self) -> None:
        """Sign in and open the project from its page."""
        origin, account = self._account.installation.origin, self._account
        body = {"username": account.username, "password": PASSWORD}
        assert self.page.request.post(f"{origin}/api/v1/auth/login", data=body).ok
        project = account.project
        self.page.goto(f"{origin}/projects/{project['id']}")
        name = f"{self.words['open']}{project['name']}"
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_url(f"{origin}/user/{account.username}/lab/**", timeout=SLOW_MS)
        tab = self.page.get_by_role("tab", name=project["notebook"])
        expect(tab).to_be_visible(timeout=SLOW_MS)
        idle = self.page.get_by_text(f"(ipykernel) | {self.words['idle']}")
        expect(idle).to_be_visible(timeout=SLOW_MS)

    @property
    def service_state(self) -> str:
        """What the platform says of the service."""
        return str(self._account.get(f"/services/{self._account.username}")["state"])

    def is_stopped(self) -> bool:
        """Whether the service has ended."""
        return self.service_state == "stopped"

    def picture(self, name: str) -> None:
        """Keep what is on the page."""
        self.page.screenshot(path=self.artefacts / f"lab-{name}-{self.language}.png")

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """Let answers wait until the end of the block."""
        waiting: list[Route] = []
        self.page.route(address, lambda route: waiting.append(route))  # noqa: PLW0108
        yield
        for route in waiting:
            route.continue_()
        self.page.unroute(address)

    def panel(self, name: str) -> Locator:
        """Bring one of our panels to the front."""
        word = self.words[name]
        panel = self.page.get_by_role("region", name=word, exact=True)
        if not panel.is_visible():
            self.page.locator(f".jp-SideBar [data-id='opsforge-{name}']").click()
        expect(panel.get_by_role("heading", name=word, exact=True)).to_be_visible()
        return panel

    def run_cell(self, output: str) -> None:
        """Run the cell in which the cursor is."""
        self.page.keyboard.press("Shift+Enter")
        outputs = self.page.locator(".jp-OutputArea-output")
        expect(outputs.filter(has_text=output).first).to_be_visible(timeout=SLOW_MS)


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A platform as it is by default: forked services behind walls."""
    data = tmp_path_factory.mktemp("panels") / "data"
    with running_installation(data) as installation:
        yield installation


def listen(page: Page) -> list[str]:
    """What JupyterLab, with our extension in it, complains about in the browser's console."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{message.location['url']}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    return found


def test_d6_d16_f1_to_f5_a_day_in_the_panels(
    context: BrowserContext, language: str, sandboxed: Installation, artefacts: Path
) -> None:
    page = context.new_page()
    complaints = listen(page)
    with closing(Account(sandboxed, language)) as account:
        lab = Lab(page, account, language, artefacts)
        lab.open()
        insert_run_and_save_a_snippet(lab, account)
        move_and_delete_snippets(lab, account)
        link_and_read_a_dataset(lab, account)
        share_and_publish_again(lab, account)

        status = page.get_by_role("group", name=lab.words["service"])
        expect(status).to_contain_text(lab.words["flavour"])
        expect(status).to_contain_text(re.compile(r"\d / 1 .*\d+ MB / 2 GB"))
        assert not complaints, "\n".join(complaints)
        lose_answers(lab, account)


def insert_run_and_save_a_snippet(lab: Lab, account: Account) -> None:
    """From the panel into the notebook, and from the notebook into the library."""
    page, words = lab.page, lab.words
    panel = lab.panel("snippets")
    expect(panel.get_by_role("treeitem", name=words["library"])).to_be_visible()
    panel.get_by_role("treeitem", name="Detection").click()
    panel.get_by_role("treeitem", name="Rolling MAD").dblclick()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("print('mad', 40 + 2)")
    lab.picture("snippet")
    lab.run_cell("mad 42")

    page.keyboard.press("Enter")
    page.keyboard.insert_text("# Doubles a value\ndouble = 2 * 21")
    page.keyboard.press("Escape")
    panel.get_by_role("button", name=words["save cells"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(words["title"], exact=True)).to_have_value("Doubles a value")
    lab.picture("save")
    dialog.get_by_role("button", name=words["save"], exact=True).click()
    expect(panel.get_by_role("treeitem", name="Doubles a value")).to_be_visible()
    saved = account.get("/snippets/search?query=Doubles")["items"]
    assert [one["title"] for one in saved] == ["Doubles a value"]
    code = account.get(f"/snippets/{saved[0]['id']}")["code"]
    assert code == "# Doubles a value\ndouble = 2 * 21"
    see_it_on_the_page(lab, account)

    with lab.held("**/opsforge/api/snippets/search*"):
        panel.get_by_role("searchbox").fill("doubles")
        expect(panel.get_by_text(words["searching"])).to_be_visible()
        expect(panel.get_by_text(words["nothing"])).to_be_hidden()
    expect(panel.get_by_role("treeitem", name="Doubles a value")).to_be_visible()
    expect(panel.get_by_role("treeitem", name="Rolling MAD")).to_be_hidden()
    panel.get_by_role("searchbox").fill("")


def see_it_on_the_page(lab: Lab, account: Account) -> None:
    """What was saved in JupyterLab is on OpsForge's page, in the same browser."""
    page = lab.page.context.new_page()
    page.goto(f"{account.installation.origin}/snippets")
    page.get_by_role("treeitem").filter(has_text="Doubles a value").click()
    code = page.get_by_role("textbox", name=lab.words["code"], exact=True)
    expect(code).to_contain_text("double = 2 * 21")
    page.screenshot(path=lab.artefacts / f"lab-on-the-page-{lab.language}.png")
    page.close()
    lab.page.bring_to_front()


def move_and_delete_snippets(lab: Lab, account: Account) -> None:
    """A snippet goes into a folder, the folder into another one, and all of it away."""
    page, words = lab.page, lab.words
    panel = lab.panel("snippets")
    account.post("/snippets/folders", {"title": "Archive"})
    panel.get_by_role("button", name=words["refresh"]).click()

    def act(action: str, title: str) -> Locator:
        panel.get_by_role("treeitem", name=title, exact=True).hover()
        panel.get_by_role("button", name=f"{words[action]}: {title}", exact=True).click()
        return page.get_by_role("dialog")

    def move(title: str, folder: str) -> None:
        dialog = act("move", title)
        dialog.get_by_role("combobox").select_option(label=folder)
        lab.picture("move")
        with page.expect_response("**/opsforge/api/snippets/*/move*"):
            dialog.get_by_role("button", name=words["moving"], exact=True).click()
        expect(dialog).to_be_hidden()

    move("Doubles a value", "Detection")
    move("Detection", "Archive")
    [found] = account.get("/snippets/search?query=Doubles")["items"]
    assert [step["title"] for step in found["path"]] == ["Archive", "Detection"]

    dialog = act("delete", "Archive")
    expect(dialog).to_contain_text("4")
    lab.picture("delete")
    dialog.get_by_role("button", name=re.compile("Cancel|取消")).click()
    expect(panel.get_by_role("treeitem", name="Archive")).to_be_visible()
    act("delete", "Archive").get_by_role("button", name=words["delete"], exact=True).click()
    expect(panel.get_by_role("treeitem", name="Archive")).to_be_hidden()
    assert account.get("/snippets/tree")["count"] == 0


def link_and_read_a_dataset(lab: Lab, account: Account) -> None:
    """Link a public data set from the panel; the next cell reads it."""
    page, words = lab.page, lab.words
    panel = lab.panel("datasets")
    panel.get_by_role("searchbox").fill(account.dataset)
    expect(panel.get_by_role("treeitem", name=words["public"])).to_have_text(
        re.compile(r"\b1$|[^0-9]1$")
    )
    panel.get_by_role("treeitem", name=account.dataset).hover()
    panel.get_by_role("button", name=f"{words['link']}: {account.dataset}").click()
    expect(page.get_by_text(words["is linked"])).to_be_visible()
    assert [one["name"] for one in account.project["datasets"]] == [account.dataset]

    linked = panel.get_by_role("treeitem", name=account.dataset).first
    linked.click()
    panel.get_by_role("treeitem", name="cpu.csv").first.dblclick()
    expected = f'pd.read_csv("../../input/{account.dataset}/cpu.csv")'
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text(expected)
    lab.picture("dataset")
    lab.run_cell("17.25")
    with page.expect_response(re.compile(r"/opsforge/api/datasets\?.*is_public=1")):
        panel.get_by_role("button", name=words["refresh"]).click()
    expect(linked).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("treeitem", name="cpu.csv").first).to_be_visible()


def share_and_publish_again(lab: Lab, account: Account) -> None:
    """Share from the panel; it notices when the public copy has fallen behind."""
    page, words = lab.page, lab.words
    panel = lab.panel("project")
    panel.get_by_role("button", name=words["share…"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_have_value(account.project["name"])
    with lab.held("**/share*"):
        dialog.get_by_role("button", name=words["share"], exact=True).click()
        expect(page.get_by_text(words["sharing"])).to_be_visible()
        expect(panel.get_by_role("button", name=words["share…"])).to_be_disabled()
        lab.picture("sharing")
    expect(page.get_by_text(words["is shared"])).to_be_visible()
    expect(panel.get_by_text(words["up to date"])).to_be_visible()
    assert account.project["share_flag"] == 1

    file = account.installation.data / "users" / account.username / account.project["path"] / "x.py"
    file.write_text("x = 1\n")
    later = file.stat().st_mtime + 60
    os.utime(file, (later, later))
    panel.get_by_role("button", name=words["refresh"]).click()
    expect(panel.get_by_text(words["behind"])).to_be_visible()
    os.utime(file, (later - 120, later - 120))
    panel.get_by_role("button", name=words["publish"]).click()
    expect(panel.get_by_text(words["up to date"])).to_be_visible()
    lab.picture("project")
    public_id = account.project["public_id"]
    shown = account.get(f"/public/projects/{public_id}")
    assert [one["name"] for one in shown["datasets"]] == [account.dataset]


def lose_answers(lab: Lab, account: Account) -> None:
    """What could not be asked is not shown as nothing."""
    page, words = lab.page, lab.words
    panel = lab.panel("snippets")
    page.route("**/opsforge/api/snippets/search*", lambda route: route.abort())
    panel.get_by_role("searchbox").fill("zzz")
    expect(panel.get_by_role("alert")).to_be_visible()
    expect(panel.get_by_text(words["nothing"])).to_be_hidden()

    panel = lab.panel("datasets")
    files = panel.get_by_role("treeitem", name="cpu.csv")
    expect(files.first).to_be_visible()
    folder = f"**/api/contents/input/{account.dataset}?*"
    page.route(folder, lambda route: route.fulfill(status=500))
    panel.get_by_role("button", name=words["refresh"]).click()
    unread = panel.get_by_role("treeitem", name=words["unread"])
    expect(unread).to_be_visible()
    expect(files).to_have_count(0)
    lab.picture("unread")
    unread.hover()
    page.unroute(folder)
    panel.get_by_role("button", name=f"{words['again']}: {words['unread']}").click()
    expect(files.first).to_be_visible()


def test_an_idle_service_warns_and_is_kept(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, artefacts: Path
) -> None:
    """In both languages, which then wait at once."""
    data = tmp_path_factory.mktemp("idle") / "data"
    environment = {"OPSFORGE_SPAWNER__IDLE_TIMEOUT": "PT40S"}
    with (
        running_installation(data, environment=environment) as installation,
        ExitStack() as opened,
    ):
        labs = []
        for language in WORDS:
            account = opened.enter_context(closing(Account(installation, language)))
            context = opened.enter_context(new_context(browser, language))
            labs.append(Lab(context.new_page(), account, language, artefacts))
            keep_the_service(labs[-1])
        for lab in labs:
            wait_until(lab.is_stopped, "the service that nobody uses to stop", seconds=90)


def keep_the_service(lab: Lab) -> None:
    """Open the project, be warned, see the seconds pass, keep the service, and leave."""
    lab.open()
    notice = lab.page.get_by_text(lab.words["warning"])
    expect(notice).to_be_visible(timeout=SLOW_MS)
    lab.picture("idle")
    first = notice.inner_text()
    expect(notice).not_to_have_text(first, timeout=15_000)
    lab.page.get_by_role("button", name=lab.words["keep"], exact=True).click()
    expect(notice).to_be_hidden()
    assert lab.service_state == "running"
    lab.page.close()
