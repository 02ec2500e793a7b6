"""Start, stop and find services: the daemon's book-keeping."""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import signal
import socket
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from opsforge.forkserver import cgroups, linux, view, volumes
from opsforge.forkserver.cgroups import Limits
from opsforge.forkserver.config import ServeConfig
from opsforge.forkserver.order import GO, Order
from opsforge.forkserver.records import NAME, Service, find_service
from opsforge.forkserver.zygotes import ZygoteError, ZygoteKeeper

_BACKLOG = 128
_KILL_SECONDS = 5.0
_REPORT_MAX_BYTES = 1 << 16
_PROXY_PORT = ":80"
"""JupyterHub appends a port to every server's address, and the proxy takes it as a part of the
socket's path where the hub does not: each service's socket has both names."""

log = logging.getLogger(__name__)


class StartRequest(BaseModel):
    """What a spawner asks for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME.pattern, description="Names the service; a hash is a good one.")
    username: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$")
    volume: Path
    create_volume: bool = False
    environment: dict[str, str]
    arguments: list[str] = []
    public: dict[str, Path] = {}
    read_only: list[str] = ["input"]
    writable: list[str] = ["work"]
    links: dict[str, str] = {}
    system_paths: list[Path] = []
    devices: list[Path] = []
    network: str = Field(default="full", pattern="^(full|none)$")
    hub_url: str = ""
    cpu: float | None = None
    memory_bytes: int | None = None
    processes: int | None = None
    tmp_bytes: int = 1 << 30
    gpu_count: int = 0
    gpu_kind: str = ""
    start_seconds: float = 60.0


class StartError(Exception):
    """The service did not come up; ``log`` is the end of what it wrote."""

    def __init__(self, message: str, log_tail: str = "") -> None:
        super().__init__(message)
        self.log = log_tail


async def _hear(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The next line of a report.

    Raises:
        StartError: It is an error, or no line of a report.
    """
    try:
        line = await reader.readline()
        said = json.loads(line) if line else {"error": "it ended before it served"}
    except (ValueError, RecursionError) as error:
        raise StartError("it reported what cannot be understood") from error
    if not isinstance(said, dict):
        raise StartError("it reported what cannot be understood")
    if "error" in said:
        raise StartError(str(said["error"]), str(said.get("log", "")))
    return said


