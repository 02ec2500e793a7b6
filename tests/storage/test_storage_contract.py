"""What every implementation of the storage port does."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

import anyio
import pytest

from opsforge.storage.local import LocalStorage
from opsforge.storage.moves import (
    Exchange,
    Merge,
    Move,
    Publish,
    Rename,
    Replace,
    TakeAway,
    TakeOut,
)
from opsforge.storage.port import Amount, Area, InboxFile, Place, Staging, Storage, Volume
from opsforge.storage.routed import RoutedStorage
from opsforge.storage.sftp.host import SftpStorage
from tests.support.sshd import SshServer
from tests.support.trees import chunks, gathered, make_volume, merge, publish, put, take_away

PROJECT = Place("alice", Area.WORK, "cpu-alerts")
DATASET = Place("alice", Area.INPUT, "指标")
REFUSED = r"plain name|null byte"
PUBLIC = Place(None, Area.INPUT, "nab")
VERSIONS = Place("alice", Area.VERSIONS, "7")


@pytest.fixture(params=["local", "sftp", "routed"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """Routed: what is Alice's is reached by SSH, everything else is here."""
    storage: Storage = LocalStorage(tmp_path)
    if request.param != "local":
        server: SshServer = request.getfixturevalue("ssh_server")
        remote = SftpStorage(server.settings(tmp_path))
        is_routed = request.param == "routed"
        storage = RoutedStorage(storage, elsewhere={"alice": remote}) if is_routed else remote
    await storage.open()
    await make_volume(storage, "alice")
    yield storage
    await storage.close()


async def paths(storage: Storage, place: Place) -> list[str]:
    return [str(file.path) for file in await storage.list_files(place)]


async def broken_off() -> AsyncIterator[bytes]:
    yield b"half"
    raise ConnectionError


class TestVolumes:
    async def test_a_second_volume_of_the_same_name_is_refused(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"kept")
        with pytest.raises(FileExistsError):
            await make_volume(storage, "alice")
        assert await paths(storage, PROJECT) == ["a.txt"]

    async def test_a_deleted_volume_can_be_made_again(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"gone")
        await take_away(storage, Volume("alice"))
        assert not await storage.exists(PROJECT)
        await make_volume(storage, "alice")
        await put(storage, PROJECT, b_txt=b"new")
        assert await paths(storage, PROJECT) == ["b.txt"]

    @pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "/etc"])
    async def test_a_name_that_is_no_plain_name_is_refused(
        self, storage: Storage, name: str
    ) -> None:
        with pytest.raises(ValueError, match=REFUSED):
            await make_volume(storage, name)
        with pytest.raises(ValueError, match=REFUSED):
            await put(storage, Place("alice", Area.WORK, name), a_txt=b"")
        with pytest.raises(ValueError, match=REFUSED):
            await put(storage, Place(name, Area.WORK, "project"), a_txt=b"")

    async def test_stage_for_a_user_without_a_volume_fails(self, storage: Storage) -> None:
        with pytest.raises(FileNotFoundError):
            await storage.stage(Place("bob", Area.WORK, "project"))


