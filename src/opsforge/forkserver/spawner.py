"""JupyterHub's side: a spawner that asks a fork server for services.

In ``jupyterhub_config.py``::

    c.JupyterHub.spawner_class = "opsforge.forkserver.spawner.SandboxSpawner"
    c.SandboxSpawner.control_socket = "/run/forkserver/control.sock"
    c.SandboxSpawner.volume = "/srv/notebooks/users/{username}"
"""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyterhub.spawner import Spawner
from jupyterhub.utils import url_path_join
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode

from opsforge.forkserver import linux, view
from opsforge.forkserver.client import ForkServerError, ask, service_name
from opsforge.forkserver.relay import SOCKET_NAME

_TAIL_CHARACTERS = 1500
_KILL_SECONDS = 10.0
_POLL_SECONDS = 0.05

KNOWN_PATHS = {
    "/kaggle/input": "~/input",
    "/kaggle/working": "~/work",
    "/home/mw/input": "~/input",
    "/home/mw/work": "~/work",
    "/home/mw/project": "~/work",
}
"""Path literals of Kaggle and Heywhale notebooks."""


_LIMITS = {
    "cpu": "cpu_limit",
    "memory_bytes": "mem_limit",
    "gpu_count": "gpu_count",
    "gpu_kind": "gpu_kind",
    "network": "network",
    "process_limit": "process_limit",
}


