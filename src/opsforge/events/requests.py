"""Every request that changed something becomes a hint to the pages that may show it."""

from collections.abc import Iterator
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opsforge.auth.actor import Actor
from opsforge.auth.dependencies import SAFE_METHODS
from opsforge.events.schemas import Change, Kind
from opsforge.events.service import EventService

OWN: dict[str, tuple[Kind, ...]] = {
    "projects": ("projects", "usage"),
    "public": ("projects", "datasets", "usage"),
    "datasets": ("datasets", "usage"),
    "snippets": ("snippets",),
    "uploads": ("uploads", "projects", "datasets", "usage"),
}
"""By the first part of the path: what may have changed for the caller."""
EVERYBODYS: dict[str, tuple[Kind, ...]] = {
    "projects": ("public_projects", "public_datasets"),
    "public": ("public_projects",),
    "datasets": ("public_datasets",),
}
"""The same for everybody."""
ADMINISTRATORS: dict[str, tuple[Kind, ...]] = {"users": ("users",)}
PRIVATE_METHODS = {("projects", "POST"), ("projects", "DELETE")}
"""These never change what is public, unless the path says so."""


class NoteChanges:
    """ASGI middleware: hints after a request that changed something."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = f"{prefix}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = str(scope.get("path", ""))
        if (
            scope["type"] != "http"
            or scope["method"] in SAFE_METHODS
            or not path.startswith(self._prefix)
        ):
            await self._app(scope, receive, send)
            return
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, send_noting)
        actor = scope.get("state", {}).get("actor")
        method, path = scope["method"], path.removeprefix(self._prefix)
        events: EventService = scope["app"].state.platform.events
        if actor is not None and status < HTTPStatus.BAD_REQUEST:
            await _hint(events, actor, method, path)
        if _is_noted(path, status):
            await events.publish(Change(kind="audit"), user_id=None, admins_only=True)


async def _hint(events: EventService, actor: Actor, method: str, path: str) -> None:
    room, _, rest = path.partition("/")
    first = rest.split("/")[-1 if room == "public" else 0]
    row_id = int(first) if first.isascii() and first.isdigit() else None
    for kind in OWN.get(room, ()):
        own_id = row_id if kind == room else None
        await events.publish(Change(kind=kind, id=own_id), user_id=actor.user_id)
    for kind in _public_kinds(method, room, rest):
        await events.publish(Change(kind=kind), user_id=None)
    for kind in ADMINISTRATORS.get(room, ()):
        await events.publish(Change(kind=kind), user_id=None, admins_only=True)


def _is_noted(path: str, status: int) -> bool:
    """Whether there may be a new audit entry: of refusals only sign-ins, of uploads never."""
    if path == "auth/login":
        return True
    return status < HTTPStatus.BAD_REQUEST and not path.startswith("uploads")


def _public_kinds(method: str, room: str, rest: str) -> Iterator[Kind]:
    if (room, method) in PRIVATE_METHODS and not rest.endswith("/share"):
        return
    yield from EVERYBODYS.get(room, ())
