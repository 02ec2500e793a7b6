"""The web service's process: ``python -m opsforge.supervisor.web``."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from opsforge.app import create_app
from opsforge.auth.door import ServiceDoor
from opsforge.auth.internal import internal_router
from opsforge.bootstrap import build_platform
from opsforge.engine.client import JupyterHubClient
from opsforge.engine.runtime import HubRuntime
from opsforge.kit.logs import configure_logging
from opsforge.settings import Settings, load_settings
from opsforge.storage.create import create_storage
from opsforge.storage.local import LocalStorage
from opsforge.supervisor.installation import load_runtime

KEEP_ALIVE_SECONDS = 86_400
STREAM_GRACE_SECONDS = 3
"""How long open event streams may hold up an end."""


def build_app(settings: Settings, runtime: HubRuntime) -> FastAPI:
    """The web service of an installation."""
    platform = build_platform(
        settings, engine=build_engine(settings, runtime), storage=create_storage(settings)
    )
    app = create_app(platform)
    app.include_router(internal_router(runtime.secrets.internal))
    return app


def build_description() -> dict[str, Any]:
    """The OpenAPI description, from an application that is never opened."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        engine = JupyterHubClient(hub_url="http://hub", proxy_url="http://proxy", token="")
        settings = Settings(data=data)
        app = create_app(build_platform(settings, engine=engine, storage=LocalStorage(data)))
        return app.openapi()


def build_engine(settings: Settings, runtime: HubRuntime) -> JupyterHubClient:
    """The engine of an installation."""
    return JupyterHubClient(
        hub_url=runtime.hub_url,
        proxy_url=runtime.proxy_url,
        token=runtime.secrets.service_token,
        service_host=settings.server.service_host,
        fork_server_socket=(
            runtime.fork_server_socket if settings.spawner.kind == "sandbox" else None
        ),
    )


def serve(app: FastAPI, *, path: Path, services_path: Path, log_level: str) -> None:
    """Serve ``app`` until SIGTERM, on Unix sockets that only this user can open.

    Args:
        app: The web service.
        path: The proxy's socket and the hub's.
        services_path: The notebook services' socket.
        log_level: The least severe message that is written.
    """
    config = uvicorn.Config(
        ServiceDoor(app, socket=str(services_path)),
        log_level=log_level,
        access_log=False,
        proxy_headers=False,  # Addresses are read by `server.trusted_proxies`.
        server_header=False,
        # Longer than any pause: the proxy must not send a request into a connection that is just
        # being closed.
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STREAM_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[_listen(path), _listen(services_path)])


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old_umask = os.umask(0o177)
    listener.bind(str(path))
    os.umask(old_umask)
    return listener


def main() -> None:
    """Serve the installation that the settings name."""
    settings = load_settings()
    configure_logging(level=settings.log.level, style=settings.log.format)
    runtime = load_runtime(settings)
    serve(
        build_app(settings, runtime),
        path=runtime.web_socket,
        services_path=runtime.services_socket,
        log_level=settings.log.level,
    )


if __name__ == "__main__":
    main()
