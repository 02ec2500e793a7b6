"""While the platform works in a user's tree, the user swaps a folder for a link out of it.

Nothing outside is ever read, copied, changed or removed, in thousands of tries: by threads of this
process, and by the agent on a host.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pytest

from opsforge.storage.local import LocalStorage
from opsforge.storage.moves import Rename
from opsforge.storage.port import Area, Place, Storage
from opsforge.storage.sftp.host import SftpStorage
from tests.support.memory import folder_in_memory
from tests.support.sshd import SshServer
from tests.support.swapper import swapping
from tests.support.trees import chunks, gathered, make_volume, merge, publish, put, take_away

PROJECT = Place("alice", Area.WORK, "project")
SHARED = Place(None, Area.WORK, "shared")
KEY = PurePosixPath("real/key")
INSIDE = b"the user's own"
OUTSIDE = b"another user's secret"
ROUNDS = {"local": 3000, "sftp": 600}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(params=["local", "sftp"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rounds(kind: str) -> int:
    return ROUNDS[kind]


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory: what a disk's flush costs is not what these tests show."""
    with TemporaryDirectory(dir=folder_in_memory()) as folder:
        yield Path(folder)


@pytest.fixture
async def storage(
    kind: str, memory: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Storage]:
    storage: Storage = LocalStorage(memory / "data")
    if kind == "sftp":
        server: SshServer = request.getfixturevalue("ssh_server")
        storage = SftpStorage(server.settings(memory / "data"))
    await storage.open()
    await make_volume(storage, "alice")
    yield storage
    await storage.close()


@pytest.fixture
def outside(memory: Path) -> Iterator[Path]:
    """What must stay as it is."""
    folder = memory / "outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "key").write_bytes(OUTSIDE)
    (folder / "deep" / "er").write_bytes(OUTSIDE)
    yield folder
    left = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert left == {"key", "deep", "deep/er"}
    assert (folder / "key").read_bytes() == (folder / "deep" / "er").read_bytes() == OUTSIDE


@pytest.fixture
def project(memory: Path) -> Path:
    return memory / "data/users/alice/work/project"


async def lay_out(storage: Storage, project: Path, outside: Path) -> None:
    await put(storage, PROJECT, real__key=INSIDE, real__deep__er=INSIDE)
    (project / "door").symlink_to(outside)


def assert_nothing_leaked(tree: Path) -> None:
    for path in tree.rglob("*"):
        assert not path.is_symlink(), path
        assert path.is_dir() or path.read_bytes() == INSIDE, path


async def test_preview(storage: Storage, project: Path, outside: Path, rounds: int) -> None:
    await lay_out(storage, project, outside)
    outcomes: Counter[bytes] = Counter()
    with swapping(project):
        for _ in range(rounds):
            try:
                head = await storage.read_head(PROJECT, KEY, max_bytes=100)
            except FileNotFoundError:
                outcomes[b""] += 1
            else:
                outcomes[head.content] += 1
    assert outcomes.keys() == {b"", INSIDE}  # And it was a race: both were met.


async def test_download(storage: Storage, project: Path, outside: Path, rounds: int) -> None:
    await lay_out(storage, project, outside)
    outcomes: Counter[bytes] = Counter()
    with swapping(project):
        for _ in range(rounds):
            try:
                file = await storage.open_file(PROJECT, KEY)
            except FileNotFoundError:
                outcomes[b""] += 1
            else:
                outcomes[await file.read(0, max_bytes=100)] += 1
                await file.close()
    assert outcomes.keys() == {b"", INSIDE}


async def test_list(storage: Storage, project: Path, outside: Path, rounds: int) -> None:
    await lay_out(storage, project, outside)
    sizes: Counter[int] = Counter()
    with swapping(project):
        for _ in range(rounds):
            sizes.update(file.size_bytes for file in await storage.list_files(PROJECT))
    assert sizes.keys() == {len(INSIDE)}


async def test_copy_and_share(
    storage: Storage, project: Path, outside: Path, memory: Path, rounds: int
) -> None:
    await lay_out(storage, project, outside)
    sizes = set()
    with swapping(project):
        for _ in range(rounds // 2):
            async with gathered(storage, SHARED) as staging:
                sizes.add(len(await staging.copy_tree(PROJECT)))
                await staging.digest_files()
                await publish(storage, staging)
            assert_nothing_leaked(memory / "data/public/work/shared")
            await take_away(storage, SHARED)
    assert min(sizes) < 2 <= max(sizes)


async def test_a_data_set_is_linked(
    storage: Storage, project: Path, outside: Path, memory: Path, rounds: int
) -> None:
    """No user can write to a data set. Even so no link out of one is followed."""
    await lay_out(storage, project, outside)
    with swapping(project):
        for _ in range(rounds // 2):
            async with gathered(storage, SHARED) as staging:
                await staging.link_tree(PROJECT)
                await publish(storage, staging)
            assert_nothing_leaked(memory / "data/public/work/shared")
            await take_away(storage, SHARED)


async def test_update(storage: Storage, project: Path, outside: Path, rounds: int) -> None:
    await lay_out(storage, project, outside)
    outcomes: Counter[str] = Counter()
    with swapping(project):
        for number in range(rounds // 2):
            try:
                async with gathered(storage, PROJECT) as staging:
                    path = PurePosixPath("real", f"new-{number}", "key")
                    await staging.write_file(path, chunks(INSIDE))
                    await merge(storage, staging)
            except (FileExistsError, NotADirectoryError, FileNotFoundError):
                outcomes["refused"] += 1
            else:
                outcomes["done"] += 1
    assert set(outcomes) == {"refused", "done"}


async def test_rename(storage: Storage, project: Path, outside: Path, rounds: int) -> None:
    await lay_out(storage, project, outside)
    names = ("key", "renamed")
    done = 0
    with swapping(project):
        for number in range(rounds // 2):
            source, target = names if number % 2 == 0 else names[::-1]
            whole = (*PROJECT.parts, "real", source)
            try:
                identity = await storage.identify(whole)
                if identity is not None:
                    end = (*PROJECT.parts, "real", target)
                    move = Rename(source=whole, target=end, identity=identity)
                    await storage.make(move)
                    await storage.undo(move)
                    done += 1
            except (FileExistsError, NotADirectoryError, FileNotFoundError):
                continue
    assert done > 0


async def test_delete(
    storage: Storage, project: Path, outside: Path, memory: Path, rounds: int
) -> None:
    with swapping(project):
        for _ in range(rounds // 4):
            await lay_out(storage, project, outside)
            assert await take_away(storage, PROJECT)
    assert not project.exists()
    assert list((memory / "data/staging").iterdir()) == []
