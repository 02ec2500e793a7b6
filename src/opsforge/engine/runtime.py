"""Where the hub, its proxy and OpsForge meet on one machine, and the secrets between them."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class HubSecrets:
    """Secrets of one installation; each is 64 hexadecimal digits."""

    cookie: str = field(repr=False)
    """Signs the hub's cookies."""
    proxy_token: str = field(repr=False)
    """Opens the proxy's own interface to the hub."""
    service_token: str = field(repr=False)
    """OpsForge's token at the hub."""
    supervisor_token: str = field(repr=False)
    """With which the supervisor asks the hub to fill a restarted proxy; good for nothing else."""
    internal: str = field(repr=False)
    """Opens OpsForge's internal endpoint to the hub."""


@dataclass(frozen=True, kw_only=True)
class HubRuntime:
    """Addresses and secrets. The hub is on loopback, because notebook services must reach it."""

    hub_port: int
    proxy_url: str
    """The public port as this machine reaches it, without a path."""
    proxy_socket: Path
    """The proxy's own interface."""
    web_socket: Path
    """OpsForge's web service."""
    services_socket: Path
    """The web service as the notebook services reach it: the API alone, for their own tokens."""
    fork_server: Path
    """The fork server's private directory."""
    secrets: HubSecrets

    @property
    def hub_url(self) -> str:
        """The hub, without a path."""
        return f"http://127.0.0.1:{self.hub_port}"

    @property
    def fork_server_socket(self) -> Path:
        """Where the fork server is asked."""
        return self.fork_server / "control.sock"

    @property
    def web_target(self) -> str:
        """The web service as the proxy is told of it."""
        return unix_url(self.web_socket)


def unix_url(socket: Path) -> str:
    """A Unix socket as a URL that JupyterHub and its proxy understand."""
    return f"http+unix://{quote(str(socket), safe='')}"
