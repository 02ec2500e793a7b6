"""The web page: what `npm run build` made, served under ``/`` with strict headers.

The files are few and small, so they are read once, at start, with the compressed ones that the
build put beside them: no request touches the disk, and no path that a request names can lead
anywhere else. Page routes all get ``index.html``, whose script shows what the path says; ``/api``
and ``/hub`` are never page routes, and ``/user`` is one only for people whose service does not run.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import URL, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opsforge.settings import ServerSettings

BUILT = Path(__file__).with_name("_web")
PAGES = ("", "sign-in", "projects", "datasets", "snippets", "account", "admin")
"""First segments of the page's own routes; any other path is the page that says so, as a 404."""

FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
COMPRESSED = ".gz"
"""The ending of a compressed file beside the one it was made from."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    # Ant Design writes style elements as its components appear, some without a nonce.
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    # Notebooks are shown in frames; their own policy takes everything that could run from them.
    "frame-src 'self'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)
"""What the page may load: its own script, and nothing inline that runs."""

NOT_BUILT = (
    "The web page has not been built. Run `make setup`, then start again.\n"
    "网页尚未构建。请运行 `make setup` 后重新启动。\n"
)


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """One built file, ready to be sent."""

    content: bytes
    compressed: bytes | None
    media_type: str
    etag: str
    cache_control: str

    def respond(self, request: Request) -> Response:
        """The answer to a GET or HEAD of this file."""
        headers = {"ETag": self.etag, "Cache-Control": self.cache_control}
        if self.compressed is not None:
            headers["Vary"] = "Accept-Encoding"
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if self.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, media_type=self.media_type, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def load_files(folder: Path) -> dict[str, PageFile]:
    """The built files by their path in the URL, without those whose names begin with a dot.

    Args:
        folder: Where the page was built; an absent one holds no files.
    """
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: _load_file(name, path)
        for name, path in named.items()
        if not any(part.startswith(".") for part in name.split("/")) and path.suffix != COMPRESSED
    }


def _load_file(name: str, path: Path) -> PageFile:
    content = path.read_bytes()
    packed = path.with_name(path.name + COMPRESSED)
    return PageFile(
        content=content,
        compressed=packed.read_bytes() if packed.exists() else None,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        etag=f'"{sha256(content).hexdigest()[:24]}"',
        # The names of assets carry a digest of their content.
        cache_control=FOREVER if name.startswith("assets/") else REVALIDATE,
    )


class _PagePath(Convertor[str]):
    """A path that may be a page: none that the API, the hub, a service or a built file has."""

    regex = "(?!(?:api|hub|user|services|assets)(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _PagePath())


def install_page(app: FastAPI, *, folder: Path = BUILT) -> None:
    """Serve the built page from ``app``, after all its other routes.

    Args:
        app: The web service with its API.
        folder: Where the page was built.
    """
    files = load_files(folder)
    index = files.pop("index.html", None)

    async def asset(request: Request) -> Response:
        file = files.get(request.url.path.removeprefix("/"))
        if file is None:
            return PlainTextResponse("Not Found", status_code=HTTPStatus.NOT_FOUND)
        return file.respond(request)

    def show(request: Request) -> Response:
        if index is None:
            return PlainTextResponse(NOT_BUILT, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        answer = index.respond(request)
        answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return answer

    async def door(request: Request) -> Response:
        """A service that does not run: people get the page that starts it, programs a 404."""
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return show(request)

    async def page(request: Request) -> Response:
        path: str = request.path_params["path"]
        if path in files:
            return files[path].respond(request)
        answer = show(request)
        is_page = path.split("/", maxsplit=1)[0] in PAGES
        if not is_page and answer.status_code == HTTPStatus.OK:
            answer.status_code = HTTPStatus.NOT_FOUND
        return answer

    app.add_route("/assets/{path:path}", asset, include_in_schema=False)
    app.add_route("/user/{path:path}", door, include_in_schema=False)
    app.add_route("/{path:page}", page, include_in_schema=False)
    app.add_middleware(SecurityHeaders)


class OneOrigin:
    """Sends visitors of users' own origins, where a service does not answer, to the platform's.

    The page must not be had there: whoever signed in on it would leave a session's cookie where a
    user's code answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for what is not ours, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        server: ServerSettings = scope["app"].state.platform.settings.server
        url = URL(scope=scope)
        if not server.is_users_host(url.hostname or ""):
            await self._app(scope, receive, send)
            return
        home = urlsplit(server.public_url or "")
        answer: Response
        if scope["method"] in {"GET", "HEAD"}:
            answer = RedirectResponse(url.replace(scheme=home.scheme, netloc=home.netloc))
        else:
            answer = PlainTextResponse(
                f"OpsForge answers at {server.public_url}.",
                status_code=HTTPStatus.MISDIRECTED_REQUEST,
            )
        await answer(scope, receive, send)


class SecurityHeaders:
    """Headers that every answer carries unless it has its own."""

    HEADERS: Mapping[str, str] = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    API_HEADERS: Mapping[str, str] = {"Cache-Control": "no-store"}

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what is missing to the head of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = dict(self.HEADERS)
        if scope["path"].startswith("/api/"):
            wanted |= self.API_HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