class TestPublish:
    async def test_a_tree_appears_whole_with_sizes_and_digests(self, storage: Storage) -> None:
        async with gathered(storage, DATASET) as staging:
            content = b"timestamp,value\n" * 100_000
            pieces = [content[at : at + 999_999] for at in range(0, len(content), 999_999)]
            file = await staging.write_file(PurePosixPath("2024/cpu.csv"), chunks(*pieces))
            assert not await storage.exists(DATASET)
            await publish(storage, staging)
        assert file.size_bytes == len(content)
        assert file.sha256 == hashlib.sha256(content).digest()
        assert [(str(f.path), f.size_bytes) for f in await storage.list_files(DATASET)] == [
            ("2024/cpu.csv", len(content))
        ]

    async def test_nothing_is_replaced(self, storage: Storage) -> None:
        await put(storage, DATASET, a_csv=b"first")
        with pytest.raises(FileExistsError):
            await put(storage, DATASET, b_csv=b"second")
        assert await paths(storage, DATASET) == ["a.csv"]

    async def test_of_many_at_once_exactly_one_wins(self, storage: Storage) -> None:
        outcomes: list[str] = []

        async def try_once(number: int) -> None:
            try:
                await put(storage, PROJECT, **{f"by{number}_txt": b"x"})
            except FileExistsError:
                outcomes.append("refused")
            else:
                outcomes.append("won")

        async with anyio.create_task_group() as tasks:
            for number in range(12):
                tasks.start_soon(try_once, number)
        assert sorted(outcomes) == ["refused"] * 11 + ["won"]
        assert len(await storage.list_files(PROJECT)) == 1

    async def test_a_file_that_breaks_off_can_be_sent_again(self, storage: Storage) -> None:
        async with gathered(storage, DATASET) as staging:
            with pytest.raises(ConnectionError):
                await staging.write_file(PurePosixPath("a.csv"), broken_off())
            await staging.write_file(PurePosixPath("a.csv"), chunks(b"whole"))
            await publish(storage, staging)
        assert [f.size_bytes for f in await storage.list_files(DATASET)] == [5]

    @pytest.mark.parametrize(
        ("first", "second", "clash"),
        [("a.csv", "a.csv", "a.csv"), ("a", "a/b.csv", "a"), ("x/y/z", "x/y", "x/y")],
    )
    async def test_what_is_staged_twice_is_named(
        self, storage: Storage, first: str, second: str, clash: str
    ) -> None:
        async with gathered(storage, DATASET) as staging:
            await staging.write_file(PurePosixPath(first), chunks(b"1"))
            with pytest.raises(FileExistsError) as refusal:
                await staging.write_file(PurePosixPath(second), chunks(b"2"))
        assert refusal.value.filename == clash

    @pytest.mark.parametrize("path", ["../a", "a/../../b", "a\0b"])
    async def test_a_path_that_leaves_the_tree_is_refused(
        self, storage: Storage, path: str
    ) -> None:
        async with gathered(storage, DATASET) as staging:
            with pytest.raises(ValueError, match=REFUSED):
                await staging.write_file(PurePosixPath(path), chunks(b""))


class TestStaging:
    async def test_a_linked_tree_leaves_out_what_is_not_wanted(self, storage: Storage) -> None:
        await put(storage, DATASET, a_csv=b"a", deep__b_csv=b"b", deep__c_csv=b"c")
        other = Place("alice", Area.INPUT, "other")
        async with gathered(storage, other) as staging:
            await staging.write_file(PurePosixPath("deep/b.csv"), chunks(b"new"))
            await staging.link_tree(DATASET, leave_out={"a.csv", "deep/b.csv"})
            await publish(storage, staging)
        assert await paths(storage, other) == ["deep/b.csv", "deep/c.csv"]
        head = await storage.read_head(other, PurePosixPath("deep/b.csv"), max_bytes=10)
        assert head.content == b"new"

    async def test_what_is_staged_is_digested_whoever_wrote_it(self, storage: Storage) -> None:
        await put(storage, DATASET, a_csv=b"a")
        async with gathered(storage, PROJECT) as staging:
            await staging.copy_tree(DATASET)
            await staging.write_file(PurePosixPath("lib/b.py"), chunks(b"b"))
            entries = await staging.digest_files()
        assert [(str(e.path), e.size_bytes, e.sha256) for e in entries] == [
            ("a.csv", 1, hashlib.sha256(b"a").digest()),
            ("lib/b.py", 1, hashlib.sha256(b"b").digest()),
        ]

    async def test_a_staged_file_is_renamed_where_that_replaces_nothing(
        self, storage: Storage
    ) -> None:
        async with gathered(storage, PROJECT) as staging:
            for name in ("a.ipynb", "b.ipynb"):
                await staging.write_file(PurePosixPath(name), chunks(name.encode()))
            assert not await staging.rename_file("a.ipynb", "b.ipynb")
            assert not await staging.rename_file("absent.ipynb", "c.ipynb")
            assert await staging.rename_file("a.ipynb", "c.ipynb")
            await publish(storage, staging)
        assert await paths(storage, PROJECT) == ["b.ipynb", "c.ipynb"]


