"""Hands requests of the page on to the platform, with this service's own token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from opsforge.lab.routes import clean_query, is_allowed
from opsforge.lab.settings import LabSettings

REQUEST_MAX_BYTES = 1024**2
ANSWER_MAX_BYTES = 16 * 1024**2
BLOCK_BYTES = 64 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=5)
"""Sharing copies files; everything else is quick."""
_SENT = ("Accept", "Accept-Language", "Content-Type")
_RETURNED = ("Content-Type", "Retry-After", "X-Request-Id")


class PlatformAway(Exception):  # noqa: N818 - what happened.
    """The platform does not answer."""


class Platform:
    """The platform's API, reached through a Unix socket; connects at the first question."""

    def __init__(self, settings: LabSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def ask(
        self, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, and give the answer while it is being read.

        Raises:
            PlatformAway: It is not there, or the connection broke.
        """
        if not self._settings.socket:
            raise PlatformAway
        url = f"http://opsforge/api/v1/{path}" + (f"?{query}" if query else "")
        headers["Authorization"] = f"Bearer {self._settings.token}"
        try:
            async with self._connected().request(
                method, url, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise PlatformAway from None

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.UnixConnector(self._settings.socket)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=_TIMEOUT,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
            )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class OwnHandler(APIHandler):
    """A handler for the owner of the service alone; looking at the page is no activity."""

    auth_resource = "opsforge"
    _track_activity = False

    @property
    def lab(self) -> LabSettings:
        """What the platform told this service."""
        found: LabSettings = self.settings["opsforge_settings"]
        return found

    async def prepare(self) -> None:  # type: ignore[override]
        """Authenticate as Jupyter does, then refuse whoever else was let in.

        Raises:
            web.HTTPError: It is another user: they would act as the owner.
        """
        await super().prepare()
        name = getattr(self.current_user, "username", "")
        if not self._finished and name != self.lab.username:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)

    def refuse(self, status: HTTPStatus, code: str, sentence: str) -> None:
        """Answer in the shape of the platform's own refusals."""
        self.set_status(status)
        document = {"status": status, "title": status.phrase, "code": code, "detail": sentence}
        self.finish(document, set_content_type="application/problem+json")


class ForwardHandler(OwnHandler):
    """``/opsforge/api/…``: the allowed part of the platform's API."""

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Ask the platform."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def post(self, path: str) -> None:
        """Have the platform make something."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def patch(self, path: str) -> None:
        """Have the platform change something."""
        await self._forward(path)

    @web.authenticated
    @authorized
    async def delete(self, path: str) -> None:
        """Have the platform delete something."""
        await self._forward(path)

    async def _forward(self, path: str) -> None:
        method = self.request.method or ""
        if not is_allowed(method, path):
            self.refuse(HTTPStatus.NOT_FOUND, "lab.not_forwarded", "JupyterLab may not ask this.")
            return
        if len(self.request.body) > REQUEST_MAX_BYTES:
            raise web.HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        headers = {name: value for name in _SENT if (value := self.request.headers.get(name))}
        platform: Platform = self.settings["opsforge_platform"]
        query = clean_query(self.request.query)
        try:
            asked = platform.ask(method, path, query=query, body=self.request.body, **headers)
            async with asked as answer:
                await self._return(answer)
        except PlatformAway:
            self._give_up()

    async def _return(self, answer: aiohttp.ClientResponse) -> None:
        """Hand the answer on as it comes, if it is not longer than any should be."""
        self.set_status(answer.status)
        for name in _RETURNED:
            if name in answer.headers:
                self.set_header(name, answer.headers[name])
        size = 0
        async for block in answer.content.iter_chunked(BLOCK_BYTES):
            size += len(block)
            if size > ANSWER_MAX_BYTES:
                raise PlatformAway
            self.write(block)
            try:
                await self.flush()
            except StreamClosedError:
                return  # The page has gone away.
        await self.finish(set_content_type=answer.content_type)

    def _give_up(self) -> None:
        if self._headers_written:
            # The page must not take a part for the whole.
            self.request.connection.stream.close()  # type: ignore[union-attr]
            return
        self.refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "lab.platform_away",
            "OpsForge does not answer at the moment; try again.",
        )
