"""kill -9 of each part with a kernel running, and nothing left behind in the long run."""

import os
import signal
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from opsforge.forkserver import linux
from tests.forkserver.conftest import World
from tests.forkserver.hub import Service, wait_for

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def fragile(make_world: Callable[..., World]) -> World:
    return make_world("f")


@pytest.fixture
def zoe(fragile: World) -> Service:
    if fragile.hub.is_ready("zoe"):
        fragile.hub.stop_service("zoe")
    return fragile.hub.start_service("zoe")


def service_pid(world: World) -> int:
    (pid,) = world.fork_server.ask("status")["services"].values()
    number: int = pid
    return number


class TestKilled:
    def test_fork_server(self, fragile: World, zoe: Service) -> None:
        with zoe.kernel() as kernel:
            kernel.run("kept = 42")
            pid = service_pid(fragile)
            fragile.fork_server.kill()
            assert kernel.run("print(kept)") == "42"
            fragile.fork_server.start()
            assert service_pid(fragile) == pid
            assert kernel.run("print(kept)") == "42"
            with zoe.kernel() as second:
                assert second.run("import sys; print('pandas' in sys.modules)") == "True"
            fragile.hub.stop_service("zoe")
        assert linux.start_ticks(pid) is None
        assert fragile.fork_server.ask("status")["services"] == {}

    def test_stop_while_the_fork_server_is_away(self, fragile: World, zoe: Service) -> None:
        zoe.run("1")
        pid = service_pid(fragile)
        fragile.fork_server.kill()
        fragile.hub.stop_service("zoe")
        assert linux.start_ticks(pid) is None
        fragile.fork_server.start()
        assert fragile.fork_server.ask("status")["services"] == {}
        assert list((fragile.fork_server.runtime / "services").iterdir()) == []

    def test_a_package_that_comes_or_goes_replaces_the_zygote_and_no_service(
        self, fragile: World, zoe: Service
    ) -> None:
        before = fragile.fork_server.ask("status")["zygote"]
        package = Path(sysconfig.get_path("purelib")) / f"opsforge-test-{os.getpid()}.dist-info"
        with zoe.kernel() as kernel:
            kernel.run("kept = 42")
            package.mkdir()
            try:
                wait_for(
                    lambda: fragile.fork_server.ask("status")["zygote"] not in {None, before},
                    seconds=60,
                    what="another zygote",
                )
            finally:
                package.rmdir()
            assert kernel.run("print(kept)") == "42"

    def test_hub(self, fragile: World, zoe: Service) -> None:
        with zoe.kernel() as kernel:
            kernel.run("kept = 42")
            pid = service_pid(fragile)
            fragile.hub.kill()
            assert kernel.run("print(kept)") == "42"
            fragile.hub.start()
            wait_for(lambda: fragile.hub.is_ready("zoe"), what="the hub to take it up again")
            assert kernel.run("print(kept)") == "42"
            assert zoe.get("/api/kernels").status_code == 200
            fragile.hub.stop_service("zoe")
        assert linux.start_ticks(pid) is None

    def test_proxy(self, fragile: World, zoe: Service) -> None:
        with zoe.kernel() as kernel:
            kernel.run("kept = 42")
            fragile.hub.proxy.kill()
            kernel.close()
            fragile.hub.proxy.start()
            wait_for(lambda: zoe.get("/api/status").status_code == 200, what="the route")
            assert kernel.run("print(kept)") == "42"

    def test_everything_at_once(self, fragile: World, zoe: Service) -> None:
        with zoe.kernel() as kernel:
            kernel.run("kept = 42")
            kernel.close()
            parts = (fragile.fork_server, fragile.hub, fragile.hub.proxy)
            os.kill(fragile.fork_server.ask("status")["zygote"], signal.SIGKILL)
            for part in parts:
                part.kill()
            for part in (fragile.hub.proxy, fragile.fork_server, fragile.hub):
                part.start()
            wait_for(lambda: fragile.hub.is_ready("zoe"), what="the hub to take it up again")
            wait_for(lambda: zoe.get("/api/status").status_code == 200, what="the route")
            assert kernel.run("print(kept)") == "42"
            pid = service_pid(fragile)
            fragile.hub.stop_service("zoe")
        assert linux.start_ticks(pid) is None

    def test_process_1_of_a_service_takes_all_with_it(self, fragile: World, zoe: Service) -> None:
        with zoe.kernel() as kernel:
            kernel.run("import subprocess; subprocess.Popen(['setsid', 'sleep', '1000'])")
            pid = service_pid(fragile)
            inside = _tree(pid)
            assert len(inside) >= 4
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not fragile.fork_server.ask("status")["services"])
        assert all(linux.start_ticks(process) is None for process in inside)
        fragile.hub.stop_service("zoe")


class TestNothingIsLeft:
    @pytest.mark.timeout(600)
    def test_after_200_starts_and_stops(self, fragile: World) -> None:
        fragile.hub.stop_service("zoe")
        before = _traces(fragile)
        environment = {
            "JUPYTERHUB_API_TOKEN": "none",
            "JUPYTERHUB_API_URL": "http+unix://%2Frun%2Fhub%2Fhub.sock/hub/api",
            "JUPYTERHUB_CLIENT_ID": "none",
            "JUPYTERHUB_SERVICE_PREFIX": "/user/zoe/",
            "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:0/user/zoe/",
            "JUPYTERHUB_USER": "zoe",
        }
        for number in range(200):
            name = f"s{number % 7}"
            answer = fragile.fork_server.ask(
                "start",
                name=name,
                username="zoe",
                volume=str(fragile.volume("zoe")),
                environment=environment,
                hub_url=fragile.hub.api_url,
                memory_bytes=1 << 30,
                processes=100,
                network="none" if number % 2 else "full",
            )
            assert answer["ok"], answer
            fragile.fork_server.ask("stop", name=name)
        wait_for(lambda: _traces(fragile) == before, seconds=10, what=f"{before}")


def _traces(world: World) -> dict[str, object]:
    """Everything of the fork server that could pile up."""
    daemon = world.fork_server.pid
    runtime = world.fork_server.runtime
    zygote = world.fork_server.ask("status")["zygote"]
    return {
        "children": len(Path(f"/proc/{daemon}/task/{daemon}/children").read_text().split()),
        "grandchildren": Path(f"/proc/{zygote}/task/{zygote}/children").read_text(),
        "descriptors": len(list(Path(f"/proc/{daemon}/fd").iterdir())),
        "descriptors of the zygote": len(list(Path(f"/proc/{zygote}/fd").iterdir())),
        "mounts": str(runtime) in Path(f"/proc/{daemon}/mountinfo").read_text(),
        "files": sorted(p.name for p in runtime.rglob("*") if "matplotlib" not in str(p)),
        "groups": world.fork_server.groups,
    }


def _tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        found += [int(child) for child in children.split()]
    return found