class TestVersions:
    async def test_files_are_kept_by_links_under_other_names_out_of_the_volume(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, DATASET, a_csv=b"a", deep__b_csv=b"b")
        async with gathered(storage, VERSIONS) as staging:
            wanted = {"deep/b.csv": "f00", "absent.csv": "f01", "deep": "f02", "a.csv/x": "f03"}
            assert await staging.link_files(DATASET, wanted) == ["deep/b.csv"]
            await publish(storage, staging)
        kept = tmp_path / "versions/users/alice/7/f00"
        assert kept.samefile(tmp_path / "users/alice/input/指标/deep/b.csv")
        assert (tmp_path / "versions").stat().st_mode & 0o777 == 0o700
        assert await paths(storage, VERSIONS) == ["f00"]

    async def test_what_was_kept_comes_back_into_a_folder(self, storage: Storage) -> None:
        await put(storage, DATASET, a_csv=b"a")
        await put(storage, VERSIONS, "f00")
        async with gathered(storage, DATASET) as staging:
            assert await staging.link_files(VERSIONS, {"f00": "new/b.csv"}) == ["f00"]
            await merge(storage, staging)
        assert await paths(storage, DATASET) == ["a.csv", "new/b.csv"]

    async def test_of_no_tree_nothing_can_be_linked(self, storage: Storage) -> None:
        async with gathered(storage, DATASET) as staging:
            with pytest.raises(FileNotFoundError):
                await staging.link_files(VERSIONS, {"f00": "b.csv"})

    @pytest.mark.parametrize("path", ["../a", "..", "a\0b", "/etc/passwd"])
    async def test_a_path_that_leaves_the_tree_is_refused(
        self, storage: Storage, path: str
    ) -> None:
        await put(storage, DATASET, a_csv=b"a")
        async with gathered(storage, VERSIONS) as staging:
            for source, target in (("a.csv", path), (path, "f00")):
                with pytest.raises(ValueError, match=REFUSED):
                    await staging.link_files(DATASET, {source: target})

    async def test_some_of_the_files_are_taken_out(self, storage: Storage) -> None:
        await put(storage, VERSIONS, "f00", "f01", "f02")
        async with gathered(storage, VERSIONS) as staging:
            await storage.make(_take_out(staging, "f00", "f02", "absent"))
            assert await paths(storage, VERSIONS) == ["f01"]


class TestHead:
    async def test_no_more_is_read_than_was_asked_for(self, storage: Storage) -> None:
        await put(storage, DATASET, deep__a_csv=b"0123456789" * 1000)
        head = await storage.read_head(DATASET, PurePosixPath("deep/a.csv"), max_bytes=15)
        assert head.content == b"012345678901234"
        assert head.size_bytes == 10_000
        assert head.disk_bytes > 0

    @pytest.mark.parametrize("path", ["absent.csv", "deep", "deep/a.csv/b", "absent/a.csv"])
    async def test_what_is_no_file_is_not_found(self, storage: Storage, path: str) -> None:
        await put(storage, DATASET, deep__a_csv=b"x")
        with pytest.raises(FileNotFoundError):
            await storage.read_head(DATASET, PurePosixPath(path), max_bytes=15)


