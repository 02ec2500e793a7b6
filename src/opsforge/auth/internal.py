"""The endpoint through which the notebook engine asks whose session a token stands for.

It is not for browsers: the public proxy's requests are refused, and so is whoever doesn't know the
secret that only the platform's own processes can read.
"""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field

from opsforge.auth.service import AuthService
from opsforge.kit.problems import NotFound
from opsforge.kit.wiring import part

SECRET_HEADER = "X-OpsForge-Internal"  # noqa: S105 - the header's name, not its value.


class SessionQuestion(BaseModel):
    """A token that somebody presents."""

    token: str = Field(max_length=200, repr=False)


class SessionAnswer(BaseModel):
    """Whose it is."""

    username: str
    is_admin: bool


def internal_router(secret: str) -> APIRouter:
    """The routes under ``/internal``.

    Args:
        secret: What the engine has to send in the header ``X-OpsForge-Internal``.
    """

    def require_insider(
        request: Request, presented: Annotated[str, Header(alias=SECRET_HEADER)] = ""
    ) -> None:
        # The proxy marks everything that it hands on; what comes from outside always went through.
        is_from_outside = "x-forwarded-for" in request.headers
        is_known = secrets.compare_digest(presented.encode(), secret.encode())
        if is_from_outside or not is_known:
            raise NotFound

    router = APIRouter(
        prefix="/internal", include_in_schema=False, dependencies=[Depends(require_insider)]
    )

    @router.post("/session")
    async def identify_session(
        question: SessionQuestion, auth: Annotated[AuthService, part("auth")]
    ) -> SessionAnswer:
        """Whose session it is; 401 for a token that is unknown, expired or revoked."""
        actor = await auth.authenticate(question.token)
        return SessionAnswer(username=actor.username, is_admin=actor.is_admin)

    return router
