"""Whether the platform's parts answer."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from opsforge.db.database import Database
from opsforge.engine.port import NotebookEngine
from opsforge.kit.cache import Cache
from opsforge.kit.wiring import part

router = APIRouter(tags=["health"])


class HealthView(BaseModel):
    """Which parts answer now."""

    is_healthy: bool = Field(description="Whether all of them do.")
    database: bool
    cache: bool
    engine: bool


@router.get("/health")
async def get_health(
    response: Response,
    db: Annotated[Database, part("db")],
    cache: Annotated[Cache, part("cache")],
    engine: Annotated[NotebookEngine, part("engine")],
) -> HealthView:
    """Whether the platform's parts answer; 503 if one does not. Needs no token."""
    database, cached, engaged = await asyncio.gather(
        db.is_reachable(), cache.is_reachable(), engine.is_reachable()
    )
    healthy = database and cached and engaged
    if not healthy:
        response.status_code = 503
    return HealthView(is_healthy=healthy, database=database, cache=cached, engine=engaged)