class TestOpenFile:
    async def test_is_read_from_any_position(self, storage: Storage) -> None:
        await put(storage, DATASET, deep__a_csv=b"0123456789")
        file = await storage.open_file(DATASET, PurePosixPath("deep/a.csv"))
        assert file.size_bytes == 10
        assert await file.read(0, max_bytes=100) == b"0123456789"
        assert await file.read(7, max_bytes=2) == b"78"
        assert await file.read(10, max_bytes=2) == b""
        await file.close()

    async def test_the_last_one_that_has_it_closes_it(self, storage: Storage) -> None:
        await put(storage, DATASET, a_csv=b"0123456789")
        file = await storage.open_file(DATASET, PurePosixPath("a.csv"))
        file.keep()
        await file.close()
        assert await file.read(0, max_bytes=3) == b"012"
        await file.close()
        with pytest.raises((ValueError, ConnectionError)):
            await file.read(0, max_bytes=3)

    async def test_outlives_its_name_and_has_a_version(self, storage: Storage) -> None:
        path = PurePosixPath("a.csv")
        await put(storage, DATASET, a_csv=b"old")
        file, again = [await storage.open_file(DATASET, path) for _ in range(2)]
        assert file.version == again.version
        async with gathered(storage, PUBLIC) as staging:
            await staging.link_tree(DATASET)
            await publish(storage, staging)
        linked = await storage.open_file(PUBLIC, path)
        is_sent = isinstance(storage, RoutedStorage)  # Between machines nothing is linked.
        assert is_sent or linked.version == file.version, "the very same bytes"
        await take_away(storage, DATASET)
        await put(storage, DATASET, a_csv=b"new")
        new = await storage.open_file(DATASET, path)
        assert new.version != file.version
        assert await file.read(0, max_bytes=9) == b"old"
        for one in (file, again, linked, new):
            await one.close()

    @pytest.mark.parametrize("path", ["absent.csv", "deep", "deep/a.csv/b", "absent/a.csv"])
    async def test_what_is_no_file_is_not_found(self, storage: Storage, path: str) -> None:
        await put(storage, DATASET, deep__a_csv=b"x")
        with pytest.raises(FileNotFoundError):
            await storage.open_file(DATASET, PurePosixPath(path))


class TestListFolder:
    async def test_pages_of_folders_then_files(self, storage: Storage) -> None:
        await put(storage, PROJECT, "b.txt", "日志/x.log", "a/1/x", "a.txt", "a/y")
        top = PurePosixPath()
        whole = await storage.list_folder(PROJECT, top, after=None, limit=10)
        assert [(one.name, one.is_folder, one.size_bytes) for one in whole] == [
            ("a", True, None),
            ("日志", True, None),
            ("a.txt", False, 1),
            ("b.txt", False, 1),
        ]
        pages: list[str] = []
        after = None
        while page := await storage.list_folder(PROJECT, top, after=after, limit=3):
            pages += [one.name for one in page]
            after = (not page[-1].is_folder, page[-1].name)
        assert pages == [one.name for one in whole]
        inner = await storage.list_folder(PROJECT, PurePosixPath("a"), after=None, limit=10)
        assert [one.name for one in inner] == ["1", "y"]

    @pytest.mark.parametrize("path", ["absent", "a.txt", "a.txt/b"])
    async def test_what_is_no_folder_is_not_found(self, storage: Storage, path: str) -> None:
        await put(storage, PROJECT, a_txt=b"x")
        with pytest.raises(FileNotFoundError):
            await storage.list_folder(PROJECT, PurePosixPath(path), after=None, limit=10)


class TestMerge:
    async def test_files_join_the_tree(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"", lib__a_py=b"")
        async with gathered(storage, PROJECT) as staging:
            await staging.write_file(PurePosixPath("lib/b.py"), chunks(b""))
            await staging.write_file(PurePosixPath("new/deep/c.py"), chunks(b""))
            await merge(storage, staging)
        assert await paths(storage, PROJECT) == ["a.txt", "lib/a.py", "lib/b.py", "new/deep/c.py"]

    async def test_a_clash_is_named_and_changes_nothing(self, storage: Storage) -> None:
        await put(storage, PROJECT, lib__a_py=b"old")
        with pytest.raises(FileExistsError) as refusal:
            async with gathered(storage, PROJECT) as staging:
                await staging.write_file(PurePosixPath("b.py"), chunks(b""))
                await staging.write_file(PurePosixPath("lib/a.py"), chunks(b"newer"))
                await merge(storage, staging)
        assert refusal.value.filename == "lib/a.py"
        assert [(str(f.path), f.size_bytes) for f in await storage.list_files(PROJECT)] == [
            ("lib/a.py", 3)
        ]

    async def test_without_a_tree_it_fails(self, storage: Storage) -> None:
        with pytest.raises(FileNotFoundError):
            async with gathered(storage, PROJECT) as staging:
                await staging.write_file(PurePosixPath("b.py"), chunks(b""))
                await merge(storage, staging)
        assert not await storage.exists(PROJECT)


