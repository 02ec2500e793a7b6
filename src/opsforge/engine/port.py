"""What OpsForge needs of a notebook engine. `JupyterHubClient` is real, `FakeEngine` for tests."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from opsforge.kit.problems import Problem


class EngineState(StrEnum):
    """What the engine knows of a service."""

    ABSENT = "absent"
    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, kw_only=True)
class EngineStatus:
    """One service as the engine sees it now."""

    state: EngineState
    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    flavour: str | None = None
    """The flavour that the running service was started with."""


class StartStep(StrEnum):
    """How far a start is, as a name that every language can have a sentence for."""

    REQUESTED = "requested"
    PREPARING = "preparing"
    LAUNCHING = "launching"
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of a start."""

    step: StartStep
    percent: int
    message: str
    """In English; for a failure the reason, which no list of sentences could hold."""

    @property
    def is_ready(self) -> bool:
        """Whether the service runs now."""
        return self.step is StartStep.READY

    @property
    def is_failed(self) -> bool:
        """Whether the start is over without a running service."""
        return self.step is StartStep.FAILED


@dataclass(frozen=True, kw_only=True)
class EngineUsage:
    """What a running service uses."""

    cpu_seconds: float
    """Processor time since its start."""
    memory_bytes: int
    """Now; pages that services share are counted once in all."""


@dataclass(frozen=True, kw_only=True)
class KernelActivity:
    """A kernel that is computing."""

    kernel_id: str
    path: str
    """The notebook or file it runs, relative to the service's home."""


@dataclass(frozen=True, kw_only=True)
class ServiceToken:
    """A token for the service interface of one user's service; never logged."""

    value: str
    expires_at: datetime


class EngineAway(Problem):
    """The engine does not answer."""

    status = 503
    code = "engine.away"
    en = "The notebook engine does not answer at the moment. It is restarted by itself; try again."
    zh = "笔记本引擎暂时没有响应，它会自动重启，请稍后再试。"


class EngineRefused(Problem):
    """The engine refused a start; the reason is in words."""

    status = 503
    code = "engine.refused"
    en = (
        "The notebook engine could not do this: {reason} "
        "Try again, and tell an administrator if it lasts."
    )
    zh = "笔记本引擎无法完成操作：{reason} 请重试，如果持续出现请联系管理员。"
    reason: str


class NotebookEngine(Protocol):
    """Runs one notebook service for each name. Every method may raise `EngineAway`."""

    async def create_service(self, name: str) -> None:
        """Make the engine know the service; one that is there already is no error."""

    async def delete_service(self, name: str) -> None:
        """Stop and forget the service; an absent one is no error."""

    async def get_status(self, name: str) -> EngineStatus:
        """The state now; ``ABSENT`` for a name the engine does not know."""

    async def list_active(self) -> dict[str, EngineStatus]:
        """The states of the services that are not at rest, by name."""

    async def start_service(self, name: str, *, flavour: str) -> None:
        """Ask for a start and return when it is under way; running or starting is no error.

        What goes wrong later is the last step of `watch_start`.

        Raises:
            EngineRefused: The engine doesn't know the service, or said no.
        """

    async def stop_service(self, name: str) -> None:
        """Stop, and return when it has stopped; stopped or absent is no error."""

    def watch_start(self, name: str) -> AsyncIterator[Progress]:
        """Steps of the start under way; ends with one that is ready or failed.

        Of a service that runs already it is the one step "ready"; of one that doesn't start, the
        one step "failed", with the reason of its last failed start as long as that is known.
        """

    async def list_busy_kernels(self, name: str) -> list[KernelActivity] | None:
        """Kernels of the running service that are computing now; none when it isn't running.

        Returns:
            None when the service runs and does not say: some may be computing.
        """

    async def list_usage(self, names: Collection[str]) -> dict[str, EngineUsage]:
        """What running services use, by name, as far as the engine can tell.

        Never raises: who asks shows nothing then.
        """

    async def issue_service_token(self, name: str, *, ttl: timedelta) -> ServiceToken:
        """A token with which the user reaches the service's own interface (and nothing else).

        Raises:
            EngineRefused: The engine doesn't know the service.
        """

    async def identify_service(self, token: str) -> str | None:
        """The name of the service that itself asks the engine with this token.

        None for any other token, also one that opens the same service; and for the token of a
        service that has stopped.
        """

    async def revoke_access(self, name: str) -> None:
        """End every token of the user at the engine, those in browsers' cookies too.

        A running service itself goes on, and its kernels; the websockets that are open to it are
        closed. It may trust an ended token for some seconds more
        (`opsforge.engine.hub_config.TOKEN_CHECK_SECONDS`).

        Raises:
            EngineRefused: The tokens ended; the service did not say that it closed the websockets.
        """

    async def is_reachable(self) -> bool:
        """Whether the engine answers now."""

    async def close(self) -> None:
        """Close the connections."""
