"""A disk that is really full: a small file system, and a database that can't grow."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ByteSize, SecretStr
from sqlalchemy import event
from sqlalchemy.engine import Connection

from opsforge.app import create_app
from opsforge.bootstrap import Platform, build_platform
from opsforge.engine.fake import FakeEngine
from opsforge.settings import Settings, UploadSettings
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from tests.support.people import ApiClient
from tests.support.uploads import parts, staging_is_empty, tree, upload

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")

DISK_BYTES = 4 << 20
PROJECT = Place("alice", Area.WORK, "big")


@pytest.fixture
def small_disk(settings: Settings) -> Iterator[Settings]:
    """The data directory on a disk of four megabytes; the database is elsewhere."""
    url = settings.database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
    disk = settings.data / "disk"
    disk.mkdir()
    subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", disk], check=True
    )
    uploads = UploadSettings(keep_free=ByteSize(0))
    database = settings.database.model_copy(update={"url": SecretStr(url)})
    yield settings.model_copy(update={"data": disk, "uploads": uploads, "database": database})
    subprocess.run(["/bin/umount", "-l", disk], check=True)


@pytest.fixture
async def app(small_disk: Settings, engine: FakeEngine) -> AsyncIterator[FastAPI]:
    """The web service on the small disk."""
    storage = LocalStorage(small_disk.data)
    app = create_app(build_platform(small_disk, engine=engine, storage=storage))
    async with app.router.lifespan_context(app):
        yield app


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@as_root
class TestFullDisk:
    async def test_an_upload_is_refused_in_words_and_leaves_nothing(
        self, as_alice: ApiClient, small_disk: Settings
    ) -> None:
        data = {"name": "big", "is_public": "0"}
        files = parts("small.csv") + parts("big.csv", content=b"x" * (DISK_BYTES + 1))
        answer = await as_alice.post("/datasets", data=data, files=files)
        assert refusal(answer) == (507, "storage.full")
        assert tree(small_disk, "users") == []
        assert staging_is_empty(small_disk)
        await upload(as_alice, "big")

    async def test_files_that_join_a_project_are_all_stored_or_none(
        self, as_alice: ApiClient, small_disk: Settings
    ) -> None:
        project = (await as_alice.post("/projects", json={"name": "big"})).json()
        before = tree(small_disk, "users")
        files = parts("a.csv") + parts("b.csv", content=b"x" * (DISK_BYTES + 1))
        answer = await as_alice.post(f"/projects/{project['id']}/files", files=files)
        assert refusal(answer) == (507, "storage.full")
        assert tree(small_disk, "users") == before
        assert staging_is_empty(small_disk)

    async def test_a_copy_ends_and_deleting_still_works(
        self, as_alice: ApiClient, small_disk: Settings, platform: Platform
    ) -> None:
        project = (await as_alice.post("/projects", json={"name": "big"})).json()
        filling = _fill(small_disk.data / "users" / "alice" / "work" / "big" / "core")
        answer = await as_alice.post("/projects", json={"name": "more"})
        assert refusal(answer) == (507, "storage.full")
        with pytest.raises(Exception, match="full"):
            async with platform.operations.begin("test") as operation:
                staging = await operation.stage(Place(None, Area.WORK, "big"))
                await staging.copy_tree(PROJECT)
        assert filling.exists()
        assert tree(small_disk, "public") == []
        assert staging_is_empty(small_disk)
        answer = await as_alice.delete(f"/projects/{project['id']}")
        assert answer.status_code == httpx.codes.OK
        assert tree(small_disk, "users") == []
        assert (await as_alice.post("/projects", json={"name": "more"})).status_code == 201


@pytest.mark.parametrize("stack", ["embedded"], indirect=True)
@as_root
async def test_a_database_that_can_not_grow_is_told_in_words(
    as_alice: ApiClient, platform: Platform, small_disk: Settings
) -> None:
    await upload(as_alice, "before")
    sync_engine = platform.db.engine.sync_engine

    def stop_growing(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    event.listen(sync_engine, "begin", stop_growing)
    files = parts(*(f"{'x' * 200}{number}.csv" for number in range(300)), content=b"")
    answer = await as_alice.post("/datasets", data={"name": "many", "is_public": "0"}, files=files)
    assert refusal(answer) == (507, "storage.full")
    assert tree(small_disk, "users") == ["alice/input/before/cpu.csv"]
    assert [d["name"] for d in (await as_alice.get("/datasets")).json()["items"]] == ["before"]
    event.remove(sync_engine, "begin", stop_growing)
    await platform.operations.recover()
    assert staging_is_empty(small_disk)
    await upload(as_alice, "many")


def _fill(path: Path) -> Path:
    """Use up the disk, as a notebook does that writes for ever."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return path
