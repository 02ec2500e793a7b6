"""Operations that change directories and database, as child processes run them.

A child is forked from a server that has imported everything (`multiprocessing`'s fork server), so
one operation takes a fraction of a second, and hundreds of them can be killed.
"""

import asyncio
import gc
import hashlib
import importlib
import io
import multiprocessing
import signal
import stat
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ByteSize
from sqlalchemy import select

from opsforge.auth.actor import Actor
from opsforge.bootstrap import Platform, build_platform
from opsforge.datasets.schemas import DatasetFork, DatasetForm, DatasetUpdate
from opsforge.db.database import Database
from opsforge.db.registry import Base
from opsforge.engine.fake import FakeEngine
from opsforge.projects.schemas import ProjectCreate, ProjectFork, ProjectShare, ProjectUpdate
from opsforge.settings import AuthSettings, DatabaseSettings, DatasetSettings, Settings
from opsforge.storage.journal.errors import StorageFull
from opsforge.storage.journal.service import key_of
from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from opsforge.uploads.receiving import Piece
from opsforge.uploads.schemas import UploadMetadata
from opsforge.uploads.tus import Checksum
from opsforge.users.schemas import UserCreate
from tests.support.faults import FaultPoints

ALICE = Actor(user_id=1, username="alice", is_admin=False, token_id=0)
BOB = Actor(user_id=2, username="bob", is_admin=False, token_id=0)
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONGEST_SECONDS = 60

FORK_SERVER = multiprocessing.get_context("forkserver")
FORK_SERVER.set_forkserver_preload(["__main__", "tests.support.operations"])
for late in (
    "anyio._backends._asyncio",
    "opsforge.starters.service",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
):
    importlib.import_module(late)  # Else each child would.
gc.freeze()


class Files:
    """An upload of small files, each in two pieces; every piece is a point."""

    announced_bytes: int | None = None
    reserved_bytes = 0

    def __init__(self, *paths: str, points: FaultPoints | None = None, mark: str = "") -> None:
        self._paths = paths
        self._points = points
        self._mark = mark

    async def read_files(self) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
        """Each file."""
        for path in self._paths:
            yield path, self._pieces(path)

    async def _pieces(self, path: str) -> AsyncIterator[bytes]:
        for number in range(2):
            if self._points:
                self._points.point("receive")
            yield f"{path},{number}{self._mark}\n".encode()


async def prepare(platform: Platform) -> None:
    """What is there before each operation."""
    for name in ("alice", "bob"):
        await platform.users.create_user(UserCreate(username=name, password="correct horse"))
    datasets = ((ALICE, "nab", 1), (ALICE, "logs", 1), (BOB, "own", 0), (BOB, "mine", 0))
    for actor, name, is_public in datasets:
        form = DatasetForm(name=name, is_public=1 if is_public else 0)
        await platform.datasets.create_dataset(actor, form, Files("a.csv", "deep/b.csv"))
    new = ProjectCreate(name="alerts", dataset_ids=[1, 3, 4])
    await platform.projects.create_project(BOB, new, language="en")
    await platform.projects.add_files(BOB, 1, Files("lib/a.py"))
    new = ProjectCreate(name="disks", dataset_ids=[2, 3])
    await platform.projects.create_project(BOB, new, language="en")
    await platform.projects.shares.share_project(BOB, 2, ProjectShare())
    await platform.datasets.updates.add_files(BOB, 3, Files("c.csv"), when_there="refuse")
    # Bob's copy of a public data set falls behind.
    await platform.datasets.updates.add_files(ALICE, 2, Files("late.csv"), when_there="refuse")
    await prepare_versions(platform)
    for target, path, content in WAITING:
        wanted = UploadMetadata(target=target, path=path, on_clash="replace")
        wanted.unpack = path.endswith(".zip")
        await platform.uploads.create_upload(BOB, wanted, len(content))


async def prepare_versions(platform: Platform) -> None:
    """Earlier versions: two of a file, which is as many as are kept, and one of a deleted one."""
    updates = platform.datasets.updates
    await updates.add_files(BOB, 4, Files("c.csv", "gone/d.csv"), when_there="refuse")
    for mark in ("second", "third"):
        await updates.add_files(BOB, 4, Files("c.csv", mark=mark), when_there="replace")
    async with platform.db.reading() as session:
        table = Base.metadata.tables["dataset_files"]
        rows = select(table.c.id).where(table.c.path == "gone/d.csv")
        file_id = await session.scalar(rows) or 0
    await updates.remove_files(BOB, 4, {file_id})


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("a.csv", "unpacked/b.csv"):
            archive.writestr(zipfile.ZipInfo(name), f"{name} of the archive\n")
    return buffer.getvalue()


