"""One connection to a host: an agent that is called, and a session for bytes."""

import asyncio
import errno
import itertools
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import PurePosixPath
from typing import Any

import asyncssh
from structlog import get_logger

from opsforge.settings import SftpHostSettings
from opsforge.storage.relocation import STAGING
from opsforge.storage.scratch import TREE
from opsforge.storage.sftp.agent import HEAD_BYTES
from opsforge.storage.sftp.codec import decode, decode_error, encode
from opsforge.storage.sftp.parcel import command, program

log = get_logger()
CONNECT_SECONDS = 15
KEEPALIVE_SECONDS = 10
COMPLAINT_BYTES = 2000
LARGE_BYTES = 256 * 1024
"""The event loop does not wait until such an answer is understood: of a tree it can have 20 MB."""


class LinkLostError(ConnectionError):
    """The connection dropped, or there was none; whether the call was made is not known."""


class Link:
    """What one connection is used for. `open_link` makes one."""

    def __init__(
        self,
        *,
        root: PurePosixPath,
        connection: asyncssh.SSHClientConnection,
        agent: "asyncssh.SSHClientProcess[bytes]",
        sftp: asyncssh.SFTPClient,
    ) -> None:
        self._root = root
        self._connection = connection
        self._agent = agent
        self._sftp = sftp
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read_answers())
        self.is_open = True

    async def call(
        self, name: str, arguments: Sequence[object], named: Mapping[str, object]
    ) -> Any:  # noqa: ANN401 - whatever the call returns.
        """Let the agent make a call.

        Raises:
            LinkLostError: The connection dropped.
            Exception: What the call raised.
        """
        if not self.is_open:
            raise LinkLostError
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "call": name, "arguments": tuple(arguments), "named": dict(named)}
        content = encode(message)
        try:
            self._agent.stdin.write(len(content).to_bytes(HEAD_BYTES) + content)
            await self._agent.stdin.drain()
            return await answer
        except (OSError, asyncssh.Error) as error:
            if answer.done():
                raise  # It is the answer.
            raise LinkLostError from error
        finally:
            del self._waiting[number]

    async def open_file(self, staging: str, path: PurePosixPath) -> asyncssh.SFTPClientFile:
        """Open a staged file for writing. Nobody but the platform can enter a staging.

        Raises:
            LinkLostError: The connection dropped.
        """
        whole = self._root / STAGING / staging / TREE / path
        try:
            return await self._sftp.open(os.fsencode(whole), "r+b")
        except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, OSError) as error:
            raise LinkLostError from error
        except asyncssh.SFTPError as error:
            raise OSError(
                errno.EIO, f"SFTP refuses what SSH allows: {error}", str(whole)
            ) from error

    async def close(self) -> None:
        """End the connection and what waits for answers."""
        self._lose()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._connection.wait_closed()

    async def _read_answers(self) -> None:
        try:
            while True:
                message = await _receive(self._agent)
                answer = self._waiting.get(message["id"])
                if answer is None or answer.done():
                    continue
                if "error" in message:
                    answer.set_exception(decode_error(message["error"]))
                else:
                    answer.set_result(message["value"])
        except (asyncio.IncompleteReadError, OSError, asyncssh.Error):
            log.warning("storage.link_dropped", complaint=await _complaint(self._agent))
        finally:
            self._lose()

    def _lose(self) -> None:
        self.is_open = False
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(LinkLostError())
        self._connection.abort()


async def open_link(host: SftpHostSettings, *, worker: str) -> Link:
    """Connect to a host whose key is known and start an agent there.

    Args:
        host: Its settings.
        worker: Whose agent it is; an earlier one of the same worker is ended first.

    Raises:
        LinkLostError: That was not possible.
    """
    async with AsyncExitStack() as undo:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                link = await _open(host, worker, undo)
        except (OSError, TimeoutError, EOFError, asyncssh.Error) as error:
            log.warning("storage.host_away", host=host.name, reason=str(error) or repr(error))
            raise LinkLostError from error
        undo.pop_all()
    return link


async def _open(host: SftpHostSettings, worker: str, undo: AsyncExitStack) -> Link:
    connection = await asyncssh.connect(
        host.host,
        host.port,
        username=host.username,
        client_keys=[str(host.key)],
        known_hosts=str(host.known_hosts),
        agent_path=None,
        config=None,
        keepalive_interval=KEEPALIVE_SECONDS,
        compression_algs=None,
    )
    undo.callback(connection.abort)
    agent = await connection.create_process(command(host.python), encoding=None)
    agent.stdin.write(program(str(host.path), worker))
    await agent.stdin.drain()
    try:
        await _receive(agent)
    except EOFError:
        raise LinkLostError(f"no agent started: {await _complaint(agent)}") from None
    sftp = await connection.start_sftp_client()
    return Link(root=host.path, connection=connection, agent=agent, sftp=sftp)


async def _receive(agent: "asyncssh.SSHClientProcess[bytes]") -> dict[str, Any]:
    head = await agent.stdout.readexactly(HEAD_BYTES)
    content = await agent.stdout.readexactly(int.from_bytes(head))
    message: dict[str, Any]
    if len(content) < LARGE_BYTES:
        message = decode(content)
    else:
        message = await asyncio.to_thread(decode, content)
    return message


async def _complaint(agent: "asyncssh.SSHClientProcess[bytes]") -> str:
    """What the agent wrote before it ended."""
    try:
        return (await agent.stderr.read(COMPLAINT_BYTES)).decode(errors="replace")
    except (OSError, asyncssh.Error):
        return ""
