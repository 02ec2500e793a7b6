"""Projects in a real browser: shared, read, forked, withdrawn, deleted, in both languages."""

import asyncio
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from playwright.async_api import Page, Route, expect

from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import KernelActivity
from opsforge.settings import Settings
from tests.support.pages import sign_in
from tests.support.people import ALICE, BOB, ApiClient
from tests.support.projects import ask, create, fork, share
from tests.support.uploads import parts, upload
from tests.web.conftest import OpenPage
from tests.web.looks import look

pytestmark = pytest.mark.integration

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBg"
    "AAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
"""A pixel, as a notebook keeps it."""


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


@dataclass(frozen=True)
class Words:
    """What the page says in a language."""

    language: str
    share: str
    shared: str
    public: str
    search: str
    read_only: str
    fork: str
    use: str
    mine: str
    more: str
    withdraw: str
    none_found: str


EN = Words(
    language="en-US",
    share="Share",
    shared="“{}” is public now.",
    public="Public",
    search="Search by name, description or owner",
    read_only="A public project is for reading.",
    fork="Fork",
    use="Use “{}”",
    mine="Mine",
    more="More actions",
    withdraw="Withdraw",
    none_found="No public project fits",
)
ZH = Words(
    language="zh-CN",
    share="分享",
    shared="“{}”已公开。",
    public="公开",
    search="按名称、描述或所有者搜索",
    read_only="公开项目仅供阅读。",
    fork="派生",
    use="使用“{}”",
    mine="我的",
    more="更多操作",
    withdraw="撤回",
    none_found="没有匹配的公开项目",
)
BOTH = pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])


async def choose(page: Page, menu: str, item: str) -> None:
    """Open a menu and choose from it."""
    await page.get_by_role("button", name=menu).click()
    await page.get_by_role("menuitem", name=item, exact=True).click()


