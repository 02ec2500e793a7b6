"""Routes of the starters room."""

from typing import Annotated

from fastapi import APIRouter, Response

from opsforge.auth.dependencies import CurrentActor
from opsforge.kit.problems import NotFound, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.starters.schemas import StarterView
from opsforge.starters.service import StarterService

router = APIRouter(prefix="/starters", tags=["starters"], responses=problems(Unauthenticated))


@router.get("", openapi_extra={"x-requirements": ["D1"]})
async def list_starters(
    starters: Annotated[StarterService, part("starters")], actor: CurrentActor
) -> list[StarterView]:
    """List what a new project can begin with."""
    del actor
    return await starters.list_starters()


@router.get(
    "/{starter}/picture",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}, "image/png": {}}}, **problems(NotFound)},
    openapi_extra={"x-requirements": ["D1"]},
)
async def get_starter_picture(
    starter: str, starters: Annotated[StarterService, part("starters")], actor: CurrentActor
) -> Response:
    """Get the picture of a starter, as `picture` in the list says."""
    del actor
    content, kind = await starters.get_picture(starter)
    # An administrator's SVG is a document: opened by itself it gets no script and no origin.
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(content, media_type=kind, headers=headers)
