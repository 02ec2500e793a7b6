"""Routes of the usage room."""

from typing import Annotated

from fastapi import APIRouter

from opsforge.auth.dependencies import CurrentActor
from opsforge.kit.paging import RowId
from opsforge.kit.problems import NotFound, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.usage.schemas import UsageView
from opsforge.usage.service import UsageService

router = APIRouter(prefix="/users", tags=["usage"], responses=problems(Unauthenticated))

Usage = Annotated[UsageService, part("usage")]


@router.get("/{user_id}/usage", responses=problems(NotFound))
async def get_usage(usage: Usage, actor: CurrentActor, user_id: RowId) -> UsageView:
    """What one's own data takes and may take; anybody's for administrators."""
    return await usage.get_usage(actor, user_id)