class TestSharing:
    """From one person's project to another one's."""

    @BOTH
    async def test_d16_d17_d5_d15_d18_a_shared_project_is_found_read_and_forked(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient, words: Words
    ) -> None:
        dataset = await upload(as_alice, "磁盘", "cpu.csv", "disk/io.csv")
        mine = await create(
            as_alice, "latency", description="of the disks", dataset_ids=[dataset["id"]]
        )
        await create(as_bob, "latency")

        page = await open_page(words.language)
        await sign_in(page, path=f"/projects/{mine['id']}")
        await page.get_by_role("button", name=words.share, exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("磁盘")
        await expect(dialog.get_by_role("textbox")).to_be_focused()  # It has come to rest.
        await dialog.get_by_role("button", name=words.share, exact=True).click()
        await expect(page.get_by_text(words.shared.format("latency"))).to_be_visible()

        page = await open_page(words.language)
        await sign_in(page, BOB, path="/projects")
        await page.get_by_role("link", name=words.public, exact=True).click()
        await page.get_by_role("searchbox", name=words.search).fill("disks")
        await page.get_by_role("link", name="latency", exact=True).click()
        await expect(page.get_by_text(words.read_only)).to_be_visible()
        await expect(page.get_by_role("button", name=words.more)).to_be_hidden()
        await page.get_by_role("tab", name=re.compile(r"^(Data|数据)")).click()
        await page.get_by_role("tree").get_by_text("io.csv").click()
        await expect(page.get_by_role("figure")).to_contain_text("2024-01-01 00:00:00,1.5")
        await page.wait_for_load_state("networkidle")

        await page.get_by_role("button", name=words.fork, exact=True).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name=words.fork, exact=True).click()
        await dialog.get_by_role("button", name=words.use.format("latency-2")).click()
        await dialog.get_by_role("button", name=words.fork, exact=True).click()
        await expect(page.get_by_role("heading", name="latency-2", level=1)).to_be_visible()
        await expect(page.get_by_role("link", name="alice / latency")).to_be_visible()

        await page.goto("/projects")
        await expect(page.get_by_role("link", name="latency-2", exact=True)).to_be_visible()
        projects = (await as_bob.get("/projects")).json()["items"]
        forked = next(one for one in projects if one["name"] == "latency-2")
        assert forked["origin"]["owner"] == ALICE.username
        assert [link["name"] for link in forked["datasets"]] == ["磁盘"]

    @BOTH
    async def test_d16_a_public_name_that_is_taken_proposes_a_free_one(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient, words: Words
    ) -> None:
        await share(as_bob, await create(as_bob, "告警"))
        mine = await create(as_alice, "告警")
        page = await open_page(words.language)
        await sign_in(page, path=f"/projects/{mine['id']}")
        await page.get_by_role("button", name=words.share, exact=True).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name=words.share, exact=True).click()
        await dialog.get_by_role("button", name=words.use.format("告警-2")).click()
        await dialog.get_by_role("button", name=words.share, exact=True).click()
        await expect(dialog).to_be_hidden()
        names = {one["name"] for one in (await as_alice.get("/public/projects")).json()["items"]}
        assert names == {"告警", "告警-2"}

    @BOTH
    async def test_d9_a_withdrawn_project_is_gone_from_the_gallery(
        self, open_page: OpenPage, as_alice: ApiClient, words: Words
    ) -> None:
        mine = await create(as_alice, "latency")
        public = await share(as_alice, mine)
        page = await open_page(words.language)
        await sign_in(page, path=f"/projects/{mine['id']}")
        await choose(page, words.more, words.withdraw)
        await page.get_by_role("dialog").get_by_role("button", name=words.withdraw).click()
        await expect(page.get_by_role("button", name=words.share, exact=True)).to_be_visible()
        await page.goto("/projects/public?query=latency")
        await expect(page.get_by_text(words.none_found)).to_be_visible()
        assert (await as_alice.get(f"/public/projects/{public['id']}")).status_code == 404

    async def test_d6_publishing_again_brings_the_public_one_up_to_date(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        mine = await create(as_alice, "latency")
        public = await share(as_alice, mine)
        forked = await fork(as_bob, public)
        files = {"files": ("notes.txt", b"new")}
        assert (await as_alice.post(f"/projects/{mine['id']}/files", files=files)).is_success

        page = await open_page()
        await sign_in(page, path=f"/projects/{mine['id']}")
        await page.get_by_role("button", name="Publish again").click()
        await page.get_by_role("dialog").get_by_role("button", name="Publish again").click()
        await expect(page.get_by_text("The public “latency” is up to date.")).to_be_visible()

        page = await open_page()
        await sign_in(page, BOB, path=f"/projects/{forked['id']}")
        await expect(page.get_by_text("alice has published a newer state")).to_be_visible()
        await ask(as_alice, "POST", "/public/projects/delete", ids=[public["id"]])
        await page.reload()
        await expect(page.get_by_text("the origin has been deleted")).to_be_visible()

    async def test_d16_a_moved_project_is_read_only_until_it_is_withdrawn(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        mine = await create(as_alice, "latency")
        page = await open_page()
        await sign_in(page, path=f"/projects/{mine['id']}")
        await page.get_by_role("button", name="Share", exact=True).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("radio", name=re.compile("Move it")).check()
        await dialog.get_by_role("button", name="Share", exact=True).click()
        await expect(page.get_by_text("where they can't be changed")).to_be_visible()
        await expect(page.get_by_role("button", name="Publish again")).to_be_hidden()
        await choose(page, "More actions", "Withdraw")
        await expect(page.get_by_role("dialog")).to_contain_text("This can't be undone")
        await page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_text("No project yet")).to_be_visible()


class TestOwning:
    """Settings, and the end of projects."""

    async def test_d6_settings_rename_describe_and_link(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        await upload(as_bob, "disk", is_public=1)
        await create(as_alice, "taken")
        mine = await create(as_alice, "latency")
        page = await open_page()
        await sign_in(page, path=f"/projects/{mine['id']}")
        await choose(page, "More actions", "Settings")
        dialog = page.get_by_role("dialog")
        # The dialog takes the focus when it has opened, and with it away what is begun before.
        await expect(dialog.get_by_role("textbox", name="Name")).to_be_focused()
        await dialog.get_by_role("textbox", name="Name").fill("taken")
        await dialog.get_by_role("textbox", name="Description").fill("of the disks")
        async with page.expect_response(
            re.compile("is_public=1.*query=dis|query=dis.*is_public=1")
        ):
            await dialog.get_by_role("combobox", name="Data sets").fill("dis")
        await page.get_by_role("option", name="disk").or_(page.get_by_title("disk")).last.click()
        await expect(dialog.get_by_title("disk")).to_be_visible()
        await dialog.get_by_role("button", name="Save").click()
        await dialog.get_by_role("button", name="Use “taken-2”").click()
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="taken-2", level=1)).to_be_visible()
        changed = (await as_alice.get(f"/projects/{mine['id']}")).json()
        assert changed["description"] == "of the disks"
        assert [link["name"] for link in changed["datasets"]] == ["disk"]

    async def test_d7_the_public_description_is_changed_by_its_owner(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        public = await share(as_alice, await create(as_alice, "latency"))
        page = await open_page()
        await sign_in(page, path=f"/projects/public/{public['id']}")
        await choose(page, "More actions", "Settings")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Description").fill("for everybody")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        await expect(page.get_by_role("main").get_by_text("for everybody")).to_be_visible()
        changed = (await as_alice.get(f"/public/projects/{public['id']}")).json()
        assert changed["description"] == "for everybody"

    @pytest.mark.parametrize(
        ("language", "box", "button", "action", "computed"),
        [
            ("en-US", "Choose {}", "Delete the chosen", "Delete", "Kernels were computing in:"),
            ("zh-CN", "选择 {}", "删除所选", "删除", "移除时有内核正在以下笔记本中运行："),
        ],
    )
    async def test_d8_several_are_deleted_and_what_was_in_use_is_told(
        self,
        open_page: OpenPage,
        as_alice: ApiClient,
        engine: FakeEngine,
        *,
        language: str,
        box: str,
        button: str,
        action: str,
        computed: str,
    ) -> None:
        for name in ("one", "two", "three"):
            await create(as_alice, name)
        busy = KernelActivity(kernel_id="k1", path="work/two/two.ipynb")
        engine.set_busy_kernels(ALICE.username, [busy])
        page = await open_page(language)
        await sign_in(page, path="/projects")
        await page.get_by_role("checkbox", name=box.format("one")).check()
        await page.get_by_role("checkbox", name=box.format("two")).check()
        await page.get_by_role("button", name=button).click()
        await page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()
        told = page.get_by_role("dialog").filter(has_text=computed)
        await expect(told).to_contain_text("work/two/two.ipynb")
        await told.get_by_role("button").last.click()
        await expect(page.get_by_role("link", name="one", exact=True)).to_be_hidden()
        left = (await as_alice.get("/projects")).json()["items"]
        assert [one["name"] for one in left] == ["three"]

    async def test_d8_a_project_is_deleted_from_its_page(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        mine = await create(as_alice, "latency")
        page = await open_page()
        await sign_in(page, path=f"/projects/{mine['id']}")
        await choose(page, "More actions", "Delete")
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("“latency” has been deleted.")).to_be_visible()
        await expect(page.get_by_text("No project yet")).to_be_visible()
        assert (await as_alice.get("/projects")).json()["items"] == []

    async def test_d8_d9_the_page_of_one_tells_what_was_in_use(
        self, open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine
    ) -> None:
        mine = await create(as_alice, "latency")
        await share(as_alice, mine)
        busy = [
            KernelActivity(kernel_id=path, path=f"{path}/latency.ipynb")
            for path in ("work/latency", "public/work/latency")
        ]
        engine.set_busy_kernels(ALICE.username, busy)
        page = await open_page()
        await sign_in(page, path=f"/projects/{mine['id']}")
        for action, notebook in (("Withdraw", busy[1].path), ("Delete", busy[0].path)):
            await choose(page, "More actions", action)
            question = page.get_by_role("dialog")
            await question.get_by_role("button", name=action, exact=True).click()
            told = page.get_by_role("dialog").filter(has_text="Kernels were computing in:")
            await expect(told.get_by_text(notebook, exact=True)).to_be_visible()
            await told.get_by_role("button").last.click()
            await expect(told).to_be_hidden()
        await expect(page.get_by_text("No project yet")).to_be_visible()

    @pytest.mark.parametrize(
        ("language", "behind", "update", "done"),
        [
            ("en-US", "have newer files: nab", "Update the copies", "The copies are up to date."),
            ("zh-CN", "已有新文件：nab", "更新副本", "副本已更新为当前文件。"),
        ],
    )
    async def test_d6_copies_that_fell_behind_are_brought_up_to_date(
        self,
        open_page: OpenPage,
        as_alice: ApiClient,
        as_bob: ApiClient,
        *,
        language: str,
        behind: str,
        update: str,
        done: str,
    ) -> None:
        dataset = await upload(as_bob, "nab", is_public=1)
        mine = await create(as_alice, "latency", dataset_ids=[dataset["id"]])
        added = await as_bob.post(f"/datasets/{dataset['id']}/files", files=parts("late.csv"))
        assert added.is_success
        page = await open_page(language)
        await sign_in(page, path=f"/projects/{mine['id']}")
        await expect(page.get_by_text(behind)).to_be_visible()
        await look(page, f"project-behind-{language}")
        await page.get_by_role("button", name=update).click()
        await expect(page.get_by_text(done)).to_be_visible()
        await expect(page.get_by_text(behind)).to_be_hidden()


class TestFinding:
    """Lists."""

    async def test_d17_who_chooses_while_the_search_begins_gets_there(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        await share(as_alice, await create(as_alice, "latency"))
        page = await open_page()
        await sign_in(page, path="/projects/public")

        async def come_late(route: Route) -> None:
            await asyncio.sleep(1)
            await route.continue_()

        await page.route(re.compile(r"/assets/PublicProjectPage-.*\.js"), come_late)
        await page.get_by_role("searchbox", name=EN.search).fill("late")
        await page.get_by_role("link", name="latency", exact=True).click()
        await expect(page.get_by_role("heading", name="latency", level=1)).to_be_visible()

    async def test_d2_d3_private_and_shared_ones_are_told_apart_and_the_address_remembers(
        self, open_page: OpenPage, as_alice: ApiClient
    ) -> None:
        await create(as_alice, "hidden")
        await share(as_alice, await create(as_alice, "shown"))
        page = await open_page()
        await sign_in(page, path="/projects")
        await page.get_by_text("Shared", exact=True).click()
        await expect(page.get_by_role("link", name="hidden")).to_be_hidden()
        await page.reload()
        await expect(page.get_by_role("link", name="shown", exact=True)).to_be_visible()
        await expect(page.get_by_role("link", name="hidden")).to_be_hidden()

    @pytest.mark.parametrize(
        ("language", "search", "none"),
        [
            ("en-US", "Search by name or description", "No project of yours fits"),
            ("zh-CN", "按名称或描述搜索", "没有匹配的项目"),
        ],
    )
    async def test_d3_ones_own_are_searched_and_the_address_remembers(
        self, open_page: OpenPage, as_alice: ApiClient, language: str, search: str, none: str
    ) -> None:
        await create(as_alice, "latency", description="of the disks")
        await create(as_alice, "alerts")
        page = await open_page(language)
        await sign_in(page, path="/projects")
        await expect(page.get_by_role("link", name="alerts", exact=True)).to_be_visible()
        await page.get_by_role("searchbox", name=search).fill("disk")
        await expect(page.get_by_role("link", name="alerts", exact=True)).to_be_hidden()
        await page.get_by_role("link", name="latency", exact=True).click()
        await expect(page.get_by_role("heading", name="latency", level=1)).to_be_visible()
        await page.go_back()
        box = page.get_by_role("searchbox", name=search)
        await expect(box).to_have_value("disk")
        await expect(page.get_by_role("link", name="latency", exact=True)).to_be_visible()
        await box.fill("nothing like it")
        await expect(page.get_by_text(none)).to_be_visible()

    async def test_d17_the_gallery_is_ordered_and_narrowed_to_an_owner(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        popular = await share(as_alice, await create(as_alice, "popular"))
        await fork(as_bob, popular)
        await share(as_bob, await create(as_bob, "anew"))
        page = await open_page()
        await sign_in(page, path="/projects/public")
        names = page.get_by_role("heading", level=2)
        await expect(names).to_have_text(["anew", "popular"])
        await page.get_by_role("combobox", name="Order").click()
        await page.get_by_title("Most forked").click()
        await expect(names).to_have_text(["popular", "anew"])
        await page.get_by_role("link", name="bob", exact=True).click()
        await expect(names).to_have_text(["anew"])

    async def test_d17_cards_have_a_plot_or_a_curve_and_the_console_stays_empty(
        self, open_page: OpenPage, as_alice: ApiClient, settings: Settings
    ) -> None:
        await share(as_alice, await create(as_alice, "without"))
        plotted = await create(as_alice, "plotted")
        output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG}}
        cell = {"cell_type": "code", "metadata": {}, "source": "", "execution_count": 1}
        notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
        notebook["cells"] = [{**cell, "outputs": [output]}]
        file = settings.data / "users/alice/work/plotted/plotted.ipynb"
        file.write_text(json.dumps(notebook), encoding="utf-8")
        await share(as_alice, plotted)
        page = await open_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await sign_in(page, path="/projects/public")
        cards = page.get_by_role("listitem")
        with_plot, without = (cards.filter(has_text=name) for name in ("plotted", "without"))
        await expect(without.locator("img")).to_have_count(0)
        await expect(with_plot.locator("img")).to_have_js_property(
            "naturalWidth", 1, timeout=20_000
        )
        assert said == []
        # A tall plot keeps to its card.
        heights = [
            await card.evaluate("card => card.firstChild.offsetHeight")
            for card in (with_plot, without)
        ]
        assert heights[0] == heights[1]
        await look(page, "gallery-pictures")

    async def test_d11_a_public_project_opens_in_jupyterlab(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await share(as_alice, await create(as_alice, "磁盘"))
        del as_bob
        page = await open_page()
        await sign_in(page, BOB, path=f"/projects/public/{public['id']}")
        await page.get_by_role("button", name="Open in JupyterLab: 磁盘").click()
        # JupyterLab would answer here; without it the page says that it is on the way.
        await expect(page.get_by_role("heading", name="Opening your service")).to_be_visible()
        assert unquote(page.url).endswith("/user/bob/lab/tree/public/work/磁盘/磁盘.ipynb")

    @pytest.mark.parametrize(
        ("language", "ended"),
        [("en-US", "Your session has ended."), ("zh-CN", "会话已结束")],
    )
    async def test_an_ended_session_leads_back_to_the_search(
        self, open_page: OpenPage, as_alice: ApiClient, language: str, ended: str
    ) -> None:
        await share(as_alice, await create(as_alice, "latency"))
        page = await open_page(language)
        await sign_in(page, path="/projects/public?query=lat")
        await expect(page.get_by_role("link", name="latency", exact=True)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await page.context.clear_cookies()
        await page.get_by_role("searchbox").fill("late")
        await expect(page.get_by_text(ended)).to_be_visible()
        await sign_in(page, path=page.url)
        await expect(page.get_by_role("searchbox")).to_have_value("late")
        await expect(page.get_by_role("link", name="latency", exact=True)).to_be_visible()


class TestFiles:
    """What is in a project."""

    @pytest.mark.parametrize(
        ("language", "title"), [("en-US", "Notebook latency"), ("zh-CN", "笔记本 latency")]
    )
    async def test_d4_d5_the_notebook_is_read_without_a_service_and_runs_nothing(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient, language: str, title: str
    ) -> None:
        mine = await create(as_alice, "latency", starter="first-steps", link_example=False)
        public = await share(as_alice, mine)
        await as_bob.post("/services/bob/stop")
        page = await open_page(language)
        await sign_in(page, BOB, path=f"/projects/public/{public['id']}")
        frame = page.locator(f'iframe[title^="{title}"]')
        # The first notebook waits until the reader is warm.
        await expect(frame).to_be_visible(timeout=30_000)
        await expect(frame).to_have_attribute("sandbox", re.compile("^(?!.*allow-scripts)"))
        await expect(frame.content_frame.get_by_role("heading").first).to_be_visible()

    @pytest.mark.parametrize(
        ("language", "tree", "save"),
        [("en-US", "Files of latency", "Download"), ("zh-CN", "latency 的文件", "下载")],
    )
    async def test_d4_folders_load_when_opened_and_files_are_looked_at_and_saved(
        self, open_page: OpenPage, as_alice: ApiClient, language: str, tree: str, save: str
    ) -> None:
        mine = await create(as_alice, "latency")
        files = parts("src/deep/rules.py", content=b"limit = 5\n") + parts("notes.txt")
        assert (await as_alice.post(f"/projects/{mine['id']}/files", files=files)).is_success
        page = await open_page(language)
        await sign_in(page, path=f"/projects/{mine['id']}?tab=files")
        shown = page.get_by_role("tree", name=tree)
        await expect(shown.get_by_text("notes.txt")).to_be_visible()
        await expect(shown.get_by_text("deep")).to_be_hidden()
        await shown.get_by_text("src").click()
        await shown.get_by_text("deep").click()
        await shown.get_by_text("rules.py").click()
        figure = page.get_by_role("figure")
        await expect(figure).to_contain_text("limit = 5")
        async with page.expect_download() as download:
            await figure.get_by_role("link", name=save).click()
        assert (await (await download.value).path()).read_bytes() == b"limit = 5\n"

    async def test_d5_all_of_a_public_project_is_saved_as_a_zip(
        self, open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
    ) -> None:
        public = await share(as_alice, await create(as_alice, "latency"))
        del as_bob
        page = await open_page()
        await sign_in(page, BOB, path=f"/projects/public/{public['id']}?tab=files")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download all as zip").click()
        archive = ZipFile(await (await download.value).path())
        assert any(name.endswith("latency.ipynb") for name in archive.namelist())


class TestHome:
    """The page one comes to first."""

    @pytest.mark.parametrize(
        ("language", "news", "recent", "link"),
        [
            ("en-US", "New in public", "Recent projects", "fork a public project"),
            ("zh-CN", "最新公开", "最近的项目", "派生一个公开项目"),
        ],
    )
    async def test_shows_recent_projects_what_is_new_in_public_and_first_steps(
        self,
        open_page: OpenPage,
        as_alice: ApiClient,
        as_bob: ApiClient,
        *,
        language: str,
        news: str,
        recent: str,
        link: str,
    ) -> None:
        await share(as_bob, await create(as_bob, "告警"))
        await create(as_alice, "latency")
        page = await open_page(language)
        await sign_in(page)
        await expect(page.get_by_role("region", name=recent)).to_contain_text("latency")
        await page.get_by_role("link", name=link).click()
        await expect(page.get_by_role("searchbox")).to_be_visible()
        await page.go_back()
        await page.get_by_role("region", name=news).get_by_role("link", name="告警").click()
        await expect(page.get_by_role("heading", name="告警", level=1)).to_be_visible()
