"""What the notebooks room takes and gives."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from opsforge.engine.port import StartStep


class ServiceState(StrEnum):
    """The states of a service that a user sees."""

    CREATED = "created"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return self not in {ServiceState.STARTING, ServiceState.STOPPING}


class ServiceView(BaseModel):
    """A notebook service."""

    id: int
    name: str
    user_id: int
    state: ServiceState
    flavour: str = Field(description="Of the running service, else of the next start.")
    failure: str | None = Field(
        description="Why the last start failed, in English; below, the end of the server's log."
    )
    failure_zh: str | None = Field(description="The same in Chinese, as far as that is known.")
    started_at: datetime | None
    last_activity_at: datetime | None
    url: str = Field(description="Where JupyterLab opens.")
    stop_when_idle: bool = Field(description="Kept by a log-out until its kernels are idle.")
    queue_position: int | None = Field(
        description="From 1, while it waits for a place of its flavour; a stop ends the wait."
    )


class ServiceLoad(BaseModel):
    """What a running service uses now, as far as the engine can tell."""

    cpu_fraction: float | None = Field(
        description="Of the cores of its flavour; null at the first look."
    )
    cpu_limit: float = Field(description="Cores of its flavour.")
    memory_bytes: int | None
    memory_limit_bytes: int
    idle_seconds_left: int | None = Field(
        description="Until it is stopped if nothing is done in it; null: it is not."
    )


class RunningService(ServiceView):
    """A service as administrators see it."""

    load: ServiceLoad | None = Field(description="While it runs.")


class ObservedService(BaseModel):
    """A service, and what it uses while it runs."""

    service: ServiceView
    load: ServiceLoad | None


class FlavourView(BaseModel):
    """A size of service to choose from."""

    name: str
    label_en: str
    label_zh: str
    cpu: float = Field(description="Cores.")
    memory_bytes: int
    gpu_count: int
    gpu_kind: str
    free: int = Field(description="How many more services of this flavour can start now.")
    is_default: bool


class Observed(BaseModel):
    """What one look at the engine showed."""

    services: dict[str, ObservedService]
    """Those that were asked for, by name."""
    flavours: list[FlavourView]


class ServiceTokenView(BaseModel):
    """What requests to the service interface need (C2)."""

    token: str
    expires_at: datetime
    flavours: list[FlavourView]


class ServiceStart(BaseModel):
    """How to start (C5)."""

    flavour: str | None = Field(
        default=None, max_length=31, description="Without it the one chosen last."
    )
    waits: bool = Field(
        default=False,
        description="When nothing of the flavour is free, wait for it; `queue_position` tells "
        "how many are before.",
    )


class StartProgress(BaseModel):
    """One step of a start."""

    step: StartStep
    percent: int = Field(ge=0, le=100)
    message: str = Field(description="In English; for a failure the reason.")


class ServiceEvent(BaseModel):
    """One event of the stream: the service, and the step of its start if one is under way."""

    service: ServiceView
    progress: StartProgress | None = None


class BusyKernel(BaseModel):
    """A kernel that is computing."""

    kernel_id: str
    path: str = Field(description="The notebook it runs, relative to the service's home.")


WhenBusy = Literal["stop", "keep", "refuse"]
