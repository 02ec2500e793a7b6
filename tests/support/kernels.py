"""Running a notebook in a service over its own interface, as JupyterLab does."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

CELL_SECONDS = 120


class Jupyter:
    """The interface of one user's service."""

    def __init__(self, origin: str, service: str, token: str) -> None:
        self._headers = {"Authorization": f"token {token}"}
        self._base = f"{origin}/user/{service}/api"
        self.http = httpx.Client(base_url=self._base, headers=self._headers, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def read_notebook(self, path: str) -> dict[str, Any]:
        """The notebook's document."""
        answer = self.http.get(f"/contents/{path}").raise_for_status()
        notebook: dict[str, Any] = answer.json()["content"]
        return notebook

    def open_session(self, path: str) -> str:
        """Start a kernel for the notebook and return the kernel's id."""
        asked = {
            "path": path,
            "name": path,
            "type": "notebook",
            "kernel": {"name": "python3"},
        }
        answer = self.http.post("/sessions", json=asked).raise_for_status()
        return str(answer.json()["kernel"]["id"])

    @contextmanager
    def connect(self, kernel_id: str) -> Iterator[ClientConnection]:
        """The kernel's websocket."""
        address = f"{self._base}/kernels/{kernel_id}/channels".replace("http", "ws", 1)
        with connect(address, additional_headers=self._headers, max_size=None) as kernel:
            yield kernel


def run_cell(kernel: ClientConnection, code: str) -> list[dict[str, Any]]:
    """Run code and return the contents of its outputs; an error in it is raised.

    What is printed in a row is one output, as in JupyterLab: a kernel sends it in pieces.
    """
    message_id = uuid.uuid4().hex
    header = {"msg_id": message_id, "msg_type": "execute_request", "version": "5.3"}
    content = {"code": code, "silent": False, "stop_on_error": True}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    kernel.send(json.dumps({**request, "channel": "shell"}))
    outputs: list[dict[str, Any]] = []
    for output in _outputs(kernel, message_id):
        last = outputs[-1] if outputs else {}
        if "name" in output and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            outputs.append(output)
    return outputs


def _outputs(kernel: ClientConnection, message_id: str) -> Iterator[dict[str, Any]]:
    while True:
        message = json.loads(kernel.recv(timeout=CELL_SECONDS))
        if message["parent_header"].get("msg_id") != message_id:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        assert kind != "error", "\n".join(content["traceback"])
        if kind in {"display_data", "execute_result", "stream"}:
            yield content
        if kind == "status" and content["execution_state"] == "idle":
            return
