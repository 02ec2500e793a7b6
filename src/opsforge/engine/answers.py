"""What JupyterHub and Jupyter servers answer, as far as OpsForge reads it."""

from datetime import datetime

from pydantic import BaseModel, TypeAdapter

from opsforge.engine.port import EngineState, EngineStatus, Progress, StartStep


class HubServer(BaseModel):
    """A server that is running or on its way."""

    pending: str | None = None
    ready: bool = False
    started: datetime | None = None
    last_activity: datetime | None = None
    user_options: dict[str, object] = {}


class HubUser(BaseModel):
    """A user of the hub; ``servers`` holds only active ones, the default one under ``""``."""

    name: str
    servers: dict[str, HubServer] = {}


class HubToken(BaseModel):
    """A token of a user; its value comes only with the answer that makes it."""

    id: str
    token: str = ""
    note: str = ""
    oauth_client: str | None = None

    @property
    def is_servers_own(self) -> bool:
        """Whether it is the token with which the user's running server asks the hub."""
        return self.oauth_client == "JupyterHub" and self.note.startswith("Server at ")


class HubSelf(BaseModel):
    """Whose token a request came with."""

    kind: str
    name: str
    token_id: str | None = None


class HubTokens(BaseModel):
    """The tokens of a user."""

    api_tokens: list[HubToken]


class ProgressEvent(BaseModel):
    """One event of a start. Our spawners add ``step``; the hub's own events have none."""

    progress: int = 0
    message: str = ""
    step: StartStep | None = None
    ready: bool = False
    failed: bool = False

    def as_progress(self) -> Progress:
        """The same in the engine's words."""
        if self.ready:
            return Progress(step=StartStep.READY, percent=100, message="The service runs")
        if self.failed:
            reason = self.message.removeprefix("Spawn failed: ").strip() or "it did not say why"
            return Progress(step=StartStep.FAILED, percent=100, message=reason)
        step = self.step or StartStep.REQUESTED
        return Progress(step=step, percent=self.progress, message=self.message)


class Kernel(BaseModel):
    """A kernel of a Jupyter server."""

    id: str
    execution_state: str = ""


class Session(BaseModel):
    """What a kernel of a Jupyter server runs."""

    path: str = ""
    kernel: Kernel | None = None


HubUsers = TypeAdapter(list[HubUser])
KernelList = TypeAdapter(list[Kernel])
SessionList = TypeAdapter(list[Session])


def status_of(user: HubUser) -> EngineStatus:
    """The state of a user's server."""
    server = user.servers.get("")
    if server is None:
        return EngineStatus(state=EngineState.STOPPED)
    flavour = server.user_options.get("flavour")
    return EngineStatus(
        state=_state_of(server),
        started_at=server.started,
        last_activity_at=server.last_activity,
        flavour=flavour if isinstance(flavour, str) else None,
    )


def _state_of(server: HubServer) -> EngineState:
    if server.pending == "stop":
        return EngineState.STOPPING
    # "check": the hub was restarted and is making sure that the server still runs.
    if server.ready or server.pending == "check":
        return EngineState.RUNNING
    return EngineState.STARTING if server.pending else EngineState.STOPPED
