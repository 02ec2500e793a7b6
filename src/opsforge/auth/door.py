"""The door for notebook services: an own socket, one kind of credential, a list of operations.

What comes through it was sent by a user's service, and so, for all we know, by code in a notebook.
Only a running service's own token is accepted here, and it is accepted nowhere else: one that
leaks opens nothing from outside.
"""

from fastapi import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from opsforge.auth.errors import NotForServices

API_PATH = "/api/"
_MARK = "opsforge.from_service"
_KEPT_HEADERS = frozenset(
    {
        *(b"accept", b"accept-encoding", b"accept-language", b"authorization", b"host"),
        *(b"content-type", b"content-length", b"transfer-encoding"),
        *(b"if-match", b"if-none-match", b"range"),
    }
)
"""No cookie, and nothing by which proxies tell us who is calling."""

SERVICE_OPERATIONS = frozenset(
    {
        # Projects and data sets: read, link, publish; nothing is deleted.
        "list_projects",
        "get_project",
        "update_project",
        "share_project",
        "list_project_datasets",
        "list_public_projects",
        "get_public_project",
        "list_public_project_datasets",
        "list_datasets",
        "get_dataset",
        "get_dataset_file",
        # Snippets: all that the panel offers, deleting included.
        "list_snippets",
        "get_snippet_tree",
        "search_snippets",
        "list_snippet_library",
        "get_snippet",
        "create_snippet_folder",
        "create_snippet",
        "update_snippet",
        "move_snippet",
        "delete_snippet_folder",
        "delete_snippet",
        # The service itself.
        "get_service",
        "list_flavours",
        "stop_service",
    }
)
"""What a service may ask for in its user's name; a new operation is refused until it is here."""


class ServiceDoor:
    """Marks what comes in through the services' socket, and lets nothing but the API be reached."""

    def __init__(self, app: ASGIApp, *, socket: str) -> None:
        self._app = app
        self._socket = socket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what came through the other door as it is."""
        if scope["type"] != "http" or not self._is_ours(scope):
            await self._app(scope, receive, send)
            return
        if not scope["path"].startswith(API_PATH):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name in _KEPT_HEADERS]
        await self._app({**scope, "headers": headers, _MARK: True}, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        server = scope.get("server")
        return server is not None and server[0] == self._socket


def is_from_service(request: Request) -> bool:
    """Whether a request came through the services' door."""
    return bool(request.scope.get(_MARK))


async def require_service_scope(request: Request) -> None:
    """Refuse what a service may not ask for; everybody else passes.

    Raises:
        NotForServices: The operation is not on the list.
    """
    if is_from_service(request) and request.scope["endpoint"].__name__ not in SERVICE_OPERATIONS:
        raise NotForServices
