"""Lists and pages of data sets (E1 to E9) in a real browser, in both languages."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests.support.people import ALICE, BOB, PASSWORD, ApiClient
from tests.support.projects import create
from tests.support.uploads import CSV, upload
from tests.web.conftest import OpenPage
from tests.web.looks import look
from tests.web.test_browser import sign_in

pytestmark = pytest.mark.integration

MARKDOWN = "# Where it comes from\n\n- **node_exporter**, every `15 s`\n\n<script>alert(1)</script>"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True)
class Words:
    """What the pages say in a language."""

    share: str
    is_shared: str
    public: str
    fork: str
    name: str
    use: str
    new_project: str
    create: str
    more: str
    delete: str
    first_rows: str


WORDS = {
    "en-US": Words(
        share="Share",
        is_shared="Everybody can read the public copy",
        public="Public",
        fork="Fork",
        name="Name",
        use="Use “node-metrics-2”",
        new_project="New project with it",
        create="Create",
        more="More about node-metrics-2",
        delete="Delete data set",
        first_rows="The first rows",
    ),
    "zh-CN": Words(
        share="分享",
        is_shared="所有人可读的公开副本",
        public="公开",
        fork="派生",
        name="名称",
        use="使用“node-metrics-2”",
        new_project="用它新建项目",
        create="创建",
        more="“node-metrics-2”的更多操作",
        delete="删除数据集",
        first_rows="前几行数据",
    ),
}


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


async def sign_in_as(page: Page, username: str, *, path: str) -> None:
    """Sign in as somebody else than Alice."""
    await page.goto(path)
    await page.locator("input").first.fill(username)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def describe(client: ApiClient, dataset: dict[str, Any], text: str) -> None:
    """Write a data set's description."""
    answer = await client.patch(f"/datasets/{dataset['id']}", json={"description": text})
    assert answer.status_code == httpx.codes.OK, answer.text


@pytest.mark.parametrize("language", WORDS)
async def test_e7_e9_e6_d1_e5_shared_by_one_found_forked_used_and_deleted_by_another(
    open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient, language: str
) -> None:
    words = WORDS[language]
    mine = await upload(as_alice, "node-metrics", "cpu.csv", "disk/io.csv")
    await describe(as_alice, mine, MARKDOWN)
    page = await open_page(language)
    await sign_in(page, path=f"/datasets/{mine['id']}")
    await expect(page.get_by_text("node_exporter", exact=True)).to_be_visible()
    await page.get_by_role("button", name=words.share).click()
    await page.get_by_role("dialog").get_by_role("button", name=words.share).click()
    await expect(page.get_by_text(words.is_shared)).to_be_visible()
    await look(page, f"dataset-shared-{language}")

    taken = await upload(as_bob, "node-metrics")
    page = await open_page(language)
    await sign_in_as(page, BOB.username, path="/datasets")
    await page.get_by_role("link", name=words.public, exact=True).click()
    await look(page, f"datasets-public-{language}")
    await page.get_by_role("link", name="node-metrics").click()
    await expect(page.get_by_text(ALICE.username)).to_be_visible()
    tree = page.get_by_role("tree")
    await tree.get_by_role("treeitem").filter(has_text="disk").click()
    await tree.get_by_role("treeitem").filter(has_text="io.csv").click()
    table = page.get_by_role("region", name=words.first_rows)
    await expect(table.get_by_role("columnheader", name="timestamp")).to_be_visible()
    await expect(table.get_by_role("cell", name="1.5")).to_be_visible()
    await look(page, f"dataset-preview-{language}")

    await page.get_by_role("button", name=words.fork).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=words.fork).click()
    await dialog.get_by_role("button", name=words.use).click()
    await dialog.get_by_role("button", name=words.fork).click()
    await expect(page.get_by_role("heading", name="node-metrics-2", level=1)).to_be_visible()
    await look(page, f"dataset-forked-{language}")

    await page.get_by_role("link", name=words.new_project).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name=words.name).fill("disk-io")
    await dialog.get_by_role("button", name=words.create).click()
    await expect(page.get_by_role("heading", name="disk-io", level=1)).to_be_visible()
    project = (await as_bob.get("/projects")).json()["items"][0]
    assert [link["name"] for link in project["datasets"]] == ["node-metrics-2"]

    forked = next(
        one for one in (await as_bob.get("/datasets")).json()["items"] if one["id"] != taken["id"]
    )
    await page.goto(f"/datasets/{forked['id']}")
    await expect(page.get_by_role("link", name="disk-io")).to_be_visible()
    await page.get_by_role("button", name=words.more).click()
    await page.get_by_role("menuitem", name=words.delete).click()
    await page.get_by_role("dialog").get_by_role("button", name=words.delete).click()
    await expect(page.get_by_role("link", name="node-metrics", exact=True)).to_be_visible()
    left = (await as_bob.get("/datasets")).json()["items"]
    assert [one["id"] for one in left] == [taken["id"]]


