"""How JupyterHub knows who asks: by OpsForge's session, so that people sign in once.

The browser sends OpsForge's cookie to ``/hub/`` too. The hub asks OpsForge whose it is, at sign-in
and again at each request, so a hub session never outlives the OpsForge session it came from.
"""

import enum
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import httpx
from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LogoutHandler
from pydantic import BaseModel, ValidationError
from tornado import web
from traitlets import Bool, Instance, Integer

SESSION_COOKIE = "opsforge_session"
SECRET_HEADER = "X-OpsForge-Internal"  # noqa: S105 - the header's name, not its value.
SESSION_PATH = "/internal/session"
_TLS = httpx.create_ssl_context()
"""Made once: each reading of the machine's certificates would hold up the hub for 40 ms."""


class Identity(BaseModel):
    """Whose session it is."""

    username: str
    is_admin: bool = False


class SessionSource(enum.Enum):
    """The other answers to "whose session is this?"."""

    NOBODY = "nobody"
    AWAY = "away"


@dataclass(frozen=True)
class SessionClient:
    """Asks OpsForge's web service whose session a token stands for."""

    socket: str | None
    """Path of the Unix socket that the web service listens on; None: ``url`` is on a network."""
    url: str
    secret: str

    async def identify(self, token: str) -> Identity | SessionSource:
        """Whose session it is; ``AWAY`` when the web service does not answer."""
        transport = httpx.AsyncHTTPTransport(uds=self.socket, verify=_TLS)
        try:
            async with httpx.AsyncClient(transport=transport, timeout=5) as client:
                answer = await client.post(
                    f"{self.url}{SESSION_PATH}",
                    json={"token": token},
                    headers={SECRET_HEADER: self.secret},
                )
                if answer.status_code == HTTPStatus.UNAUTHORIZED:
                    return SessionSource.NOBODY
                answer.raise_for_status()
                return Identity.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError):
            return SessionSource.AWAY


class OpsForgeAuthenticator(Authenticator):  # type: ignore[misc]
    """Accepts OpsForge's session. There is no form: who has no session is sent to OpsForge."""

    sessions = Instance(SessionClient, config=True)
    auto_login = Bool(True)
    auth_refresh_age = Integer(
        -1,
        help="Negative: never fresh enough, so `refresh_user` is asked at every request. "
        "Zero would switch the check off.",
    )

    def login_url(self, base_url: str) -> str:
        """Where the hub sends whoever it doesn't know."""
        return f"{base_url.rstrip('/')}/opsforge-login"

    def get_handlers(self, app: Any) -> list[tuple[str, type[BaseHandler]]]:  # noqa: ANN401
        """Our sign-in, and OpsForge's page in place of the hub's own pages."""
        del app
        return [
            (r"/opsforge-login", SignInHandler),
            (r"/logout", SignOutHandler),
            (r"/(?:home|token|admin|spawn(?:/.*)?|spawn-pending/.*)", ToOpsForgeHandler),
        ]

    async def authenticate(
        self, handler: BaseHandler, data: dict[str, str] | None = None
    ) -> str | None:
        """The name of whoever the session belongs to."""
        del data
        identity = await self._identify(handler)
        return identity.username if identity else None

    async def refresh_user(self, user: Any, handler: BaseHandler | None = None) -> bool:  # noqa: ANN401
        """Whether a browser's hub session still stands for a session of the same user.

        Tokens end by being deleted (`JupyterHubClient.revoke_access`), and come without a cookie.
        """
        if handler is None or getattr(handler, "_token_authenticated", False):
            return True
        # JupyterHub 6.1 reads this after a "no", and sets it for requests with a token only.
        handler._token_authenticated = False  # noqa: SLF001
        identity = await self._identify(handler)
        return identity is not None and identity.username == user.name

    async def _identify(self, handler: BaseHandler) -> Identity | None:
        token = handler.get_cookie(SESSION_COOKIE)
        if not token:
            return None
        identity = await self.sessions.identify(token)
        if identity is SessionSource.AWAY:
            raise web.HTTPError(
                HTTPStatus.SERVICE_UNAVAILABLE, "OpsForge is being restarted. Try again."
            )
        return identity if isinstance(identity, Identity) else None


class SignInHandler(BaseHandler):  # type: ignore[misc]
    """Signs in whoever has a session; sends everybody else to OpsForge, and back afterwards."""

    async def get(self) -> None:
        """Sign in and go on to ``next``."""
        user = await self.login_user()
        if user is not None:
            self.redirect(self.get_next_url(user))
            return
        wanted = self._validate_next_url(self.get_argument("next", default=""))
        self.redirect("/?" + urlencode({"next": wanted}) if wanted else "/")


class SignOutHandler(LogoutHandler):  # type: ignore[misc]
    """JupyterLab's "log out" ends the hub's session and leads to OpsForge, where one signs out."""

    async def render_logout_page(self) -> None:
        """Go to OpsForge's page."""
        self.redirect("/")


class ToOpsForgeHandler(BaseHandler):  # type: ignore[misc]
    """Services are seen to in OpsForge, whose page knows flavours and limits."""

    def get(self) -> None:
        """Go to OpsForge's page."""
        self.redirect("/")
