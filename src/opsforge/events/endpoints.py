"""Routes of the events room."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends

from opsforge.auth.dependencies import CurrentActor, CurrentToken
from opsforge.auth.service import AuthService
from opsforge.events.schemas import LiveEvent
from opsforge.events.service import EventService
from opsforge.events.streams import Stream
from opsforge.kit.problems import Unauthenticated, problems
from opsforge.kit.relays import EventStream
from opsforge.kit.wiring import part

router = APIRouter(tags=["events"], responses=problems(Unauthenticated))


async def _open_stream(
    events: Annotated[EventService, part("events")],
    auth: Annotated[AuthService, part("auth")],
    actor: CurrentActor,
    token: CurrentToken,
) -> AsyncIterator[Stream]:
    """Opened before the answer begins and closed when it is over, however it ended."""

    async def is_allowed() -> bool:
        try:
            return await auth.authenticate(token) == actor
        except Unauthenticated:
            return False

    async with events.open_stream(actor, is_allowed=is_allowed) as stream:
        yield stream


@router.get(
    "/events",
    response_class=EventStream,
    responses={200: {"model": LiveEvent}},
    openapi_extra={"x-requirements": ["C4"]},
)
async def stream_events(stream: Annotated[Stream, Depends(_open_stream)]) -> EventStream:
    """What a page is told as it happens, until it leaves.

    Events: `service` (a ServiceView), `progress` (a StartProgress), `metrics` (a ServiceLoad, every
    few seconds while the service runs), `free` (FreePlaces, whenever what is free changes) and
    `changed` (a Change: ask for that list again).
    """
    return EventStream(
        (None if event is None else (event.name, event.said)) async for event in stream
    )
