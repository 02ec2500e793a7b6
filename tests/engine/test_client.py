"""What the client makes of a hub, or of a user's server, that misbehaves."""

import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from opsforge.engine import client as engine_client
from opsforge.engine.client import SERVICE_ANSWER_MAX_BYTES, JupyterHubClient
from opsforge.engine.port import EngineAway, EngineRefused, EngineState
from opsforge.kit.ports import free_port

TOKEN = "t0psecret"
BODY = "a foreign body"
RUNNING = {"name": "alice", "servers": {"": {"ready": True}}}

Reply = tuple[int, str | bytes]


class Script(BaseHTTPRequestHandler):
    """Answers as the test says."""

    reply: Callable[[str, str], Reply]
    seen: list[tuple[str, ...]]

    def _answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.rfile.read(length)
        authorization, cookie = (
            self.headers.get("authorization", ""),
            self.headers.get("cookie", ""),
        )
        self.seen.append((self.command, self.path, authorization, cookie))
        status, body = type(self).reply(self.command, self.path)
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Set-Cookie", "planted=1; Path=/")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the library's names.

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def server(reply: Callable[[str, str], Reply]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    seen: list[tuple[str, ...]] = []
    handler = type("Scripted", (Script,), {"reply": staticmethod(reply), "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", seen
        listening.shutdown()
        thread.join()


def client_of(hub_url: str, proxy_url: str | None = None) -> JupyterHubClient:
    return JupyterHubClient(
        hub_url=hub_url,
        proxy_url=proxy_url or hub_url,
        token=TOKEN,
        stop_timeout=timedelta(seconds=0.3),
    )


async def watch(client: JupyterHubClient) -> None:
    async for _ in client.watch_start("alice"):
        pass


CALLS: dict[str, Callable[[JupyterHubClient], Awaitable[object]]] = {
    "create_service": lambda client: client.create_service("alice"),
    "delete_service": lambda client: client.delete_service("alice"),
    "get_status": lambda client: client.get_status("alice"),
    "list_active": lambda client: client.list_active(),
    "start_service": lambda client: client.start_service("alice", flavour="small"),
    "stop_service": lambda client: client.stop_service("alice"),
    "watch_start": watch,
    "list_busy_kernels": lambda client: client.list_busy_kernels("alice"),
    "issue_service_token": lambda client: client.issue_service_token(
        "alice", ttl=timedelta(minutes=1)
    ),
    "revoke_access": lambda client: client.revoke_access("alice"),
}


def full_text(error: BaseException | None) -> str:
    text = ""
    while error is not None:
        text += repr(error) + str(error) + repr(vars(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return text


@pytest.mark.parametrize("call", CALLS)
class TestAway:
    async def test_nobody_listens(self, call: str) -> None:
        client = client_of(f"http://127.0.0.1:{free_port()}")
        with pytest.raises(EngineAway) as error:
            await CALLS[call](client)
        assert TOKEN not in full_text(error.value)
        assert not await client.is_reachable()
        await client.close()

    @pytest.mark.parametrize("status", [500, 502, 503])
    async def test_a_fault_of_the_hubs(self, call: str, status: int) -> None:
        with server(lambda _method, _path: (status, f"{BODY} {TOKEN}")) as (url, _):
            client = client_of(url)
            with pytest.raises((EngineAway, EngineRefused)) as error:
                await CALLS[call](client)
            if (call, status) != ("start_service", 500):
                assert isinstance(error.value, EngineAway)
            assert BODY not in full_text(error.value)
            assert TOKEN not in full_text(error.value)
            await client.close()

    async def test_something_that_is_no_hub(self, call: str) -> None:
        with server(lambda _method, _path: (200, f"<html>{BODY}</html>")) as (url, _):
            client = client_of(url)
            if call in {"create_service", "start_service"}:  # They ask for a success, no content.
                await CALLS[call](client)
            else:
                with pytest.raises(EngineAway) as error:
                    await CALLS[call](client)
                assert BODY not in full_text(error.value)
            await client.close()


class TestRefusals:
    async def test_a_refusal_has_our_words(self) -> None:
        with server(lambda _method, _path: (403, f"{BODY} {TOKEN}")) as (url, _):
            client = client_of(url)
            with pytest.raises(EngineRefused) as error:
                await client.get_status("alice")
            assert error.value.reason == "forbidden"
            assert BODY not in full_text(error.value)
            await client.close()

    async def test_too_many_starts_say_when_to_try_again(self) -> None:
        def reply(method: str, path: str) -> Reply:
            del path
            if method == "POST":
                return 429, BODY
            return 200, json.dumps({"name": "alice", "servers": {}})

        with server(reply) as (url, _):
            client = client_of(url)
            with pytest.raises(EngineRefused, match="try again in a minute"):
                await client.start_service("alice", flavour="small")
            await client.close()

    async def test_one_that_does_not_stop_is_refused_in_time(self) -> None:
        def reply(method: str, path: str) -> Reply:
            del path
            stopping = {"name": "alice", "servers": {"": {"pending": "stop"}}}
            return (202, "") if method == "DELETE" else (200, json.dumps(stopping))

        with server(reply) as (url, _):
            client = client_of(url)
            with pytest.raises(EngineRefused, match="does not stop"):
                await client.stop_service("alice")
            await client.close()


class TestManyServices:
    async def test_every_page_is_read(self) -> None:
        def reply(method: str, path: str) -> Reply:
            del method
            offset = int(httpx.URL(path).params["offset"])
            names = [f"u{number}" for number in range(offset, min(450, offset + 200))]
            return 200, json.dumps([{**RUNNING, "name": name} for name in names])

        with server(reply) as (url, seen):
            client = client_of(url)
            statuses = await client.list_active()
            await client.close()
        assert len(statuses) == 450
        assert {status.state for status in statuses.values()} == {EngineState.RUNNING}
        assert len(seen) == 3


def hub_with_alice_running(method: str, path: str) -> Reply:
    if path.endswith("/tokens") and method == "POST":
        return 201, json.dumps({"id": "a1", "token": "narrow"})
    return (204, "") if method == "DELETE" else (200, json.dumps(RUNNING))


class TestHostileService:
    @pytest.mark.parametrize(
        "answer",
        [
            (200, "not json"),
            (200, '{"a": 1}'),
            (200, b"[" + b" " * SERVICE_ANSWER_MAX_BYTES + b"]"),
            (200, '[{"id": 1}]'),
            (500, "broken"),
            (302, ""),
        ],
    )
    async def test_nonsense_tells_nothing_about_its_kernels(self, answer: Reply) -> None:
        with (
            server(hub_with_alice_running) as (hub_url, _),
            server(lambda _method, _path: answer) as (proxy_url, _),
        ):
            client = client_of(hub_url, proxy_url)
            assert await client.list_busy_kernels("alice") is None
            await client.close()

    async def test_silence_tells_nothing_about_its_kernels(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine_client, "SERVICE_TIMEOUT", httpx.Timeout(0.1))
        with (
            server(hub_with_alice_running) as (hub_url, _),
            socket.create_server(("127.0.0.1", 0)) as silent,
        ):
            client = client_of(hub_url, f"http://127.0.0.1:{silent.getsockname()[1]}")
            assert await client.list_busy_kernels("alice") is None
            with pytest.raises(EngineRefused):
                await client._disconnect("alice")
            await client.close()

    async def test_where_the_proxy_finds_nothing_no_kernel_computes(self) -> None:
        with (
            server(hub_with_alice_running) as (hub_url, _),
            server(lambda _method, _path: (503, "")) as (proxy_url, _),
        ):
            client = client_of(hub_url, proxy_url)
            assert await client.list_busy_kernels("alice") == []
            await client._disconnect("alice")
            await client.close()

    async def test_it_sees_a_narrow_token_that_ends_at_once_and_plants_no_cookie(self) -> None:
        with (
            server(hub_with_alice_running) as (hub_url, at_hub),
            server(lambda _method, _path: (200, "[]")) as (proxy_url, at_service),
        ):
            client = client_of(hub_url, proxy_url)
            for _ in range(2):
                await client.list_busy_kernels("alice")
            await client.close()
        assert {authorization for _, _, authorization, _ in at_service} == {"token narrow"}
        assert not [cookie for *_, cookie in (*at_service, *at_hub) if cookie]
        assert ("DELETE", "/hub/api/users/alice/tokens/a1", f"token {TOKEN}", "") in at_hub


async def test_a_name_cannot_leave_its_place_in_the_address() -> None:
    with server(lambda _method, _path: (404, "")) as (url, seen):
        client = client_of(url)
        await client.get_status("../proxy?x=#y")
        await client.close()
    assert seen[0][1] == "/hub/api/users/..%2Fproxy%3Fx%3D%23y"