WAITING = (
    ("datasets/3", "deep/b.csv", b"resumed,1\n" * 10),
    ("projects/1", "lib/resumed.py", b"resumed = 1\n" * 10),
    ("datasets/4", "files.zip", _zip()),
)
"""Uploads that have begun: target, path, and all that will be sent."""


async def go_on(platform: Platform, points: FaultPoints, number: int) -> None:
    """Send what is missing of an upload, in pieces; the first half has a checksum."""
    target, path, content = WAITING[number]
    waiting = await platform.uploads.list_uploads(BOB, below="")
    for one in [upload for upload in waiting if (upload.target, upload.path) == (target, path)]:
        half = content[one.offset_bytes : len(content) // 2]
        if half:
            checksum = Checksum(algorithm="sha256", digest=hashlib.sha256(half).digest())
            piece = Piece(
                offset_bytes=one.offset_bytes, chunks=_sent(half, points), checksum=checksum
            )
            await platform.uploads.receive(BOB, one.id, piece)
        at = one.offset_bytes + len(half)
        piece = Piece(offset_bytes=at, chunks=_sent(content[at:], points))
        await platform.uploads.receive(BOB, one.id, piece)


async def _sent(content: bytes, points: FaultPoints) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 40):
        points.point("receive")
        yield content[at : at + 40]


async def upload_to_dataset(platform: Platform, points: FaultPoints) -> None:
    """E4, resumably: in the place of a file that the public data set shares."""
    await go_on(platform, points, 0)


async def upload_to_project(platform: Platform, points: FaultPoints) -> None:
    """D1, resumably."""
    await go_on(platform, points, 1)


async def upload_archive(platform: Platform, points: FaultPoints) -> None:
    """E4, resumably, and unpacked."""
    await go_on(platform, points, 2)


UPLOADS: dict[str, Callable[[Platform, FaultPoints], Awaitable[None]]] = {
    function.__name__: function
    for function in (upload_to_dataset, upload_to_project, upload_archive)
}
"""Operations that go on where they were, after a death."""


async def create_project(platform: Platform, points: FaultPoints) -> None:
    """D1, with a copy of a public data set that is new and one that is there."""
    del points
    new = ProjectCreate(name="磁盘", starter="metrics-explore", dataset_ids=[1, 2, 3])
    await platform.projects.create_project(BOB, new, language="zh-CN")


async def add_project_files(platform: Platform, points: FaultPoints) -> None:
    """D1's uploads, into folders that are there and new ones."""
    files = Files("b.py", "lib/b.py", "new/deep/c.py", points=points)
    await platform.projects.add_files(BOB, 1, files)


async def delete_project(platform: Platform, points: FaultPoints) -> None:
    """D8, with a copy that nothing else links."""
    del points
    await platform.projects.deletions.delete_project(BOB, 1)


async def create_dataset(platform: Platform, points: FaultPoints) -> None:
    """E1, private."""
    form = DatasetForm(name="指标")
    await platform.datasets.create_dataset(BOB, form, Files("a.csv", "x/b.csv", points=points))


async def publish_dataset(platform: Platform, points: FaultPoints) -> None:
    """E1, public."""
    form = DatasetForm(name="metrics", is_public=1)
    await platform.datasets.create_dataset(BOB, form, Files("a.csv", points=points))


async def add_dataset_files(platform: Platform, points: FaultPoints) -> None:
    """E1 and E4 to one that others have copies of."""
    files = Files("c.csv", "deep/d.csv", "deeper/e.csv", points=points)
    await platform.datasets.updates.add_files(ALICE, 1, files, when_there="refuse")


async def replace_dataset_files(platform: Platform, points: FaultPoints) -> None:
    """E4: two files of one that others have copies of are replaced, one is new."""
    files = Files("a.csv", "deep/b.csv", "new/c.csv", points=points, mark="new")
    await platform.datasets.updates.add_files(ALICE, 1, files, when_there="replace")


async def replace_project_files(platform: Platform, points: FaultPoints) -> None:
    """D1's uploads in the places of others."""
    files = Files("lib/a.py", "new/b.py", points=points, mark="new")
    await platform.projects.add_files(BOB, 1, files, when_there="replace")


async def delete_dataset(platform: Platform, points: FaultPoints) -> None:
    """E5 of one that others have copies of."""
    del points
    await platform.datasets.deletions.delete_dataset(ALICE, 1)


async def share_project(platform: Platform, points: FaultPoints) -> None:
    """D16: one public data set is there, one is replaced, one is new."""
    del points
    await platform.projects.shares.share_project(BOB, 1, ProjectShare(name="告警"))


async def move_project(platform: Platform, points: FaultPoints) -> None:
    """D16, the literal move."""
    del points
    share = ProjectShare(keep_working_copy=False)
    await platform.projects.shares.share_project(BOB, 1, share)


