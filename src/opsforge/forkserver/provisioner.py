"""Jupyter's way to a warm kernel: the default kernel provisioner inside a service.

Only the platform's own Python kernel is forked; every other one, and this one where
`kernel.why_cold` names a reason, starts in the ordinary way.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from opsforge.forkserver import homepython, kernel

_FORKER = "kernels.sock"
_ANSWER_SECONDS = 10.0
_NATIVE = ("python", "python3", f"python{sys.version_info.major}.{sys.version_info.minor}")


class WarmProcess:
    """As much of `subprocess.Popen` as a provisioner uses, for a child of process 1."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._received = b""
        connection.setblocking(False)

    def poll(self) -> int | None:
        """The exit code, None while it runs; process 1 tells it on the connection."""
        if self.returncode is None:
            try:
                part = self._connection.recv(4096)
            except BlockingIOError:
                return None
            except OSError:
                part = b""
            self._take(part)
        return self.returncode

    def _take(self, part: bytes) -> None:
        self._received += part
        if self._received.endswith(b"\n"):
            self.returncode = int(json.loads(self._received)["exit"])
        elif not part:
            self.returncode = -signal.SIGKILL
        if self.returncode is not None:
            self._connection.close()

    async def wait_async(self) -> int:
        """Wait without polling."""
        loop = asyncio.get_running_loop()
        while self.poll() is None:
            self._take(await loop.sock_recv(self._connection, 4096))
        return self.returncode if self.returncode is not None else 0

    def wait(self, timeout: float | None = None) -> int:
        """Wait; for callers outside a loop."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.01)
        return self.returncode if self.returncode is not None else 0

    def send_signal(self, number: int) -> None:
        """Signal the kernel itself; it leads a session, so its group has the same number."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Takes Python kernels from process 1, and starts all others as `LocalProvisioner` does."""

    process: Any = None

    async def launch_kernel(
        self,
        cmd: list[str],
        **kwargs: Any,  # noqa: ANN401 - The same.
    ) -> KernelConnectionInfo:
        """Fork if it may be warm; otherwise say why not, and start it."""
        environment = dict(kwargs.get("env") or os.environ)
        directory = str(kwargs.get("cwd") or Path.cwd())
        arguments = self._native_arguments(cmd)
        if arguments is None:
            return await super().launch_kernel(cmd, **kwargs)
        reason = kernel.why_cold(environment, directory)
        if reason is None:
            try:
                await self._fork(arguments, environment, directory)
            except OSError as error:
                reason = f"the forker did not answer ({error})"
            else:
                return self.connection_info
        self.log.warning("Kernel %s starts cold: %s", self.kernel_id, reason)
        python = homepython.executable(environment["HOME"])
        return await super().launch_kernel([python, *cmd[1:]], **kwargs)

    def _native_arguments(self, cmd: list[str]) -> list[str] | None:
        """The arguments of ipykernel if that is what ``cmd`` runs, on the platform's Python."""
        own = (*_NATIVE, sys.executable, os.path.realpath(sys.executable))
        if cmd[0] in own and cmd[1:3] == ["-m", "ipykernel_launcher"]:
            return cmd[3:]
        return None

    async def _fork(
        self, arguments: list[str], environment: dict[str, str], directory: str
    ) -> None:
        path = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], _FORKER)
        request = {"arguments": arguments, "environment": environment, "directory": directory}
        loop = asyncio.get_running_loop()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await loop.sock_connect(connection, path)
                await loop.sock_sendall(connection, json.dumps(request).encode() + b"\n")
                answer = json.loads(await loop.sock_recv(connection, 4096))
            self.pid = self.pgid = int(answer["pid"])
        except (OSError, KeyError, ValueError) as error:
            connection.close()
            raise OSError(str(error)) from error
        self.process = WarmProcess(connection, self.pid)

    async def wait(self) -> int | None:
        """Wait for the kernel's end; a warm one's is told, not polled for."""
        if isinstance(self.process, WarmProcess):
            code = await self.process.wait_async()
            self.process = None
            return code
        return await super().wait()
