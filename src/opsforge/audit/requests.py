"""Lets entries know where the request came from."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from opsforge.audit.service import ADDRESS
from opsforge.auth.dependencies import client_address


class NoteAddress:
    """ASGI middleware: keeps the caller's address for the time of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = ADDRESS.set(await client_address(Request(scope)))
        try:
            await self._app(scope, receive, send)
        finally:
            ADDRESS.reset(token)
