"""A real JupyterHub behind its real proxy, with a stand-in for OpsForge's web service."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import uvicorn
import websockets
from fastapi import FastAPI, Request, Response

from opsforge.auth.actor import Actor
from opsforge.auth.internal import internal_router
from opsforge.engine.client import JupyterHubClient
from opsforge.engine.runtime import HubRuntime
from opsforge.kit.ports import free_port
from opsforge.kit.problems import Unauthenticated, install_problem_handlers
from opsforge.settings import FlavourSettings, ServerSettings, Settings, SpawnerSettings
from opsforge.supervisor.installation import load_runtime, prepare_directories
from opsforge.supervisor.parts import hub_part, proxy_part
from opsforge.supervisor.process import RunningPart

FLAVOURS = (
    FlavourSettings.model_validate({"name": "small", "cpu": 1, "memory": "1GiB"}),
    FlavourSettings.model_validate({"name": "large", "cpu": 3, "memory": "2GiB"}),
)


@dataclass
class Sessions:
    """Stands in for the service of the auth room and for the platform that holds it."""

    names: dict[str, str] = field(default_factory=dict)

    @property
    def auth(self) -> "Sessions":
        """Itself, where an endpoint looks for the service."""
        return self

    async def authenticate(self, value: str) -> Actor:
        """Whose session it is."""
        if value not in self.names:
            raise Unauthenticated
        return Actor(user_id=1, username=self.names[value], is_admin=False, token_id=1)


@dataclass
class Hub:
    """A hub that runs, and what a test may want to do with it."""

    settings: Settings
    runtime: HubRuntime
    engine: JupyterHubClient
    sessions: Sessions
    hub: RunningPart
    proxy: RunningPart

    @property
    def url(self) -> str:
        """Where browsers reach it."""
        return self.runtime.proxy_url

    def home(self, name: str) -> Path:
        """A user's directory."""
        return self.settings.data / "users" / name

    def servers_of(self, name: str) -> list[psutil.Process]:
        """The Jupyter servers of a user."""
        mine = {"JUPYTERHUB_USER": name, "JUPYTERHUB_API_URL": f"{self.runtime.hub_url}/hub/api"}
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                is_server = any(part.endswith("lab/serve.py") for part in process.cmdline())
                if is_server and mine.items() <= process.environ().items():
                    found.append(process)
        return found

    async def is_let_in(self, name: str, token: str) -> bool:
        """Whether a user's service accepts a token."""
        headers = {"Authorization": f"token {token}"}
        async with httpx.AsyncClient(base_url=self.url) as client:
            answer = await client.get(f"/user/{name}/api/contents", headers=headers)
        return answer.is_success

    async def occupy_kernel(self, name: str, path: str, token: str) -> str:
        """Let a kernel of a notebook compute for a long time; returns its id."""
        headers = {"Authorization": f"token {token}"}
        body = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as client:
            answer = await client.post(f"/user/{name}/api/sessions", json=body)
            kernel_id: str = answer.raise_for_status().json()["kernel"]["id"]
        address = f"{self.url}/user/{name}/api/kernels/{kernel_id}/channels"
        async with websockets.connect(
            address.replace("http", "ws", 1), additional_headers=headers
        ) as channel:
            await channel.send(json.dumps(_execute_request("import time; time.sleep(600)")))
            async for message in channel:
                if json.loads(message).get("content", {}).get("execution_state") == "busy":
                    return kernel_id
        raise AssertionError("the kernel never was busy")


@asynccontextmanager
async def running_hub(data: Path) -> AsyncIterator[Hub]:
    """Start a hub, its proxy and the stand-in in a fresh data directory; stop all at the end."""
    settings = Settings(
        data=data,
        server=ServerSettings(port=free_port()),
        spawner=SpawnerSettings(kind="local"),
        flavours=FLAVOURS,
    )
    prepare_directories(settings.data)
    # The hub's own process reads its settings from the file.
    (data / "opsforge.toml").write_text(
        '[spawner]\nkind = "local"\n'
        + "\n".join(
            f'[[flavours]]\nname = "{flavour.name}"\ncpu = {flavour.cpu}\n'
            f"memory = {int(flavour.memory)}"
            for flavour in FLAVOURS
        )
    )
    runtime = load_runtime(settings)
    said: list[str] = []
    sessions = Sessions()
    hub = RunningPart(hub_part(settings, runtime), said.append)
    proxy = RunningPart(proxy_part(settings, runtime), said.append)
    engine = JupyterHubClient(
        hub_url=runtime.hub_url,
        proxy_url=runtime.proxy_url,
        token=runtime.secrets.service_token,
    )
    async with _stand_in(runtime, sessions):
        try:
            await proxy.start(within_seconds=30)
            await hub.start(within_seconds=60)
            yield Hub(settings, runtime, engine, sessions, hub, proxy)
        finally:
            await hub.stop()
            await proxy.stop()
            await engine.close()


@asynccontextmanager
async def _stand_in(runtime: HubRuntime, sessions: Sessions) -> AsyncIterator[None]:
    app = FastAPI()
    app.state.platform = sessions
    install_problem_handlers(app)
    app.include_router(internal_router(runtime.secrets.internal))

    @app.get("/{path:path}")
    def show_page(request: Request, path: str) -> Response:
        return Response(f"OpsForge's page {path}?{request.url.query}", media_type="text/plain")

    server = uvicorn.Server(
        uvicorn.Config(app, uds=str(runtime.web_socket), log_level="warning", lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task


def _execute_request(code: str) -> dict[str, object]:
    return {
        "header": {
            "msg_id": "1",
            "username": "",
            "session": "1",
            "msg_type": "execute_request",
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False, "store_history": False, "allow_stdin": False},
        "buffers": [],
        "channel": "shell",
    }