class TestCopies:
    async def test_a_linked_tree_has_the_same_files(self, storage: Storage) -> None:
        await put(storage, PUBLIC, a_csv=b"1", sub__b_csv=b"22")
        async with gathered(storage, Place("alice", Area.INPUT, "nab")) as staging:
            await staging.link_tree(PUBLIC)
            await publish(storage, staging)
        copy = await storage.list_files(Place("alice", Area.INPUT, "nab"))
        assert copy == await storage.list_files(PUBLIC)

    async def test_a_linked_tree_outlives_its_source(self, storage: Storage) -> None:
        await put(storage, PUBLIC, a_csv=b"kept")
        async with gathered(storage, Place("alice", Area.INPUT, "nab")) as staging:
            await staging.link_tree(PUBLIC)
            await publish(storage, staging)
        await take_away(storage, PUBLIC)
        assert await paths(storage, Place("alice", Area.INPUT, "nab")) == ["a.csv"]

    async def test_a_copied_tree_has_the_same_files(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"1", sub__b_py=b"22")
        shared = Place(None, Area.WORK, "cpu-alerts")
        async with gathered(storage, shared) as staging:
            copied = await staging.copy_tree(PROJECT)
            await publish(storage, staging)
        paths = [(str(file.path), file.size_bytes) for file in copied]
        assert paths == [("a.txt", 1), ("sub/b.py", 2)]
        assert await storage.list_files(shared) == await storage.list_files(PROJECT)

    async def test_a_file_whose_holes_no_disk_could_hold_is_not_copied(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"1")
        os.truncate(tmp_path.joinpath(*PROJECT.parts, "a.txt"), await storage.free_bytes() * 2)
        async with gathered(storage, Place(None, Area.WORK, "shared")) as staging:
            with pytest.raises(OSError, match="No space left"):
                await staging.copy_tree(PROJECT)

    async def test_an_absent_source_is_told(self, storage: Storage) -> None:
        async with gathered(storage, DATASET) as staging:
            with pytest.raises(FileNotFoundError):
                await staging.link_tree(PUBLIC)
            with pytest.raises(FileNotFoundError):
                await staging.copy_tree(PROJECT)


class TestTakeAway:
    async def test_the_tree_is_gone_for_good(self, storage: Storage, tmp_path: Path) -> None:
        await put(storage, PROJECT, a_txt=b"", deep__er__b_txt=b"")
        assert await take_away(storage, PROJECT)
        assert not await storage.exists(PROJECT)
        assert list((tmp_path / "staging").iterdir()) == []

    async def test_an_absent_tree_is_no_error(self, storage: Storage) -> None:
        assert not await take_away(storage, PROJECT)
        assert not await take_away(storage, Place("bob", Area.WORK, "nothing"))


class TestReplace:
    async def test_the_new_tree_takes_the_place_of_the_old_one(self, storage: Storage) -> None:
        await put(storage, PUBLIC, old_csv=b"1")
        async with gathered(storage, PUBLIC) as staging:
            await staging.write_file(PurePosixPath("new.csv"), chunks(b"2"))
            await storage.make(_replace(staging))
        assert await paths(storage, PUBLIC) == ["new.csv"]

    async def test_an_absent_tree_can_not_be_replaced(self, storage: Storage) -> None:
        async with gathered(storage, PUBLIC) as staging:
            with pytest.raises(FileNotFoundError):
                await storage.make(_replace(staging))
        assert not await storage.exists(PUBLIC)


class TestRename:
    async def test_a_tree_and_a_file_in_it(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"")
        renamed = Place("alice", Area.WORK, "磁盘告警")
        await storage.make(await _rename(storage, PROJECT.parts, renamed.parts))
        old, new = (*renamed.parts, "a.txt"), (*renamed.parts, "b.txt")
        await storage.make(await _rename(storage, old, new))
        assert not await storage.exists(PROJECT)
        assert await paths(storage, renamed) == ["b.txt"]

    async def test_nothing_is_replaced(self, storage: Storage) -> None:
        await put(storage, PROJECT, a_txt=b"", b_txt=b"b")
        old, new = (*PROJECT.parts, "a.txt"), (*PROJECT.parts, "b.txt")
        with pytest.raises(FileExistsError):
            await storage.make(await _rename(storage, old, new))
        assert [file.size_bytes for file in await storage.list_files(PROJECT)] == [0, 1]


