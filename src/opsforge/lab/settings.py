"""What the platform tells a service about itself, in its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, kw_only=True)
class LabSettings:
    """How the platform is reached, and the limits of this service."""

    username: str
    token: str = field(repr=False)
    """The service's own, which the hub made for it."""
    socket: str = ""
    """Unix socket of the platform; empty where there is none."""
    activity_url: str = ""
    """Where the hub is told of activity; empty where there is none."""
    flavour: str = ""
    cpu_limit: float | None = None
    memory_limit_bytes: int | None = None
    idle_seconds: int | None = None
    """After how long the service is stopped; None: never."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "LabSettings":
        """Read what `opsforge.engine.lab` and JupyterHub have set."""
        cpu = environment.get("CPU_LIMIT")
        memory = environment.get("MEM_LIMIT")
        idle = environment.get("OPSFORGE_IDLE_SECONDS")
        url = urlsplit(environment.get("OPSFORGE_API_URL", ""))
        return cls(
            username=environment.get("JUPYTERHUB_USER", ""),
            token=environment.get("JUPYTERHUB_API_TOKEN", ""),
            socket=unquote(url.netloc) if url.scheme == "http+unix" else "",
            activity_url=environment.get("JUPYTERHUB_ACTIVITY_URL", ""),
            flavour=environment.get("OPSFORGE_FLAVOUR", ""),
            cpu_limit=float(cpu) if cpu else None,
            memory_limit_bytes=int(memory) if memory else None,
            idle_seconds=int(idle) if idle else None,
        )