async def test_e6_files_are_shown_as_what_they_are(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    contents = {
        "plot.png": PNG,
        "model.bin": bytes(range(256)),
        "notes.txt": "磁盘延迟\n第二行\n".encode("gb18030"),
        "empty.csv": b"",
        "quoted.csv": b'host,note\n"a","says ""hi"", twice"\n',
    }
    files = [("files", (path, content)) for path, content in contents.items()]
    answer = await as_alice.post("/datasets", data={"name": "mixed"}, files=files)
    page = await open_page()
    await sign_in(page, path=f"/datasets/{answer.json()['id']}")
    tree = page.get_by_role("tree", name="Files")

    async def choose(name: str) -> None:
        await tree.get_by_role("treeitem").filter(has_text=name).click()
        await expect(page.get_by_role("article", name=name)).to_be_visible()

    await choose("plot.png")
    picture = page.get_by_role("img", name="plot.png")
    await expect(picture).to_be_visible()
    await page.wait_for_function("document.querySelector('article img').naturalWidth === 1")
    await choose("model.bin")
    await expect(page.get_by_text("The first bytes, in hexadecimal")).to_be_visible()
    await look(page, "dataset-binary")
    await choose("notes.txt")
    await expect(page.get_by_text("磁盘延迟")).to_be_visible()
    await choose("empty.csv")
    await expect(page.get_by_text("The file is empty.")).to_be_visible()
    await choose("quoted.csv")
    await expect(page.get_by_role("cell", name='says "hi", twice')).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("article", name="quoted.csv")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download", exact=True).click()
    kept = await (await download.value).path()
    assert kept.read_bytes() == contents["quoted.csv"]


async def test_e6_the_columns_of_a_table_are_profiled(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    rows = "".join(f"2024-01-01 00:{n % 60:02}:00,{n % 17},node-{n % 3}\n" for n in range(200))
    files = [("files", ("cpu.csv", f"timestamp,value,host\n{rows}".encode()))]
    dataset = (await as_alice.post("/datasets", data={"name": "cpu"}, files=files)).json()
    page = await open_page()
    await sign_in(page, path=f"/datasets/{dataset['id']}?file={dataset['files'][0]['id']}")
    await expect(page.get_by_role("img", name="How value spreads from 0 to 16")).to_be_visible(
        timeout=30_000
    )
    await expect(page.get_by_text("200 rows", exact=True)).to_be_visible()
    host = page.get_by_role("columnheader").filter(has_text="host")
    await expect(host).to_contain_text("node-0")
    await expect(host).to_contain_text("3 different values")
    await look(page, "dataset-profile")


async def test_e2_a_folder_of_many_files_is_loaded_in_pages(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    many = await upload(as_alice, "many", *(f"m/node-{number:03}.csv" for number in range(150)))
    page = await open_page()
    await sign_in(page, path=f"/datasets/{many['id']}")
    tree = page.get_by_role("tree", name="Files")
    await expect(tree.get_by_role("treeitem")).to_have_count(1)
    await tree.get_by_role("treeitem").filter(has_text="150 files").click()
    await expect(tree.get_by_text("node-000.csv")).to_be_visible()
    await tree.press("End")
    await tree.get_by_text("Show more").click()
    await expect(tree.get_by_text("node-100.csv")).to_be_visible()
    await tree.press("End")
    await expect(tree.get_by_text("node-149.csv")).to_be_visible()


async def test_e4_e8_name_description_and_files_are_changed(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    mine = await upload(as_alice, "cpu", "a.csv", "b.csv")
    await upload(as_alice, "taken")
    page = await open_page()
    await sign_in(page, path=f"/datasets/{mine['id']}")
    await page.get_by_role("button", name="More about cpu").click()
    await page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Name").fill("taken")
    await dialog.get_by_role("textbox", name="Description").fill("## By host")
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_role("button", name="Use “taken-2”").click()
    await look(page, "dataset-edit")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="taken-2", level=1)).to_be_visible()
    await expect(page.get_by_role("heading", name="By host")).to_be_visible()

    await page.get_by_role("treeitem").filter(has_text="a.csv").click()
    await page.get_by_role("button", name="Delete file").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete file").click()
    await expect(page.get_by_role("treeitem")).to_have_count(1)
    left = (await as_alice.get(f"/datasets/{mine['id']}")).json()
    assert ([file["path"] for file in left["files"]], left["name"]) == (["b.csv"], "taken-2")


async def test_e5_e7_what_was_shared_is_withdrawn_and_shared_again(
    open_page: OpenPage, as_alice: ApiClient, as_bob: ApiClient
) -> None:
    mine = await upload(as_alice, "cpu", "a.csv")
    public = (await as_alice.post(f"/datasets/{mine['id']}/share")).json()
    answer = await as_alice.post(f"/datasets/{mine['id']}/files", files=[("files", ("b.csv", CSV))])
    assert answer.status_code == httpx.codes.CREATED
    page = await open_page()
    await sign_in(page, path=f"/datasets/{mine['id']}")
    await page.get_by_role("button", name="Share again").click()
    await page.get_by_role("dialog").get_by_role("button", name="Share again").click()
    await expect(page.get_by_text("The public “cpu” is up to date.")).to_be_visible()
    assert (await as_bob.get(f"/datasets/{public['id']}")).json()["file_count"] == 2

    await page.get_by_role("button", name="More about cpu").click()
    await page.get_by_role("menuitem", name="Withdraw").click()
    await page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    await expect(page.get_by_text("Everybody can read the public copy")).to_be_hidden()
    assert (await as_bob.get(f"/datasets/{public['id']}")).status_code == httpx.codes.NOT_FOUND
    assert (await as_alice.get(f"/datasets/{mine['id']}")).is_success


async def test_e3_lists_are_searched_ordered_and_paged(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    for number in range(51):
        await upload(as_alice, f"node-{number:02}")
    await upload(as_alice, "磁盘延迟")
    page = await open_page()
    await sign_in(page, path="/datasets")
    rows = page.get_by_role("list").last.get_by_role("listitem")
    await expect(rows).to_have_count(50)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(52)
    await page.get_by_role("combobox", name="Order").press("ArrowDown")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    await expect(rows.first).to_contain_text("node-00")
    await page.get_by_role("searchbox", name="Search names and descriptions").fill("磁盘")
    await expect(rows).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("searchbox")).to_have_value("磁盘")
    await expect(rows).to_have_count(1)
    await page.get_by_role("searchbox").fill("nowhere")
    await expect(page.get_by_text("Nothing was found")).to_be_visible()


async def test_e3_what_somebody_changes_does_not_call_off_the_next_page(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    for number in range(51):
        await upload(as_alice, f"node-{number:02}")
    page = await open_page()
    await sign_in(page, path="/datasets")
    rows = page.get_by_role("list").last.get_by_role("listitem")
    await expect(rows).to_have_count(50)
    await page.wait_for_load_state("networkidle")

    async def be_slow(route: Route) -> None:
        await upload(as_alice, "late")
        await asyncio.sleep(1)  # The page has heard of it, and would have asked.
        await route.continue_()

    await page.route("**/api/v1/datasets?*cursor=*", be_slow, times=1)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(52)
    await expect(rows.filter(has_text="late")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "once", "never", "label", "count"),
    [
        ("en-US", "used by 1 project", "not used yet", "Used by", "2 projects"),
        ("zh-CN", "被 1 个项目使用", "尚未使用", "使用情况", "2 个项目"),
    ],
)
async def test_e2_e3_a_data_set_says_how_many_projects_use_it(
    open_page: OpenPage,
    as_alice: ApiClient,
    *,
    language: str,
    once: str,
    never: str,
    label: str,
    count: str,
) -> None:
    used = await upload(as_alice, "used")
    await upload(as_alice, "unused")
    await create(as_alice, "alerts", dataset_ids=[used["id"]])
    page = await open_page(language)
    await sign_in(page, path="/datasets")
    rows = page.get_by_role("listitem")
    await expect(rows.filter(has_text=once)).to_contain_text("used")
    await expect(rows.filter(has_text=never)).to_contain_text("unused")
    # A list that is open hears of projects that are made elsewhere.
    await create(as_alice, "disks", dataset_ids=[used["id"]])
    await expect(rows.filter(has_text=once)).to_have_count(0)
    await look(page, f"datasets-used-{language}")
    await page.get_by_role("link", name="used", exact=True).click()
    fact = page.get_by_role("term").filter(has_text=label)
    await expect(fact.locator("+ dd")).to_have_text(count)
    await look(page, f"dataset-used-{language}")


async def test_e5_many_are_deleted_and_projects_that_used_them_named(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    used = await upload(as_alice, "used")
    for name in ("old", "older", "kept"):
        await upload(as_alice, name)
    project = {"name": "alerts", "dataset_ids": [used["id"]]}
    assert (await as_alice.post("/projects", json=project)).status_code == httpx.codes.CREATED
    page = await open_page()
    await sign_in(page, path="/datasets")
    await page.get_by_role("checkbox", name="Select all shown").check()
    await page.get_by_role("checkbox", name="Select kept").uncheck()
    await expect(page.get_by_text("3 selected")).to_be_visible()
    await look(page, "datasets-selected")
    await page.get_by_role("button", name="Delete selected").click()
    dialog = page.get_by_role("dialog", name="Delete 3 data sets?")
    await dialog.get_by_role("button", name="Delete selected").click()
    await expect(page.get_by_text("“used” was linked by alerts.")).to_be_visible()
    left = (await as_alice.get("/datasets")).json()["items"]
    assert [one["name"] for one in left] == ["kept"]
