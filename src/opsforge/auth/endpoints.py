"""Routes of the auth room."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response

from opsforge.auth.dependencies import (
    COOKIE_PATHS,
    SESSION_COOKIE,
    ClientAddress,
    CurrentActor,
    CurrentAdmin,
    token_of,
)
from opsforge.auth.errors import (
    RequestHeaderMissing,
    Throttled,
    WrongCredentials,
    WrongPassword,
)
from opsforge.auth.schemas import (
    Login,
    LoginView,
    Logout,
    LogoutView,
    NewTokenView,
    PasswordChange,
    PasswordReset,
    SessionView,
    TokenCreate,
    TokenView,
)
from opsforge.auth.service import AuthService
from opsforge.kit.paging import Page, PageCursor, PageLimit
from opsforge.kit.problems import Forbidden, NotFound, Unauthenticated, problems
from opsforge.kit.wiring import part
from opsforge.notebooks.errors import ServiceBusy, ServiceSilent
from opsforge.users.errors import PasswordTooShort

router = APIRouter(tags=["auth"])

Auth = Annotated[AuthService, part("auth")]


@router.post(
    "/auth/login",
    responses=problems(WrongCredentials, Throttled),
    openapi_extra={"x-requirements": ["A1", "C5"]},
)
async def log_in(
    auth: Auth, request: Request, response: Response, address: ClientAddress, login: Login
) -> LoginView:
    """Sign in: returns a token, sets the session's cookies and starts the user's service."""
    view = await auth.log_in(login.username, login.password, address=address)
    _set_cookies(request, response, view)
    return view


@router.post(
    "/auth/logout",
    responses=problems(Unauthenticated, ServiceBusy, ServiceSilent, RequestHeaderMissing),
    openapi_extra={"x-requirements": ["B5", "C6"]},
)
async def log_out(
    auth: Auth, response: Response, actor: CurrentActor, how: Logout | None = None
) -> LogoutView:
    """Sign out: ends the token, clears the cookies and stops the user's service."""
    view = await auth.log_out(actor, when_busy=(how or Logout()).when_busy)
    for path in COOKIE_PATHS:
        response.delete_cookie(SESSION_COOKIE, path=path)
    return view


@router.get(
    "/auth/session",
    responses=problems(Unauthenticated),
    openapi_extra={"x-requirements": ["A2"]},
)
async def get_session(auth: Auth, request: Request) -> SessionView:
    """Who the request's token belongs to; nobody if there is none, or its cookie's has ended."""
    try:
        token = await token_of(request)
        return await auth.get_session(await auth.authenticate(token), token)
    except Unauthenticated:
        if "authorization" in request.headers:  # A script should hear that its token is no good.
            raise
        return SessionView(user=None, expires_at=None)


@router.put(
    "/auth/password",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(Unauthenticated, WrongPassword, PasswordTooShort, Throttled),
    openapi_extra={"x-requirements": ["B3"]},
)
async def change_password(
    auth: Auth, actor: CurrentActor, address: ClientAddress, change: PasswordChange
) -> None:
    """Change one's own password; all one's other tokens end."""
    await auth.change_password(
        actor, current=change.current_password, new=change.new_password, address=address
    )


@router.put(
    "/users/{user_id}/password",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(Unauthenticated, Forbidden, NotFound, PasswordTooShort),
    openapi_extra={"x-requirements": ["B3"]},
)
async def reset_password(
    auth: Auth, admin: CurrentAdmin, user_id: int, reset: PasswordReset
) -> None:
    """Set a user's password; all of the user's tokens end (administrators)."""
    await auth.reset_password(admin, user_id, reset.new_password)


@router.get(
    "/auth/tokens",
    responses=problems(Unauthenticated),
    openapi_extra={"x-requirements": ["A2"]},
)
async def list_tokens(
    auth: Auth, actor: CurrentActor, cursor: PageCursor = None, limit: PageLimit = 50
) -> Page[TokenView]:
    """The caller's living tokens, newest first."""
    return await auth.list_tokens(actor, cursor=cursor, limit=limit)


@router.post(
    "/auth/tokens",
    status_code=HTTPStatus.CREATED,
    responses=problems(Unauthenticated),
    openapi_extra={"x-requirements": ["A2"]},
)
async def create_token(
    auth: Auth, actor: CurrentActor, address: ClientAddress, new: TokenCreate
) -> NewTokenView:
    """Make a token for scripts; its value is shown only here."""
    return await auth.create_token(actor, new, address=address)


@router.delete(
    "/auth/tokens/{token_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(Unauthenticated, NotFound),
    openapi_extra={"x-requirements": ["A2"]},
)
async def revoke_token(auth: Auth, actor: CurrentActor, token_id: int) -> None:
    """End one of the caller's tokens at once."""
    await auth.revoke_token(actor, token_id)


def _set_cookies(request: Request, response: Response, view: LoginView) -> None:
    public_url: str | None = request.app.state.platform.settings.server.public_url
    for path in COOKIE_PATHS:
        response.set_cookie(
            SESSION_COOKIE,
            view.token,
            expires=view.expires_at,
            path=path,
            httponly=True,
            samesite="lax",
            secure=(public_url or "").startswith("https://"),
        )
