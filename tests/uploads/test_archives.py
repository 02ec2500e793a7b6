"""Archives unpacked on arrival: what belongs there, and each kind of hostile one."""

import gzip
import io
import os
import stat
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from pydantic import ByteSize

from opsforge.bootstrap import Platform
from opsforge.kit.problems import Problem
from opsforge.settings import Settings, UploadSettings
from opsforge.storage.archives.errors import ArchiveDamaged, ArchiveTooLarge
from opsforge.storage.archives.reading import HEADER_MAX_BYTES, RATIO_FLOOR_BYTES
from opsforge.storage.archives.unpacking import Unpacker
from opsforge.storage.inbox import Inbox
from opsforge.storage.journal.errors import StorageFull
from opsforge.storage.uploads import FREE_CHECK_BYTES
from tests.support import tus
from tests.support.people import ApiClient
from tests.support.problems import assert_problem
from tests.support.projects import ask, create
from tests.support.uploads import staging_is_empty, tree, upload

FILES = {"cpu.csv": b"t,v\n1,2\n", "2024/deep/disk.csv": b"t,v\n3,4\n", "空/指标.csv": b"x"}
Pack = Callable[[dict[str, bytes]], bytes]


def make_zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("empty-folder/", b"")
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_tar(files: dict[str, bytes], *more: tarfile.TarInfo, **how: Any) -> bytes:  # noqa: ANN401 - passed on.
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **how) as archive:
        folder = tarfile.TarInfo("./")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in more:
            archive.addfile(info)
    return buffer.getvalue()


PACKS: dict[str, Pack] = {
    "files.zip": make_zip,
    "files.tar": make_tar,
    "files.tar.gz": lambda files: gzip.compress(make_tar(files)),
    "FILES.TGZ": lambda files: gzip.compress(make_tar({f"./{k}": v for k, v in files.items()})),
    "files.tar.zst": lambda files: zstd.compress(make_tar(files)),
}


@pytest.fixture
async def target(as_alice: ApiClient) -> str:
    """A data set of alice's, with one file."""
    dataset = await upload(as_alice, "metrics", "there.csv")
    return f"datasets/{dataset['id']}"


async def send(
    client: ApiClient, target: str, path: str, content: bytes, **values: str
) -> tuple[tus.Begun, Any]:
    begun = await tus.begin(client, target, path, length_bytes=len(content), unpack="1", **values)
    return begun, await begun.send(content, at=0)


