"""The fork server: a socket that spawners ask, and a zygote kept ready behind it.

A request is one JSON object in one line with an ``op``; the answer is one JSON object in one line.
"""

import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from opsforge.forkserver import linux, preflight
from opsforge.forkserver.config import ServeConfig
from opsforge.forkserver.relay import Relay
from opsforge.forkserver.services import Services, StartError, StartRequest
from opsforge.forkserver.usage import measure
from opsforge.forkserver.zygotes import ZygoteKeeper

_REQUEST_MAX_BYTES = 1 << 20

log = logging.getLogger(__name__)


class Daemon:
    """Answers requests until it is told to stop; services outlive it."""

    def __init__(self, config: ServeConfig, sandbox: str) -> None:
        self._config = config
        self._sandbox = sandbox
        self._zygotes = ZygoteKeeper(config, open_files=_raise_open_files())
        self._services = Services(config, sandbox, self._zygotes)
        self._relay = Relay(
            config.relay,
            config.hub_url,
            config.runtime,
            others=config.relays,
            service_of=self._services.name_of,
        )

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGCHLD, self._reap_strays)
        self._services.find_again()
        keeping = loop.create_task(self._zygotes.keep())
        relays = await self._relay.start()
        server = await self._listen()
        log.info("fork server ready on %s (sandbox %s)", self._config.control_socket, self._sandbox)
        await stop.wait()
        keeping.cancel()
        server.close()
        for relay in relays:
            relay.close()
        self._zygotes.close()
        self._services.groups.close()

    async def _listen(self) -> asyncio.Server:
        path = self._config.control_socket
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._serve, path, limit=_REQUEST_MAX_BYTES)
        finally:
            os.umask(before)
        os.chown(path, self._config.owner_uid, -1)
        return server

    def _reap_strays(self) -> None:
        """As a subreaper we inherit whatever loses its parent; services reap themselves."""
        mine = {service.pid for service in self._services.all}
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            children = [int(pid) for pid in file.read().split()]
        for pid in children:
            if pid not in mine and linux.start_ticks(pid) is None:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            if not line:
                return
            answer = await self._answer(line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError) as error:
            log.warning("a request was not answered: %s", error)
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            return {"ok": True, **await self._do(request.pop("op"), request)}
        except StartError as error:
            return {"ok": False, "error": str(error), "log": error.log}
        except ValidationError as error:
            return {"ok": False, "error": str(error.errors(include_input=False))}
        except (KeyError, TypeError, ValueError) as error:
            return {"ok": False, "error": f"not understood: {error!r}"}
        except Exception as error:
            log.exception("a request failed")
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    async def _do(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "start":
                return await self._start(StartRequest.model_validate(request))
            case "stop":
                return {"seconds": await self._services.stop(request["name"])}
            case "poll":
                return self._poll(request["name"])
            case "status":
                return self._status()
            case "usage":
                return await self._usage()
        raise ValueError(operation)

    async def _start(self, request: StartRequest) -> dict[str, Any]:
        self._relay.learn(request.hub_url)
        service = await self._services.start(request)
        return {
            "pid": service.pid,
            "started": service.started,
            "socket": str(service.socket),
        }

    def _poll(self, name: str) -> dict[str, Any]:
        service = self._services.find(name)
        if service is None:
            return {"running": False}
        return {"running": True, "pid": service.pid, "started": service.started}

    def _status(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "zygote": self._zygotes.pid,
            "sandbox": self._sandbox,
            "cgroups": self._services.groups.version,
            "services": {s.name: s.pid for s in self._services.all},
        }

    async def _usage(self) -> dict[str, Any]:
        """What each service uses; read in a thread, since a big process takes a while to read."""
        services = {service.name: service.pid for service in self._services.all}
        found = await asyncio.to_thread(measure, services)
        return {"services": {name: asdict(usage) for name, usage in found.items()}}


def _raise_open_files() -> tuple[int, int]:
    """Let this process open as many files as it may; returns the limits from before."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    return before


def serve(config: ServeConfig) -> None:
    """Run a fork server in this process.

    Raises:
        SystemExit: The sandbox that the configuration asks for cannot be had.
    """
    sandbox = choose_sandbox(config)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    linux.prctl(linux.PR_SET_NAME, b"forkserver")
    config.runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.runtime.chmod(0o700)
    os.chown(config.runtime, config.owner_uid, -1)
    for directory in (config.services, config.relay, config.mount_point):
        directory.mkdir(mode=0o755, exist_ok=True)
    asyncio.run(Daemon(config, sandbox).run())


def choose_sandbox(config: ServeConfig) -> str:
    """What the configuration says, or the strongest that works here.

    Raises:
        SystemExit: With the sentence that tells what to do.
    """
    if config.sandbox == "none":
        return "none"
    found = preflight.check()
    if found.ok and config.sandbox in ("auto", found.sandbox):
        return found.sandbox
    if found.ok:
        raise SystemExit(f"sandbox {config.sandbox} needs another user; here it is {found.sandbox}")
    raise SystemExit(f"{found.advice_en}\n{found.advice_zh}\n({found.reason})")
