"""Routes of the audit room."""

from typing import Annotated

from fastapi import APIRouter, Query

from opsforge.audit.schemas import AuditFilter, AuditView
from opsforge.audit.service import AuditService
from opsforge.auth.dependencies import CurrentAdmin
from opsforge.kit.paging import Page, PageCursor, PageLimit
from opsforge.kit.problems import Forbidden, Unauthenticated, problems
from opsforge.kit.wiring import part

router = APIRouter(tags=["audit"], responses=problems(Unauthenticated, Forbidden))


@router.get("/audit")
async def list_audit_entries(
    audit: Annotated[AuditService, part("audit")],
    admin: CurrentAdmin,
    wanted: Annotated[AuditFilter, Query()],
    cursor: PageCursor = None,
    limit: PageLimit = 50,
) -> Page[AuditView]:
    """Who did what, latest first (administrators)."""
    del admin
    return await audit.list_entries(wanted, cursor=cursor, limit=limit)
