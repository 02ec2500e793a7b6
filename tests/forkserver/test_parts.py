"""The small parts that need no hub."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote, urlparse

import psutil
import pytest
from pydantic import ValidationError

from opsforge.forkserver import cgroups, linux, preflight, volumes
from opsforge.forkserver.cgroups import CgroupsV1, CgroupsV2, Limits
from opsforge.forkserver.config import ServeConfig, load_config
from opsforge.forkserver.homepython import shadowed
from opsforge.forkserver.records import RECORD
from opsforge.forkserver.relay import CONNECTIONS_MAX, Relay
from opsforge.forkserver.services import Services, StartError, StartRequest
from opsforge.forkserver.spawner import account_name, socket_url
from opsforge.forkserver.zygotes import Zygote, ZygoteKeeper
from opsforge.kit.ports import free_port


class TestSocketUrl:
    @pytest.mark.parametrize("path", ["/run/fs/a.sock", "/Srv/Data X/é/http.sock"])
    def test_survives_being_made_lower_case(self, path: str) -> None:
        assert unquote(urlparse(socket_url(path)).hostname or "") == path


class TestAccountName:
    @pytest.mark.parametrize(
        ("name", "account"),
        [("alice", "alice"), ("a b/c", "a-b-c"), ("小明", "u--"), (".x", "u.x")],
    )
    def test_fits_into_passwd(self, name: str, account: str) -> None:
        assert account_name(name) == account


class TestConfig:
    def test_reads_toml_and_json(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('runtime = "/run/x"\npreload = ["numpy"]\n')
        (tmp_path / "a.json").write_text('{"runtime": "/run/x", "preload": ["numpy"]}')
        assert load_config(tmp_path / "a.toml") == load_config(tmp_path / "a.json")

    def test_refuses_what_it_does_not_know(self) -> None:
        with pytest.raises(ValidationError, match="misspelt"):
            ServeConfig.model_validate({"runtime": "/run/x", "misspelt": 1})

    def test_refuses_a_directory_too_long_for_sockets(self) -> None:
        with pytest.raises(ValidationError, match="choose a shorter directory"):
            ServeConfig(runtime=Path("/" + "x" * 80))

    @pytest.mark.parametrize("name", ["hub", "../x", "", "A", "x" * 20])
    def test_refuses_names_of_relays_that_are_no_names(self, name: str) -> None:
        with pytest.raises(ValidationError, match="relays"):
            ServeConfig.model_validate({"runtime": "/run/x", "relays": {name: "http://x"}})


class TestZygoteKeeper:
    async def test_a_zygote_that_still_imports_does_not_outlive_its_keeper(
        self, short_directory: Path
    ) -> None:
        slow = short_directory / "python"
        slow.write_text(f"#!/bin/sh\necho $$ > {short_directory}/pid\nexec sleep 600\n")
        slow.chmod(0o755)
        keeping = asyncio.create_task(
            ZygoteKeeper(
                ServeConfig(runtime=short_directory, python=slow), open_files=(99, 999)
            ).keep()
        )
        async with asyncio.timeout(20):
            while not (written := await asyncio.to_thread(_read, short_directory / "pid")):
                await asyncio.sleep(0.02)
            zygote = psutil.Process(int(written))
            # Services inherit them, whatever the daemon allows itself.
            assert resource.prlimit(zygote.pid, resource.RLIMIT_NOFILE) == (99, 999)
            keeping.cancel()
            while zygote.is_running() and zygote.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.02)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def _answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(100):
        writer.write(block)
    writer.close()


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def _relay(
    directory: Path,
    service_of: Callable[[int], str],
    *,
    idle_seconds: float = 60,
    far: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = _answer_all,
) -> AsyncIterator[Callable[[], Awaitable[Connection]]]:
    """A relay whose hub repeats what it hears, or does as ``far`` does; gives connections to it."""
    path = directory / "far.sock"
    hub = await asyncio.start_unix_server(far, path)
    address = f"http+unix://{quote(str(path), safe='')}"
    relay = Relay(directory, address, directory, others={}, service_of=service_of)
    relay.idle_seconds = idle_seconds
    servers = await relay.start()
    made: list[Connection] = []

    async def connect() -> Connection:
        made.append(await asyncio.open_unix_connection(directory / "hub.sock"))
        return made[-1]

    yield connect
    for _, writer in made:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    for server in (*servers, hub):
        server.close()
        await server.wait_closed()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """What comes back; nothing if the connection is refused."""
    with contextlib.suppress(OSError):
        writer.write(b"x")
        return await asyncio.wait_for(reader.read(1), 10)
    return b""


class TestRelay:
    async def test_each_socket_leads_to_an_address_of_its_own(self, short_directory: Path) -> None:
        async def answer(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, who: bytes
        ) -> None:
            writer.write(who + b" heard " + await reader.readline())
            writer.close()

        port = free_port()
        far = short_directory / "far.sock"
        hub = await asyncio.start_server(partial(answer, who=b"hub"), "127.0.0.1", port)
        api = await asyncio.start_unix_server(partial(answer, who=b"api"), far)
        relay = Relay(
            short_directory,
            f"http://127.0.0.1:{port}",
            short_directory,
            others={"api": f"http+unix://{quote(str(far), safe='')}", "gone": "http://127.0.0.1:1"},
            service_of=lambda _: "a",
        )
        servers = await relay.start()
        said = [await self._say(short_directory / f"{name}.sock") for name in ("hub", "api")]
        assert said == [b"hub heard hello\n", b"api heard hello\n"]
        assert await self._say(short_directory / "gone.sock") == b""
        for server in (*servers, hub, api):
            server.close()
            await server.wait_closed()

    async def test_a_service_has_so_many_connections_and_its_neighbour_has_its_own(
        self, short_directory: Path
    ) -> None:
        who = "a"
        async with _relay(short_directory, lambda _: who) as connect:
            hoard = [await connect() for _ in range(CONNECTIONS_MAX)]
            for connection in hoard:
                assert await _echo(*connection) == b"x"
            assert await _echo(*await connect()) == b""
            who = "b"
            assert await _echo(*await connect()) == b"x"
            who = "a"
            hoard[0][1].close()
            async with asyncio.timeout(10):
                while await _echo(*await connect()) != b"x":
                    await asyncio.sleep(0.01)

    async def test_a_connection_that_passes_nothing_is_ended(self, short_directory: Path) -> None:
        async with _relay(short_directory, lambda _: "a", idle_seconds=2) as connect:
            silent, _ = await connect()
            alive = await connect()
            for _ in range(12):
                await asyncio.sleep(0.2)
                assert await _echo(*alive) == b"x"
            async with asyncio.timeout(10):
                assert await silent.read() == b""
                assert await alive[0].read() == b""

    async def test_who_takes_nothing_holds_nothing(self, short_directory: Path) -> None:
        """What waits in memory for a reader that never reads goes with the connection."""
        gone = asyncio.Event()

        async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while True:
                    writer.write(bytes(1 << 16))
                    await writer.drain()
            gone.set()

        async with _relay(short_directory, lambda _: "a", idle_seconds=0.5, far=pour):
            with socket.socket(socket.AF_UNIX) as deaf:
                deaf.connect(str(short_directory / "hub.sock"))
                await asyncio.wait_for(gone.wait(), 10)

    @staticmethod
    async def _say(path: Path) -> bytes:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"hello\n")
        said = await reader.read()
        writer.close()
        return said


class _SilentZygote(Zygote):
    """Forks nothing, so that nothing is reported."""

    def __init__(self) -> None:
        """It has no process."""

    def fork(self, *descriptors: int) -> None:
        self.kept = [os.dup(descriptor) for descriptor in descriptors]


class _SilentKeeper(ZygoteKeeper):
    async def ready(self) -> Zygote:
        return _SilentZygote()


class TestServices:
    async def test_two_that_start_at_once_do_not_get_the_same_gpu(
        self, short_directory: Path
    ) -> None:
        config = ServeConfig(runtime=short_directory, gpus={"a": [0]}, cgroups="off")
        config.services.mkdir()
        services = Services(config, "none", _SilentKeeper(config, open_files=(99, 999)))

        async def start(name: str) -> str:
            request = StartRequest(
                name=name,
                username=name,
                volume=short_directory,
                environment={},
                gpu_count=1,
                start_seconds=0.3,
            )
            with pytest.raises(StartError) as raised:
                await services.start(request)
            return str(raised.value)

        waiting, refused = "no answer in 0.3 s", "1 GPUs were asked for, 0 are free"
        assert tuple(await asyncio.gather(start("x"), start("y"))) == (waiting, refused)
        assert await start("y") == waiting

    async def test_a_process_is_its_service_s_or_nobody_s(self, short_directory: Path) -> None:
        config = ServeConfig(runtime=short_directory, cgroups="off")
        (config.services / "x").mkdir(parents=True, exist_ok=True)
        services = Services(config, "none", _SilentKeeper(config, open_files=(99, 999)))
        first = await asyncio.create_subprocess_exec(
            "sh", "-c", "sleep 60 & echo $!; wait", stdout=-1
        )
        assert first.stdout is not None
        below = int(await first.stdout.readline())
        ticks = linux.start_ticks(first.pid)
        (config.services / "x" / RECORD).write_text(
            json.dumps({"pid": first.pid, "started": ticks, "gpus": []})
        )
        services.find_again()
        found = [services.name_of(pid) for pid in (first.pid, below, os.getpid(), 1, 0)]
        os.kill(below, signal.SIGKILL)
        await first.wait()
        assert found == ["x", "x", "", "", ""]


class TestCgroupsV1:
    def test_who_is_killed_may_use_every_processor_to_end(self, tmp_path: Path) -> None:
        group = tmp_path / "s"
        group.mkdir()
        quota = group / "cpu.cfs_quota_us"
        quota.write_text("")
        (group / "cpu.cfs_period_us").write_text("")
        groups = CgroupsV1({"cpu": tmp_path})
        groups.create("s", Limits(cpu=0.5))
        assert quota.read_text() == "50000"
        groups.kill("s")
        assert quota.read_text() == "-1"


class TestCgroupsV2:
    def test_writes_the_limits_of_a_flavour(self, tmp_path: Path) -> None:
        groups = CgroupsV2(tmp_path)
        (joined,) = groups.create("s", Limits(cpu=1.5, memory_bytes=1 << 30, processes=100))
        written = {f.name: f.read_text() for f in Path(joined).iterdir()}
        assert written == {
            "memory.max": str(1 << 30),
            "memory.swap.max": "0",
            "memory.oom.group": "0",
            "pids.max": "100",
            "cpu.max": "150000 100000",
        }

    def test_no_limit_writes_nothing(self, tmp_path: Path) -> None:
        (joined,) = CgroupsV2(tmp_path).create("s", Limits())
        assert list(Path(joined).iterdir()) == []


class TestDetectingCgroups:
    """Of version 2, in a tree that looks like one: our processes are 41 and 42."""

    @pytest.fixture
    def process(self, tmp_path: Path) -> Path:
        process = tmp_path / "proc"
        process.mkdir()
        (process / "mounts").write_text(f"cgroup2 {tmp_path}/sys cgroup2 rw 0 0\n")
        self.enter(process, "session")
        return process

    def enter(self, process: Path, name: str) -> Path:
        """Let us be in this group."""
        (process / "cgroup").write_text(f"0::/{name}\n")
        own = process.parent / "sys" / name
        own.mkdir(parents=True, exist_ok=True)
        (own / "cgroup.type").write_text("domain\n")
        (own / "cgroup.controllers").write_text("cpu io memory pids\n")
        (own / "cgroup.subtree_control").touch()
        (own / "cgroup.procs").write_text("41\n42\n")
        return own

    def test_to_ask_for_the_version_moves_nobody(self, process: Path, tmp_path: Path) -> None:
        def tree() -> dict[Path, str]:
            return {p: p.read_text() if p.is_file() else "" for p in tmp_path.rglob("*")}

        before = tree()
        assert cgroups.detect_version(process) == 2
        assert tree() == before

    def test_no_version_without_the_controllers(self, process: Path, tmp_path: Path) -> None:
        (tmp_path / "sys/session/cgroup.controllers").write_text("cpu\n")
        assert cgroups.detect_version(process) == 0
        (process / "mounts").write_text("")
        assert cgroups.detect_version(process) == 0

    def test_a_daemon_that_starts_again_has_the_groups_of_the_former(
        self, process: Path, tmp_path: Path
    ) -> None:
        first = cgroups.detect("nb", process)
        assert isinstance(first, CgroupsV2)
        aside = tmp_path / "sys/session/nb-daemon"
        assert (aside / "cgroup.procs").read_text() == "42"
        (tmp_path / "sys/session/cgroup.procs").write_text("")  # As the kernel does.
        self.enter(process, "session/nb-daemon")
        second = cgroups.detect("nb", process)
        assert isinstance(second, CgroupsV2)
        assert second.base == first.base == tmp_path / "sys/session/nb"
        assert [p.name for p in aside.iterdir() if p.is_dir()] == []


class TestVolumes:
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_each_gets_the_lowest_free_uid(self, tmp_path: Path) -> None:
        for name in ("a", "b", "c"):
            volumes.create(tmp_path / name, "work", (5000, 5002))
        owners = [(tmp_path / name).stat().st_uid for name in ("a", "b", "c")]
        assert owners == [5000, 5001, 5002]
        with pytest.raises(OSError, match="no free uid"):
            volumes.create(tmp_path / "d", "work", (5000, 5002))

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_who_removes_the_directory_keeps_the_uid_and_gets_no_other_file(
        self, tmp_path: Path
    ) -> None:
        mine, bait = tmp_path / "a", tmp_path / "bait"
        bait.touch()
        volumes.create(mine, "work", (5000, 5002))
        (mine / ".work.new").symlink_to(bait)
        volumes.create(mine, "work", (5000, 5002))
        volumes.create(tmp_path / "b", "work", (5000, 5002))
        assert [path.stat().st_uid for path in (mine, tmp_path / "b", bait)] == [5000, 5001, 0]

    def test_an_existing_one_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "work").mkdir(parents=True)
        volumes.create(tmp_path / "a", "work", (5000, 5000))
        assert (tmp_path / "a" / "work").stat().st_uid == os.geteuid()


class TestShadowed:
    def test_finds_modules_and_packages_and_no_others(self, tmp_path: Path) -> None:
        for name in ("pandas.py", "numpy", "sklearn.txt", "scipy-1.0.dist-info"):
            (tmp_path / name).touch()
        names = frozenset({"pandas", "numpy", "sklearn", "scipy"})
        assert shadowed(names, [str(tmp_path), "/nonexistent"]) == ["numpy", "pandas"]


class TestPreflight:
    def test_tells_what_to_do_when_nothing_works(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(preflight, "_attempt", lambda **_: "not permitted")
        found = preflight.check()
        assert not found.ok
        assert found.reason == "not permitted"
        assert "start" in found.advice_en
        assert "启动" in found.advice_zh

    def test_agrees_with_who_we_are(self) -> None:
        assert preflight.check().sandbox in (
            {"root", "none"} if os.geteuid() == 0 else {"user", "none"}
        )