async def publish_again(platform: Platform, points: FaultPoints) -> None:
    """D6 with flag 1: the files are replaced, one copy comes and another one goes."""
    del points
    changes = ProjectUpdate(share_flag=1, dataset_ids=[1, 3], description="again")
    await platform.projects.updates.update_project(BOB, 2, changes)


async def rename_project(platform: Platform, points: FaultPoints) -> None:
    """D6 with flag 1 under a new name, here and in public."""
    del points
    changes = ProjectUpdate(name="磁盘", share_flag=1)
    await platform.projects.updates.update_project(BOB, 2, changes)


async def fork_project(platform: Platform, points: FaultPoints) -> None:
    """D18."""
    del points
    await platform.projects.forks.fork_project(ALICE, 1, ProjectFork(name="mine"))


async def delete_public_project(platform: Platform, points: FaultPoints) -> None:
    """D9."""
    del points
    await platform.projects.deletions.delete_public(BOB, 1)


async def share_dataset(platform: Platform, points: FaultPoints) -> None:
    """E7 of one that was shared before and has changed."""
    del points
    await platform.datasets.shares.share_dataset(BOB, 3)


async def fork_dataset(platform: Platform, points: FaultPoints) -> None:
    """E9."""
    del points
    await platform.datasets.forks.fork_dataset(BOB, 1, DatasetFork(name="nab-2"))


async def refresh_datasets(platform: Platform, points: FaultPoints) -> None:
    """D6: the copy of a public data set that has moved on gets its files of now."""
    del points
    await platform.projects.refreshes.refresh_datasets(BOB, 2)


async def rename_dataset(platform: Platform, points: FaultPoints) -> None:
    """E8."""
    del points
    changes = DatasetUpdate(name="renamed", description="new")
    await platform.datasets.updates.update_dataset(BOB, 3, changes)


async def remove_dataset_files(platform: Platform, points: FaultPoints) -> None:
    """E4, from one that others have copies of."""
    del points
    await platform.datasets.updates.remove_files(ALICE, 1, {1})


async def replace_again(platform: Platform, points: FaultPoints) -> None:
    """E4 of a file that has as many earlier versions as are kept: the oldest one goes."""
    files = Files("c.csv", points=points, mark="newest")
    await platform.datasets.updates.add_files(BOB, 4, files, when_there="replace")


async def restore_version(platform: Platform, points: FaultPoints) -> None:
    """E4: the oldest version comes back, and goes, for the current one is kept as well."""
    del points
    await platform.datasets.versions.restore_version(BOB, 4, 1)


async def restore_deleted_file(platform: Platform, points: FaultPoints) -> None:
    """E4: what was deleted comes back, with its folder."""
    del points
    await platform.datasets.versions.restore_version(BOB, 4, 3)


async def delete_version(platform: Platform, points: FaultPoints) -> None:
    """E4."""
    del points
    await platform.datasets.versions.delete_version(BOB, 4, 2)


async def delete_dataset_with_versions(platform: Platform, points: FaultPoints) -> None:
    """E5, with what its files were before."""
    del points
    await platform.datasets.deletions.delete_dataset(BOB, 4)


async def create_user(platform: Platform, points: FaultPoints) -> None:
    """B1 and C1."""
    del points
    await platform.users.create_user(UserCreate(username="carol", password="correct horse"))


async def use_every_move(platform: Platform, points: FaultPoints) -> None:
    """All that the journal can do, in one operation."""
    del points
    project, renamed = Place("bob", Area.WORK, "alerts"), Place("bob", Area.WORK, "renamed")
    shared, public = Place(None, Area.WORK, "alerts"), Place(None, Area.INPUT, "nab")
    async with platform.operations.begin("test", lock=[key_of(project)]) as operation:
        first = await operation.stage(shared)
        await first.copy_tree(project)
        await operation.publish(first)
        second = await operation.stage(public)
        await second.link_tree(Place(None, Area.INPUT, "logs"))
        await operation.replace(second)
        await operation.rename(project, renamed)
        await operation.rename_file(
            renamed, PurePosixPath("alerts.ipynb"), PurePosixPath("renamed.ipynb")
        )
        third = await operation.stage(renamed)
        await third.write_file(PurePosixPath("new/a.py"), Files()._pieces("a"))
        await operation.merge(third)
        await operation.take_out(Place("bob", Area.INPUT, "mine"), ["a.csv", "c.csv"])
        await operation.take_away(Place("bob", Area.INPUT, "own"))
        async with platform.db.writing() as session:
            table = Base.metadata.tables["projects"]
            await session.execute(table.update().values(description="changed"))
            await operation.commit(session)


