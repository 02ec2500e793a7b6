"""A real OpenSSH server of our own, and a wire to it that can be cut."""

import asyncio
import getpass
import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Self

import asyncssh

from opsforge.kit.ports import free_port
from opsforge.settings import SftpHostSettings
from tests.support.servers import find_program, wait_until

PROGRAM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/authorized-keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
Subsystem sftp internal-sftp
"""


class SshServer:
    """An SSH server for the account that runs the tests, with keys of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str | None:
        """The installed server; it wants to be started by its whole path."""
        return find_program("sshd", *PROGRAM_FOLDERS)

    @classmethod
    def is_installed(cls) -> bool:
        """Whether the machine has one."""
        return cls.program() is not None

    def start(self) -> None:
        """Make keys and start the server."""
        for name in ("host-key", "user-key"):
            key = asyncssh.generate_private_key("ssh-ed25519")
            key.write_private_key(str(self.folder / name))
            (self.folder / name).chmod(0o600)
            key.write_public_key(str(self.folder / f"{name}.pub"))
        (self.folder / "user-key.pub").rename(self.folder / "authorized-keys")
        text = CONFIGURATION.format(port=self.port, folder=self.folder)
        (self.folder / "configuration").write_text(text)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # Else it refuses to start.
        self.resume()

    def resume(self) -> None:
        """Start the server again after `kill`."""
        program = self.program()
        assert program is not None, "openssh-server is not installed"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-D", "-e", "-f", self.folder / "configuration"],
                stdin=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, "the SSH server to answer")

    def kill(self) -> None:
        """End the server; connections that are open stay."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def settings(self, path: Path, *, port: int | None = None) -> SftpHostSettings:
        """What the platform has to know to keep volumes below ``path``."""
        port = port or self.port
        known = self.folder / f"known-hosts-{port}"
        key = (self.folder / "host-key.pub").read_text()
        known.write_text(f"[127.0.0.1]:{port} {key}")
        return SftpHostSettings(
            name="host",
            host="127.0.0.1",
            port=port,
            username=getpass.getuser(),
            path=PurePosixPath(path),
            key=self.folder / "user-key",
            known_hosts=known,
            python="/usr/bin/python3",
        )

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as link:
            return link.recv(4) == b"SSH-"
        return False


class Wire:
    """A way to a server that breaks on demand, at the near end only: the far end isn't told."""

    def __init__(self, far_port: int) -> None:
        self._far_port = far_port
        self._ends: list[asyncio.StreamWriter] = []
        self._far_ends: list[asyncio.StreamWriter] = []
        self._is_cut = False
        self._tasks: list[asyncio.Task[None]] = []
        self._ways: list[_Way] = []
        self._flowing = asyncio.Event()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where the near end is."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def hold(self) -> None:
        """Keep back what is sent over what is connected now, until `deliver`."""
        self._flowing = asyncio.Event()
        for way in self._ways:
            way.flowing = self._flowing

    def deliver(self) -> None:
        """Let what was kept back arrive, also from a near end that is gone."""
        self._flowing.set()

    @property
    def has_held(self) -> bool:
        """Whether something is kept back now."""
        return any(way.is_holding for way in self._ways)

    def cut(self) -> None:
        """Break what goes over it, and let nobody in."""
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def mend(self) -> None:
        """Let others in again."""
        self._is_cut = False

    async def _welcome(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self._is_cut:
            near.transport.abort()
            return
        far_reader, far = await asyncio.open_connection("127.0.0.1", self._far_port)
        self._ends.append(near)
        self._far_ends.append(far)
        there, back = _Way(reader, far), _Way(far_reader, near)
        self._ways.append(there)
        self._tasks += [asyncio.create_task(there.carry()), asyncio.create_task(back.carry())]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for end in (*self._ends, *self._far_ends):
            end.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Way:
    """One direction of one connection."""

    def __init__(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        self._source = source
        self._target = target
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.is_holding = False

    async def carry(self) -> None:
        """Hand on what comes. The far end of a wire that was cut hears nothing."""
        with suppress(OSError):
            while block := await self._source.read(65536):
                self.is_holding = not self.flowing.is_set()
                await self.flowing.wait()
                self.is_holding = False
                self._target.write(block)
                await self._target.drain()
