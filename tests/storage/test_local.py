"""What is special about volumes on a local file system: links, owners, races, crashes."""

import errno
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any
from unittest.mock import Mock

import pytest

from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from opsforge.storage.syscalls import sync_file_system
from tests.support.trees import chunks, gathered, make_volume, merge, publish, put, take_away

PROJECT = Place("alice", Area.WORK, "project")
PUBLIC = Place(None, Area.INPUT, "nab")
COPY = Place("alice", Area.INPUT, "nab")
UID = 54_321

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
async def storage(tmp_path: Path) -> LocalStorage:
    storage = LocalStorage(tmp_path)
    await storage.open()
    await make_volume(storage, "alice", owner_uid=UID)
    return storage


class TestOwners:
    @as_root
    async def test_c1_the_user_owns_the_volume_and_work_but_not_input(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        del storage
        volume = tmp_path / "users" / "alice"
        owners = {
            folder: (volume / folder).stat().st_uid
            for folder in (".", "work", "input", "public", "public/work", "public/input")
        }
        assert owners == {
            ".": UID,
            "work": UID,
            "input": 0,
            "public": 0,
            "public/work": 0,
            "public/input": 0,
        }
        assert stat.S_IMODE((volume / "input").stat().st_mode) == 0o755

    @as_root
    async def test_files_and_folders_in_work_belong_to_its_owner(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, "a.ipynb")
        async with gathered(storage, PROJECT) as staging:
            await staging.write_file(PurePosixPath("lib/deep/b.py"), chunks(b"x"))
            await merge(storage, staging)
        project = tmp_path / "users" / "alice" / "work" / "project"
        everything = [project, *project.rglob("*")]
        assert {path.stat().st_uid for path in everything} == {UID}
        assert len(everything) == 5

    async def test_files_of_data_sets_are_read_only_and_ours(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, COPY, "sub/a.csv")
        file = tmp_path / "users" / "alice" / "input" / "nab" / "sub" / "a.csv"
        assert stat.S_IMODE(file.stat().st_mode) == 0o444
        assert file.stat().st_uid == os.geteuid()
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o755

    @as_root
    async def test_nobody_writes_through_a_hard_link(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PUBLIC, "a.csv")
        async with gathered(storage, COPY) as staging:
            await staging.link_tree(PUBLIC)
            await publish(storage, staging)
        tmp_path.chmod(0o755)
        for folder in list(tmp_path.parents)[:3]:  # pytest's own are private to root.
            folder.chmod(folder.stat().st_mode | 0o111)
        copy = tmp_path / "users" / "alice" / "input" / "nab" / "a.csv"
        script = (
            "import os, sys\n"
            "for attempt in (lambda p: open(p, 'wb'), lambda p: os.chmod(p, 0o666), os.unlink):\n"
            "    try: attempt(sys.argv[1])\n"
            "    except PermissionError: print('refused')\n"
        )
        answer = subprocess.run(
            ["/usr/bin/python3", "-c", script, str(copy)],
            user=UID,
            group=UID,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.stdout.split() == ["refused"] * 3, answer.stderr
        assert (tmp_path / "public" / "input" / "nab" / "a.csv").read_bytes() == b"x"


class TestHardLinks:
    async def test_a_linked_file_is_the_same_inode(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PUBLIC, "a.csv", "sub/b.csv")
        async with gathered(storage, COPY) as staging:
            await staging.link_tree(PUBLIC)
            await publish(storage, staging)
        source, copy = tmp_path / "public/input/nab", tmp_path / "users/alice/input/nab"
        for name in ("a.csv", "sub/b.csv"):
            assert (copy / name).stat().st_ino == (source / name).stat().st_ino
            assert (copy / name).stat().st_nlink == 2

    async def test_a_copied_project_file_is_another_inode(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, "a.py")
        work = tmp_path / "users/alice/work"
        (work / "project" / "run.sh").write_text("#!/bin/sh\n")
        (work / "project" / "run.sh").chmod(0o4755)
        (work / "project" / "empty").mkdir()
        shared = Place(None, Area.WORK, "project")
        async with gathered(storage, shared) as staging:
            await staging.copy_tree(PROJECT)
            await publish(storage, staging)
        copy = tmp_path / "public/work/project"
        assert (copy / "a.py").stat().st_ino != (work / "project" / "a.py").stat().st_ino
        assert (copy / "run.sh").read_text() == "#!/bin/sh\n"
        assert stat.S_IMODE((copy / "run.sh").stat().st_mode) == 0o755
        assert (copy / "empty").is_dir()

    @pytest.mark.parametrize("without", ["nothing", "copy_file_range"])
    async def test_a_copied_file_keeps_its_holes(
        self, storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
    ) -> None:
        if without == "copy_file_range":
            broken = OSError(errno.ENOSYS, "not here")
            monkeypatch.setattr(os, "copy_file_range", Mock(side_effect=broken))
        await put(storage, PROJECT, "model.bin", "empty.bin", "end.bin")
        project = tmp_path / "users/alice/work/project"
        os.truncate(project / "empty.bin", 0)
        os.truncate(project / "end.bin", 1 << 30)
        with (project / "model.bin").open("r+b") as file:
            file.seek(1 << 24)
            file.write(b"middle")
            file.truncate(1 << 26)
        async with gathered(storage, Place(None, Area.WORK, "project")) as staging:
            copied = await staging.copy_tree(PROJECT)
            await publish(storage, staging)
        sizes = {str(file.path): file.size_bytes for file in copied}
        assert sizes == {"empty.bin": 0, "end.bin": 1 << 30, "model.bin": 1 << 26}
        copy = tmp_path / "public/work/project"
        assert (copy / "model.bin").read_bytes() == (project / "model.bin").read_bytes()
        for name in sizes:
            assert (copy / name).stat().st_blocks <= 64


class TestFlushing:
    async def test_a_copy_of_many_files_is_flushed_as_a_whole(
        self, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await put(storage, PROJECT, "a.py")
        flushed: list[str] = []

        def noted(name: str, call: Callable[[int], None]) -> Callable[[int], None]:
            def note(fd: int) -> None:
                flushed.append(name)
                call(fd)

            return note

        path = "opsforge.storage.trees.sync_file_system"
        monkeypatch.setattr(path, noted("all", sync_file_system))
        monkeypatch.setattr(os, "fsync", noted("one", os.fsync))
        for count, expected in ((1, (1, 0)), (200, (64, 1))):
            source = Place("alice", Area.WORK, f"project-{count}")
            async with gathered(storage, source) as staging:
                for number in range(count):
                    await staging.write_file(PurePosixPath(f"{number}.py"), chunks(b"x"))
                await publish(storage, staging)
            async with gathered(storage, Place(None, Area.WORK, "shared")) as staging:
                flushed.clear()
                assert len(await staging.copy_tree(source)) == count
            assert (flushed.count("one"), flushed.count("all")) == expected


class TestHostileTrees:
    @pytest.fixture
    def secret(self, tmp_path: Path) -> Path:
        folder = tmp_path / "secrets"
        folder.mkdir()
        (folder / "key").write_text("secret")
        return folder

    async def test_links_pipes_and_sockets_are_left_out_of_a_copy(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        await put(storage, PROJECT, "a.py")
        project = tmp_path / "users/alice/work/project"
        (project / "file").symlink_to(secret / "key")
        (project / "folder").symlink_to(secret)
        os.mkfifo(project / "pipe")
        shared = Place(None, Area.WORK, "project")
        async with gathered(storage, shared) as staging:
            await staging.copy_tree(PROJECT)
            await publish(storage, staging)
        assert [path.name for path in (tmp_path / "public/work/project").iterdir()] == ["a.py"]
        assert [str(file.path) for file in await storage.list_files(PROJECT)] == ["a.py"]

    async def test_a_project_that_became_a_link_is_not_followed(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        (tmp_path / "users/alice/work/project").symlink_to(secret)
        with pytest.raises(NotADirectoryError):
            await storage.list_files(PROJECT)
        with pytest.raises(NotADirectoryError):
            async with gathered(storage, PROJECT) as staging:
                await staging.write_file(PurePosixPath("key2"), chunks(b"x"))
                await merge(storage, staging)
        with pytest.raises(FileExistsError):
            await put(storage, PROJECT, "a.py")
        await take_away(storage, PROJECT)
        assert [path.name for path in secret.iterdir()] == ["key"]

    async def test_a_linked_folder_inside_a_project_is_in_the_way_not_followed(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        await put(storage, PROJECT, "a.py")
        (tmp_path / "users/alice/work/project/lib").symlink_to(secret)
        with pytest.raises(FileExistsError) as refusal:
            async with gathered(storage, PROJECT) as staging:
                await staging.write_file(PurePosixPath("lib/b.py"), chunks(b"x"))
                await merge(storage, staging)
        assert refusal.value.filename == "lib/b.py"
        assert [path.name for path in secret.iterdir()] == ["key"]

    async def test_a_volume_that_is_a_link_is_not_followed(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        (tmp_path / "users" / "mallory").symlink_to(secret)
        with pytest.raises(NotADirectoryError):
            await storage.stage(Place("mallory", Area.WORK, "project"))

    async def test_a_folder_swapped_for_a_link_during_copies_leaks_nothing(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        await put(storage, PROJECT, *(f"folder/{number}.py" for number in range(20)))
        (tmp_path / "users/alice/work/project/folder/key").write_text("public")
        folder = tmp_path / "users/alice/work/project/folder"
        aside = folder.with_name("aside")
        is_over = threading.Event()

        def swap() -> None:
            while not is_over.is_set():
                folder.rename(aside)
                folder.symlink_to(secret)
                folder.unlink()
                aside.rename(folder)

        thread = threading.Thread(target=swap)
        thread.start()
        try:
            for number in range(60):
                shared = Place(None, Area.WORK, f"copy{number}")
                async with gathered(storage, shared) as staging:
                    await staging.copy_tree(PROJECT)
                    await publish(storage, staging)
        finally:
            is_over.set()
            thread.join()
        copies = list((tmp_path / "public" / "work").rglob("key"))
        assert "secret" not in {copy.read_text() for copy in copies}
        assert not any(path.is_symlink() for path in (tmp_path / "public").rglob("*"))

    async def test_a_folder_swapped_for_a_link_is_never_read_through(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "secret.txt").write_text("secret")
        await put(storage, PROJECT, "a/secret.txt")
        project = tmp_path.joinpath(*PROJECT.parts)
        stop = threading.Event()

        def swap() -> None:
            while not stop.is_set():
                (project / "a").rename(project / "b")
                (project / "a").symlink_to(outside)
                (project / "a").unlink()
                (project / "b").rename(project / "a")

        thread = threading.Thread(target=swap)
        thread.start()
        read, listed = set(), set()
        try:
            for _ in range(300):
                with suppress(FileNotFoundError):
                    file = await storage.open_file(PROJECT, PurePosixPath("a/secret.txt"))
                    read.add(await file.read(0, max_bytes=10))
                    await file.close()
                with suppress(FileNotFoundError):
                    page = await storage.list_folder(
                        PROJECT, PurePosixPath("a"), after=None, limit=9
                    )
                    listed |= {entry.size_bytes for entry in page}
        finally:
            stop.set()
            thread.join()
        assert read <= {b"x"}
        assert listed <= {1}

    async def test_a_very_deep_tree_is_deleted(self, storage: LocalStorage, tmp_path: Path) -> None:
        await put(storage, PROJECT, "a.py")
        fd = os.open(tmp_path / "users/alice/work/project", os.O_RDONLY)
        for _ in range(1200):
            os.mkdir("d", dir_fd=fd)
            deeper = os.open("d", os.O_RDONLY, dir_fd=fd)
            os.close(fd)
            fd = deeper
        os.close(fd)
        with pytest.raises(OSError, match="too deeply"):
            await storage.list_files(PROJECT)
        await take_away(storage, PROJECT)
        assert list((tmp_path / "staging").iterdir()) == []

    async def test_deleting_follows_no_link(
        self, storage: LocalStorage, tmp_path: Path, secret: Path
    ) -> None:
        await put(storage, PROJECT, "a.py")
        (tmp_path / "users/alice/work/project/folder").symlink_to(secret)
        await take_away(storage, PROJECT)
        assert (secret / "key").read_text() == "secret"


class TestReading:
    async def test_a_change_in_place_is_a_new_version_though_its_times_are_set_back(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, a_txt=b"old")
        path = tmp_path.joinpath(*PROJECT.parts) / "a.txt"
        versions = []
        for content in (b"old", b"new"):
            path.write_bytes(content)
            os.utime(path, (1_700_000_000, 1_700_000_000))
            file = await storage.open_file(PROJECT, PurePosixPath("a.txt"))
            versions.append(file.version)
            await file.close()
        assert versions[0] != versions[1]

    async def test_of_a_large_folder_only_what_is_shown_is_looked_at(
        self, storage: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await put(storage, PROJECT, "big/first")
        big = tmp_path.joinpath(*PROJECT.parts) / "big"
        for number in range(5000):
            (big / f"{number:05}").touch()
        looked_at = []
        look = os.stat

        def count(path: str, **how: Any) -> os.stat_result:  # noqa: ANN401 - passed on.
            looked_at.append(path)
            return look(path, **how)

        monkeypatch.setattr("os.stat", count)
        page = await storage.list_folder(
            PROJECT, PurePosixPath("big"), after=(True, "02499"), limit=20
        )
        assert [entry.name for entry in page] == [f"{number:05}" for number in range(2500, 2520)]
        assert len(looked_at) <= 20

    async def test_a_pipe_is_no_file_and_blocks_nobody(
        self, storage: LocalStorage, tmp_path: Path
    ) -> None:
        await put(storage, PROJECT, "a.txt")
        os.mkfifo(tmp_path.joinpath(*PROJECT.parts) / "pipe")
        with pytest.raises(FileNotFoundError):
            await storage.open_file(PROJECT, PurePosixPath("pipe"))
