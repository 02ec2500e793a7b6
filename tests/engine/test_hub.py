"""What only a real JupyterHub can show: its rights, its sign-in, its cookies, its failures."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import psutil
import pytest
import websockets

from opsforge.engine.authenticator import SESSION_COOKIE
from opsforge.engine.port import EngineState
from tests.support.hubs import Hub

pytestmark = pytest.mark.integration


class Browser(httpx.AsyncClient):
    """Follows redirects by hand, as a browser does, and remembers what it sent where."""

    trail: list[tuple[str, set[str]]]

    async def visit(self, url: str) -> httpx.Response:
        """Go to a page; `trail` gets each path on the way, with the names of cookies sent."""
        self.trail = []
        for _ in range(12):
            answer = await self.get(url)
            sent = SimpleCookie(answer.request.headers.get("cookie", ""))
            self.trail.append((answer.request.url.path, set(sent)))
            if not answer.is_redirect:
                return answer
            url = answer.headers["location"]
        raise AssertionError(f"redirects without an end: {self.trail}")

    def sign_in(self, token: str) -> None:
        """Take OpsForge's cookie, as its log-in sets it."""
        for path in ("/api/", "/hub/"):
            self.cookies.set(SESSION_COOKIE, token, domain="127.0.0.1", path=path)


@pytest.fixture
async def browser(hub: Hub) -> AsyncIterator[Browser]:
    async with Browser(base_url=hub.url, timeout=20) as browser:
        yield browser


@pytest.fixture(scope="module")
async def running(hub: Hub) -> AsyncIterator[str]:
    """The name of a user whose service runs."""
    await hub.engine.create_service("carol")
    await start(hub, "carol")
    yield "carol"
    await hub.engine.delete_service("carol")


async def start(hub: Hub, name: str) -> None:
    await hub.engine.start_service(name, flavour="small")
    steps = [step async for step in hub.engine.watch_start(name)]
    assert steps[-1].is_ready, steps[-1].message


@contextmanager
def session_of(hub: Hub, name: str) -> Iterator[str]:
    token = f"session-of-{name}"
    hub.sessions.names[token] = name
    yield token
    hub.sessions.names.pop(token, None)


