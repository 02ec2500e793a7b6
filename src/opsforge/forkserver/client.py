"""Ask a fork server, from asyncio."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

_ANSWER_MAX_BYTES = 1 << 20


class ForkServerError(Exception):
    """It refused or failed; ``log`` is the end of what the service wrote, if there is any."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


def service_name(username: str, server: str = "") -> str:
    """Names a service to the fork server, whatever characters the hub's name of it has."""
    return hashlib.sha256(f"{username}/{server}".encode()).hexdigest()[:16]


async def ask(control_socket: Path, operation: str, **fields: object) -> dict[str, Any]:
    """Send one request and return the answer.

    Raises:
        OSError: Nobody listens, or the connection broke.
        ForkServerError: The answer is a refusal.
    """
    reader, writer = await asyncio.open_unix_connection(control_socket, limit=_ANSWER_MAX_BYTES)
    try:
        writer.write(json.dumps({"op": operation, **fields}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise ConnectionResetError("the fork server closed the connection")
    answer: dict[str, Any] = json.loads(line)
    if not answer.pop("ok"):
        raise ForkServerError(answer["error"], answer.get("log", ""))
    return answer
