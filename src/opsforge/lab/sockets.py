"""The websockets that are open: terminals, kernels, events."""

from typing import Any
from weakref import WeakSet

from tornado.websocket import WebSocketHandler

GOING_AWAY = 1001


class OpenSockets:
    """Knows every websocket of this process from here on: Jupyter keeps no list of them."""

    def __init__(self) -> None:
        self._handlers: WeakSet[WebSocketHandler] = WeakSet()
        made = WebSocketHandler.__init__

        def make(handler: WebSocketHandler, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            made(handler, *args, **kwargs)
            self._handlers.add(handler)

        WebSocketHandler.__init__ = make  # type: ignore[method-assign,assignment]

    def close(self) -> None:
        """Close them; kernels and terminals themselves live on."""
        for handler in list(self._handlers):
            handler.close(GOING_AWAY)
