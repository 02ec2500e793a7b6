"""What tus wants of every answer, refusals included."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opsforge.uploads.tus import VERSION


class TusVersion:
    """ASGI middleware: tells the protocol's version below an address."""

    def __init__(self, app: ASGIApp, *, below: str) -> None:
        self._app = app
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(self._below):
            await self._app(scope, receive, send)
            return

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"tus-resumable", VERSION.encode())
                message["headers"] = [*message["headers"], header]
            await send(message)

        await self._app(scope, receive, send_with_version)
