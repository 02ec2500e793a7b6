"""How soon the web page can be read and used: the figures that Lighthouse gives, in Chromium.

Each load is the first one of a new browser profile, over a network and a processor that the
browser slows down. Needs Chromium on the machine and the built package:

    make setup && PYTHONPATH=. .venv/bin/python bench/page.py
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, StorageState, sync_playwright

from bench.forkserver import machine
from tests.support.installation import Installation, running_installation
from tests.support.servers import find_program

RUNS = 3
SETTLE_SECONDS = 5.0
"""Paints, shifts and long tasks are looked for until this long after the page is there."""

CONDITIONS: dict[str, dict[str, float]] = {
    # What Lighthouse simulates: a phone of the middle class on slow 4G; a desk on a cable.
    "phone": {"cpu": 4, "latency_ms": 150, "kilobits": 1638.4, "width": 412, "height": 823},
    "desk": {"cpu": 1, "latency_ms": 40, "kilobits": 10240, "width": 1350, "height": 940},
}
OBSERVE = """
window.seen = {lcp: 0, cls: 0, tasks: []};
const watch = (type, each) => new PerformanceObserver(list => list.getEntries().forEach(each))
  .observe({type, buffered: true});
watch("largest-contentful-paint", entry => { window.seen.lcp = entry.startTime; });
watch("layout-shift", entry => { if (!entry.hadRecentInput) window.seen.cls += entry.value; });
watch("longtask", entry => window.seen.tasks.push([entry.startTime, entry.duration]));
"""
READ = """() => {
  const fcp = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const late = window.seen.tasks.filter(([start, length]) => start + length > fcp);
  return {
    first_paint_ms: fcp,
    largest_paint_ms: window.seen.lcp,
    blocked_ms: late.reduce((sum, [, length]) => sum + Math.max(0, length - 50), 0),
    layout_shift: window.seen.cls,
  };
}"""


def load(
    browser: Browser, url: str, state: StorageState | None, conditions: dict[str, float]
) -> dict[str, float]:
    """Load a page as a new visitor and measure it."""
    size = {"width": int(conditions["width"]), "height": int(conditions["height"])}
    context = browser.new_context(storage_state=state, locale="en-US", viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(OBSERVE)
    chrome = context.new_cdp_session(page)
    rate = conditions["kilobits"] * 1000 / 8
    chrome.send("Network.enable")
    chrome.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": conditions["latency_ms"],
            "downloadThroughput": rate,
            "uploadThroughput": rate,
        },
    )
    chrome.send("Emulation.setCPUThrottlingRate", {"rate": conditions["cpu"]})
    received = {"script_bytes": 0.0, "all_bytes": 0.0}
    scripts: set[str] = set()

    def note_kind(event: dict[str, Any]) -> None:
        if event["type"] == "Script":
            scripts.add(event["requestId"])

    def note_size(event: dict[str, Any]) -> None:
        received["all_bytes"] += event["encodedDataLength"]
        if event["requestId"] in scripts:
            received["script_bytes"] += event["encodedDataLength"]

    chrome.on("Network.responseReceived", note_kind)
    chrome.on("Network.loadingFinished", note_size)
    page.goto(url)
    page.get_by_role("main").or_(page.get_by_role("textbox")).first.wait_for()
    # The event stream of a signed-in page never ends, so there is no "network idle" to wait for.
    time.sleep(SETTLE_SECONDS)
    measured: dict[str, float] = page.evaluate(READ)
    context.close()
    return {**measured, **received}


def prepare(installation: Installation) -> tuple[dict[str, str], StorageState]:
    """Put a data set, a project and snippets there; the pages to measure and a session."""
    origin = installation.origin
    api = httpx.Client(
        base_url=f"{origin}/api/v1", timeout=120, headers={"X-OpsForge-Request": "1"}
    )
    account = {"username": "admin", "password": installation.admin_password}
    api.post("/auth/login", json=account).raise_for_status()
    rows = "".join(f"2024-01-01 00:{n // 60 % 60:02}:{n % 60:02},{n % 97}\n" for n in range(5000))
    files = [("files", ("cpu.csv", f"timestamp,value\n{rows}".encode()))]
    dataset = api.post("/datasets", data={"name": "cpu"}, files=files).raise_for_status().json()
    asked = {"name": "cpu-look", "dataset_ids": [dataset["id"]]}
    project = api.post("/projects", json=asked).raise_for_status().json()
    snippet = api.post("/snippets", json={"title": "rate", "code": "rate()"}).raise_for_status()
    file_id = dataset["files"][0]["id"]
    cookies = [
        {
            "name": cookie.name,
            "value": cookie.value or "",
            "domain": "127.0.0.1",
            "path": cookie.path,
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
        for cookie in api.cookies.jar
    ]
    pages = {
        "sign-in": "/sign-in",
        "home": "/",
        "projects": "/projects",
        "project": f"/projects/{project['id']}",
        "data sets": "/datasets",
        "data set with a file": f"/datasets/{dataset['id']}?file={file_id}",
        "snippet in the editor": f"/snippets?id={snippet.json()['id']}",
    }
    return pages, {"cookies": cookies, "origins": []}  # type: ignore[typeddict-item]


def measure(browser: Browser, installation: Installation) -> dict[str, Any]:
    """The medians of each page's figures under each condition."""
    pages, session = prepare(installation)
    results: dict[str, Any] = {}
    for name, conditions in CONDITIONS.items():
        for page, path in pages.items():
            state = None if page == "sign-in" else session
            runs = [
                load(browser, installation.origin + path, state, conditions) for _ in range(RUNS)
            ]
            results.setdefault(name, {})[page] = {
                figure: statistics.median(run[figure] for run in runs) for figure in runs[0]
            }
    return results


def table(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [
        "| | first paint | largest paint | blocked | layout shift | script | all |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for condition, pages in results.items():
        for page, got in pages.items():
            lines.append(
                f"| {condition}: {page} | {got['first_paint_ms'] / 1000:.2f} s "
                f"| {got['largest_paint_ms'] / 1000:.2f} s | {got['blocked_ms']:.0f} ms "
                f"| {got['layout_shift']:.3f} | {got['script_bytes'] / 1000:.0f} kB "
                f"| {got['all_bytes'] / 1000:.0f} kB |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure and write it down."""
    chromium = find_program("chromium")
    if chromium is None:
        sys.exit("chromium is not installed")
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    before = machine()
    with (
        tempfile.TemporaryDirectory(prefix="bench-page-") as folder,
        running_installation(
            Path(folder) / "data", environment={"OPSFORGE_SPAWNER__KIND": "local"}
        ) as installation,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        results = measure(browser, installation)
        browser.close()
    output = Path("bench/results/page.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    written = {"machine": before, "load_after": os.getloadavg()[0], "runs": RUNS, "pages": results}
    output.write_text(json.dumps(written, indent=1))
    print(table(results))


if __name__ == "__main__":
    main()
