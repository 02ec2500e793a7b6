"""A browser in front of the real web service, whose engine starts nothing."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright

from tests.support.pages import let_things_come_to_rest

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def origin(app: FastAPI) -> AsyncIterator[str]:
    """Where the web service listens."""
    config = uvicorn.Config(
        app, port=0, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not installed")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=CHROMIUM)
        yield chromium
        await chromium.close()


@pytest.fixture
async def open_page(browser: Browser, origin: str) -> AsyncIterator[OpenPage]:
    """Opens a window of a fresh browser in a language; script errors fail the test at its end."""
    faults: list[str] = []
    contexts = []

    async def open_in(language: str = "en-US", **options: object) -> Page:
        context = await browser.new_context(base_url=origin, locale=language, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = await context.new_page()
        await let_things_come_to_rest(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "response",
            # A picture that is not there is not asked for, or answered with nothing.
            lambda answer: (
                faults.append(f"{answer.status} {answer.url}")
                if answer.request.resource_type == "image"
                and answer.status >= HTTPStatus.BAD_REQUEST
                else None
            ),
        )
        page.on(
            "console",
            # The browser itself writes an error for each refusal, which is no fault of the page.
            lambda message: (
                faults.append(message.text)
                if message.type in {"error", "warning"}
                and "Failed to load resource" not in message.text
                else None
            ),
        )
        return page

    yield open_in
    for context in contexts:
        await context.close()
    assert faults == []


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    """A folder of files to upload."""
    folder = tmp_path / "node-metrics"
    (folder / "disk").mkdir(parents=True)
    (folder / "cpu.csv").write_text("timestamp,value\n" + "2024-01-01 00:00:00,1.5\n" * 5_000)
    (folder / "disk" / "io.csv").write_text("timestamp,value\n2024-01-01 00:00:00,2.5\n")
    return folder
