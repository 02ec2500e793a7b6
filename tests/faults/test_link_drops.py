"""The link to the host of the volumes drops at each call of an operation, before it or after it.

The platform lives on. What users see is the old state or the new one: at once where the link is
back at once, else as soon as recovery finds the host again.
"""

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pydantic import ByteSize

from opsforge.bootstrap import Platform, build_platform
from opsforge.engine.fake import FakeEngine
from opsforge.settings import AuthSettings, Settings
from opsforge.storage.journal.errors import StorageAway
from opsforge.storage.sftp.host import SftpHost, SftpStorage
from opsforge.storage.sftp.link import Link, LinkLostError
from tests.support.databases import SqliteDatabases
from tests.support.faults import FaultPoints
from tests.support.memory import folder_in_memory
from tests.support.operations import AT, OPERATIONS, _look, prepare
from tests.support.sshd import SshServer

pytestmark = pytest.mark.timeout(600)


class Drops:
    """Drops the link at one of its calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._at: int | None = None
        self._is_after = False
        self.stays_down = False
        self.count = 0
        call = Link.call

        async def call_or_drop(link: Link, name: str, *rest: Any) -> object:  # noqa: ANN401 - passed on.
            self.count += 1
            is_hit = self.count == self._at
            if is_hit and not self._is_after:
                await self._drop(link)
            answer: object = await call(link, name, *rest)
            if is_hit:
                await self._drop(link)
            return answer

        linked = SftpHost._linked

        async def linked_or_away(host: SftpHost) -> Link:
            if self.stays_down and self._at is not None and self.count >= self._at:
                raise LinkLostError
            return await linked(host)

        monkeypatch.setattr(Link, "call", call_or_drop)
        monkeypatch.setattr(SftpHost, "_linked", linked_or_away)

    def arm(self, at: int | None, *, is_after: bool = False, stays_down: bool = False) -> None:
        """Count from the beginning."""
        self._at, self._is_after, self.stays_down, self.count = at, is_after, stays_down, 0

    async def _drop(self, link: Link) -> None:
        await link.close()
        raise LinkLostError


@pytest.fixture
def drops(monkeypatch: pytest.MonkeyPatch) -> Drops:
    return Drops(monkeypatch)


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory: what a disk's flush costs is not what these tests show."""
    with TemporaryDirectory(dir=folder_in_memory()) as folder:
        yield Path(folder)


@asynccontextmanager
async def running(data: Path, server: SshServer) -> AsyncIterator[Platform]:
    """A platform whose volumes are reached by SSH."""
    cheap = AuthSettings(hash_memory=ByteSize(32 * 1024), hash_passes=1)
    storage = SftpStorage(server.settings(data), retry_pause=timedelta(0))
    settings = Settings(data=data, auth=cheap)
    platform = build_platform(settings, engine=FakeEngine(), storage=storage, clock=lambda: AT)
    await storage.open()
    await platform.operations.open()
    try:
        yield platform
    finally:
        platform.operations.close()
        await storage.close()
        await platform.db.close()


@pytest.fixture(scope="module")
async def prepared(memory: Path, sqlite_databases: SqliteDatabases, ssh_server: SshServer) -> Path:
    """An installation with users, data sets and projects."""
    data = memory / "prepared"
    (data / "inbox").mkdir(parents=True)
    sqlite_databases.copy_to(data / "opsforge.db")
    async with running(data, ssh_server) as platform:
        await prepare(platform)
    return data


@pytest.mark.parametrize(
    "operation",
    ["create_project", "add_dataset_files", "share_project", "delete_project", "use_every_move"],
)
async def test_d1_a_link_that_drops_leaves_the_old_state_or_the_new(
    operation: str, memory: Path, prepared: Path, ssh_server: SshServer, drops: Drops
) -> None:
    points = FaultPoints(how="kill")  # Never armed.

    async def run(platform: Platform) -> None:
        await OPERATIONS[operation](platform, points)

    data = copy(prepared, memory / operation)
    async with running(data, ssh_server) as platform:
        old = await _look(platform)
        drops.arm(None)
        await run(platform)
        calls = drops.count
        new = await _look(platform)
    shutil.rmtree(data)
    assert calls > 5
    found = set()
    for at in range(1, calls + 1, 2):
        is_after, stays_down = at % 4 == 1, at % 8 < 4
        data = copy(prepared, memory / f"{operation}-{at}")
        async with running(data, ssh_server) as platform:
            drops.arm(at, is_after=is_after, stays_down=stays_down)
            try:
                await run(platform)
            except StorageAway:
                found.add("refused")
            else:  # What is left to do after the commit is nobody's who waits.
                found.add("done")
            drops.arm(None)
            await platform.operations.recover()
            state = await _look(platform)
            assert state in (old, new), (at, is_after, stays_down)
            assert state["staging"] == []
            found.add("old" if state == old else "new")
        shutil.rmtree(data)
    assert {"refused", "old"} <= found


def copy(source: Path, target: Path) -> Path:
    """The same installation again."""
    subprocess.run(["/bin/cp", "-a", source, target], check=True)
    return target
