"""What files of data sets were before, on their page (E4, E6), in both languages."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from opsforge.settings import Settings
from tests.support.people import BOB, ApiClient
from tests.support.uploads import parts, upload
from tests.support.uploads import tree as file_tree
from tests.web.conftest import OpenPage
from tests.web.looks import ARTEFACTS, look
from tests.web.test_browser import sign_in
from tests.web.test_datasets_pages import sign_in_as

pytestmark = pytest.mark.integration

NEW = "timestamp,value\n2025-01-01 00:00:00,99.5\n"


@dataclass(frozen=True)
class Words:
    """What the pages say in a language."""

    replace: str
    send: str
    versions: str
    none: str
    first: str
    second: str
    third: str
    restore: str
    restore_first: str
    delete_second: str
    delete: str
    delete_file: str
    deleted_files: str
    back: str
    for_good: str
    everybody: str


WORDS = {
    "en-US": Words(
        replace="Replace",
        send="Upload 1 file",
        versions="Versions",
        none="There is no earlier version.",
        first="Version 1",
        second="Version 2",
        third="Version 3",
        restore="Restore",
        restore_first="Restore version 1",
        delete_second="Delete version 2",
        delete="Delete",
        delete_file="Delete file",
        deleted_files="Deleted files",
        back="Restore cpu.csv",
        for_good="Delete for good",
        everybody="everybody can read it until",
    ),
    "zh-CN": Words(
        replace="替换",
        send="上传 1 个文件",
        versions="版本",
        none="暂无历史版本。",
        first="版本 1",
        second="版本 2",
        third="版本 3",
        restore="恢复",
        restore_first="恢复版本 1",
        delete_second="删除版本 2",
        delete="删除",
        delete_file="删除文件",
        deleted_files="已删除的文件",
        back="恢复 cpu.csv",
        for_good="彻底删除",
        everybody="所有人也仍可读取",
    ),
}


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


def cells(page: Page, value: str) -> Locator:
    """What the preview shows of the content."""
    return page.get_by_role("cell", name=value, exact=True)


async def look_from_the_top(page: Page, name: str) -> None:
    """Look at all of the page: what is scrolled below its head can't be pressed there."""
    await page.evaluate("scrollTo(0, 0)")
    await page.screenshot(path=ARTEFACTS / f"{name}-whole.png", full_page=True)
    await look(page, name)


@pytest.mark.parametrize("language", WORDS)
async def test_e4_e6_a_file_is_replaced_restored_deleted_and_brought_back(
    open_page: OpenPage,
    as_alice: ApiClient,
    as_bob: ApiClient,
    settings: Settings,
    tmp_path: Path,
    language: str,
) -> None:
    words = WORDS[language]
    dataset = await upload(as_alice, "metrics", "cpu.csv", is_public=1)
    stored = settings.data / "public/input/metrics/cpu.csv"
    page = await open_page(language)
    await sign_in(page, path=f"/datasets/{dataset['id']}?file={dataset['files'][0]['id']}")
    versions = page.get_by_role("region", name=words.versions)
    await expect(versions.get_by_text(words.none)).to_be_visible()

    (tmp_path / "cpu.csv").write_text(NEW)
    await page.locator("input[type=file]").first.set_input_files(tmp_path / "cpu.csv")
    await page.get_by_role("button", name=words.replace).click()
    await page.get_by_role("button", name=words.send).click()
    await expect(cells(page, "99.5")).to_be_visible()
    await expect(versions.get_by_role("listitem")).to_have_count(2)
    await look_from_the_top(page, f"file-versions-{language}")

    async with page.expect_download() as download:
        await versions.get_by_role("link").click()
    assert Path(await (await download.value).path()).read_text().endswith("1.5\n")

    await versions.get_by_role("button", name=words.restore_first).click()
    await page.get_by_role("dialog").get_by_role("button", name=words.restore).click()
    await expect(cells(page, "1.5")).to_be_visible()
    await expect(versions.get_by_role("listitem")).to_have_count(3)
    await expect(versions.get_by_text(words.third, exact=True)).to_be_visible()
    await expect(versions.get_by_role("button", name=words.restore_first)).to_have_count(0)
    assert stored.read_text().endswith("1.5\n")
    await versions.get_by_role("button", name=words.delete_second).click()
    await page.get_by_role("dialog").get_by_role("button", name=words.delete).click()
    await expect(versions.get_by_text(words.second, exact=True)).to_have_count(0)

    await page.get_by_role("button", name=words.delete_file, exact=True).click()
    question = page.get_by_role("dialog")
    await expect(question.get_by_text(words.everybody)).to_be_visible()
    await look(page, f"delete-public-file-{language}")
    await question.get_by_role("button", name=words.delete_file).click()
    await page.get_by_text(words.deleted_files, exact=True).click()
    await expect(page.get_by_role("button", name=words.back)).to_be_visible()
    assert not stored.exists()
    await look_from_the_top(page, f"deleted-files-{language}")
    await page.get_by_role("button", name=words.back).click()
    await expect(cells(page, "1.5")).to_be_visible()
    assert stored.exists()

    page = await open_page(language)
    [file] = (await as_bob.get(f"/datasets/{dataset['id']}")).json()["files"]
    await sign_in_as(page, BOB.username, path=f"/datasets/{dataset['id']}?file={file['id']}")
    versions = page.get_by_role("region", name=words.versions)
    await expect(versions.get_by_text(words.first, exact=True)).to_be_visible()
    await expect(versions.get_by_role("button")).to_have_count(0)
    await expect(versions.get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize("language", WORDS)
async def test_e4_a_deleted_file_is_deleted_for_good_with_all_its_versions(
    open_page: OpenPage, as_alice: ApiClient, settings: Settings, language: str
) -> None:
    words = WORDS[language]
    dataset = await upload(as_alice, "metrics", "cpu.csv", "kept.csv")
    path = f"/datasets/{dataset['id']}"
    replaced = await as_alice.post(
        f"{path}/files", data={"when_there": "replace"}, files=parts("cpu.csv", content=b"new")
    )
    batch = {"ids": [replaced.json()[0]["id"]]}
    assert (await as_alice.post(f"{path}/files/delete", json=batch)).status_code == 200
    assert len(file_tree(settings, "versions")) == 2
    page = await open_page(language)
    await sign_in(page, path=path)
    await page.get_by_text(words.deleted_files, exact=True).click()
    await page.get_by_role("button", name=words.for_good).click()
    await page.get_by_role("dialog").get_by_role("button", name=words.for_good).click()
    await expect(page.get_by_text(words.deleted_files, exact=True)).to_have_count(0)
    assert file_tree(settings, "versions") == []
