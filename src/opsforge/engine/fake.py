"""An engine that starts nothing, for tests of what is built on the engine."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

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
from opsforge.kit.clock import Clock, utc_now


@dataclass
class _Service:
    status: EngineStatus = field(default_factory=lambda: EngineStatus(state=EngineState.STOPPED))
    start: asyncio.Task[None] | None = None
    failure: str | None = None
    busy_kernels: Sequence[KernelActivity] | None = ()
    usage: EngineUsage | None = None
    tokens: dict[str, ServiceToken] = field(default_factory=dict)
    own_token: str | None = None


class FakeEngine:
    """A `NotebookEngine` in memory. The attributes and the methods at the end are for tests."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._services: dict[str, _Service] = {}
        self._gate = asyncio.Event()
        self._gate.set()
        self._failures: dict[str, str] = {}
        self._refusals: dict[str, str] = {}
        self.is_away = False
        """While set, nothing answers."""
        self.starts: list[tuple[str, str]] = []
        """Every start that was carried out: name and flavour."""
        self.identifications = 0
        """How often it was asked whose token one is."""

    async def create_service(self, name: str) -> None:
        """Make the engine know the service."""
        self._answer()
        self._services.setdefault(name, _Service())

    async def delete_service(self, name: str) -> None:
        """Stop and forget the service."""
        self._answer()
        await self.stop_service(name)
        self._services.pop(name, None)

    async def get_status(self, name: str) -> EngineStatus:
        """The state now."""
        self._answer()
        service = self._services.get(name)
        return service.status if service else EngineStatus(state=EngineState.ABSENT)

    async def list_active(self) -> dict[str, EngineStatus]:
        """The states of the services that are not at rest, by name."""
        self._answer()
        return {
            name: service.status
            for name, service in self._services.items()
            if service.status.state is not EngineState.STOPPED
        }

    async def start_service(self, name: str, *, flavour: str) -> None:
        """Ask for a start; it ends by itself unless `hold_starts` was called."""
        service = self._known(name)
        if service.status.state is not EngineState.STOPPED:
            return
        if reason := self._refusals.pop(name, None):
            raise EngineRefused(reason=reason)
        self.starts.append((name, flavour))
        service.failure = None
        service.status = EngineStatus(state=EngineState.STARTING, flavour=flavour)
        service.start = asyncio.create_task(self._finish_start(name, service, flavour))

    async def stop_service(self, name: str) -> None:
        """Stop."""
        self._answer()
        if service := self._services.get(name):
            if service.start:
                service.start.cancel()
            service.start = None
            service.busy_kernels = ()
            service.own_token = None
            service.status = EngineStatus(state=EngineState.STOPPED)

    async def watch_start(self, name: str) -> AsyncIterator[Progress]:
        """Steps of the start under way."""
        service = self._known(name)
        if service.status.state is EngineState.STARTING and service.start:
            yield Progress(step=StartStep.REQUESTED, percent=0, message="Server requested")
            yield Progress(step=StartStep.WAITING, percent=60, message="Waiting for the server")
            await asyncio.wait({service.start})
            self._answer()
        if service.status.state is EngineState.RUNNING:
            yield Progress(step=StartStep.READY, percent=100, message="The service runs")
            return
        message = service.failure or "The service is not starting"
        yield Progress(step=StartStep.FAILED, percent=100, message=message)

    async def list_busy_kernels(self, name: str) -> list[KernelActivity] | None:
        """Kernels that are computing now."""
        self._answer()
        service = self._services.get(name)
        if service is None:
            return []
        return None if service.busy_kernels is None else list(service.busy_kernels)

    async def list_usage(self, names: Collection[str]) -> dict[str, EngineUsage]:
        """What `set_usage` was given, of services that run."""
        return {
            name: service.usage
            for name in names
            if (service := self._services.get(name))
            and service.usage
            and service.status.state is EngineState.RUNNING
        }

    async def issue_service_token(self, name: str, *, ttl: timedelta) -> ServiceToken:
        """A token of the user's."""
        service = self._known(name)
        token = ServiceToken(value=secrets.token_hex(), expires_at=self._clock() + ttl)
        service.tokens[token.value] = token
        return token

    async def identify_service(self, token: str) -> str | None:
        """The service whose own token this is."""
        self._answer()
        self.identifications += 1
        found = (name for name, one in self._services.items() if one.own_token == token)
        return next(found, None)

    async def revoke_access(self, name: str) -> None:
        """End every token."""
        self._answer()
        if service := self._services.get(name):
            service.tokens.clear()

    async def is_reachable(self) -> bool:
        """Whether the engine answers now."""
        return not self.is_away

    async def close(self) -> None:
        """End what is under way."""
        for service in self._services.values():
            if service.start:
                service.start.cancel()

    # For tests ---------------------------------------------------------------------------------

    def hold_starts(self) -> None:
        """Let every start stay under way until `release_starts`."""
        self._gate.clear()

    def release_starts(self) -> None:
        """Let the starts that are under way end."""
        self._gate.set()

    def fail_next_start(self, name: str, reason: str) -> None:
        """Let the next start of the service end in a failure."""
        self._failures[name] = reason

    def refuse_next_start(self, name: str, reason: str) -> None:
        """Say no to the next start of the service."""
        self._refusals[name] = reason

    def set_busy_kernels(self, name: str, kernels: Sequence[KernelActivity] | None) -> None:
        """Let kernels of a running service compute; None: let it not say."""
        self._services[name].busy_kernels = kernels

    def own_token(self, name: str) -> str:
        """The token with which the running service itself asks."""
        token = self._services[name].own_token
        assert token is not None, "the service does not run"  # noqa: S101 - for tests.
        return token

    def set_usage(self, name: str, *, cpu_seconds: float, memory_bytes: int) -> None:
        """Let a service have used this much."""
        self._services[name].usage = EngineUsage(cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)

    def accepts(self, name: str, token: str) -> bool:
        """Whether a service would let the token in."""
        service = self._services.get(name)
        if service is None or service.status.state is not EngineState.RUNNING:
            return False
        found = service.tokens.get(token)
        return found is not None and found.expires_at > self._clock()

    async def _finish_start(self, name: str, service: _Service, flavour: str) -> None:
        await self._gate.wait()
        service.failure = self._failures.pop(name, None)
        if service.failure:
            service.status = EngineStatus(state=EngineState.STOPPED)
            return
        now = self._clock()
        service.own_token = secrets.token_hex()
        service.status = EngineStatus(
            state=EngineState.RUNNING, started_at=now, last_activity_at=now, flavour=flavour
        )

    def _answer(self) -> None:
        if self.is_away:
            raise EngineAway

    def _known(self, name: str) -> _Service:
        self._answer()
        if name not in self._services:
            raise EngineRefused(reason=f"it knows no service {name}")
        return self._services[name]
