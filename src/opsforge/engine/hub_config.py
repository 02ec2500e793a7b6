"""JupyterHub's configuration, made from OpsForge's settings."""

import os
from typing import Any

from opsforge.engine import lab
from opsforge.engine.authenticator import OpsForgeAuthenticator, SessionClient
from opsforge.engine.proxy import RoutesOnly
from opsforge.engine.runtime import HubRuntime, unix_url
from opsforge.engine.spawner import LocalSpawner
from opsforge.forkserver.spawner import SandboxSpawner
from opsforge.settings import Settings

TOKEN_CHECK_SECONDS = 5
"""How long a running service trusts a token before it asks the hub again."""
ROUTE_CHECK_SECONDS = 10
ANSWER_GRACE_SECONDS = 10
"""How much longer than our own limit the hub waits, so that our reason is the one that is told."""

SERVICE_SCOPES = ("admin:users", "servers", "tokens")
USER_SCOPES = ("access:servers!user", "users:activity!user", "read:users!user")
"""No starts, no tokens, no sharing by users themselves: those go through OpsForge."""


def configure_hub(c: Any, *, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    """Fill JupyterHub's configuration.

    Args:
        c: The configuration object of ``jupyterhub_config.py``.
        settings: The effective settings.
        runtime: Addresses and secrets.
    """
    _configure_addresses(c, settings, runtime)
    _configure_rights(c, settings, runtime)
    _configure_sign_in(c, settings, runtime)
    if settings.spawner.kind == "sandbox":
        _configure_sandboxes(c, settings, runtime)
    else:
        _configure_processes(c, settings, runtime)


def _configure_addresses(c: Any, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    hub = c.JupyterHub
    hub.bind_url = f"{runtime.proxy_url}/"
    hub.hub_bind_url = runtime.hub_url
    # The hub's pages are under /hub/; "/" is OpsForge's, which the proxy knows by itself as its
    # default target (`Proxy.extra_routes` takes no Unix socket).
    hub.hub_routespec = "/hub/"
    hub.default_url = "/"
    if settings.server.public_url:
        hub.public_url = settings.server.public_url
    if settings.server.subdomains:
        hub.subdomain_host = settings.server.public_url
        hub.hub_routespec = f"{settings.server.domain}/hub/"
    hub.proxy_class = RoutesOnly
    proxy = c.RoutesOnly
    proxy.should_start = False
    proxy.auth_token = runtime.secrets.proxy_token
    proxy.api_url = unix_url(runtime.proxy_socket)
    folder = settings.data / "hub"
    hub.db_url = f"sqlite:///{folder / 'jupyterhub.sqlite'}"
    hub.upgrade_db = True
    hub.cookie_secret = bytes.fromhex(runtime.secrets.cookie)
    hub.log_level = settings.log.level.upper()
    # A graceful end of `opsforge up` stops the services; a hub that was killed leaves them be and
    # takes them up again.
    hub.cleanup_servers = True
    hub.cleanup_proxy = False
    hub.last_activity_interval = ROUTE_CHECK_SECONDS
    hub.tornado_settings = {"slow_spawn_timeout": 0}


def _configure_rights(c: Any, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    del settings
    c.JupyterHub.services = [
        {"name": "opsforge", "api_token": runtime.secrets.service_token},
        {"name": "supervisor", "api_token": runtime.secrets.supervisor_token},
    ]
    c.JupyterHub.load_roles = [
        {"name": "opsforge", "scopes": list(SERVICE_SCOPES), "services": ["opsforge"]},
        {"name": "supervisor", "scopes": ["proxy"], "services": ["supervisor"]},
        {"name": "user", "scopes": list(USER_SCOPES)},
    ]


def _configure_sign_in(c: Any, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    c.JupyterHub.authenticator_class = OpsForgeAuthenticator
    c.Authenticator.allow_all = True  # OpsForge decides who has an account.
    c.OpsForgeAuthenticator.sessions = SessionClient(
        socket=str(runtime.web_socket), url="http://opsforge", secret=runtime.secrets.internal
    )
    ttl_seconds = int(settings.auth.session_ttl.total_seconds())
    c.JupyterHub.cookie_max_age_days = ttl_seconds / 86400
    c.JupyterHub.oauth_token_expires_in = ttl_seconds


def _configure_sandboxes(c: Any, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    c.JupyterHub.spawner_class = SandboxSpawner
    spawner = c.SandboxSpawner
    spawner.control_socket = str(runtime.fork_server_socket)
    spawner.volume = str(settings.data / "users" / "{username}")
    spawner.public = {area: str(settings.data / "public" / area) for area in ("work", "input")}
    spawner.system_paths = lab.shown_paths()
    spawner.network = settings.spawner.network
    spawner.process_limit = settings.spawner.process_limit
    spawner.tmp_bytes = int(settings.spawner.tmp)
    spawner.environment = lab.environment(settings, runtime)
    spawner.flavours = {
        flavour.name: {
            "cpu": flavour.cpu,
            "memory_bytes": int(flavour.memory),
            "gpu_count": flavour.gpu_count,
            "gpu_kind": flavour.gpu_kind,
            "network": flavour.network or settings.spawner.network,
        }
        for flavour in settings.flavours
    }
    _configure_server(spawner, settings)


def _configure_processes(c: Any, settings: Settings, runtime: HubRuntime) -> None:  # noqa: ANN401
    c.JupyterHub.spawner_class = LocalSpawner
    spawner = c.LocalSpawner
    spawner.data = str(settings.data)
    spawner.log_directory = str(settings.data / "logs" / "services")
    spawner.flavours = {
        flavour.name: (flavour.cpu, flavour.memory) for flavour in settings.flavours
    }
    spawner.answer_timeout = settings.spawner.start_timeout.total_seconds()
    spawner.home_dir_template = str(settings.data / "users" / "{username}")
    spawner.notebook_dir = str(settings.data / "users" / "{username}")
    python = settings.notebook.python
    # -P: a file json.py in the user's home must not become the server's json.
    # Started by path, since another interpreter than ours need not have OpsForge installed.
    spawner.cmd = [str(python), "-P", str(lab.PACKAGE / "lab" / "serve.py")]
    spawner.environment = {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        **lab.environment(settings, runtime),
    }
    _configure_server(spawner, settings)
    if os.geteuid() == 0:
        spawner.args = [*spawner.args, "--allow-root"]
    spawner.interrupt_timeout = 5
    spawner.term_timeout = 5
    spawner.kill_timeout = 5


def _configure_server(spawner: Any, settings: Settings) -> None:  # noqa: ANN401
    """What is the same for every spawner."""
    timeout_seconds = int(settings.spawner.start_timeout.total_seconds())
    spawner.start_timeout = timeout_seconds + ANSWER_GRACE_SECONDS
    spawner.http_timeout = timeout_seconds
    spawner.default_url = "/lab"
    spawner.args = [
        f"--HubOAuth.cache_max_age={TOKEN_CHECK_SECONDS}",
        *lab.arguments(),
    ]
