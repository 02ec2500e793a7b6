"""The snippets page (F1 to F5) in a real browser, in both languages, by mouse and by keyboard."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.support.people import ApiClient
from tests.web.conftest import OpenPage
from tests.web.looks import look
from tests.web.test_browser import sign_in

pytestmark = pytest.mark.integration

PERMISSIONS = ["clipboard-read", "clipboard-write"]
CODE = "SELECT host, max(value) FROM cpu GROUP BY host"


@dataclass(frozen=True)
class Words:
    """What the page says in a language."""

    mine: str
    library: str
    empty: str
    copy_library: str
    new_folder: str
    new_snippet: str
    title: str
    code: str
    language: str
    tags: str
    create: str
    save: str
    copy: str
    search: str
    results: str


WORDS = {
    "en-US": Words(
        mine="My snippets",
        library="Library",
        empty="No snippet yet",
        copy_library="Copy the library's",
        new_folder="New folder",
        new_snippet="New snippet",
        title="Title",
        code="Code",
        language="Language",
        tags="Tags",
        create="Create",
        save="Save",
        copy="Copy code",
        search="Search titles, descriptions and code",
        results="What was found",
    ),
    "zh-CN": Words(
        mine="我的代码片段",
        library="代码库",
        empty="还没有代码片段",
        copy_library="复制代码库中的",
        new_folder="新建文件夹",
        new_snippet="新建代码片段",
        title="标题",
        code="代码",
        language="语言",
        tags="标签",
        create="创建",
        save="保存",
        copy="复制代码",
        search="搜索标题、描述和代码",
        results="搜索结果",
    ),
}


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


async def make(client: ApiClient, path: str = "", **fields: object) -> dict[str, Any]:
    """Create a folder or a snippet over the API."""
    answer = await client.post(f"/snippets{path}", json=fields)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def outline(client: ApiClient) -> list[Any]:
    """The titles of the tree: a folder is a list of its title and what is in it."""

    def shown(node: dict[str, Any]) -> object:
        below = [shown(child) for child in node["children"]]
        return [node["title"], *below] if node["kind"] == "folder" else node["title"]

    nodes: list[dict[str, Any]] = (await client.get("/snippets/tree")).json()["nodes"]
    return [shown(node) for node in nodes]


def item(page: Page, title: str) -> Locator:
    """An item of one's own tree."""
    tree = page.get_by_role("tree", name="My snippets").or_(
        page.get_by_role("tree", name="我的代码片段")
    )
    return tree.get_by_role("treeitem").filter(has_text=title)


async def choose(page: Page, action: str, *, of: str) -> None:
    """Take an action from the menu of the node that is shown."""
    await page.get_by_role("button", name=f"Actions for {of}").click()
    await page.get_by_role("menuitem", name=action).click()


@pytest.mark.parametrize("language", WORDS)
async def test_f1_f2_f5_from_the_library_to_a_snippet_of_ones_own(
    open_page: OpenPage, as_alice: ApiClient, language: str
) -> None:
    words = WORDS[language]
    page = await open_page(language, permissions=PERMISSIONS)
    await sign_in(page, path="/snippets")
    await expect(page.get_by_text(words.empty)).to_be_visible()
    await look(page, f"snippets-empty-{language}")
    await page.get_by_role("button", name=words.copy_library).click()
    own = page.get_by_role("tree", name=words.mine)
    library = (await as_alice.get("/snippets/library")).json()
    label = "label_en" if language == "en-US" else "label_zh"
    await expect(own.get_by_text(library[0][label])).to_be_visible()

    await page.get_by_role("button", name=words.new_folder).click()
    await page.get_by_role("textbox", name=words.title).fill("Runbooks")
    await page.get_by_role("button", name=words.create).click()
    await expect(item(page, "Runbooks")).to_be_visible()
    await page.get_by_role("button", name=words.new_snippet).click()
    await expect(page.get_by_role("heading", name=words.new_snippet)).to_be_visible()
    await page.get_by_role("textbox", name=words.title).fill("Busiest hosts 最忙主机")
    await page.get_by_role("combobox", name=words.language).fill("sql")
    await page.get_by_role("textbox", name=words.code).fill(CODE)
    await page.get_by_role("combobox", name=words.tags).fill("cpu,")
    await page.get_by_role("button", name=words.create).click()
    await expect(item(page, "Busiest hosts")).to_be_visible()
    assert (await outline(as_alice))[-1] == ["Runbooks", "Busiest hosts 最忙主机"]

    editor = page.get_by_role("textbox", name=words.code)
    await editor.press("Control+End")
    await page.keyboard.type(" LIMIT 5")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("button", name=words.save)).to_be_disabled()
    await look(page, f"snippets-editor-{language}")
    node_id = page.url.rsplit("=", 1)[1]
    saved = (await as_alice.get(f"/snippets/{node_id}")).json()
    assert (saved["code"], saved["language"], saved["tags"]) == (f"{CODE} LIMIT 5", "sql", ["cpu"])

    await page.get_by_role("searchbox", name=words.search).fill("limit 5")
    found = page.get_by_role("list", name=words.results)
    await found.get_by_role("link", name="Busiest hosts").click()
    await look(page, f"snippets-found-{language}")
    await page.get_by_role("button", name=words.copy).click()
    assert await page.evaluate("navigator.clipboard.readText()") == f"{CODE} LIMIT 5"


