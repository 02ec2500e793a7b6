"""Routes of the notebooks room."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from opsforge.auth.dependencies import CurrentActor, CurrentAdmin
from opsforge.engine.port import EngineAway, EngineRefused
from opsforge.kit.flags import Flag
from opsforge.kit.paging import Page, PageCursor, PageLimit
from opsforge.kit.problems import Forbidden, NotFound, Unauthenticated, problems
from opsforge.kit.relays import EventStream, relayed
from opsforge.kit.wiring import part
from opsforge.notebooks.errors import (
    FlavourTaken,
    ServiceExists,
    UidsExhausted,
    UnknownFlavour,
    VolumeExists,
)
from opsforge.notebooks.schemas import (
    FlavourView,
    RunningService,
    ServiceEvent,
    ServiceStart,
    ServiceTokenView,
    ServiceView,
)
from opsforge.notebooks.service import NotebookService
from opsforge.storage.journal.errors import StorageBusy, StorageFull

router = APIRouter(
    prefix="/services", tags=["services"], responses=problems(Unauthenticated, EngineAway)
)

Notebooks = Annotated[NotebookService, part("notebooks")]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(ServiceExists, UidsExhausted, VolumeExists, StorageBusy, StorageFull),
    openapi_extra={"x-requirements": ["C1"]},
)
async def create_service(notebooks: Notebooks, actor: CurrentActor) -> ServiceView:
    """Create the caller's service, if it was deleted."""
    return await notebooks.create_own_service(actor)


@router.get("", responses=problems(Forbidden))
async def list_services(
    notebooks: Notebooks,
    admin: CurrentAdmin,
    active: Annotated[Flag, Query(description="1: only those that are not at rest.")] = 0,
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[RunningService]:
    """List all services with what they use, by name (administrators)."""
    del admin
    return await notebooks.list_services(only_active=bool(active), cursor=cursor, limit=limit)


@router.get("/flavours", openapi_extra={"x-requirements": ["C2"]})
async def list_flavours(notebooks: Notebooks, actor: CurrentActor) -> list[FlavourView]:
    """The flavours with what is free of each."""
    del actor
    return await notebooks.list_flavours()


@router.get("/token", openapi_extra={"x-requirements": ["C2"]})
async def get_service_token(notebooks: Notebooks, actor: CurrentActor) -> ServiceTokenView:
    """The token for requests to the caller's service, and the flavours to choose from."""
    return await notebooks.get_service_token(actor)


@router.get("/{name}", responses=problems(NotFound), openapi_extra={"x-requirements": ["C4"]})
async def get_service(notebooks: Notebooks, actor: CurrentActor, name: str) -> ServiceView:
    """A service by its name."""
    return await notebooks.get_service(actor, name)


@router.post(
    "/{name}/start",
    responses=problems(NotFound, UnknownFlavour, FlavourTaken, EngineRefused),
    openapi_extra={"x-requirements": ["C5"]},
)
async def start_service(
    notebooks: Notebooks, actor: CurrentActor, name: str, how: ServiceStart | None = None
) -> ServiceView:
    """Start a service; a running one is returned at once."""
    wanted = how or ServiceStart()
    return await notebooks.start_service(actor, name, flavour=wanted.flavour, waits=wanted.waits)


@router.post("/{name}/stop", responses=problems(NotFound), openapi_extra={"x-requirements": ["C6"]})
async def stop_service(notebooks: Notebooks, actor: CurrentActor, name: str) -> ServiceView:
    """Stop a service; a stopped one is returned at once."""
    return await notebooks.stop_service(actor, name)


async def _watched(
    notebooks: Notebooks, actor: CurrentActor, name: str
) -> AsyncIterator[AsyncIterator[ServiceEvent | None]]:
    """Refuse before the stream begins (afterwards the status is 200 already), tidy up behind it."""
    found = await notebooks.get_service(actor, name)
    async with relayed(notebooks.watch_service(actor, found.name)) as events:
        yield events


@router.get(
    "/{name}/events",
    response_class=EventStream,
    responses={200: {"model": ServiceEvent}, **problems(NotFound)},
)
async def watch_service(
    events: Annotated[AsyncIterator[ServiceEvent | None], Depends(_watched)],
) -> EventStream:
    """The service at each step of a start or stop, until nothing is under way."""
    return EventStream((None if event is None else (None, event)) async for event in events)


@router.delete(
    "/{service_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["C3"]},
)
async def delete_service(
    notebooks: Notebooks,
    actor: CurrentActor,
    service_id: int,
    name: Annotated[str, Query(description="Must be the name of the service with this id.")],
) -> None:
    """Stop and forget a service; the user's files stay."""
    await notebooks.delete_service(actor, service_id=service_id, name=name)
