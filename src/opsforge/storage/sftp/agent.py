"""The process on the host: answers calls of `Volumes` until its channel ends.

A message is four bytes that say how long it is, and a value of `codec`. Calls run on threads, so
that one that takes long holds up no other. With the channel the process ends, in the middle of
whatever it does: what is half done is undone by a journal when the link is back.
"""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from opsforge.storage.sftp import agents
from opsforge.storage.sftp.codec import decode, encode, encode_error
from opsforge.storage.volumes import Volumes

HEAD_BYTES = 4
THREADS = 16
FENCE = "fence"
"""The one call that is not of `Volumes`: ends the agent of a dead worker."""


class Agent:
    """Reads calls, makes them, writes answers."""

    def __init__(self, volumes: Volumes, *, calls: BinaryIO, answers: BinaryIO) -> None:
        self._volumes = volumes
        self._calls = calls
        self._answers = answers
        self._writing = threading.Lock()

    def serve(self, fence: Callable[[str], None]) -> None:
        """Answer until the channel ends."""
        with ThreadPoolExecutor(THREADS) as threads:
            self._send({"ready": True})
            while message := self._receive():
                function = fence if message["call"] == FENCE else None
                threads.submit(self._answer, message, function)
            os._exit(0)

    def _answer(self, message: dict[str, Any], function: Callable[..., object] | None) -> None:
        try:
            call = function or getattr(self._volumes, message["call"])
            answer = {"value": call(*message["arguments"], **message["named"])}
        except BaseException as error:  # noqa: BLE001 - it is told to whoever called.
            answer = {"error": encode_error(error)}
        try:
            self._send({"id": message["id"], **answer})
        except OSError:  # Nobody listens any more.
            os._exit(1)

    def _receive(self) -> dict[str, Any] | None:
        head = self._calls.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES:
            return None
        length = int.from_bytes(head)
        content = self._calls.read(length)
        if len(content) < length:
            return None
        message: dict[str, Any] = decode(content)
        return message

    def _send(self, message: dict[str, Any]) -> None:
        content = encode(message)
        with self._writing:
            self._answers.write(len(content).to_bytes(HEAD_BYTES) + content)
            self._answers.flush()


def main(root: str, worker: str) -> None:
    """Serve the volumes below ``root`` over the standard streams, as the agent of ``worker``."""
    data = Path(root)
    folder = data / agents.FOLDER
    volumes = Volumes(data)
    volumes.open()
    agents.enlist(folder, worker)
    agent = Agent(volumes, calls=sys.stdin.buffer, answers=sys.stdout.buffer)
    agent.serve(lambda dead: agents.end(folder, dead))
