"""Routes of the overview."""

from typing import Annotated

from fastapi import APIRouter

from opsforge.auth.dependencies import CurrentAdmin
from opsforge.kit.problems import Forbidden, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.overview.schemas import Overview
from opsforge.overview.service import OverviewService

router = APIRouter(
    prefix="/admin", tags=["administration"], responses=problems(Unauthenticated, Forbidden)
)


@router.get("/overview")
async def get_overview(
    overview: Annotated[OverviewService, part("overview")], admin: CurrentAdmin
) -> Overview:
    """The platform at a glance (administrators)."""
    del admin
    return await overview.get_overview()
