"""What other rooms' endpoints ask of a request: who makes it, and from where."""

from typing import Annotated

from fastapi import Depends, Request

from opsforge.auth.actor import Actor
from opsforge.auth.door import is_from_service
from opsforge.auth.errors import RequestHeaderMissing
from opsforge.auth.service import AuthService
from opsforge.kit.problems import Forbidden, Unauthenticated
from opsforge.kit.wiring import part

SESSION_COOKIE = "opsforge_session"
COOKIE_PATHS = ("/api/", "/hub/")
"""Never ``/user/``: there another user's code may answer."""

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


async def token_of(request: Request) -> str:
    """The token that came with a request, in its header or in our cookie.

    A cookie is sent by the browser whoever wrote the page; a request that changes something must
    then carry a header that another site's page can't set without our consent (CORS preflight).

    Raises:
        Unauthenticated: There is none.
        RequestHeaderMissing: A cookie alone must not change anything.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        raise Unauthenticated
    if request.method not in SAFE_METHODS and "x-opsforge-request" not in request.headers:
        raise RequestHeaderMissing
    return cookie


CurrentToken = Annotated[str, Depends(token_of)]


async def current_actor(
    request: Request, token: CurrentToken, auth: Annotated[AuthService, part("auth")]
) -> Actor:
    """The authenticated caller."""
    identify = auth.authenticate_service if is_from_service(request) else auth.authenticate
    actor = await identify(token)
    request.state.actor = actor
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def current_admin(actor: CurrentActor) -> Actor:
    """The authenticated caller, who is an administrator."""
    if not actor.is_admin:
        raise Forbidden
    return actor


CurrentAdmin = Annotated[Actor, Depends(current_admin)]


async def client_address(request: Request) -> str:
    """The caller's network address, as the outermost proxy that we trust saw it.

    Each proxy appends the address it was called from to ``X-Forwarded-For``; whatever stands left
    of what our own proxies wrote, the caller may have made up.
    """
    trusted: int = request.app.state.platform.settings.server.trusted_proxies
    forwarded = request.headers.get("x-forwarded-for", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if hops:
        return hops[max(0, len(hops) - 1 - trusted)]
    return request.client.host if request.client else ""


ClientAddress = Annotated[str, Depends(client_address)]