class ServiceFailed(Exception):  # noqa: N818 - JupyterHub shows the name to nobody.
    """A service did not start; JupyterHub shows ``jupyterhub_message`` to its user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.jupyterhub_message = message


class SandboxSpawner(Spawner):  # type: ignore[misc]
    """Starts services by asking a fork server."""

    control_socket = Unicode(
        help="Socket of the fork server: control.sock in its runtime directory."
    ).tag(config=True)
    volume = Unicode(
        help="Directory of a user's volume; {username} is replaced. It becomes the home directory."
    ).tag(config=True)
    public = Dict(
        value_trait=Unicode(),
        help="Directories that everybody sees read-only below ~/public: name to path.",
    ).tag(config=True)
    read_only = List(
        Unicode(), ["input"], help="Directories of the volume that the user cannot write to."
    ).tag(config=True)
    writable = List(
        Unicode(),
        ["work"],
        help="Directories of the volume that exist for the user; as root, the owner of the first "
        "is who the service runs as.",
    ).tag(config=True)
    create_volume = Bool(
        default_value=False,
        help="Make a volume that is missing; as root with a uid that no other volume beside it "
        "has. Off where something else makes the volumes.",
    ).tag(config=True)
    links = Dict(
        KNOWN_PATHS, help="Symbolic links in the view: path to target, where ~ is the home."
    ).tag(config=True)
    system_paths = List(
        Unicode(), help="Further paths of the machine to show read-only (/opt/tools)."
    ).tag(config=True)
    devices = List(Unicode(), help="Further device nodes to show (/dev/fuse).").tag(config=True)
    network = Enum(
        ["full", "none"],
        "full",
        help="full: the machine's network; none: nothing but the hub and the fork server's relays.",
    ).tag(config=True)
    process_limit = Integer(512, help="Processes and threads of a service at most.").tag(
        config=True
    )
    tmp_bytes = Integer(1 << 30, help="Size of /tmp, and of /dev/shm.").tag(config=True)
    flavours = Dict(
        help="Limits by flavour, which the start option `flavour` names: cpu, memory_bytes, "
        "gpu_count, gpu_kind, network, process_limit; what one leaves out is as configured."
    ).tag(config=True)
    gpu_count = Integer(0, help="GPUs of a service.").tag(config=True)
    gpu_kind = Unicode(help="Kind of GPU, as the fork server's configuration names it.").tag(
        config=True
    )
    stop_seconds = Float(10.0, help="How long to wait for the fork server at a stop.").tag(
        config=True
    )

    pid = Integer(0, help="Process 1 of the service, as the machine numbers it.")
    started_ticks = Integer(0, help="When that process began, in clock ticks since boot.")

    @property
    def service_name(self) -> str:
        """Names the service to the fork server, whatever characters the user's name has."""
        return service_name(self.user.name, self.name)

    def get_state(self) -> dict[str, Any]:
        """Enough to find the service again after a restart of the hub."""
        state: dict[str, Any] = super().get_state()
        if self.pid:
            state |= {"pid": self.pid, "started_ticks": self.started_ticks}
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """The reverse of `get_state`."""
        super().load_state(state)
        self.pid = state.get("pid", 0)
        self.started_ticks = state.get("started_ticks", 0)

    def clear_state(self) -> None:
        """Forget the service that has ended."""
        super().clear_state()
        self.pid = self.started_ticks = 0

    def get_env(self) -> dict[str, str]:
        """JupyterHub's variables and a plain system's; nothing of the hub's own environment."""
        env: dict[str, str] = super().get_env()
        for name in ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_ROOT", "CONDA_DEFAULT_ENV"):
            if name not in self.environment:
                env.pop(name, None)
        username = self.user.name
        env |= {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "USER": username,
            "LOGNAME": username,
            "SHELL": "/bin/bash",
            # Only a name: the server takes the socket that the fork server has bound.
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:0{self.server.base_url}",
        }
        env.setdefault("LANG", "C.UTF-8")
        env.setdefault("JUPYTERHUB_ROOT_DIR", "~")
        if self._through_relay:
            self._point_at_relay(env)
        return env

    @property
    def _through_relay(self) -> bool:
        return self.network == "none" or str(self.hub.url).startswith("http+unix")

    def _point_at_relay(self, env: dict[str, str]) -> None:
        """The hub's address as seen from inside, where only the relay's socket leads to it."""
        there = "http+unix://" + quote(f"{view.RELAY}/{SOCKET_NAME}", safe="")
        path = url_path_join("/", self.hub.base_url, "api")
        env["JUPYTERHUB_API_URL"] = there + path
        users = url_path_join("users", self.user.escaped_name, "activity")
        env["JUPYTERHUB_ACTIVITY_URL"] = url_path_join(there + path, users)

    def _apply_flavour(self) -> None:
        name = self.user_options.get("flavour")
        if not name or not self.flavours:
            return
        if name not in self.flavours:
            raise ServiceFailed(f"there is no flavour {name!r}; choose another one")
        for limit, value in self.flavours[name].items():
            setattr(self, _LIMITS[limit], value)

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """There is one step, and it is short."""
        yield {"progress": 30, "message": "Starting the server", "step": "launching"}

    def _request(self) -> dict[str, Any]:
        limits = {
            "cpu": self.cpu_limit or None,
            "memory_bytes": int(self.mem_limit) if self.mem_limit else None,
            "processes": self.process_limit,
            "tmp_bytes": self.tmp_bytes,
            "gpu_count": self.gpu_count,
            "gpu_kind": self.gpu_kind,
        }
        view_of_files = {
            "volume": self.format_string(self.volume),
            "create_volume": self.create_volume,
            "public": {n: str(p) for n, p in self.public.items() if Path(p).is_dir()},
            "read_only": self.read_only,
            "writable": self.writable,
            "links": self.links,
            "system_paths": self.system_paths,
            "devices": self.devices,
        }
        return {
            "name": self.service_name,
            "username": account_name(self.user.name),
            "environment": self.get_env(),
            "arguments": self.get_args(),
            "network": self.network,
            "hub_url": self.hub.url,
            "start_seconds": float(self.start_timeout),
            **limits,
            **view_of_files,
        }

    async def start(self) -> str:
        """Start the service; it answers as soon as this returns.

        Raises:
            ServiceFailed: It does not start; the message carries the end of its log.
        """
        self._apply_flavour()
        try:
            answer = await ask(Path(self.control_socket), "start", **self._request())
        except ForkServerError as error:
            if error.log:
                self.log.error(  # noqa: TRY400 - The log says more than our stack.
                    "%s's service wrote:\n%s", self.user.name, error.log
                )
            tail = error.log[-_TAIL_CHARACTERS:]
            raise ServiceFailed(f"{error}\n{tail}".strip()) from error
        except OSError as error:
            raise ServiceFailed(f"the fork server does not answer: {error}") from error
        self.pid, self.started_ticks = answer["pid"], answer["started"]
        return socket_url(answer["socket"])

    async def poll(self) -> int | None:
        """None while process 1 of the service lives; asks the kernel, so nobody needs to be up."""
        if self.pid and linux.start_ticks(self.pid) == self.started_ticks:
            return None
        return 0

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's.
        """End the service with all its processes, even while the fork server is away."""
        del now
        try:
            async with asyncio.timeout(self.stop_seconds):
                await ask(Path(self.control_socket), "stop", name=self.service_name)
        except (OSError, TimeoutError, ForkServerError) as error:
            self.log.warning("the fork server cannot stop %s: %s", self.user.name, error)
        if await self.poll() is None:
            await self._kill()

    async def _kill(self) -> None:
        """Process 1 takes the whole tree with it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        async with asyncio.timeout(_KILL_SECONDS):
            while await self.poll() is None:  # noqa: ASYNC110 - Not our child: nothing tells us.
                await asyncio.sleep(_POLL_SECONDS)


def account_name(name: str) -> str:
    """A user's name as an account's name in the sandbox (directory names keep to fewer letters)."""
    cleaned = re.sub(r"[^A-Za-z0-9_.@-]", "-", name)[:64]
    return cleaned if cleaned and cleaned[0] not in ".-@" else f"u{cleaned}"


def socket_url(path: str) -> str:
    """A socket's address in the form that survives JupyterHub, which makes it lower case."""
    plain = "abcdefghijklmnopqrstuvwxyz0123456789._-"
    encoded = "".join(c if c in plain else "".join(f"%{b:02x}" for b in c.encode()) for c in path)
    return f"http+unix://{encoded}"
