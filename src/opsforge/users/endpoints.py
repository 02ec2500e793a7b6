"""Routes of the users room."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from opsforge.auth.dependencies import CurrentActor, CurrentAdmin
from opsforge.engine.port import EngineAway
from opsforge.kit.paging import Page, PageCursor, PageLimit
from opsforge.kit.problems import Forbidden, NotFound, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.notebooks.errors import UidsExhausted, VolumeExists
from opsforge.storage.journal.errors import StorageBusy, StorageFull
from opsforge.users.errors import LastAdministrator, PasswordTooShort, UsernameTaken
from opsforge.users.schemas import UserCreate, UserUpdate, UserView
from opsforge.users.service import UserService

router = APIRouter(prefix="/users", tags=["users"], responses=problems(Unauthenticated))

Users = Annotated[UserService, part("users")]


@router.get("", responses=problems(Forbidden))
async def list_users(
    users: Users,
    admin: CurrentAdmin,
    cursor: PageCursor = None,
    limit: PageLimit = 50,
    query: Annotated[str, Query(max_length=100, description="Part of a name or address.")] = "",
) -> Page[UserView]:
    """List the accounts, by username (administrators)."""
    del admin
    return await users.list_users(cursor=cursor, limit=limit, query=query)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UsernameTaken,
        PasswordTooShort,
        UidsExhausted,
        VolumeExists,
        StorageBusy,
        StorageFull,
        EngineAway,
    ),
    openapi_extra={"x-requirements": ["B1", "C1"]},
)
async def create_user(users: Users, admin: CurrentAdmin, new: UserCreate) -> UserView:
    """Create an account and its notebook service (administrators)."""
    return await users.create_user(new, by=admin)


@router.get(
    "/{user_id}",
    responses=problems(NotFound),
    openapi_extra={"x-requirements": ["B4"]},
)
async def get_user(users: Users, actor: CurrentActor, user_id: int) -> UserView:
    """Details of an account: one's own, or anybody's for administrators."""
    return await users.get_user(actor, user_id)


@router.patch(
    "/{user_id}",
    responses=problems(NotFound, Forbidden, LastAdministrator),
    openapi_extra={"x-requirements": ["B2"]},
)
async def update_user(
    users: Users, actor: CurrentActor, user_id: int, change: UserUpdate
) -> UserView:
    """Change an account: one's own name and address, everything for administrators."""
    return await users.update_user(actor, user_id, change)