OPERATIONS: dict[str, Callable[[Platform, FaultPoints], Awaitable[None]]] = {
    function.__name__: function
    for function in (
        create_project,
        add_project_files,
        delete_project,
        create_dataset,
        publish_dataset,
        add_dataset_files,
        replace_dataset_files,
        replace_project_files,
        delete_dataset,
        share_project,
        move_project,
        publish_again,
        rename_project,
        fork_project,
        delete_public_project,
        share_dataset,
        fork_dataset,
        refresh_datasets,
        rename_dataset,
        remove_dataset_files,
        replace_again,
        restore_version,
        restore_deleted_file,
        delete_version,
        delete_dataset_with_versions,
        create_user,
        use_every_move,
    )
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a child shall do."""

    data: Path
    database: str | None
    task: str
    """An operation, "prepare" or "recover"."""
    strike_at: int | None = None
    """The point at which the process is killed."""
    full_at: tuple[int, ...] = ()
    """Points at which the disk is full, each in another try of the operation."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a child did."""

    points: list[str]
    outcomes: list[str]
    states: list[dict[str, Any]]
    """What was there after each try; after a recovery, and after another one."""


def run(order: Order) -> Report | None:
    """Let a child do it; None if it was killed."""
    receiving, sending = FORK_SERVER.Pipe(duplex=False)
    child = FORK_SERVER.Process(target=_run_child, args=(order, sending))
    child.start()
    sending.close()
    report: Report | None = None
    with suppress(EOFError):
        assert receiving.poll(LONGEST_SECONDS)
        report = receiving.recv()
    child.join(LONGEST_SECONDS)
    assert child.exitcode == (0 if report else -signal.SIGKILL), child.exitcode
    return report


def _run_child(order: Order, connection: Connection) -> None:
    connection.send(asyncio.run(_run(order)))


async def _run(order: Order) -> Report:
    settings = Settings(
        data=order.data,
        auth=AuthSettings(hash_memory=ByteSize(32 * 1024), hash_passes=1),
        database=DatabaseSettings.model_validate({"url": order.database}),
        datasets=DatasetSettings(file_versions_kept=2),
    )
    platform = build_platform(
        settings, engine=FakeEngine(), storage=LocalStorage(order.data), clock=lambda: AT
    )
    points = FaultPoints(how="full" if order.full_at else "kill")
    points.install(platform.db)
    await platform.storage.open()
    states = []
    outcomes = []
    if order.task == "recover":
        points.arm(strike_at=order.strike_at)
        await platform.operations.open()
        await platform.uploads.sweep.recover()
        points.is_armed = False
        states.append(await _look(platform))
        await platform.operations.recover()
        await platform.uploads.sweep.recover()
        states.append(await _look(platform))
    else:
        await platform.operations.open()
        await platform.uploads.sweep.recover()
        for strike_at in order.full_at or [order.strike_at]:
            points.arm(strike_at=strike_at)
            outcomes.append(await _try(order.task, platform, points))
            points.is_armed = False
            states.append(await _look(platform))
    platform.operations.close()
    await platform.db.close()
    return Report(points=points.passed, outcomes=outcomes, states=states)


async def _try(task: str, platform: Platform, points: FaultPoints) -> str:
    if task == "prepare":
        points.is_armed = False
        await prepare(platform)
        return "done"
    try:
        await (OPERATIONS | UPLOADS)[task](platform, points)
    except StorageFull:
        return "full"
    return "done"


async def _look(platform: Platform) -> dict[str, Any]:
    """All that may differ between before and after: rows and trees."""
    data = platform.settings.data
    return {
        **await _rows(platform.db),
        "trees": {**_tree(data / "users"), **_tree(data / "public")},
        # A folder for a user's versions may stay empty.
        "versions": {path: facts for path, facts in _tree(data / "versions").items() if facts[-1]},
        "staging": sorted(path.name for path in (data / "staging").iterdir()),
        "workers": len(list((data / "run" / "workers").iterdir())),
    }


IGNORED_TABLES = {"volume_numbers"}  # Never given twice, so never taken back.
IGNORED_COLUMNS = {"password_hash"}


async def _rows(db: Database) -> dict[str, Any]:
    found = {}
    async with db.reading() as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in IGNORED_COLUMNS]
            rows = await session.execute(select(*columns).order_by(*table.primary_key.columns))
            if table.name not in IGNORED_TABLES:
                found[table.name] = [tuple(row) for row in rows]
    return found


def _tree(top: Path) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for path in top.rglob("*"):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        links = status.st_nlink if path.is_file() else 0
        found[str(path.relative_to(top.parent))] = (
            stat.filemode(status.st_mode),
            status.st_uid,
            links,
            content,
        )
    return found
