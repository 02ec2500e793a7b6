"""A service through a real hub and a real proxy."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opsforge.forkserver import linux
from opsforge.forkserver.client import service_name
from tests.forkserver.conftest import World
from tests.forkserver.hub import Service, wait_for

pytestmark = pytest.mark.integration


class TestStart:
    def test_server_answers_as_soon_as_the_hub_says_so(self, alice: Service) -> None:
        assert alice.get("/api/status").json()["kernels"] == 0

    def test_lab_is_served(self, alice: Service) -> None:
        page = alice.get("/lab")
        assert page.status_code == 200
        assert "jupyter-config-data" in page.text

    def test_home_shows_the_contract_and_nothing_else(self, alice: Service) -> None:
        names = {entry["name"] for entry in alice.get("/api/contents/").json()["content"]}
        assert names == {"work", "input", "public"}

    def test_public_directories_are_there(self, alice: Service) -> None:
        listing = alice.get("/api/contents/public/input/open").json()
        assert [entry["name"] for entry in listing["content"]] == ["a.csv"]

    def test_hub_path_of_the_socket_is_unreachable_for_others(
        self, world: World, alice: Service
    ) -> None:
        assert alice.get("/api").status_code == 200
        for path in (world.fork_server.runtime / "services").iterdir():
            assert path.stat().st_mode & 0o077 == 0
            assert (path / "http.sock").stat().st_mode & 0o177 == 0

    def test_a_failing_start_says_why_and_leaves_nothing(self, world: World) -> None:
        volume = world.volume("carol")
        (volume / "work").mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(volume / "work", 1, 1)
            expected = "belongs to uid 1"
        else:
            (volume / "input").write_text("a file where a directory should be")
            expected = "NotADirectoryError"
        before = world.fork_server.ask("status")["services"]
        with pytest.raises(RuntimeError, match=expected):
            world.hub.start_service("carol")
        assert world.fork_server.ask("status")["services"] == before

    def test_what_lies_below_tmp_can_be_shown(self, world: World, tmp_path: Path) -> None:
        tool = tmp_path / "tool"
        tool.mkdir()
        (tool / "VERSION").write_text("7")
        service = world.hub.start_service("tara", system_paths=[str(tool)])
        code = f"import os; print(open('{tool}/VERSION').read(), os.access('/tmp', os.W_OK))"
        assert service.run(code) == "7 True"
        world.hub.stop_service("tara")

    def test_a_broken_configuration_shows_the_tail_of_the_log(self, world: World) -> None:
        configuration = world.volume("dave") / ".jupyter"
        world.hub.start_service("dave")
        world.hub.stop_service("dave")
        configuration.mkdir()
        configuration.chmod(0o777)
        (configuration / "jupyter_server_config.py").write_text("raise SystemExit('no luck')")
        with pytest.raises(RuntimeError, match="no luck"):
            world.hub.start_service("dave")


class TestVolume:
    @pytest.fixture
    def walter(self, world: World) -> Iterator[Path]:
        """The directory of somebody whose service runs."""
        world.hub.start_service("walter").run("open('a.txt', 'w').close()")
        yield world.volume("walter") / "work"
        world.hub.stop_service("walter")

    def test_work_that_was_removed_is_made_again(self, world: World, walter: Path) -> None:
        owner = walter.stat().st_uid
        code = "import os, shutil; os.chdir('..'); shutil.rmtree('work'); print(os.listdir())"
        assert "work" not in Service(world.hub, "walter").run(code)
        world.hub.stop_service("walter")
        assert not walter.exists()
        service = world.hub.start_service("walter")
        assert service.run("open('b.txt', 'w').close(); import os; print(os.getuid())") == str(
            owner
        )
        assert (walter / "b.txt").stat().st_uid == walter.stat().st_uid == owner

    def test_a_link_in_its_place_leads_no_further(
        self, world: World, walter: Path, tmp_path: Path
    ) -> None:
        owner, bait = walter.stat().st_uid, tmp_path / "bait"
        bait.mkdir()
        before = bait.stat()
        code = (
            "import os; os.chdir('..'); os.rename('work', 'x');"
            f"os.symlink({str(bait)!r}, 'work'); os.symlink({str(bait)!r}, '.work.new')"
        )
        assert Service(world.hub, "walter").run(code) == ""
        world.hub.stop_service("walter")
        assert walter.is_symlink()
        with world.hub.start_service("walter").kernel(path="") as kernel:
            assert kernel.run("import os; print(os.getuid())") == str(owner)
            assert kernel.run("print(os.path.exists('work'))") == "False"
        after = bait.stat()
        assert (after.st_uid, after.st_mode, after.st_nlink) == (
            before.st_uid,
            before.st_mode,
            before.st_nlink,
        )
        walter.unlink()


class TestNetwork:
    def test_none_reaches_the_hub_and_nothing_else(self, world: World) -> None:
        service = world.hub.start_service("nina", network="none")
        # The server asks the hub whose token this is: the way there is open.
        assert service.get("/api/status").status_code == 200
        port = world.hub.port
        code = (
            "import socket, os\n"
            "print(os.environ['JUPYTERHUB_API_URL'].split('://')[0])\n"
            f"for address in (('127.0.0.1', {port}), ('198.51.100.1', 80)):\n"
            "    try: socket.create_connection(address, 3)\n"
            "    except OSError as error: print(type(error).__name__)\n"
            "with socket.create_server(('127.0.0.1', 0)) as s:\n"
            "    print(bool(socket.create_connection(s.getsockname())))"
        )
        assert service.run(code).split() == [
            "http+unix",
            "ConnectionRefusedError",
            "OSError",
            "True",
        ]
        world.hub.stop_service("nina")

    def test_full_reaches_the_machine(self, world: World, alice: Service) -> None:
        code = (
            f"import socket; print(bool(socket.create_connection(('127.0.0.1', {world.hub.port}))))"
        )
        assert alice.run(code) == "True"


class TestWithoutWalls:
    def test_a_service_runs_in_its_volume_and_ends_with_all_its_processes(
        self, make_world: Callable[..., World]
    ) -> None:
        world = make_world("n", sandbox="none")
        service = world.hub.start_service("olga")
        with service.kernel() as kernel:
            code = "import os, sys; print(os.environ['HOME'], 'pandas' in sys.modules)"
            assert kernel.run(code) == f"{world.volume('olga')} True"
            kernel.run("import subprocess; subprocess.Popen(['sleep', '1000'])")
            (pid,) = world.fork_server.ask("status")["services"].values()
            processes = _processes_of(pid)
            assert len(processes) >= 4
            world.hub.stop_service("olga")
        assert all(linux.start_ticks(p) is None for p in processes)


class TestStop:
    def test_stop_ends_every_process_and_removes_the_directory(self, world: World) -> None:
        service = world.hub.start_service("erin")
        with service.kernel() as kernel:
            kernel.run("import subprocess; subprocess.Popen(['sleep', '1000'])")
            services = world.fork_server.ask("status")["services"]
            name, pid = next((n, p) for n, p in services.items() if "erin" in _view_of(p))
            inside = _processes_of(pid)
            assert len(inside) >= 3
            world.hub.stop_service("erin")
        assert name not in world.fork_server.ask("status")["services"]
        assert all(linux.start_ticks(p) is None for p in inside)
        assert not (world.fork_server.runtime / "services" / name).exists()

    def test_a_service_that_ends_by_itself_is_noticed(self, world: World) -> None:
        service = world.hub.start_service("frank")
        pids = world.fork_server.ask("status")["services"]
        service.post("/api/shutdown")
        wait_for(lambda: len(world.fork_server.ask("status")["services"]) < len(pids))


def _view_of(pid: int) -> str:
    return Path(f"/proc/{pid}/mountinfo").read_text()


def _processes_of(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        found += [int(child) for child in children.split()]
    return found


class TestUsage:
    def test_what_a_service_uses_is_told_by_the_fork_server(
        self, world: World, alice: Service, bob: Service
    ) -> None:
        """Processor time that is counted, and memory that is the service's own."""
        del bob

        def usage(username: str) -> dict[str, float]:
            answer: dict[str, dict[str, float]] = world.fork_server.ask("usage")["services"]
            return answer[service_name(username)]

        before = usage("alice")
        assert before["processes"] >= 2
        assert 5_000_000 < before["memory_bytes"] < 500_000_000
        with alice.kernel() as kernel:
            kernel.run(
                "import time\nkept = b'x' * 150_000_000\nend = time.process_time() + 1\n"
                "while time.process_time() < end: pass"
            )
            after = usage("alice")
        assert after["cpu_seconds"] > before["cpu_seconds"] + 0.9
        assert after["memory_bytes"] > before["memory_bytes"] + 140_000_000
        assert usage("bob")["memory_bytes"] < 140_000_000 + before["memory_bytes"]
