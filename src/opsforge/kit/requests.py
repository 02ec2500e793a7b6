"""One log line and one id for each request; a fault of ours becomes a problem document."""

import secrets
from http import HTTPStatus
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog import get_logger
from structlog.contextvars import bound_contextvars

from opsforge.kit.problems import MEDIA_TYPE, Internal, TooLarge, language_of, problem_response

log = get_logger()


class RequestLog:
    """ASGI middleware: logs method, path, status and time, never a query, a header or a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = perf_counter()
        status = 0
        is_too_large = False

        async def send_noting(message: Message) -> None:
            nonlocal status, is_too_large
            is_too_large = is_too_large or _is_plain_too_large(message)
            if is_too_large:  # Starlette's own words; ours follow.
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_noting)
                if is_too_large:
                    is_too_large = False
                    refusal = problem_response(TooLarge(), language=language_of(Request(scope)))
                    await refusal(scope, receive, send_noting)
            except Exception:
                log.exception("request.fault", method=scope["method"], path=scope["path"])
                if status:  # The answer has begun; all that is left is to cut it off.
                    raise
                language = language_of(Request(scope))
                answer = problem_response(Internal(request_id=request_id), language=language)
                await answer(scope, receive, send_noting)
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status or int(HTTPStatus.INTERNAL_SERVER_ERROR),
                    milliseconds=round(1000 * (perf_counter() - started), 1),
                )


def _is_plain_too_large(message: Message) -> bool:
    """Whether this begins the answer of Starlette's body limit, which is no problem document."""
    return (
        message["type"] == "http.response.start"
        and message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        and (b"content-type", MEDIA_TYPE.encode()) not in message["headers"]
    )
