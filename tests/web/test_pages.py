"""Every page as a newcomer sees it, and somebody with work of their own: on desks and phones."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from opsforge.engine.fake import FakeEngine
from opsforge.settings import Settings
from tests.support.people import ALICE, ApiClient
from tests.support.projects import create, fork, share
from tests.support.uploads import upload
from tests.web.conftest import OpenPage
from tests.web.looks import shown_without_scrolling_sideways
from tests.web.test_admin import enter

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

ROUTES = Path(__file__).parents[2] / "web" / "src" / "app" / "routes.tsx"
LANGUAGES = ["en-US", "zh-CN"]
LONG = "checkout-service-latency-per-region-and-client-version-of-the-last-two-quarters-2026"

NEWCOMERS = {
    "home": "/",
    "projects": "/projects",
    "projects-shared": "/projects?show=shared",
    "gallery": "/projects/public",
    "datasets": "/datasets",
    "datasets-public": "/datasets/public",
    "snippets": "/snippets",
}
"""Pages with little or nothing on them."""

PAGES = {
    "home": "/",
    "projects": "/projects",
    "project-new": "/projects?create",
    "gallery": "/projects/public",
    "project-public": "/projects/public/{public}",
    "project-public-files": "/projects/public/{public}?tab=files",
    "project": "/projects/{project}",
    "project-files": "/projects/{project}?tab=files",
    "project-data": "/projects/{project}?tab=data",
    "project-forked": "/projects/{forked}",
    "datasets": "/datasets",
    "datasets-public": "/datasets/public",
    "dataset-new": "/datasets/new",
    "dataset": "/datasets/{dataset}",
    "dataset-public": "/datasets/{public_dataset}",
    "snippets": "/snippets",
    "snippet": "/snippets?id={snippet}",
    "account": "/account",
    "admin": "/admin",
    "admin-users": "/admin/users",
    "admin-services": "/admin/services",
    "admin-audit": "/admin/audit",
    "door": "/user/somebody/lab",
    "not-found": "/nothing/here",
}
"""Pages of somebody who works here, and administers."""


@pytest.fixture
def stack() -> str:
    """What lies behind the API is shown by the other tests."""
    return "embedded"


def test_every_route_is_looked_at() -> None:
    routes = re.findall(r'path: "/?([^"]+)"', ROUTES.read_text())
    seen = [path.split("?")[0].strip("/") for path in ("/sign-in", *PAGES.values())]
    for route in routes:
        shape = re.sub(r":\w+", "[^/]+", route).replace("/*", "/.+").replace("*", ".+")
        # Those of administrators are children of theirs.
        assert [path for path in seen if re.fullmatch(f"(admin/)?{shape}", path)], route


async def settle(page: Page) -> None:
    """Wait until the page shows what it is about."""
    await expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=15_000)
    await expect(page.get_by_role("status", name=re.compile("Loading|正在加载"))).to_have_count(
        0, timeout=15_000
    )


def plotted(settings: Settings, project: dict[str, Any]) -> None:
    """Let the project's notebook have run: a text, a table and a plot wider than a phone."""
    plot = Image.new("RGB", (900, 320), "white")
    ImageDraw.Draw(plot).line([(x, 160 + x % 90) for x in range(900)], fill="#1f77b4", width=2)
    png = io.BytesIO()
    plot.save(png, "PNG")
    columns = "".join(f"<th>latency_of_region_{number}</th>" for number in range(12))
    values = "".join(f"<td>{number}.25</td>" for number in range(12))
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["rows: 4032, anomalies: 17\n"]},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": [f"<table><tr>{columns}</tr><tr>{values}</tr></table>"]},
        },
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(png.getvalue()).decode()},
        },
    ]
    path = settings.data / "users/admin" / project["path"] / project["notebook"]
    notebook = json.loads(path.read_text())
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["plot(data)"]}
    notebook["cells"].append({**code, "id": "plotted", "outputs": outputs})
    path.write_text(json.dumps(notebook))


async def work(admin: ApiClient, bob: ApiClient, settings: Settings) -> dict[str, Any]:
    """What somebody has after some weeks; ids by the names in `PAGES`."""
    dataset = await upload(admin, "node-metrics", "cpu.csv", "disk/io.csv", "notes.md")
    await upload(admin, f"{LONG}-raw", "a.csv")
    project = await create(
        admin, "disk-latency", description="Why disks fill.", dataset_ids=[dataset["id"]]
    )
    plotted(settings, project)
    await create(admin, LONG, description="Which **regions** are slow, and since when. " * 8)
    await admin.post(f"/datasets/{dataset['id']}/share")
    public = await share(admin, project)
    of_bob = await share(bob, await create(bob, "告警压缩", description="把重复的告警合并。"))
    forked = await fork(admin, of_bob, name="告警压缩-2")
    public_dataset = await upload(bob, "order-logs", "orders.log", is_public=1)
    answer = await admin.post("/snippets/folders", json={"title": "Metrics"})
    snippet = await admin.post(
        "/snippets",
        json={
            "title": "Rolling threshold",
            "code": "def rolling(values, window=60):\n    return values.rolling(window).mean()\n"
            * 6,
            "parent_id": answer.json()["id"],
            "tags": ["pandas", "KPI"],
        },
    )
    found = {"dataset": dataset, "project": project, "public": public, "forked": forked}
    found |= {"public_dataset": public_dataset, "snippet": snippet.json()}
    return {name: each["id"] for name, each in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_newcomer_s_pages_fit(
    open_page: OpenPage, as_alice: ApiClient, engine: FakeEngine, language: str
) -> None:
    page = await open_page(language)
    await page.goto("/sign-in")
    await expect(page.get_by_role("button", name=re.compile("Sign in|登录"))).to_be_visible()
    await shown_without_scrolling_sideways(page, f"sign-in-{language}")
    for name, path in NEWCOMERS.items():
        await enter(page, as_alice, path)
        await settle(page)
        await shown_without_scrolling_sideways(page, f"new-{name}-{language}")
    await engine.stop_service(ALICE.username)
    engine.fail_next_start(ALICE.username, "the server ended with 1.\nOSError: no space left")
    await as_alice.post("/services/alice/start")
    await enter(page, as_alice, "/")
    await expect(page.get_by_role("alert")).to_be_visible()
    await shown_without_scrolling_sideways(page, f"home-failed-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_of_somebody_with_work_fit(
    open_page: OpenPage, as_admin: ApiClient, as_bob: ApiClient, settings: Settings, language: str
) -> None:
    ids = await work(as_admin, as_bob, settings)
    page = await open_page(language)
    for name, path in PAGES.items():
        await enter(page, as_admin, path.format(**ids))
        await settle(page)
        await shown_without_scrolling_sideways(page, f"{name}-{language}")
