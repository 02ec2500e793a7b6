"""Real servers for tests, from the machine's own packages, each in a temporary directory.

A server runs as an ordinary user even when the tests run as root (PostgreSQL refuses root), talks
only through a Unix socket or the loopback interface, and is gone when its fixture ends.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from opsforge.kit.ports import free_port

START_TIMEOUT_SECONDS = 30


def find_program(name: str, *folders: str) -> str | None:
    """The path of an installed program; Debian keeps some outside of PATH."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Ask again and again until ``condition`` holds.

    Raises:
        TimeoutError: It did not hold in time.
    """
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for: {what}")
        sleep(0.02)


class PostgresCluster:
    """A PostgreSQL cluster of our own that forgets durability for speed."""

    USER = "opsforge"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._account = "postgres" if os.geteuid() == 0 else None

    @staticmethod
    def program(name: str) -> str | None:
        """The newest installed program of PostgreSQL."""
        versions = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda p: -float(p.name))
        return find_program(name, *(str(version / "bin") for version in versions))

    @classmethod
    def is_installed(cls) -> bool:
        """Whether the machine has a PostgreSQL server."""
        return cls.program("initdb") is not None

    def start(self) -> None:
        """Make the cluster and start its server."""
        if self._account:
            shutil.chown(self.folder, self._account)
        self.folder.chmod(0o700)
        self._run("initdb", "-D", self._data, "-U", self.USER, "-A", "trust", "-E", "UTF8", "-N")
        self.resume()

    def resume(self) -> None:
        """Start the server again after `stop`."""
        options = (
            f"-c listen_addresses='' -k {self.folder} -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB "
            "-c max_wal_size=256MB"
        )
        self._run("pg_ctl", "start", "-D", self._data, "-w", "-o", options, "-l", self._log)

    def restart(self) -> None:
        """Break every connection, as a maintenance would."""
        self._run("pg_ctl", "restart", "-D", self._data, "-w", "-m", "immediate", "-l", self._log)

    def stop(self) -> None:
        """Stop the server; what it stored does not matter any more."""
        self._run("pg_ctl", "stop", "-D", self._data, "-m", "immediate")

    def url(self, database: str) -> str:
        """The setting ``database.url`` for a database of this cluster."""
        return f"postgresql://{self.USER}@/{database}?host={self.folder}"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _run(self, program: str, *arguments: object) -> None:
        path = self.program(program)
        assert path is not None, f"{program} is not installed"
        command = [path, *map(str, arguments)]
        answer = subprocess.run(
            command,
            user=self._account,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=START_TIMEOUT_SECONDS,
        )
        if answer.returncode:
            log = self._log.read_text() if self._log.exists() else ""
            raise RuntimeError(f"{program} failed: {answer.stdout}\n{log}")


class RedisServer:
    """A Redis of our own that can be killed, paused and brought back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Whether the machine has a Redis server."""
        return find_program("redis-server") is not None

    @property
    def url(self) -> str:
        """The setting ``cache.url`` for this server."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server, empty, and wait until it answers."""
        program = find_program("redis-server")
        assert program is not None, "redis-server is not installed"
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [program, *arguments, "--dir", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: self.command("PING") == "+PONG", "Redis to answer")

    def count_connections(self) -> int:
        """How many clients are connected, the asking one among them."""
        return self.command("CLIENT", "LIST").count(" laddr=")

    def command(self, *words: str) -> str:
        """One command over a connection of its own; empty when the server is away."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall((" ".join(words) + "\r\n").encode())
                return link.recv(65536).decode().strip()
        except OSError:
            return ""

    def keys(self, pattern: str) -> list[str]:
        """The keys that fit a pattern."""
        return [line for line in self.command("KEYS", pattern).splitlines() if line[:1] not in "*$"]

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it without a word."""
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def lock(self) -> None:
        """Refuse everybody from now on, and keep what is stored."""
        self.command("CONFIG SET requirepass locked\r\nCLIENT KILL TYPE normal")

    def unlock(self) -> None:
        """Answer again after `lock`."""
        self.command("AUTH locked\r\nCONFIG SET requirepass nothing\r\nACL SETUSER default nopass")

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
