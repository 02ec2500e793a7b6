"""What is special about volumes on a host that is reached by SSH: keys, links that drop, fences."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path, PurePosixPath

import anyio
import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opsforge.settings import SftpHostSettings, StorageSettings
from opsforge.storage.journal.errors import StorageAway, is_disk_full
from opsforge.storage.moves import Merge, Publish, Rename, TakeAway
from opsforge.storage.places import FileEntry, FileHead
from opsforge.storage.port import Area, Place
from opsforge.storage.sftp import agents, link, parcel
from opsforge.storage.sftp.codec import HostError, decode, decode_error, encode, encode_error
from opsforge.storage.sftp.host import SftpStorage
from opsforge.storage.volumes import Volumes
from tests.support.sshd import SshServer, Wire
from tests.support.trees import chunks, gathered, make_volume, publish, put

PROJECT = Place("alice", Area.WORK, "project")
SHARED = Place(None, Area.WORK, "project")
AT_ONCE = timedelta(0)
PATHS = st.builds(PurePosixPath, st.text())
PARTS = st.lists(st.text()).map(tuple)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(),
        st.binary(),
        st.sampled_from(Area),
        PATHS,
        st.builds(Place, st.text() | st.none(), st.sampled_from(Area), st.text()),
        st.builds(FileEntry, path=PATHS, size_bytes=st.integers(), sha256=st.binary()),
        st.builds(FileHead, content=st.binary(), size_bytes=st.just(1), disk_bytes=st.just(2)),
        st.builds(Merge, staging=st.text(), place=PARTS, new_folders=PARTS),
        st.builds(Rename, source=PARTS, target=PARTS, identity=st.text()),
        st.builds(TakeAway, staging=st.text(), place=PARTS),
    ),
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner)
    ),
    max_leaves=10,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")


@pytest.fixture
async def wire(ssh_server: SshServer) -> AsyncIterator[Wire]:
    async with Wire(ssh_server.port) as wire:
        yield wire


@pytest.fixture
async def storage(ssh_server: SshServer, wire: Wire, tmp_path: Path) -> AsyncIterator[SftpStorage]:
    """Volumes at the end of a wire that can be cut."""
    storage = SftpStorage(ssh_server.settings(tmp_path, port=wire.port), retry_pause=AT_ONCE)
    await storage.open()
    await make_volume(storage, "alice")
    yield storage
    await storage.close()


@pytest.fixture
async def beside(ssh_server: SshServer, tmp_path: Path) -> AsyncIterator[SftpStorage]:
    """Another worker, over a link of its own."""
    storage = SftpStorage(ssh_server.settings(tmp_path), retry_pause=AT_ONCE)
    yield storage
    await storage.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def until_gone(number: int) -> None:
    async with asyncio.timeout(20):
        while Path(f"/proc/{number}").exists():
            await asyncio.sleep(0.02)


class TestSignIn:
    async def test_a_host_that_shows_another_key_is_refused(
        self, ssh_server: SshServer, tmp_path: Path
    ) -> None:
        settings = ssh_server.settings(tmp_path / "data")
        other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        known = tmp_path / "known-hosts"
        known.write_text(f"[127.0.0.1]:{ssh_server.port} {other}")
        await self._assert_refused(settings.model_copy(update={"known_hosts": known}))
        assert not (tmp_path / "data").exists()

    async def test_a_host_that_nobody_vouches_for_is_refused(
        self, ssh_server: SshServer, tmp_path: Path
    ) -> None:
        known = tmp_path / "known-hosts"
        known.touch()
        settings = ssh_server.settings(tmp_path / "data")
        await self._assert_refused(settings.model_copy(update={"known_hosts": known}))
        await self._assert_refused(settings.model_copy(update={"known_hosts": tmp_path / "none"}))
        assert not (tmp_path / "data").exists()

    async def test_a_key_that_the_host_does_not_know_is_refused(
        self, ssh_server: SshServer, tmp_path: Path
    ) -> None:
        key = tmp_path / "key"
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(key))
        settings = ssh_server.settings(tmp_path / "data")
        await self._assert_refused(settings.model_copy(update={"key": key}))

    async def test_a_host_without_the_interpreter_is_away(
        self, ssh_server: SshServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        settings = ssh_server.settings(tmp_path / "data")
        await self._assert_refused(settings.model_copy(update={"python": "/no/such/python"}))
        assert "/no/such/python" in capfd.readouterr().out

    async def _assert_refused(self, settings: SftpHostSettings) -> None:
        storage = SftpStorage(settings, retry_pause=AT_ONCE)
        await storage.open()  # A platform starts all the same.
        with pytest.raises(StorageAway):
            await storage.exists(PROJECT)
        await storage.close()


class TestSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"default": "archive"},
            {"volumes": {"alice": "archive"}},
            {"hosts": [{"name": "local"}]},
            {"hosts": [{"name": "a"}, {"name": "a"}]},
            {"hosts": [{"name": "a", "path": "relative"}]},
            {"hosts": [{"name": "a", "path": "/srv/../etc"}]},
        ],
    )
    def test_what_can_not_be_is_refused(self, wrong: dict[str, object]) -> None:
        host = {"host": "h", "username": "u", "path": "/srv", "key": "k", "known_hosts": "k"}
        hosts = wrong.get("hosts", [])
        assert isinstance(hosts, list)
        with pytest.raises(ValidationError):
            StorageSettings.model_validate({**wrong, "hosts": [{**host, **each} for each in hosts]})


class TestAgent:
    def test_it_needs_nothing_that_is_not_pythons_own(self) -> None:
        script = (
            "import sys; exec(compile(sys.stdin.buffer.read(), 'agent', 'exec'));"
            "print(sorted({name.partition('.')[0] for name in sys.modules}"
            " - set(sys.stdlib_module_names) - {'__main__', 'opsforge'}))"
        )
        program = parcel.program("/nowhere", "w").split(b"\n", 1)[1].rsplit(b"\n", 2)[0]
        answer = subprocess.run(
            [sys.executable, "-I", "-S", "-c", script],
            input=program,
            capture_output=True,
            check=True,
        )
        assert answer.stdout.decode().strip() == "[]"

    async def test_it_ends_with_its_link(self, beside: SftpStorage, tmp_path: Path) -> None:
        await beside.open()
        [number] = _agents_of(tmp_path)
        await beside.close()
        await until_gone(number)

    async def test_files_of_agents_that_are_gone_are_removed(
        self, storage: SftpStorage, beside: SftpStorage, tmp_path: Path
    ) -> None:
        [first] = names(tmp_path / "agents")
        await beside.exists(PROJECT)
        [other] = set(names(tmp_path / "agents")) - {first}
        number = int((tmp_path / "agents" / other).read_text())
        os.kill(number, signal.SIGKILL)
        await until_gone(number)
        assert not await storage.exists(PROJECT)
        agents.bury(tmp_path / "agents")
        assert names(tmp_path / "agents") == [first]

    async def test_what_is_wrong_with_it_is_no_answer(self, storage: SftpStorage) -> None:
        with pytest.raises(HostError, match="AttributeError"):
            await storage._host.run(_no_such_call)
        assert not await storage.exists(PROJECT)

    async def test_calls_do_not_wait_for_each_other(
        self, storage: SftpStorage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"x")
        os.mkfifo(tmp_path / "users/alice/work/project/pipe")
        found = await asyncio.gather(*(storage.list_files(PROJECT) for _ in range(50)))
        assert {len(each) for each in found} == {1}


class TestFiles:
    async def test_names_travel_as_they_are(self, storage: SftpStorage, tmp_path: Path) -> None:
        path = PurePosixPath("数据", "a 'b\" $c;\n.csv")
        async with gathered(storage, PROJECT) as staging:
            await staging.write_file(path, chunks(b"x"))
            await publish(storage, staging)
        odd = os.fsencode(tmp_path / "users/alice/work/project") + b"/\xff.bin"
        os.close(os.open(odd, os.O_CREAT))
        found = [file.path for file in await storage.list_files(PROJECT)]
        assert sorted(found) == sorted([path, PurePosixPath(os.fsdecode(b"\xff.bin"))])

    async def test_large_files_go_there_and_back(self, storage: SftpStorage) -> None:
        content = os.urandom(3_500_000)
        async with gathered(storage, PROJECT) as staging:
            await staging.write_file(PurePosixPath("a.bin"), chunks(content, content))
            await publish(storage, staging)
        file = await storage.open_file(PROJECT, PurePosixPath("a.bin"))
        assert (file.size_bytes, file.descriptor) == (7_000_000, None)
        assert await file.read(3_499_999, max_bytes=2) == content[-1:] + content[:1]
        assert await file.read(6_999_999, max_bytes=1 << 20) == content[-1:]
        assert await file.read(7_000_000, max_bytes=1) == b""
        assert await file.read(0, max_bytes=7_000_000) == content * 2
        await file.close()

    @as_root
    async def test_a_full_disk_is_told_apart(self, ssh_server: SshServer, tmp_path: Path) -> None:
        mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
        subprocess.run(mount, check=True)
        storage = SftpStorage(ssh_server.settings(tmp_path))
        try:
            await storage.open()
            await make_volume(storage, "alice")
            async with gathered(storage, PROJECT) as staging:
                with pytest.raises(OSError, match="No space") as refusal:
                    await staging.write_file(PurePosixPath("a"), chunks(b"x" * (5 << 20)))
                assert is_disk_full(refusal.value)
                await staging.write_file(PurePosixPath("a"), chunks(b"fits"))
        finally:
            await storage.close()
            subprocess.run(["/bin/umount", "-l", tmp_path], check=True)


class TestLink:
    async def test_one_that_dropped_is_renewed(self, storage: SftpStorage, wire: Wire) -> None:
        await put(storage, PROJECT, a_txt=b"x")
        wire.cut()
        with pytest.raises(StorageAway):
            await storage.list_files(PROJECT)
        wire.mend()
        assert len(await storage.list_files(PROJECT)) == 1

    async def test_an_upload_breaks_off_and_can_be_sent_again(
        self, storage: SftpStorage, wire: Wire, tmp_path: Path
    ) -> None:
        async def content() -> AsyncIterator[bytes]:
            yield b"x" * (2 << 20)
            wire.cut()
            yield b"y" * (2 << 20)

        staging = await storage.stage(PROJECT)
        with pytest.raises(StorageAway):
            await staging.write_file(PurePosixPath("a.bin"), content())
        await staging.release()
        wire.mend()
        await put(storage, PROJECT, a_bin=b"whole")
        assert names(tmp_path / "users/alice/work") == ["project"]

        async def list_wanted() -> set[str]:
            return set()

        assert await storage.sweep(list_wanted=list_wanted) == 1
        assert names(tmp_path / "staging") == []

    async def test_what_was_begun_over_another_one_is_lost(
        self, storage: SftpStorage, wire: Wire
    ) -> None:
        staging = await storage.stage(PROJECT)
        wire.cut()
        wire.mend()
        with pytest.raises(StorageAway):
            await staging.digest_files()
        assert not await storage.exists(PROJECT)  # Renews it.
        for late in (staging.digest_files(), staging.write_file(PurePosixPath("a"), chunks(b""))):
            with pytest.raises(StorageAway):
                await late
        await staging.close()

    async def test_nobody_waits_long_for_a_host_that_is_away(
        self, ssh_server: SshServer, wire: Wire, tmp_path: Path
    ) -> None:
        settings = ssh_server.settings(tmp_path, port=wire.port)
        storage = SftpStorage(settings, retry_pause=timedelta(hours=1))
        wire.cut()
        await storage.open()
        wire.mend()
        with pytest.raises(StorageAway) as refusal:
            await storage.exists(PROJECT)
        assert refusal.value.retry_after_seconds == 3600
        await storage.close()

    async def test_a_cancelled_call_is_seen_through(
        self, storage: SftpStorage, wire: Wire, tmp_path: Path
    ) -> None:
        async with gathered(storage, PROJECT) as staging:
            wire.hold()
            async with anyio.create_task_group() as request:
                request.start_soon(publish, storage, staging)
                async with asyncio.timeout(20):
                    while not wire.has_held:
                        await asyncio.sleep(0.01)
                request.cancel_scope.cancel()
                wire.deliver()
            assert names(tmp_path / "users/alice/work") == ["project"]


class TestFence:
    """What was sent over a link that is gone may still arrive."""

    async def test_a_late_move_is_not_made_after_it_was_undone(
        self, storage: SftpStorage, wire: Wire, tmp_path: Path
    ) -> None:
        await self._undo_before_it_arrives(storage, wire, by=storage, asked_by=None)
        assert names(tmp_path / "users/alice/work") == []

    async def test_nor_one_of_a_worker_that_died(
        self, storage: SftpStorage, beside: SftpStorage, wire: Wire, tmp_path: Path
    ) -> None:
        storage.join("unused")  # The link has the name of before.
        [worker] = names(tmp_path / "agents")
        await self._undo_before_it_arrives(storage, wire, by=beside, asked_by=worker)
        assert names(tmp_path / "users/alice/work") == []

    async def _undo_before_it_arrives(
        self, storage: SftpStorage, wire: Wire, *, by: SftpStorage, asked_by: str | None
    ) -> None:
        staging = await storage.stage(PROJECT)
        move = Publish(staging=staging.name, place=PROJECT.parts, identity=staging.identity)
        [number] = _agents_of(Path(str(storage._host._settings.path)))  # type: ignore[attr-defined]
        wire.hold()
        making = asyncio.create_task(storage.make(move))
        async with asyncio.timeout(20):
            while not wire.has_held:
                await asyncio.sleep(0.01)
        wire.cut()
        with pytest.raises(StorageAway):
            await making
        assert Path(f"/proc/{number}").exists()  # It knows of nothing.
        wire.mend()
        await by.undo(move, asked_by=asked_by)
        wire.deliver()
        await until_gone(number)


class TestCodec:
    @given(VALUES)
    def test_what_travels_arrives(self, value: object) -> None:
        assert decode(encode(value)) == value

    @pytest.mark.parametrize(
        "error",
        [
            FileExistsError(17, "File exists", "a/b"),
            NotADirectoryError(20, "Not a directory"),
            FileNotFoundError("name"),
            ValueError("not a plain name"),
            ConnectionResetError("dropped"),
        ],
    )
    def test_errors_arrive_as_what_they_are(self, error: Exception) -> None:
        arrived = decode_error(decode(encode(encode_error(error))))
        assert type(arrived) is type(error)
        assert str(arrived) == str(error)


def _no_such_call(volumes: Volumes) -> None:
    """The agent has none of this name."""


def _agents_of(data: Path) -> list[int]:
    return [int(path.read_text()) for path in (data / "agents").iterdir()]


async def test_a_large_answer_is_understood_beside_the_event_loop(
    storage: SftpStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[bool, set[int]] = {True: set(), False: set()}

    def decode_and_note(content: bytes) -> object:
        threads[len(content) >= link.LARGE_BYTES].add(threading.get_ident())
        return decode(content)

    monkeypatch.setattr(link, "decode", decode_and_note)
    monkeypatch.setattr(link, "LARGE_BYTES", 2000)
    await put(storage, SHARED, *[f"{number}.csv" for number in range(50)])
    assert len(await storage.list_files(SHARED)) == 50
    assert threads[False] == {threading.get_ident()}
    assert threads[True]
    assert threading.get_ident() not in threads[True]
