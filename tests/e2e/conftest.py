"""A whole platform and a browser."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebError,
    sync_playwright,
)

from tests.support.databases import PostgresDatabases
from tests.support.installation import Installation, running_installation
from tests.support.metrics import metrics_csv
from tests.support.servers import RedisServer, find_program

OTHERS = re.compile(r"https?://[^/]+/(user|hub)/")
"""Pages that are not ours, but JupyterLab's and the hub's."""
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module", params=["sandbox", "local"])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A platform on SQLite with the cache in the process, with each spawner."""
    data = tmp_path_factory.mktemp("platform") / "data"
    environment = {"OPSFORGE_SPAWNER__KIND": str(request.param)}
    with running_installation(data, environment=environment) as installation:
        yield installation


@pytest.fixture(scope="module")
def server_installation(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_databases: PostgresDatabases,
    redis_server: RedisServer,
) -> Iterator[Installation]:
    """A platform on PostgreSQL and Redis, whose cache can be looked into from outside."""
    redis_server.command("FLUSHALL")
    name = postgres_databases.create_empty()
    environment = {
        "OPSFORGE_DATABASE__URL": postgres_databases.cluster.url(name),
        "OPSFORGE_CACHE__URL": redis_server.url,
    }
    data = tmp_path_factory.mktemp("servers") / "data"
    with running_installation(data, environment=environment) as installation:
        yield installation
    postgres_databases.drop(name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium from Debian."""
    path = find_program("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(params=["en", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    """Which language the browser asks for."""
    return str(request.param)


@pytest.fixture
def context(browser: Browser, language: str) -> Iterator[BrowserContext]:
    """A browser's profile that nobody has used; our pages complain of nothing in it."""
    with new_context(browser, language) as context:
        yield context


@contextmanager
def new_context(browser: Browser, language: str) -> Iterator[BrowserContext]:
    """The same, for a test that needs several."""
    context = browser.new_context(locale=language, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        shown = message.page.url if message.page else ""
        source = message.location["url"]
        is_ours = not OTHERS.match(shown) and not OTHERS.match(source)
        # The browser itself writes an error for each refusal, which is no fault of the page.
        is_refusal = "Failed to load resource" in message.text and "/api/v1/" in source
        if message.type in {"error", "warning"} and is_ours and not is_refusal:
            found.append(f"{source}: {message.text}")

    def note_error(error: WebError) -> None:
        if error.page is None or not OTHERS.match(error.page.url):
            found.append(str(error.error))

    context.on("console", note)
    context.on("weberror", note_error)
    yield context
    context.close()
    assert not found, "\n".join(found)


@pytest.fixture
def page(
    context: BrowserContext, artefacts: Path, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A tab; what it showed is kept when the test fails."""
    page = context.new_page()
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        page.screenshot(path=artefacts / f"failed-{request.node.originalname}.png")


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    """A CSV of metrics with at least 4,000 rows."""
    return metrics_csv(tmp_path)
