"""How the built page is served: which paths get it, how long it is kept, what it may load."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from opsforge.kit.problems import install_problem_handlers
from opsforge.web import PAGES, install_page
from tests.support.people import ApiClient

INDEX = "<!doctype html><html><head></head><body>page</body></html>"
SCRIPT = "export const words = 'again and again';\n" * 40
ROUTES = Path(__file__).parents[2] / "web" / "src" / "app" / "routes.tsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page."""
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / ".vite").mkdir()
    (built / "index.html").write_text(INDEX)
    (built / "favicon.svg").write_text("<svg/>")
    (built / "assets" / "index-0a1b.js").write_text(SCRIPT)
    (built / "assets" / "index-0a1b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (built / ".vite" / "manifest.json").write_text("{}")
    (built / ".fingerprint").write_text("x")
    (tmp_path / "secret.txt").write_text("secret")
    return built


def browser(folder: Path) -> httpx.AsyncClient:
    """A client of a web service with one endpoint and the page."""
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/api/v1/things")
    def make_thing() -> dict[str, str]:
        return {}

    install_page(app, folder=folder)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://opsforge.test")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/projects/3", "/datasets/new", "/admin/users"])
async def test_a_page_route_gets_the_index(folder: Path, path: str) -> None:
    async with browser(folder) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_and_the_server_know_the_same_routes() -> None:
    # What is written further to the right is below another route.
    paths = re.findall(r'^ {0,16}path: "/?([^"*]+)"', ROUTES.read_text(), re.MULTILINE)
    assert {path.split("/")[0] for path in paths} | {""} == set(PAGES)


async def test_an_unknown_path_is_the_page_that_says_so(folder: Path) -> None:
    async with browser(folder) as client:
        answer = await client.get("/nothing/here")
    assert (answer.status_code, answer.text) == (404, INDEX)


@pytest.mark.parametrize("path", ["/api", "/api/v2/x", "/api/v1/nothing", "/hub/x", "/user/a/lab"])
async def test_no_other_server_s_path_gets_the_page(folder: Path, path: str) -> None:
    async with browser(folder) as client:
        answer = await client.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"


async def test_d10_people_get_the_page_that_starts_a_service(folder: Path) -> None:
    async with browser(folder) as client:
        answer = await client.get("/user/a/lab", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_wrong_method_of_the_api_stays_one(folder: Path) -> None:
    async with browser(folder) as client:
        assert (await client.get("/api/v1/things")).status_code == httpx.codes.METHOD_NOT_ALLOWED


async def test_the_page_runs_nothing_but_its_own_script(folder: Path) -> None:
    async with browser(folder) as client:
        headers = (await client.get("/")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


async def test_an_asset_is_kept_for_ever_and_sent_compressed(folder: Path) -> None:
    async with browser(folder) as client:
        packed = await client.get("/assets/index-0a1b.js", headers={"Accept-Encoding": "gzip"})
        plain = await client.get("/assets/index-0a1b.js", headers={"Accept-Encoding": "identity"})
        head = await client.head("/assets/index-0a1b.js")
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(SCRIPT) / 5
    assert packed.text == plain.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert (head.status_code, head.content) == (200, b"")


async def test_what_the_browser_has_is_not_sent_again(folder: Path) -> None:
    async with browser(folder) as client:
        tag = (await client.get("/")).headers["etag"]
        again = await client.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/absent.js",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/",
        "/.vite/manifest.json",
        "/.fingerprint",
        "/assets/../.fingerprint",
    ],
)
async def test_nothing_else_of_the_disk_is_served(folder: Path, path: str) -> None:
    async with browser(folder) as client:
        answer = await client.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "secret" not in answer.text
    assert answer.text in {"Not Found", INDEX}


async def test_other_files_of_the_build_are_served_as_what_they_are(folder: Path) -> None:
    async with browser(folder) as client:
        answer = await client.get("/favicon.svg")
    assert (answer.status_code, answer.text) == (200, "<svg/>")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_page_that_was_not_built_says_how_to(tmp_path: Path) -> None:
    async with browser(tmp_path / "absent") as client:
        answer = await client.get("/")
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "make setup" in answer.text


async def test_answers_of_the_api_are_kept_by_nobody(as_admin: ApiClient) -> None:
    answer = await as_admin.get("/auth/session")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
