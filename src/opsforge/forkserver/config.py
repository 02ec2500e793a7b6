"""What the daemon is told: a JSON or TOML file, or the arguments of `ServeConfig`."""

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

SOCKET_PATH_MAX = 107
_LONGEST_BELOW_RUNTIME = len("/services/0123456789abcdef/http.sock:80")


def _not_the_hubs(name: str) -> str:
    if name == "hub":
        raise ValueError("hub is the name of the hub's own socket; choose another one")
    return name


RelayName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,15}$"), AfterValidator(_not_the_hubs)
]


class ServeConfig(BaseModel):
    """Settings of the fork server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runtime: Path = Field(
        description="Private directory for sockets and records; made with mode 0700. Short, since "
        "a socket's path has 107 bytes at most. It must not outlive a reboot (/run is right)."
    )
    python: Path = Field(
        default=Path(sys.executable),
        description="Interpreter of the services; needs jupyterhub, jupyterlab and ipykernel.",
    )
    preload: list[str] = Field(
        default=[
            "numpy",
            "pandas",
            "sklearn",
            "sklearn.ensemble",
            "sklearn.linear_model",
            "sklearn.model_selection",
            "sklearn.preprocessing",
            "matplotlib.pyplot",
        ],
        description="Modules to import once for all kernels.",
    )
    sandbox: Literal["auto", "root", "user", "none"] = Field(
        default="auto",
        description="root: an own uid for each user; user: a user namespace; none: no walls, for a "
        "single trusted user; auto: root or user, whichever this process can do.",
    )
    uid_range: tuple[int, int] = Field(
        default=(200_000, 299_999),
        description="With sandbox root: the uids that services may run under, both ends included.",
    )
    owner_uid: int = Field(
        default_factory=os.geteuid,
        description="Who may talk to the fork server and to the services' sockets (the hub's uid).",
    )
    hub_url: str = Field(
        default="",
        description="The hub's address (http://127.0.0.1:8081 or http+unix://…), to which services "
        "without a network are connected; without it the spawner tells it.",
    )
    relays: dict[RelayName, str] = Field(
        default_factory=dict,
        description="Further addresses (http://… or http+unix://…) that services reach through a "
        "socket beside the hub's, whatever network they have, by the socket's name without .sock: "
        '{api = "http://127.0.0.1:9000"}.',
    )
    cgroups: Literal["auto", "off"] = Field(
        default="auto", description="off: limits by rlimits only, as where cgroups are not ours."
    )
    gpus: dict[str, list[int]] = Field(
        default_factory=dict,
        description="NVIDIA GPUs by kind, as indices of nvidia-smi: {a100 = [0, 1]}.",
    )
    stop_seconds: float = Field(
        default=5.0, gt=0, description="How long a service may take to stop before it is killed."
    )
    check_seconds: float = Field(
        default=5.0, gt=0, description="How often the environment on disk is looked at for changes."
    )

    @field_validator("runtime")
    @classmethod
    def _short_enough(cls, value: Path) -> Path:
        path = value.expanduser().absolute()
        if len(os.fsencode(path)) + _LONGEST_BELOW_RUNTIME > SOCKET_PATH_MAX:
            room = SOCKET_PATH_MAX - _LONGEST_BELOW_RUNTIME
            raise ValueError(f"{path} is longer than {room} bytes; choose a shorter directory")
        return path

    @property
    def control_socket(self) -> Path:
        """Where the spawner asks."""
        return self.runtime / "control.sock"

    @property
    def services(self) -> Path:
        """A directory for each service."""
        return self.runtime / "services"

    @property
    def relay(self) -> Path:
        """The directory that services find the sockets in that lead out."""
        return self.runtime / "hub"

    @property
    def mount_point(self) -> Path:
        """An empty directory, over which each service mounts its own view."""
        return self.runtime / "root"


def load_config(path: Path) -> ServeConfig:
    """Read a ``.json`` or ``.toml`` file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not what it should be; pydantic's error says where.
    """
    text = path.read_text(encoding="utf-8")
    return ServeConfig.model_validate(
        tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    )