class TestUndo:
    """Each move is undone by what is written down, twice, and when it was never made."""

    @pytest.fixture(params=["made", "not made"])
    def is_made(self, request: pytest.FixtureRequest) -> bool:
        return str(request.param) == "made"

    async def _undo(self, storage: Storage, move: Move, *, is_made: bool) -> None:
        if is_made:
            await storage.make(move)
        await storage.undo(move)
        await storage.undo(move)

    async def test_publish(self, storage: Storage, tmp_path: Path, *, is_made: bool) -> None:
        async with gathered(storage, PROJECT) as staging:
            await staging.write_file(PurePosixPath("a.txt"), chunks(b"x"))
            await self._undo(storage, _publish(staging), is_made=is_made)
            assert not await storage.exists(PROJECT)
            assert (tmp_path / "staging" / staging.name / "tree" / "a.txt").is_file()

    async def test_publish_where_something_was(self, storage: Storage) -> None:
        await put(storage, PROJECT, mine_txt=b"")
        async with gathered(storage, PROJECT) as staging:
            with pytest.raises(FileExistsError):
                await publish(storage, staging)
            await storage.undo(_publish(staging))
        assert await paths(storage, PROJECT) == ["mine.txt"]

    async def test_publish_whose_tree_the_user_replaced(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        async with gathered(storage, PROJECT) as staging:
            move = await publish(storage, staging)
            project = tmp_path / "users/alice/work/cpu-alerts"
            project.rename(project.with_name("kept"))
            project.mkdir()
            await storage.undo(move)
        assert sorted(path.name for path in project.parent.iterdir()) == ["cpu-alerts", "kept"]

    async def test_replace(self, storage: Storage, *, is_made: bool) -> None:
        await put(storage, PUBLIC, old_csv=b"1")
        async with gathered(storage, PUBLIC) as staging:
            await staging.write_file(PurePosixPath("new.csv"), chunks(b"2"))
            await self._undo(storage, _replace(staging), is_made=is_made)
        assert await paths(storage, PUBLIC) == ["old.csv"]

    async def test_merge(self, storage: Storage, *, is_made: bool) -> None:
        await put(storage, PROJECT, a_txt=b"", lib__a_py=b"")
        async with gathered(storage, PROJECT) as staging:
            for path in ("b.txt", "lib/b.py", "lib/new/c.py", "new/deep/d.py"):
                await staging.write_file(PurePosixPath(path), chunks(b""))
            new_folders = await staging.find_new_folders()
            assert sorted(new_folders) == ["lib/new", "new"]
            move = Merge(staging=staging.name, place=PROJECT.parts, new_folders=new_folders)
            await self._undo(storage, move, is_made=is_made)
        assert await paths(storage, PROJECT) == ["a.txt", "lib/a.py"]
        assert await storage.identify((*PROJECT.parts, "new")) is None
        assert await storage.identify((*PROJECT.parts, "lib", "new")) is None

    async def test_merge_leaves_what_the_user_made_of_it(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"")
        project = tmp_path / "users/alice/work/cpu-alerts"
        async with gathered(storage, PROJECT) as staging:
            for path in ("b.txt", "new/c.txt", "new/d.txt"):
                await staging.write_file(PurePosixPath(path), chunks(b"ours"))
            move = await merge(storage, staging)
            (project / "saved").write_text("the user's")
            (project / "saved").replace(project / "b.txt")
            (project / "new" / "mine.txt").touch()
            (project / "new" / "d.txt").unlink()
            await storage.undo(move)
        assert await paths(storage, PROJECT) == ["a.txt", "b.txt", "new/mine.txt"]
        assert (project / "b.txt").read_text() == "the user's"

    async def test_a_merge_that_stopped_half_way(self, storage: Storage, tmp_path: Path) -> None:
        await put(storage, PROJECT, a_txt=b"")
        async with gathered(storage, PROJECT) as staging:
            for path in ("b.txt", "c.txt", "d.txt"):
                await staging.write_file(PurePosixPath(path), chunks(b"ours"))
            move = Merge(staging=staging.name, place=PROJECT.parts, new_folders=())
            (tmp_path / "users/alice/work/cpu-alerts/c.txt").write_text("the user's")
            with pytest.raises(FileExistsError):
                await storage.make(move)
            await storage.undo(move)
        assert await paths(storage, PROJECT) == ["a.txt", "c.txt"]

    async def test_exchange(self, storage: Storage, tmp_path: Path, *, is_made: bool) -> None:
        await put(storage, PROJECT, a_txt=b"old", lib__a_py=b"old", kept_txt=b"kept")
        async with gathered(storage, PROJECT) as staging:
            await self._undo(storage, await _exchange(staging), is_made=is_made)
        project = tmp_path / "users/alice/work/cpu-alerts"
        assert [path.read_text() for path in (project / "a.txt", project / "lib/a.py")] == [
            "old",
            "old",
        ]

    async def test_an_exchange_leaves_what_the_user_made_of_it(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"old", lib__a_py=b"old")
        project = tmp_path / "users/alice/work/cpu-alerts"
        async with gathered(storage, PROJECT) as staging:
            move = await _exchange(staging)
            (project / "a.txt").unlink()  # Before: the new one simply appears.
            await storage.make(move)
            assert (project / "a.txt").read_text() == "new"
            (project / "saved").write_text("the user's")
            (project / "saved").replace(project / "lib/a.py")
            await storage.undo(move)
            await storage.undo(move)
        assert await paths(storage, PROJECT) == ["lib/a.py"]
        assert (project / "lib/a.py").read_text() == "the user's"

    async def test_take_away(self, storage: Storage, *, is_made: bool) -> None:
        await put(storage, PROJECT, a_txt=b"")
        holding = await storage.hold(PROJECT)
        move = TakeAway(staging=holding.name, place=PROJECT.parts)
        await self._undo(storage, move, is_made=is_made)
        await holding.close()
        assert await paths(storage, PROJECT) == ["a.txt"]

    async def test_take_out(self, storage: Storage, *, is_made: bool) -> None:
        await put(storage, VERSIONS, "f00", "f01", "f02")
        async with gathered(storage, VERSIONS) as staging:
            move = _take_out(staging, "f00", "f02", "absent")
            await self._undo(storage, move, is_made=is_made)
        assert await paths(storage, VERSIONS) == ["f00", "f01", "f02"]

    async def test_a_tree_comes_back_beside_what_is_new_at_its_place(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"old")
        holding = await storage.hold(PROJECT)
        move = TakeAway(staging=holding.name, place=PROJECT.parts)
        await storage.make(move)
        await put(storage, PROJECT, b_txt=b"new")
        await storage.undo(move)
        await holding.close()
        names = sorted(path.name for path in (tmp_path / "users/alice/work").iterdir())
        assert len(names) == 2
        assert await paths(storage, Place("alice", Area.WORK, names[1])) == ["a.txt"]

    async def test_rename(self, storage: Storage, *, is_made: bool) -> None:
        await put(storage, PROJECT, a_txt=b"")
        renamed = Place("alice", Area.WORK, "renamed")
        move = await _rename(storage, PROJECT.parts, renamed.parts)
        await self._undo(storage, move, is_made=is_made)
        assert await paths(storage, PROJECT) == ["a.txt"]

    async def test_what_is_gone_altogether(self, storage: Storage) -> None:
        async with gathered(storage, PROJECT) as staging:
            move = await publish(storage, staging)
        await take_away(storage, Volume("alice"))
        await storage.undo(move)
        assert not await storage.exists(PROJECT)


class TestLooking:
    async def test_what_is_taken_is_told_from_what_is_free(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"", lib__a_py=b"")
        (tmp_path / "users/alice/work/cpu-alerts/link").symlink_to("/etc")
        wanted = ["a.txt", "b.txt", "lib", "lib/a.py", "a.txt/below", "link", "link/passwd"]
        found = await storage.find_taken(PROJECT, [PurePosixPath(path) for path in wanted])
        assert found == {
            "a.txt": True,
            "lib": False,
            "lib/a.py": True,
            "a.txt/below": False,
            "link": False,
            "link/passwd": False,
        }
        nowhere = Place("alice", Area.WORK, "absent")
        assert await storage.find_taken(nowhere, [PurePosixPath("a")]) == {}

    async def test_a_volume_is_measured_once_for_each_file(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"x" * 1000)
        await put(storage, DATASET, a_csv=b"x" * 1000)
        work = tmp_path / "users/alice/work"
        (work / "again").hardlink_to(work / "cpu-alerts/a.txt")
        (work / "away").symlink_to("/usr")
        with (work / "holes").open("wb") as file:
            file.truncate(1 << 40)
        deep = work / Path(*["d"] * 120)
        deep.mkdir(parents=True)
        (deep / "found").write_bytes(b"x" * 10)
        amount = await storage.measure(Volume("alice"), max_entries=1000)
        assert amount == Amount(size_bytes=1010, file_count=3)
        assert (await storage.measure(PROJECT, max_entries=1000)).size_bytes == 1000
        assert await storage.measure(Volume("nobody"), max_entries=1000) == Amount()
        assert not (await storage.measure(Volume("alice"), max_entries=5)).is_complete

    async def test_a_whole_file_is_taken_in_without_a_copy(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        source = tmp_path / "whole"
        source.write_bytes(b"t,v\n")
        digest = hashlib.sha256(b"t,v\n").digest()
        stored = InboxFile(file=source, size_bytes=4, sha256=digest)
        async with gathered(storage, DATASET) as staging:
            entry = await staging.take_in(PurePosixPath("2024/a.csv"), stored)
            with pytest.raises(FileExistsError):
                await staging.take_in(PurePosixPath("2024/a.csv"), stored)
            await publish(storage, staging)
        assert (entry.size_bytes, entry.sha256) == (4, digest)
        taken = (tmp_path / "users/alice/input/指标/2024/a.csv").stat()
        assert taken.st_ino == source.stat().st_ino or not isinstance(storage, LocalStorage)
        assert taken.st_mode & 0o777 == 0o444


class TestSweep:
    async def test_what_is_wanted_or_in_use_stays(self, storage: Storage, tmp_path: Path) -> None:
        in_use, wanted, left = [await storage.hold(PROJECT) for _ in range(3)]
        await wanted.release()
        await left.release()

        async def list_wanted() -> set[str]:
            return {wanted.name}

        assert await storage.sweep(list_wanted=list_wanted) == 1
        names = {path.name for path in (tmp_path / "staging").iterdir()}
        assert names == {in_use.name, wanted.name}
        await in_use.close()

    async def test_without_an_answer_nothing_is_deleted(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        holding = await storage.hold(PROJECT)
        await holding.release()

        async def list_wanted() -> set[str]:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            await storage.sweep(list_wanted=list_wanted)
        assert [path.name for path in (tmp_path / "staging").iterdir()] == [holding.name]


def _publish(staging: Staging) -> Publish:
    return Publish(staging=staging.name, place=staging.place.parts, identity=staging.identity)


def _replace(staging: Staging) -> Replace:
    return Replace(staging=staging.name, place=staging.place.parts, identity=staging.identity)


def _take_out(staging: Staging, *names: str) -> TakeOut:
    return TakeOut(staging=staging.name, place=staging.place.parts, names=names)


async def _exchange(staging: Staging) -> Exchange:
    for path in ("a.txt", "lib/a.py"):
        await staging.write_file(PurePosixPath(path), chunks(b"new"))
    files = [(path, await staging.identify(path)) for path in ("a.txt", "lib/a.py")]
    return Exchange(staging=staging.name, place=staging.place.parts, files=tuple(files))


async def _rename(storage: Storage, source: tuple[str, ...], target: tuple[str, ...]) -> Rename:
    identity = await storage.identify(source)
    assert identity is not None
    return Rename(source=source, target=target, identity=identity)


async def test_free_bytes_is_what_the_disk_has(storage: Storage) -> None:
    assert await storage.free_bytes() > 0
