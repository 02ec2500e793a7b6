"""The real engine: a client of JupyterHub's REST API."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from opsforge.engine.answers import (
    HubSelf,
    HubToken,
    HubTokens,
    HubUser,
    HubUsers,
    KernelList,
    ProgressEvent,
    SessionList,
    status_of,
)
from opsforge.engine.port import (
    EngineAway,
    EngineRefused,
    EngineState,
    EngineStatus,
    EngineUsage,
    KernelActivity,
    Progress,
    ServiceToken,
    StartStep,
)
from opsforge.forkserver.client import ForkServerError, ask, service_name
from opsforge.kit.clock import Clock, utc_now

Answer = TypeVar("Answer")

HUB_TIMEOUT = httpx.Timeout(20, connect=3)
STREAM_TIMEOUT = httpx.Timeout(30, connect=3)
"""The hub sends an empty line every eight seconds."""
SERVICE_TIMEOUT = httpx.Timeout(3)
SERVICE_ANSWER_MAX_BYTES = 1024**2
USAGE_SECONDS = 3
_USAGE = TypeAdapter(dict[str, EngineUsage])
KERNELS, SESSIONS = "api/kernels", "api/sessions"
DISCONNECT = "opsforge/disconnect"
"""Of `opsforge.lab.handlers`."""
PAGE_SIZE = 200
"""Users on a page; the hub's own limit."""


def _shared_host(name: str) -> None:
    """All services are at the proxy's own address."""
    del name