class Services:
    """All services of one fork server."""

    def __init__(self, config: ServeConfig, sandbox: str, zygotes: ZygoteKeeper) -> None:
        self._config = config
        self._sandbox = sandbox
        self._zygotes = zygotes
        self._running: dict[str, Service] = {}
        self._starting: dict[str, Service] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        label = f"notebooks-{hashlib.sha256(os.fsencode(config.runtime)).hexdigest()[:8]}"
        wanted = config.cgroups == "auto"
        self.groups = cgroups.detect(label) if wanted else cgroups.NoCgroups()

    def find_again(self) -> None:
        """Take charge of the services of a former daemon; tidy up after those that have ended."""
        for directory in self._config.services.iterdir():
            service = find_service(directory)
            if service is None:
                self.groups.remove(directory.name)
                Service(directory.name, directory).remove()
            else:
                log.info("service %s still runs as process %s", service.name, service.pid)
                self._keep(service)

    def find(self, name: str) -> Service | None:
        """The running service ``name``."""
        service = self._running.get(name)
        return service if service is not None and service.running else None

    @property
    def all(self) -> list[Service]:
        """Every running service."""
        return [s for s in self._running.values() if s.running]

    def name_of(self, pid: int) -> str:
        """The running service that a process belongs to; empty if it belongs to none."""
        names = {service.pid: service.name for service in self.all}
        while pid > 1 and pid not in names:
            pid = linux.parent(pid)
        return names.get(pid, "")

    def _keep(self, service: Service) -> None:
        self._running[service.name] = service
        task = asyncio.get_running_loop().create_task(self._tidy_up(service))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tidy_up(self, service: Service) -> None:
        await service.exited.wait()
        self._forget(service)

    def _forget(self, service: Service) -> None:
        if self._running.get(service.name) is service:
            del self._running[service.name]
            self.groups.remove(service.name)
            service.remove()

    async def start(self, request: StartRequest) -> Service:
        """Start a service; one of the same name is stopped first.

        Raises:
            StartError: It did not come up; nothing of it is left.
        """
        async with self._locks[request.name]:
            await self._stop(request.name)
            directory = self._config.services / request.name
            service = Service(request.name, directory)
            service.remove()
            self._starting[service.name] = service
            try:
                async with asyncio.timeout(request.start_seconds):
                    await self._start(service, request)
            except BaseException as error:
                await self._give_up(service)
                if isinstance(error, TimeoutError):
                    raise StartError(f"no answer in {request.start_seconds:g} s") from error
                if isinstance(error, (OSError, ZygoteError)):
                    raise StartError(str(error)) from error
                raise
            finally:
                del self._starting[service.name]
            return service

    async def _give_up(self, service: Service) -> None:
        if service.running:
            service.signal(signal.SIGKILL)
            await service.exited.wait()
        self._running.setdefault(service.name, service)
        self._forget(service)

    async def _start(self, service: Service, request: StartRequest) -> None:
        zygote = await self._zygotes.ready()
        order = self._order(service, request)
        ours, theirs = socket.socketpair()
        with ours, theirs, self._listen(service) as listening:
            zygote.fork(theirs.fileno(), listening.fileno())
            theirs.close()
            listening.close()
            ours.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(ours, order.to_json())
            await self._follow(service, ours)

    async def _follow(self, service: Service, report: socket.socket) -> None:
        """Read what the child reports until it serves.

        Process 1 waits for our word, so its number can only come from our own code. What follows
        may come from the user's, who finds the same socket in the server: one line decides, and
        none of it names a process.
        """
        reader, writer = await asyncio.open_connection(sock=report.dup(), limit=_REPORT_MAX_BYTES)
        try:
            pid = (await _hear(reader)).get("pid")
            if not isinstance(pid, int) or not service.watch(pid):
                raise StartError("it ended before it served")
            service.write()
            self._keep(service)
            writer.write(GO)
            await writer.drain()
            if "ready" not in await _hear(reader):
                raise StartError("it said neither that it serves nor why not")
        finally:
            writer.close()

    def _listen(self, service: Service) -> socket.socket:
        """The socket listens before anything is forked: who connects early waits, not polls."""
        service.directory.mkdir(mode=0o700)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(service.socket))
        for path in (service.directory, service.socket):
            os.chown(path, self._config.owner_uid, -1)
        service.socket.chmod(0o600)
        service.socket.with_name(service.socket.name + _PROXY_PORT).symlink_to(service.socket.name)
        listening.listen(_BACKLOG)
        return listening

    def _order(self, service: Service, request: StartRequest) -> Order:
        config = self._config
        if request.create_volume:
            volumes.create(
                request.volume,
                request.writable[0],
                config.uid_range if self._sandbox == "root" else None,
            )
        limits = Limits(request.cpu, request.memory_bytes, request.processes)
        uid, gid = self._identity(request)
        home = f"/home/{request.username}"
        confined = self._sandbox != "none"
        environment = {**request.environment, **self._gpus(service, request)}
        environment["HOME"] = home if confined else str(request.volume)
        environment["JUPYTER_RUNTIME_DIR"] = view.RUN if confined else str(service.directory)
        return Order(
            name=request.name,
            username=request.username,
            sandbox=self._sandbox,
            uid=uid,
            gid=gid,
            volume=str(request.volume),
            home=environment["HOME"],
            environment=environment,
            mount_point=str(config.mount_point),
            arguments=request.arguments,
            public={name: str(path) for name, path in request.public.items()},
            read_only=request.read_only,
            writable=request.writable,
            links=request.links,
            system_paths=[str(path) for path in request.system_paths],
            devices=[*map(str, request.devices), *self._gpu_devices(service)],
            network=request.network,
            relay=str(config.relay),
            tmp_bytes=request.tmp_bytes,
            rlimits=limits.rlimits(alone=self.groups.version == 0),
            cgroups=self.groups.create(request.name, limits),
            stop_seconds=config.stop_seconds,
        )

    def _identity(self, request: StartRequest) -> tuple[int, int]:
        """As root the owner of the volume's first writable directory; else we ourselves.

        Users can remove that directory, and it is made again: then it is the volume's owner.

        Raises:
            StartError: That is nobody whom services may run as.
        """
        if self._sandbox != "root":
            return os.getuid(), os.getgid()
        for owned in (*request.writable[:1], "."):
            with contextlib.suppress(FileNotFoundError):
                uid = os.lstat(request.volume / owned).st_uid
                break
        else:
            raise StartError("there is no volume; create it first")
        first, last = self._config.uid_range
        if not first <= uid <= last:
            name = "the volume" if owned == "." else f"the volume's {owned}"
            raise StartError(f"{name} belongs to uid {uid}, outside {first}–{last}: chown it")
        return uid, uid

    def _gpus(self, service: Service, request: StartRequest) -> dict[str, str]:
        """Allot free GPUs; a service without any sees none."""
        taken = {gpu for s in (*self.all, *self._starting.values()) for gpu in s.gpus}
        kinds = self._config.gpus
        known = kinds.get(request.gpu_kind, [g for gpus in kinds.values() for g in gpus])
        free = [gpu for gpu in known if gpu not in taken]
        if len(free) < request.gpu_count:
            raise StartError(f"{request.gpu_count} GPUs were asked for, {len(free)} are free")
        service.gpus = free[: request.gpu_count]
        return {
            "CUDA_VISIBLE_DEVICES": ",".join(str(index) for index, _ in enumerate(service.gpus))
        }

    @staticmethod
    def _gpu_devices(service: Service) -> list[str]:
        if not service.gpus:
            return []
        shared = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
        own = [f"/dev/nvidia{gpu}" for gpu in service.gpus]
        return own + [path for path in shared if os.path.exists(path)]

    async def stop(self, name: str) -> float:
        """Stop a service if it runs; returns the seconds that it took."""
        began = time.monotonic()
        async with self._locks[name]:
            await self._stop(name)
        return time.monotonic() - began

    async def _stop(self, name: str) -> None:
        service = self.find(name)
        if service is None:
            return
        service.signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(service.exited.wait(), self._config.stop_seconds + 0.5)
        if service.running:
            service.signal(signal.SIGKILL)
            self.groups.kill(name)
            await asyncio.wait_for(service.exited.wait(), _KILL_SECONDS)
        self._forget(service)
