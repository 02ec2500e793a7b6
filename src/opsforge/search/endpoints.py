"""Routes of the search room."""

from typing import Annotated

from fastapi import APIRouter, Query

from opsforge.auth.dependencies import CurrentActor
from opsforge.kit.paging import SearchQuery
from opsforge.kit.problems import Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.search.schemas import SearchResults
from opsforge.search.service import SearchService

router = APIRouter(tags=["search"], responses=problems(Unauthenticated))


@router.get("/search", openapi_extra={"x-requirements": ["D2", "D3", "D17", "E3", "F2"]})
async def search_everything(
    search: Annotated[SearchService, part("search")],
    actor: CurrentActor,
    query: Annotated[SearchQuery, Query()] = "",
    limit: Annotated[int, Query(ge=1, le=20, description="Of each kind at most.")] = 5,
) -> SearchResults:
    """A few projects, data sets and snippets each that fit: one's own and public ones."""
    return await search.search(actor, query, limit=limit)
