"""A bomb in one service; the others answer."""

import resource
import time
from collections.abc import Callable, Iterator

import pytest

from opsforge.forkserver.cgroups import Limits
from opsforge.forkserver.relay import CONNECTIONS_MAX
from tests.forkserver.conftest import World
from tests.forkserver.hub import Kernel, Service

pytestmark = pytest.mark.integration

_MIB = 1 << 20


@pytest.fixture
def kernel(world: World) -> Iterator[Kernel]:
    """A kernel of a small service, which is stopped afterwards whatever happens in it."""
    service = world.hub.start_service(
        "bomber", cpu_limit=0.5, mem_limit=400 * _MIB, process_limit=60, tmp_bytes=32 * _MIB
    )
    kernel = Kernel(service, service.post("/api/kernels", {"path": "work"}).json()["id"])
    yield kernel
    kernel.close()
    began = time.monotonic()
    world.hub.stop_service("bomber")
    assert time.monotonic() - began < 15


def answers_quickly(service: Service) -> bool:
    began = time.monotonic()
    assert service.get("/api/status").status_code == 200
    return time.monotonic() - began < 2


class TestRelay:
    def test_who_takes_all_connections_to_the_hub_takes_their_own(
        self, bob: Service, kernel: Kernel
    ) -> None:
        code = (
            "import os, socket\n"
            "def connect():\n"
            "    s = socket.socket(socket.AF_UNIX)\n"
            "    s.connect('/run/hub/hub.sock')\n"
            "    s.settimeout(0.5)\n"
            "    return s\n"
            "def is_open(s):\n"
            "    try: return s.recv(1) != b''\n"
            "    except TimeoutError: return True\n"
            "    except OSError: return False\n"
            f"hoard = [connect() for _ in range({CONNECTIONS_MAX + 20})]\n"
        )
        assert kernel.run(code) == ""
        assert kernel.run("print(is_open(hoard[0]), is_open(hoard[-1]))") == "True False"
        assert (
            bob.run(
                f"{code.replace('hoard', 'few', 1).replace(str(CONNECTIONS_MAX + 20), '1')}"
                "print(is_open(few[0]))"
            )
            == "True"
        )


class TestOpenFiles:
    def test_the_fork_server_has_all_it_may_and_services_as_many_as_before(
        self, make_world: Callable[..., World]
    ) -> None:
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        lower = before[1] // 2
        resource.setrlimit(resource.RLIMIT_NOFILE, (lower, before[1]))
        try:
            world = make_world("files")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        daemon = resource.prlimit(world.fork_server.pid, resource.RLIMIT_NOFILE)
        assert daemon == (before[1], before[1])
        code = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
        assert world.hub.start_service("ines").run(code) == str((lower, before[1]))
        world.hub.stop_service("ines")


class TestBombs:
    def test_fork_bomb(self, bob: Service, kernel: Kernel) -> None:
        code = (
            "import os, time\n"
            "count = 0\n"
            "try:\n"
            "    while True:\n"
            "        if os.fork() == 0: time.sleep(60); os._exit(0)\n"
            "        count += 1\n"
            "except OSError as error:\n"
            "    print(type(error).__name__, count < 60)\n"
        )
        assert kernel.run(code) == "BlockingIOError True"
        assert answers_quickly(bob)
        assert answers_quickly(kernel.service)

    def test_fork_bomb_of_the_shell(self, bob: Service, kernel: Kernel) -> None:
        kernel.start("import subprocess; subprocess.Popen(['bash', '-c', ':(){ :|:& };:'])")
        assert answers_quickly(bob)
        assert bob.run("print('alive')") == "alive"

    def test_memory_bomb(self, world: World, bob: Service, kernel: Kernel) -> None:
        if world.fork_server.ask("status")["cgroups"] == 0:
            assert "MemoryError" in kernel.run("x = bytearray(1 << 30)")
        else:
            kernel.start("x = []\nwhile True: x.append(bytearray(b'x' * (1 << 20)))")
            kernel.wait_until_restarted()
            assert answers_quickly(kernel.service)
        assert answers_quickly(bob)

    def test_memory_bomb_in_tmp(self, kernel: Kernel) -> None:
        code = (
            "try:\n"
            "    with open('/tmp/bomb', 'wb') as f:\n"
            "        for _ in range(64): f.write(bytes(1 << 20))\n"
            "except OSError as error: print(error.strerror)\n"
        )
        assert kernel.run(code) == "No space left on device"

    def test_cpu_bomb(self, world: World, kernel: Kernel) -> None:
        if world.fork_server.ask("status")["cgroups"] == 0:
            pytest.skip("without cgroups processors are shared as the kernel likes")
        code = (
            "import time\n"
            "cpu, end = time.process_time(), time.monotonic() + 2\n"
            "while time.monotonic() < end: pass\n"
            "print((time.process_time() - cpu) / 2)"
        )
        assert float(kernel.run(code)) < 0.7


class TestLimits:
    def test_alone_they_bound_each_process(self) -> None:
        limits = Limits(cpu=1, memory_bytes=_MIB, processes=5)
        assert limits.rlimits(alone=True) == {"CORE": 0, "NPROC": 5, "DATA": _MIB}
        assert "DATA" not in limits.rlimits(alone=False)

    def test_rlimits_only(self, make_world: object) -> None:
        world = make_world("rlimits", cgroups="off")  # type: ignore[operator]
        service = world.hub.start_service("rita", mem_limit=500 * _MIB, process_limit=50)
        with service.kernel() as kernel:
            assert "MemoryError" in kernel.run("x = bytearray(1 << 30)")
            assert kernel.run("print(len(bytearray(1 << 20)))") == str(_MIB)

    def test_nothing_is_left_of_the_group(self, world: World) -> None:
        before = world.fork_server.groups
        world.hub.start_service("gina", mem_limit=500 * _MIB)
        has_groups = world.fork_server.ask("status")["cgroups"] > 0
        assert (world.fork_server.groups != before) == has_groups
        world.hub.stop_service("gina")
        assert world.fork_server.groups == before