class TestSignIn:
    async def test_one_sign_in_opens_jupyterlab_without_a_form_or_a_question(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        with session_of(hub, running) as token:
            browser.sign_in(token)
            page = await browser.visit(f"/user/{running}/lab/tree/work")
        assert page.is_success
        assert page.url.path == f"/user/{running}/lab/tree/work"
        assert "<title>JupyterLab</title>" in page.text

    async def test_opsforges_cookie_never_reaches_a_service(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        with session_of(hub, running) as token:
            browser.sign_in(token)
            await browser.visit(f"/user/{running}/lab")
        to_hub = [sent for path, sent in browser.trail if path.startswith("/hub/")]
        to_service = [sent for path, sent in browser.trail if path.startswith("/user/")]
        assert to_hub
        assert all(SESSION_COOKIE in sent for sent in to_hub)
        assert len(to_service) > 1
        assert all(SESSION_COOKIE not in sent for sent in to_service)
        hubs_own = {"jupyterhub-hub-login"}
        assert not any(hubs_own & sent for sent in to_service)

    async def test_who_is_not_signed_in_goes_to_opsforge_and_back_afterwards(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        page = await browser.visit(f"/user/{running}/lab")
        assert page.url.path == "/"
        back = page.url.params["next"]
        assert back.startswith("/hub/api/oauth2/authorize?")
        with session_of(hub, running) as token:
            browser.sign_in(token)
            page = await browser.visit(back)
        assert page.url.path == f"/user/{running}/lab"
        assert page.is_success

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil"])
    async def test_next_never_leads_elsewhere(
        self, hub: Hub, browser: Browser, elsewhere: str
    ) -> None:
        answer = await browser.get("/hub/opsforge-login", params={"next": elsewhere})
        assert answer.headers["location"].split("?")[0] == "/"
        with session_of(hub, "dave") as token:
            browser.sign_in(token)
            answer = await browser.get("/hub/opsforge-login", params={"next": elsewhere})
        assert re.match(r"/(?![/\\])", answer.headers["location"])

    async def test_a_revoked_session_ends_the_hub_session_at_once(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        own = f"/hub/api/users/{running}"
        with session_of(hub, running) as token:
            browser.sign_in(token)
            await browser.visit(f"/user/{running}/lab")
            assert (await browser.get(own)).status_code == httpx.codes.OK
        assert (await browser.get(own)).status_code == httpx.codes.FORBIDDEN
        await hub.engine.revoke_access(running)
        browser.cookies.delete(f"jupyterhub-user-{running}", domain="127.0.0.1")
        assert (await browser.visit(f"/user/{running}/lab")).url.path == "/"

    async def test_threat7_a_revocation_closes_what_is_open_and_kernels_live_on(
        self, hub: Hub, running: str
    ) -> None:
        token = await hub.engine.issue_service_token(running, ttl=timedelta(minutes=5))
        headers = {"Authorization": f"token {token.value}"}
        kernel_id = await hub.occupy_kernel(running, "work/long.ipynb", token.value)
        api = f"{hub.url}/user/{running}"
        async with httpx.AsyncClient(headers=headers) as client:
            terminal = (await client.post(f"{api}/api/terminals")).raise_for_status().json()
        addresses = [
            f"{api}/terminals/websocket/{terminal['name']}",
            f"{api}/api/kernels/{kernel_id}/channels",
        ]
        async with AsyncExitStack() as sockets:
            channels = [
                await sockets.enter_async_context(
                    websockets.connect(one.replace("http", "ws", 1), additional_headers=headers)
                )
                for one in addresses
            ]
            await hub.engine.revoke_access(running)
            async with asyncio.timeout(5):
                for channel in channels:
                    with pytest.raises(websockets.ConnectionClosed):
                        while True:
                            await channel.recv()
            for one in addresses:
                with pytest.raises(websockets.InvalidStatus):
                    await websockets.connect(
                        one.replace("http", "ws", 1), additional_headers=headers
                    )
        busy = await hub.engine.list_busy_kernels(running)
        assert busy is not None
        assert [kernel.kernel_id for kernel in busy] == [kernel_id]

    async def test_another_persons_session_in_the_same_browser_takes_over(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        with session_of(hub, running) as token:
            browser.sign_in(token)
            await browser.visit(f"/user/{running}/lab")
        await hub.engine.create_service("erin")
        with session_of(hub, "erin") as token:
            browser.sign_in(token)
            # The first answer only says that the old session is over.
            await browser.visit("/hub/login")
            me = await browser.get("/hub/api/user")
            assert me.json()["name"] == "erin"
            assert (await browser.get(f"/hub/api/users/{running}")).status_code in {403, 404}
            browser.cookies.delete(f"jupyterhub-user-{running}", domain="127.0.0.1")
            page = await browser.visit(f"/user/{running}/lab")
        assert page.status_code == httpx.codes.FORBIDDEN

    @pytest.mark.parametrize("path", ["home", "token", "admin", "spawn", "spawn/dave"])
    async def test_the_hubs_own_pages_lead_to_opsforge(
        self, hub: Hub, browser: Browser, path: str
    ) -> None:
        with session_of(hub, "dave") as token:
            browser.sign_in(token)
            page = await browser.visit(f"/hub/{path}")
        assert page.url.path == "/"
        assert page.text.startswith("OpsForge's page")


class TestRights:
    async def test_users_may_not_start_services_or_make_tokens_past_opsforge(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        with session_of(hub, running) as token:
            browser.sign_in(token)
            await browser.visit("/hub/login")
            headers = {"X-XSRFToken": browser.cookies.get("_xsrf", path="/hub/") or ""}
            for path in ("tokens", "server"):
                answer = await browser.post(
                    f"/hub/api/users/{running}/{path}", headers=headers, json={}
                )
                assert answer.status_code == httpx.codes.FORBIDDEN, path
                assert "XSRF" not in answer.text.upper()

    async def test_the_service_token_is_no_skeleton_key(self, hub: Hub, running: str) -> None:
        token = hub.runtime.secrets.service_token
        headers = {"Authorization": f"token {token}"}
        async with httpx.AsyncClient(base_url=hub.url, headers=headers) as client:
            for path in ("/hub/api/proxy", "/hub/api/groups", "/hub/api/services/supervisor"):
                assert (await client.get(path)).status_code in {403, 404}, path
            shutdown = await client.post("/hub/api/shutdown")
            assert shutdown.status_code == httpx.codes.FORBIDDEN
        assert not await hub.is_let_in(running, token)

    async def test_a_service_token_only_opens_the_service(self, hub: Hub, running: str) -> None:
        token = await hub.engine.issue_service_token(running, ttl=timedelta(minutes=1))
        headers = {"Authorization": f"token {token.value}"}
        async with httpx.AsyncClient(base_url=hub.url, headers=headers) as client:
            assert (await client.get(f"/user/{running}/api/status")).is_success
            assert not (await client.get(f"/hub/api/users/{running}/tokens")).is_success
            assert not (await client.delete(f"/hub/api/users/{running}/server")).is_success

    async def test_revocation_deletes_the_tokens_in_browsers_cookies(
        self, hub: Hub, running: str, browser: Browser
    ) -> None:
        with session_of(hub, running) as token:
            browser.sign_in(token)
            await browser.visit(f"/user/{running}/lab")
            assert await descriptions(hub, running) > {"JupyterHub"}
            await hub.engine.revoke_access(running)
            assert await descriptions(hub, running) == {"JupyterHub"}


async def descriptions(hub: Hub, name: str) -> set[str]:
    """Whose the tokens of a user are; JupyterHub itself issued the running server's own."""
    headers = {"Authorization": f"token {hub.runtime.secrets.service_token}"}
    async with httpx.AsyncClient(base_url=hub.url, headers=headers) as client:
        answer = await client.get(f"/hub/api/users/{name}/tokens")
    return {token["oauth_client"] for token in answer.json()["api_tokens"]}


class TestLocalSpawner:
    async def test_the_home_has_what_the_layout_says(self, hub: Hub, running: str) -> None:
        public = hub.settings.data / "public"
        (public / "work" / "shared").mkdir(exist_ok=True)
        (public / "work" / "shared" / "shared.ipynb").write_text("{}")
        token = await hub.engine.issue_service_token(running, ttl=timedelta(minutes=1))
        headers = {"Authorization": f"token {token.value}"}
        async with httpx.AsyncClient(base_url=hub.url, headers=headers) as client:
            root = await client.get(f"/user/{running}/api/contents/")
            shared = await client.get(f"/user/{running}/api/contents/public/work/shared")
        names = {entry["name"] for entry in root.json()["content"]}
        assert names >= {"work", "input", "public"}
        assert [entry["name"] for entry in shared.json()["content"]] == ["shared.ipynb"]

    async def test_the_environment_is_of_the_flavour_and_holds_no_secret_of_ours(
        self, hub: Hub, running: str
    ) -> None:
        [server] = hub.servers_of(running)
        environment = server.environ()
        assert environment["HOME"] == str(hub.home(running))
        assert environment["OMP_NUM_THREADS"] == "1"
        assert environment["MEM_LIMIT"] == str(1024**3)
        secrets = vars(hub.runtime.secrets).values()
        assert not [name for name, value in environment.items() if value in secrets]
        ours = {name for name in environment if name.startswith("OPSFORGE")}
        assert ours == {"OPSFORGE_API_URL", "OPSFORGE_FLAVOUR"}  # Of the extension in JupyterLab.

    async def test_an_unknown_flavour_fails_in_words(self, hub: Hub) -> None:
        await hub.engine.create_service("frank")
        await hub.engine.start_service("frank", flavour="huge")
        steps = [step async for step in hub.engine.watch_start("frank")]
        assert steps[-1].is_failed
        assert "there is no flavour 'huge'" in steps[-1].message
        await hub.engine.delete_service("frank")

    async def test_nothing_is_left_of_a_start_that_was_stopped(self, hub: Hub) -> None:
        await hub.engine.create_service("grace")
        await hub.engine.start_service("grace", flavour="small")
        async for step in hub.engine.watch_start("grace"):
            if step.step.value == "waiting":
                assert hub.servers_of("grace")
                break
        await hub.engine.stop_service("grace")
        assert hub.servers_of("grace") == []
        await hub.engine.delete_service("grace")

    async def test_a_module_in_the_home_does_not_replace_the_servers_own(self, hub: Hub) -> None:
        await hub.engine.create_service("heidi")
        hub.home("heidi").mkdir()
        (hub.home("heidi") / "json.py").write_text("raise SystemExit('mine')")
        await start(hub, "heidi")
        await hub.engine.delete_service("heidi")


class TestFaults:
    async def test_a_killed_hub_leaves_services_running_and_takes_them_up_again(
        self, hub: Hub, running: str
    ) -> None:
        [server] = hub.servers_of(running)
        pid = hub.hub.pid
        assert pid is not None
        psutil.Process(pid).kill()
        while not (hub.hub.pid != pid and await hub.engine.is_reachable()):
            assert server.is_running()
            await asyncio.sleep(0.05)
        assert (await hub.engine.get_status(running)).state is EngineState.RUNNING
        assert hub.servers_of(running) == [server]

    async def test_a_killed_proxy_knows_the_routes_again(self, hub: Hub, running: str) -> None:
        token = await hub.engine.issue_service_token(running, ttl=timedelta(minutes=1))
        assert hub.proxy.pid is not None
        psutil.Process(hub.proxy.pid).kill()
        async with httpx.AsyncClient(base_url=hub.url) as client:
            for _ in range(400):
                try:
                    answer = await client.get(
                        f"/user/{running}/api/status",
                        headers={"Authorization": f"token {token.value}"},
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.is_success and answer.headers["content-type"] == "application/json":
                    return
        raise AssertionError("the route did not come back")