async def test_f2_the_library_is_read_and_copied_one_by_one(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    page = await open_page(permissions=PERMISSIONS)
    await sign_in(page, path="/snippets")
    group = (await as_alice.get("/snippets/library")).json()[0]
    snippet = group["snippets"][0]
    library = page.get_by_role("tree", name="Library")
    await library.get_by_role("treeitem").filter(has_text=snippet["label_en"]).click()
    await expect(page.get_by_role("heading", name=snippet["label_en"])).to_be_visible()
    await look(page, "snippets-library")
    await page.get_by_role("button", name="Copy code").click()
    assert await page.evaluate("navigator.clipboard.readText()") == snippet["code"]
    await page.get_by_role("button", name="Copy to my snippets").click()
    await expect(item(page, snippet["label_en"])).to_be_visible()
    assert await outline(as_alice) == [[group["label_en"], snippet["label_en"]]]


async def test_f5_nodes_are_dragged_into_folders_and_stepped_by_the_keyboard(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    await make(as_alice, "/folders", title="logs")
    await make(as_alice, title="plot", code="plot()")
    await make(as_alice, title="load", code="load()")
    page = await open_page()
    await sign_in(page, path="/snippets")
    # Further to the right is deeper: below the folder would be beside it.
    await item(page, "load").drag_to(
        item(page, "logs"),
        source_position={"x": 60, "y": 12},
        target_position={"x": 160, "y": 20},
    )
    await expect(page.get_by_text("“load” is in “logs”.")).to_be_visible()
    assert await outline(as_alice) == [["logs", "load"], "plot"]

    await item(page, "plot").click()
    await expect(page.get_by_role("heading", name="plot")).to_be_visible()
    await item(page, "plot").press("Alt+ArrowUp")
    await expect(item(page, "plot").locator("xpath=preceding-sibling::*[@role]")).to_have_count(0)
    assert await outline(as_alice) == ["plot", ["logs", "load"]]

    await page.wait_for_load_state("networkidle")  # A tree that comes anew closes its menus.
    await choose(page, "Move to…", of="plot")
    dialog = page.get_by_role("dialog", name="Move “plot”")
    await dialog.get_by_role("combobox", name="Folder").press("ArrowDown")
    await page.keyboard.type("logs")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Move").click()
    await expect(page.get_by_text("“plot” is in “logs”.")).to_be_visible()
    assert await outline(as_alice) == [["logs", "load", "plot"]]


@pytest.mark.parametrize(
    ("answer", "kept"), [("Save mine", "mine()"), ("Take the saved", "other()")]
)
async def test_f5_a_conflict_shows_both_and_lets_choose(
    open_page: OpenPage, as_alice: ApiClient, answer: str, kept: str
) -> None:
    snippet = await make(as_alice, title="plot", code="old()", description="of both")
    page = await open_page()
    await sign_in(page, path=f"/snippets?id={snippet['id']}")
    editor = page.get_by_role("textbox", name="Code")
    await expect(editor).to_have_text("old()")
    change = {"version": snippet["version"], "code": "other()", "tags": ["elsewhere"]}
    assert (await as_alice.patch(f"/snippets/{snippet['id']}", json=change)).is_success
    await editor.fill("mine()")
    await page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("other()")).to_be_visible()
    await expect(dialog.get_by_text("mine()")).to_be_visible()
    await expect(dialog.get_by_role("cell", name="elsewhere")).to_be_visible()
    await look(page, f"snippets-conflict-{kept[:4]}")
    await dialog.get_by_role("button", name=answer).click()
    await expect(dialog).to_be_hidden()
    await expect(editor).to_have_text(kept)
    saved = (await as_alice.get(f"/snippets/{snippet['id']}")).json()
    assert (saved["code"], saved["description"]) == (kept, "of both")


async def test_unsaved_changes_are_not_left_unasked(
    open_page: OpenPage, as_alice: ApiClient
) -> None:
    first = await make(as_alice, title="first", code="1")
    await make(as_alice, title="second", code="2")
    page = await open_page()
    await sign_in(page, path=f"/snippets?id={first['id']}")
    await page.get_by_role("textbox", name="Code").fill("changed")
    await item(page, "second").click()
    await page.get_by_role("button", name="Stay here").click()
    await expect(page.get_by_role("textbox", name="Code")).to_have_text("changed")
    await item(page, "second").click()
    await page.get_by_role("button", name="Leave without saving").click()
    await expect(page.get_by_role("textbox", name="Code")).to_have_text("2")


async def test_f3_f4_deleting_says_how_much_goes(open_page: OpenPage, as_alice: ApiClient) -> None:
    folder = await make(as_alice, "/folders", title="old")
    inner = await make(as_alice, "/folders", title="older", parent_id=folder["id"])
    for parent in (folder, inner):
        await make(as_alice, title="x", code="x", parent_id=parent["id"])
    alone = await make(as_alice, title="alone", code="x")
    page = await open_page()
    await sign_in(page, path=f"/snippets?id={folder['id']}")
    await choose(page, "Delete", of="old")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 folder and 2 snippets")
    await dialog.get_by_role("button", name="Delete").click()
    await expect(item(page, "old")).to_have_count(0)
    assert await outline(as_alice) == ["alone"]

    await page.goto(f"/snippets?id={alone['id']}")
    await choose(page, "Delete", of="alone")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No snippet yet")).to_be_visible()
    assert await outline(as_alice) == []


async def test_f1_f2_files_go_in_and_out(open_page: OpenPage, as_alice: ApiClient) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Metrics"},
        {"cell_type": "code", "metadata": {}, "source": "# Rate\nrate()", "outputs": []},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    page = await open_page()
    await sign_in(page, path="/snippets")
    await page.get_by_label("Import notebooks or Elyra JSON").set_input_files(
        {
            "name": "old.ipynb",
            "mimeType": "application/json",
            "buffer": json.dumps(notebook).encode(),
        }
    )
    await expect(item(page, "Rate")).to_be_visible()
    assert await outline(as_alice) == [["Metrics", "Rate"]]
    await page.get_by_role("button", name="Import and export").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export as Elyra JSON").click()
    exported = json.loads((await (await download.value).path()).read_text())
    assert [one["display_name"] for one in exported] == ["Rate"]

    await page.get_by_label("Import notebooks or Elyra JSON").set_input_files(
        {"name": "notes.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    await expect(page.get_by_text("“notes.json” is neither a notebook")).to_be_visible()


async def test_f1_refusals_stand_at_their_fields(open_page: OpenPage, as_alice: ApiClient) -> None:
    await make(as_alice, title="plot", code="plot()")
    page = await open_page(permissions=PERMISSIONS)
    await sign_in(page, path="/snippets?new=snippet")
    await page.get_by_role("textbox", name="Title").fill("plot")
    long = "print(1)  # a line of code\n" * 3_000
    await page.evaluate("text => navigator.clipboard.writeText(text)", long)
    await page.get_by_role("textbox", name="Code").press("Control+v")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_text("The code of “plot” has 81000 bytes")).to_be_visible()
    await page.get_by_role("textbox", name="Code").fill("print(1)")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_text("“plot-2” is free")).to_be_visible()
    assert await outline(as_alice) == ["plot"]