class TestUnpacking:
    @pytest.mark.parametrize("name", PACKS)
    async def test_e1_what_is_in_an_archive_is_in_the_data_set(
        self, as_alice: ApiClient, target: str, settings: Settings, name: str
    ) -> None:
        begun, answer = await send(as_alice, target, name, PACKS[name](FILES))
        assert answer.status_code == 204, answer.text
        folder = settings.data / "users/alice/input/metrics"
        for path, content in FILES.items():
            assert (folder / path).read_bytes() == content
        assert len(tree(settings, "users", "alice", "input", "metrics")) == 4
        shown = await ask(as_alice, "GET", f"/{target}")
        assert {file["path"] for file in shown["files"]} == {"there.csv", *FILES}
        assert await begun.offset() > 0
        assert list((settings.data / "inbox").iterdir()) == []

    @pytest.mark.parametrize("name", ["files.zip", "files.tar.zst"])
    async def test_d1_with_a_plain_form_into_the_folder_where_it_lies(
        self, as_alice: ApiClient, settings: Settings, name: str
    ) -> None:
        project = await create(as_alice, "alerts")
        answer = await as_alice.post(
            f"/projects/{project['id']}/files",
            data={"unpack": "1"},
            files=[
                ("files", (f"data/{name}", PACKS[name](FILES))),
                ("files", ("plain.py", b"x = 1")),
            ],
        )
        assert answer.status_code == 201, answer.text
        found = tree(settings, "users", "alice", "work", "alerts")
        assert set(found) >= {"plain.py", *(f"data/{path}" for path in FILES)}
        assert f"data/{name}" not in found
        assert list((settings.data / "inbox").iterdir()) == []

    async def test_e1_unasked_it_stays_an_archive(
        self, as_alice: ApiClient, settings: Settings
    ) -> None:
        files = [("files", ("files.zip", make_zip(FILES)))]
        await as_alice.post("/datasets", data={"name": "packed"}, files=files)
        assert tree(settings, "users", "alice", "input") == ["packed/files.zip"]
        data = {"name": "unpacked", "unpack": "true"}
        assert (await as_alice.post("/datasets", data=data, files=files)).status_code == 201
        assert len(tree(settings, "users", "alice", "input", "unpacked")) == 3

    async def test_e4_clashes_inside_are_settled_file_by_file(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        files = {"there.csv": b"new", "b.csv": b"new"}
        begun, answer = await send(as_alice, target, "files.zip", make_zip(files))
        assert_problem(answer, 409, "datasets.file_exists")
        assert tree(settings, "users", "alice", "input", "metrics") == ["there.csv"]
        answer = await as_alice.post(
            f"/uploads/{begun.upload_id}/finish", json={"on_clash": "rename"}
        )
        assert answer.status_code == 200, answer.text
        found = tree(settings, "users", "alice", "input", "metrics")
        assert found == ["b.csv", "there-2.csv", "there.csv"]

    async def test_names_in_an_old_chinese_code_page_are_read(
        self, as_alice: ApiClient, target: str, settings: Settings
    ) -> None:
        raw = "告警.csv".encode("gb18030")
        packed = make_zip({"X" * len(raw): b"t"}).replace(b"X" * len(raw), raw)
        _, answer = await send(as_alice, target, "files.zip", packed)
        assert answer.status_code == 204, answer.text
        assert "告警.csv" in tree(settings, "users", "alice", "input", "metrics")


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_with_link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("passwd")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def zip_with_password() -> bytes:
    packed = bytearray(make_zip({"a.csv": b"secret"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = packed.find(mark)
        while start >= 0:
            packed[start + at] |= 1
            start = packed.find(mark, start + 1)
    return bytes(packed)


def zip_of_another_method() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.csv", b"0" * 1000)
    return buffer.getvalue()


def zip_that_lies_of_its_size() -> bytes:
    packed = bytearray(make_zip({"a.csv": b"0" * 1_000_000}))
    at = packed.find(b"PK\x01\x02", packed.find(b"PK\x01\x02") + 1)
    packed[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(packed)


def cut(packed: bytes) -> bytes:
    return packed[: len(packed) * 2 // 3]


def tar_with_garbage() -> bytes:
    whole = bytearray(make_tar({"a.csv": b"x" * 512, "b.csv": b"y" * 512}))
    second = whole.find(b"b.csv")
    whole[second : second + 512] = os.urandom(512)
    return bytes(whole)


HOSTILE: dict[str, tuple[str, bytes, int, str]] = {
    "a path upwards (zip)": ("f.zip", make_zip({"../up.csv": b""}), 422, "uploads.path_refused"),
    "a path upwards (tar)": ("f.tar", make_tar({"a/../../up": b""}), 422, "uploads.path_refused"),
    "an absolute path (zip)": ("f.zip", make_zip({"/etc/x": b""}), 422, "uploads.path_refused"),
    "an absolute path (tar)": ("f.tar", make_tar({"/etc/x": b""}), 422, "uploads.path_refused"),
    "a backslash": ("f.zip", make_zip({"a\\..\\b": b""}), 422, "uploads.path_refused"),
    "too deep": ("f.tar", make_tar({"d/" * 40 + "a": b""}), 422, "uploads.path_refused"),
    "the same file twice": ("f.tar", make_tar({"a": b"", "./a": b""}), 409, "datasets.file_exists"),
    "a file below a file": ("f.tar", make_tar({"a": b"", "a/b": b""}), 409, "datasets.file_exists"),
    "a symbolic link (tar)": (
        "f.tar",
        make_tar({}, special("l", tarfile.SYMTYPE, "/etc/passwd")),
        422,
        "archives.has_links",
    ),
    "a hard link (tar)": (
        "f.tar.gz",
        gzip.compress(make_tar({}, special("l", tarfile.LNKTYPE, "/etc/passwd"))),
        422,
        "archives.has_links",
    ),
    "a link (zip)": ("f.zip", zip_with_link(), 422, "archives.has_links"),
    "a device": ("f.tar", make_tar({}, special("d", tarfile.CHRTYPE)), 422, "archives.has_links"),
    "a pipe": ("f.tar", make_tar({}, special("p", tarfile.FIFOTYPE)), 422, "archives.has_links"),
    "a password": ("f.zip", zip_with_password(), 422, "archives.encrypted"),
    "an unbounded method": ("f.zip", zip_of_another_method(), 422, "archives.damaged"),
    "a size that is a lie": ("f.zip", zip_that_lies_of_its_size(), 422, "archives.damaged"),
    "no zip at all": ("f.zip", b"PK" + bytes(1000), 422, "archives.damaged"),
    "no tar at all": ("f.tar", b"\x01" * 4000, 422, "archives.damaged"),
    "no gzip at all": ("f.tar.gz", make_tar(FILES), 422, "archives.damaged"),
    "no zstd at all": ("f.tar.zst", gzip.compress(make_tar(FILES)), 422, "archives.damaged"),
    "cut off (zip)": ("f.zip", cut(make_zip(FILES)), 422, "archives.damaged"),
    "cut off (gzip)": (
        "f.tgz",
        cut(gzip.compress(os.urandom(9) + make_tar(FILES))),
        422,
        "archives.damaged",
    ),
    "cut off (zstd)": (
        "f.tar.zst",
        cut(zstd.compress(make_tar({"a": os.urandom(9000)}))),
        422,
        "archives.damaged",
    ),
    "cut off (tar)": ("f.tar", make_tar({"a": os.urandom(9000)})[:5000], 422, "archives.damaged"),
    "garbage inside": ("f.tar", tar_with_garbage(), 422, "archives.damaged"),
    "nothing in it": ("f.tar", make_tar({}), 422, "uploads.no_files"),
}


@pytest.mark.parametrize("which", HOSTILE)
async def test_a_hostile_archive_stores_nothing(
    as_alice: ApiClient, target: str, settings: Settings, which: str
) -> None:
    name, content, status, code = HOSTILE[which]
    _, answer = await send(as_alice, target, name, content)
    assert_problem(answer, status, code)
    assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
    assert staging_is_empty(settings)
    assert not (settings.data.parent / "up.csv").exists()
    answer = await as_alice.post(
        f"/{target}/files", data={"unpack": "1"}, files=[("files", (name, content))]
    )
    assert_problem(answer, status, code)
    assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tar.gz", "bomb.tar.zst"])
async def test_a_bomb_ends_at_its_ratio(
    as_alice: ApiClient, target: str, settings: Settings, name: str
) -> None:
    content = PACKS[name.replace("bomb", "files")]({"zeros": bytes(RATIO_FLOOR_BYTES + 1)})
    assert len(content) < 1_000_000
    _, answer = await send(as_alice, target, name, content)
    document = assert_problem(answer, 413, "archives.too_large")
    assert document["limit_bytes"] == RATIO_FLOOR_BYTES
    assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
    assert staging_is_empty(settings)


async def test_what_is_unpacked_counts_against_the_quota(
    as_admin: ApiClient, as_alice: ApiClient, target: str, settings: Settings
) -> None:
    await ask(as_admin, "PATCH", f"/users/{as_alice.user['id']}", quota_bytes=100_000)
    begun, answer = await send(as_alice, target, "f.zip", make_zip({"zeros": bytes(1_000_000)}))
    assert_problem(answer, 413, "usage.quota_exceeded")
    assert tree(settings, "users", "alice", "input") == ["metrics/there.csv"]
    # It waits for room, or to be given up.
    assert (await begun.give_up()).status_code == 204


async def read(tmp_path: Path, name: str, content: bytes, **limits: Any) -> list[str]:  # noqa: ANN401
    """Unpack without a platform; names of what came."""
    file = tmp_path / "archive"
    file.write_bytes(content)
    unpacker = Unpacker(
        inbox=Inbox(tmp_path / "inbox"),
        limits=UploadSettings(**limits),
    )
    names = []
    async with aclosing(unpacker.read_archive(file, path=name)) as files:
        async for path, chunks in files:
            names.append(path)
            async for _ in chunks:
                pass
    return names


class TestBounds:
    async def test_no_header_fills_the_memory(self, tmp_path: Path) -> None:
        header = special("pax", tarfile.XHDTYPE)
        header.size = 1 << 33
        content = zstd.compress(header.tobuf() + bytes(32 << 20))
        tracemalloc.start()
        with pytest.raises(ArchiveDamaged):
            await read(tmp_path, "f.tar.zst", content)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak_bytes < 2 * HEADER_MAX_BYTES

    async def test_no_directory_of_a_zip_fills_the_memory(self, tmp_path: Path) -> None:
        size_bytes = HEADER_MAX_BYTES + 1000
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, size_bytes, 0, 0)
        with pytest.raises(ArchiveDamaged):
            await read(tmp_path, "f.zip", bytes(size_bytes) + end)

    @pytest.mark.parametrize("name", ["files.zip", "files.tar"])
    async def test_folders_without_end_are_too_many(self, tmp_path: Path, name: str) -> None:
        content = PACKS[name]({f"{number}": b"" for number in range(30)})
        assert len(await read(tmp_path, name, content)) == 30
        with pytest.raises(ArchiveTooLarge):
            await read(tmp_path, name, content, max_files=10)

    async def test_all_of_it_has_a_limit(self, tmp_path: Path) -> None:
        content = make_zip({"a": os.urandom(60_000), "b": os.urandom(60_000)})
        assert await read(tmp_path, "f.zip", content) == ["a", "b"]
        with pytest.raises(ArchiveTooLarge):
            await read(tmp_path, "f.zip", content, unpacked_max=ByteSize(100_000))

    async def test_what_is_passed_over_counts_as_well(self, tmp_path: Path) -> None:
        """A tar that is skipped must be unpacked all the same."""
        content = gzip.compress(make_tar({"zeros": bytes(RATIO_FLOOR_BYTES * 3 // 2), "b": b""}))
        file = tmp_path / "archive"
        file.write_bytes(content)
        limits = UploadSettings()
        unpacker = Unpacker(inbox=Inbox(tmp_path / "inbox"), limits=limits)
        async with aclosing(unpacker.read_archive(file, path="f.tar.gz")) as files:
            with pytest.raises(ArchiveTooLarge):
                async for _ in files:
                    pass

    async def test_a_reader_that_gives_up_lets_the_next_one_in(
        self, tmp_path: Path, platform: Platform
    ) -> None:
        file = tmp_path / "archive"
        file.write_bytes(make_zip(FILES))
        for _ in range(5):
            reading = platform.unpacker.read_archive(file, path="f.zip")
            await anext(reading)
            await reading.aclose()

    async def test_a_spool_fills_the_disk_that_it_lies_on(
        self, platform: Platform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def one_byte_free() -> int:
            return 1

        async def large() -> AsyncIterator[bytes]:
            yield bytes(FREE_CHECK_BYTES)

        monkeypatch.setattr(platform.unpacker._inbox, "free_bytes", one_byte_free)
        with pytest.raises(StorageFull):
            async with platform.unpacker.spooled("f.zip", large()):
                pass

    async def test_a_form_that_breaks_off_leaves_no_spool(self, platform: Platform) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"PK"
            raise ConnectionError

        with pytest.raises(ConnectionError):
            async with platform.unpacker.spooled("f.zip", broken()):
                pass
        assert list((platform.settings.data / "inbox").iterdir()) == []


def test_every_refusal_says_what_to_do() -> None:
    for code in ("archives.damaged", "archives.has_links", "archives.too_large"):
        problem = Problem.registry[code]
        assert "gain" in problem.en or "upload it as it is" in problem.en