class JupyterHubClient:
    """A `NotebookEngine` on a JupyterHub.

    Errors never carry what the hub or a service answered, nor a token.
    """

    def __init__(  # noqa: PLR0913 - the outside, all by name.
        self,
        *,
        hub_url: str,
        proxy_url: str,
        token: str,
        service_host: Callable[[str], str | None] = _shared_host,
        fork_server_socket: Path | None = None,
        stop_timeout: timedelta = timedelta(seconds=40),
        clock: Clock = utc_now,
    ) -> None:
        """Make a client; it connects when it is first asked.

        Args:
            hub_url: Where the hub listens, without a path.
            proxy_url: Where the services are reached, without a path.
            token: The token of the hub's service `opsforge`.
            service_host: The host of a user's own origin by name, where users have such.
            fork_server_socket: Where the fork server is asked, if services run on one.
            stop_timeout: How long a service may take to stop.
            clock: The present moment.
        """
        tls = httpx.create_ssl_context(trust_env=False)
        self._hub = httpx.AsyncClient(
            base_url=f"{hub_url}/hub/api",
            headers={"Authorization": f"token {token}"},
            timeout=HUB_TIMEOUT,
            cookies=_no_cookies(),
            trust_env=False,
            verify=tls,
        )
        self._services = httpx.AsyncClient(
            base_url=proxy_url,
            timeout=SERVICE_TIMEOUT,
            cookies=_no_cookies(),
            trust_env=False,
            verify=tls,
        )
        self._service_host = service_host
        self._fork_server_socket = fork_server_socket
        self._stop_timeout = stop_timeout
        self._clock = clock

    async def create_service(self, name: str) -> None:
        """Make the hub know the user."""
        await self._ask("POST", _user(name), also=HTTPStatus.CONFLICT)

    async def delete_service(self, name: str) -> None:
        """Stop the user's server and let the hub forget both."""
        await self.stop_service(name)
        await self._ask("DELETE", _user(name), also=HTTPStatus.NOT_FOUND)

    async def get_status(self, name: str) -> EngineStatus:
        """The state now."""
        answer = await self._ask("GET", _user(name), also=HTTPStatus.NOT_FOUND)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return EngineStatus(state=EngineState.ABSENT)
        return status_of(_parse(HubUser.model_validate_json, answer))

    async def list_active(self) -> dict[str, EngineStatus]:
        """The states of the services that are not at rest, page by page."""
        statuses: dict[str, EngineStatus] = {}
        offset = 0
        while True:
            answer = await self._ask(
                "GET", f"/users?state=active&offset={offset}&limit={PAGE_SIZE}"
            )
            users = _parse(HubUsers.validate_json, answer)
            statuses.update((user.name, status_of(user)) for user in users)
            if len(users) < PAGE_SIZE:
                return statuses
            offset += PAGE_SIZE

    async def start_service(self, name: str, *, flavour: str) -> None:
        """Ask for a start; of a service that is just stopping, when it has stopped."""
        while True:
            answer = await self._ask(
                "POST",
                f"{_user(name)}/server",
                body={"user_options": {"flavour": flavour}},
                also=frozenset(HTTPStatus) - SERVER_GONE,
            )
            if answer.is_success:
                return
            status = await self.get_status(name)
            if status.state in {EngineState.STARTING, EngineState.RUNNING}:
                return
            if status.state is not EngineState.STOPPING:
                raise EngineRefused(reason=await self._why_refused(name, answer.status_code))
            await self._until_stopped(name)

    async def stop_service(self, name: str) -> None:
        """Stop, and wait until it has stopped."""
        await self._ask("DELETE", f"{_user(name)}/server", also=HTTPStatus.NOT_FOUND)
        await self._until_stopped(name)

    async def watch_start(self, name: str) -> AsyncIterator[Progress]:
        """Steps of the start, from the hub's event stream."""
        try:
            async with self._hub.stream(
                "GET", f"{_user(name)}/server/progress", timeout=STREAM_TIMEOUT
            ) as answer:
                if answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                    yield _NOT_STARTING
                    return
                _check(answer)
                async for line in answer.aiter_lines():
                    if line.startswith("data:"):
                        step = ProgressEvent.model_validate_json(line[5:]).as_progress()
                        yield step
                        if step.is_ready or step.is_failed:
                            return
        except (httpx.HTTPError, ValidationError):
            raise EngineAway from None
        raise EngineAway  # The stream was cut before the start was over.

    async def list_busy_kernels(self, name: str) -> list[KernelActivity] | None:
        """Kernels that are computing, as the service itself says; None if it does not answer."""
        if (await self.get_status(name)).state is not EngineState.RUNNING:
            return []
        try:
            async with self._passing_token(name) as token:
                kernels = KernelList.validate_json(await self._ask_service(name, KERNELS, token))
                sessions = SessionList.validate_json(await self._ask_service(name, SESSIONS, token))
        except httpx.HTTPStatusError as error:
            return [] if _is_dead(error.response) else None
        except (httpx.HTTPError, ValidationError):
            return None
        paths = {session.kernel.id: session.path for session in sessions if session.kernel}
        return [
            KernelActivity(kernel_id=kernel.id, path=paths.get(kernel.id, ""))
            for kernel in kernels
            if kernel.execution_state == "busy"
        ]

    async def list_usage(self, names: Collection[str]) -> dict[str, EngineUsage]:
        """What services use, as the fork server says; nothing where there is none."""
        if self._fork_server_socket is None or not names:
            return {}
        try:
            async with asyncio.timeout(USAGE_SECONDS):
                answer = await ask(self._fork_server_socket, "usage")
            usage = _USAGE.validate_python(answer["services"])
        except (OSError, ValueError, KeyError, TimeoutError, ForkServerError):
            return {}
        found = {name: usage.get(service_name(name)) for name in names}
        return {name: one for name, one in found.items() if one is not None}

    async def issue_service_token(self, name: str, *, ttl: timedelta) -> ServiceToken:
        """A token that opens the user's server and nothing else of the hub."""
        token = await self._issue(name, ttl=ttl)
        return ServiceToken(value=token.token, expires_at=self._clock() + ttl)

    async def identify_service(self, token: str) -> str | None:
        """The service whose own token this is: the hub says whose it is, and of which kind."""
        if not (token.isascii() and token.isalnum()):
            return None
        refusals = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
        answer = await self._ask("GET", "/user", token=token, also=refusals)
        if not answer.is_success:
            return None
        owner = _parse(HubSelf.model_validate_json, answer)
        if owner.kind != "user" or owner.token_id is None:
            return None
        path = f"{_user(owner.name)}/tokens/{owner.token_id}"
        answer = await self._ask("GET", path, also=HTTPStatus.NOT_FOUND)
        if not answer.is_success:
            return None
        found = _parse(HubToken.model_validate_json, answer)
        return owner.name if found.is_servers_own else None

    async def revoke_access(self, name: str) -> None:
        """Delete the user's tokens, except the one with which their running server asks the hub.

        Then let the server close the websockets that they opened.
        """
        answer = await self._ask("GET", f"{_user(name)}/tokens", also=HTTPStatus.NOT_FOUND)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return
        for token in _parse(HubTokens.model_validate_json, answer).api_tokens:
            if not token.is_servers_own:
                path = f"{_user(name)}/tokens/{token.id}"
                await self._ask("DELETE", path, also=HTTPStatus.NOT_FOUND)
        if (await self.get_status(name)).state is EngineState.RUNNING:
            await self._disconnect(name)

    async def is_reachable(self) -> bool:
        """Whether the hub answers now."""
        try:
            await self._ask("GET", "/")
        except EngineAway:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._hub.aclose()
        await self._services.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        token: str | None = None,
        also: HTTPStatus | frozenset[HTTPStatus] = frozenset(),
    ) -> httpx.Response:
        """Ask the hub, with our token or another; refusals other than ``also`` are raised."""
        headers = {"Authorization": f"token {token}"} if token is not None else None
        try:
            answer = await self._hub.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            raise EngineAway from None
        accepted = {also} if isinstance(also, HTTPStatus) else also
        if answer.status_code not in accepted:
            _check(answer)
        return answer

    async def _disconnect(self, name: str) -> None:
        try:
            async with self._passing_token(name) as token:
                await self._ask_service(name, DISCONNECT, token, method="POST")
        except httpx.HTTPStatusError as error:
            # One that was started by an earlier version does not know how.
            if not _is_dead(error.response) and error.response.status_code != HTTPStatus.NOT_FOUND:
                raise EngineRefused(reason="the service does not answer") from None
        except httpx.HTTPError:
            raise EngineRefused(reason="the service does not answer") from None

    @asynccontextmanager
    async def _passing_token(self, name: str) -> AsyncIterator[HubToken]:
        """A token for a question or two to a user's server."""
        token = await self._issue(name, ttl=timedelta(minutes=1))
        try:
            yield token
        finally:
            await self._ask("DELETE", f"{_user(name)}/tokens/{token.id}", also=HTTPStatus.NOT_FOUND)

    async def _ask_service(
        self, name: str, what: str, token: HubToken, *, method: str = "GET"
    ) -> bytes:
        """Ask a user's server. It runs what the user wants: its answer is bounded, not trusted."""
        headers = {"Authorization": f"token {token.token}"}
        if host := self._service_host(name):
            headers["Host"] = host
        url = f"/user/{quote(name)}/{what}"
        content = b""
        async with self._services.stream(method, url, headers=headers) as answer:
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > SERVICE_ANSWER_MAX_BYTES:
                    raise httpx.DecodingError("too long")
        return content

    async def _issue(self, name: str, *, ttl: timedelta) -> HubToken:
        body = {
            "note": "OpsForge",
            "expires_in": max(1, int(ttl.total_seconds())),
            "scopes": [f"access:servers!server={name}/"],
        }
        path = f"{_user(name)}/tokens"
        answer = await self._ask("POST", path, body=body, also=HTTPStatus.FORBIDDEN)
        if answer.status_code == HTTPStatus.FORBIDDEN:  # What the hub says of an unknown user.
            raise EngineRefused(reason=f"it knows no service {name}")
        return _parse(HubToken.model_validate_json, answer)

    async def _until_stopped(self, name: str) -> None:
        give_up_at = datetime.now(UTC) + self._stop_timeout
        pause_seconds = 0.05
        while (await self.get_status(name)).state not in {EngineState.ABSENT, EngineState.STOPPED}:
            if datetime.now(UTC) > give_up_at:
                raise EngineRefused(reason="the service does not stop; try again")
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(0.5, pause_seconds * 1.5)

    async def _why_refused(self, name: str, status_code: int) -> str:
        if status_code == HTTPStatus.NOT_FOUND:
            return f"it knows no service {name}"
        if status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return "too many services start at the moment; try again in a minute"
        async for step in self.watch_start(name):
            if step.is_failed:
                return step.message
        return HTTPStatus(status_code).phrase.lower()


SERVER_GONE = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_NOT_STARTING = Progress(step=StartStep.FAILED, percent=100, message="The service is not starting")


def _user(name: str) -> str:
    return f"/users/{quote(name, safe='')}"


def _is_dead(answer: httpx.Response) -> bool:
    """Whether the proxy says that nothing listens where the service was."""
    return answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE


def _check(answer: httpx.Response) -> None:
    if answer.is_server_error:
        raise EngineAway
    if not answer.is_success:
        raise EngineRefused(reason=HTTPStatus(answer.status_code).phrase.lower())


def _parse(read: Callable[[bytes], Answer], answer: httpx.Response) -> Answer:
    """What the hub says; whoever says something else in its place is not the hub."""
    try:
        return read(answer.content)
    except ValidationError:
        raise EngineAway from None


def _no_cookies() -> CookieJar:
    """A jar that takes none: a user's server must not plant one for another's."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))
