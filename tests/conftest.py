"""Fixtures: settings, databases, a wired platform, its API, and people signed in to it.

Everything that touches the platform runs on both stacks that an administrator can choose:
``embedded`` (SQLite, cache in the process) and ``servers`` (PostgreSQL, Redis).
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ByteSize, SecretStr

from opsforge.db.database import Database
from opsforge.kit.logs import configure_logging
from opsforge.settings import (
    AuthSettings,
    CacheSettings,
    DatabaseSettings,
    Settings,
    StorageSettings,
)
from tests.support.clock import MovableClock
from tests.support.databases import PostgresDatabases, SqliteDatabases
from tests.support.memory import folder_in_memory
from tests.support.people import ALICE, BOB, DOOR, ORIGIN, ApiClient, Person, create_account
from tests.support.servers import PostgresCluster, RedisServer
from tests.support.skips import SkipGate
from tests.support.sshd import SshServer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from opsforge.bootstrap import Platform
    from opsforge.engine.fake import FakeEngine
    from opsforge.storage.port import Storage


ARTEFACTS = Path(os.environ.get("ARTEFACTS", Path(__file__).parents[1] / "artefacts"))
CHEAP_HASHES = AuthSettings(hash_memory=ByteSize(32 * 1024), hash_passes=1)
"""Tests sign in by the hundred; what a password costs is not what they show."""


def pytest_configure(config: pytest.Config) -> None:
    """Let no skip go unnoticed."""
    config.pluginmanager.register(SkipGate.from_file())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what volumes on another host can't make a difference to."""
    left_out = [
        item
        for item in items
        if item.get_closest_marker("database_only")
        and isinstance(item, pytest.Function)
        and getattr(item, "callspec", None)
        and item.callspec.params.get("stack") == "sftp"
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the platform does."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
async def _one_event_loop(anyio_backend: str) -> AsyncIterator[None]:
    """Keep one loop for the whole run: threads of a driver may report to it after a test's end."""
    assert anyio_backend == "asyncio"
    yield  # noqa: PT022 - a fixture that returns would not keep the loop.


@pytest.fixture(scope="session", autouse=True)
def _logging() -> None:
    """Write the log as the platform does."""
    configure_logging(level="debug", style="json")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL server for the whole run."""
    if not PostgresCluster.is_installed():
        pytest.skip("postgresql is not installed")
    # Not one of pytest's folders: their paths are too long for a socket, and private to root.
    with TemporaryDirectory(prefix="postgres-", dir=folder_in_memory()) as folder:
        cluster = PostgresCluster(Path(folder))
        cluster.start()
        yield cluster
        cluster.stop()


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: PostgresCluster) -> PostgresDatabases:
    """Fresh databases in the cluster."""
    return PostgresDatabases(postgres_cluster)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Fresh SQLite files."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis server for the whole run; a test that kills it starts one of its own."""
    if not RedisServer.is_installed():
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots and plots are kept."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """An SSH server for the whole run, for the account that runs the tests."""
    if not SshServer.is_installed():
        pytest.skip("openssh-server is not installed")
    server = SshServer(tmp_path_factory.mktemp("sshd"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["embedded", "servers"])
def stack(request: pytest.FixtureRequest) -> str:
    """Which of the stacks the test runs on; a folder's own fixture may add ``sftp``."""
    return str(request.param)


@pytest.fixture
def settings(stack: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a fresh platform: a data directory and a database with the schema."""
    data = tmp_path / "data"
    data.mkdir()
    if stack in {"embedded", "sftp"}:
        sqlite: SqliteDatabases = request.getfixturevalue("sqlite_databases")
        sqlite.copy_to(data / "opsforge.db")
        volumes = StorageSettings()
        if stack == "sftp":
            server: SshServer = request.getfixturevalue("ssh_server")
            volumes = StorageSettings(default="host", hosts=(server.settings(data),))
        yield Settings(data=data, auth=CHEAP_HASHES, storage=volumes)
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    redis: RedisServer = request.getfixturevalue("redis_server")
    redis.command("FLUSHALL")
    name = databases.create()
    yield Settings(
        data=data,
        auth=CHEAP_HASHES,
        database=DatabaseSettings(url=SecretStr(databases.cluster.url(name))),
        cache=CacheSettings(url=SecretStr(redis.url)),
    )
    databases.drop(name)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The database of `settings`, without a platform."""
    database = Database(settings.database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> MovableClock:
    """The platform's clock, which a test can move ahead."""
    return MovableClock()


@pytest.fixture
def engine() -> "FakeEngine":
    """A notebook engine that starts nothing."""
    from opsforge.engine.fake import FakeEngine  # noqa: PLC0415 - loaded where it is used.

    return FakeEngine()


@pytest.fixture
def storage(settings: Settings) -> "Storage":
    """Volumes in the data directory; with ``sftp`` they are reached by SSH."""
    from opsforge.storage.create import create_storage  # noqa: PLC0415 - loaded where it is used.

    return create_storage(settings)


@pytest.fixture(scope="session")
def routes() -> "FastAPI":
    """The web service without a platform: its hundred routes take a while to build."""
    from opsforge.app import build_app  # noqa: PLC0415 - loaded where it is used.

    return build_app()


@pytest.fixture
async def app(
    routes: "FastAPI",
    settings: Settings,
    engine: "FakeEngine",
    storage: "Storage",
    clock: MovableClock,
) -> "AsyncIterator[FastAPI]":
    """The web service over a wired platform, between its start and its end."""
    from opsforge.bootstrap import build_platform  # noqa: PLC0415 - loaded where it is used.

    routes.state.platform = build_platform(settings, engine=engine, storage=storage, clock=clock)
    async with routes.router.lifespan_context(routes):
        yield routes


@pytest.fixture
def platform(app: "FastAPI") -> "Platform":
    """The wired platform, open."""
    platform: Platform = app.state.platform
    return platform


@pytest.fixture
async def new_client(app: "FastAPI") -> AsyncIterator[Callable[[], ApiClient]]:
    """Makes further clients, each with cookies of its own."""
    async with AsyncExitStack() as clients:
        made: list[ApiClient] = []

        def make() -> ApiClient:
            made.append(
                ApiClient(
                    transport=httpx.ASGITransport(app),
                    base_url=f"{ORIGIN}/api/v1",
                    headers={"X-OpsForge-Request": "1"},
                )
            )
            clients.push_async_callback(made[-1].aclose)
            return made[-1]

        yield make


@pytest.fixture
def client(new_client: Callable[[], ApiClient]) -> ApiClient:
    """A client of the API that is not signed in."""
    return new_client()


@pytest.fixture
async def behind_the_door(app: "FastAPI") -> AsyncIterator[Callable[[str], ApiClient]]:
    """Makes clients that come through the services' socket with a token."""
    from opsforge.auth.door import ServiceDoor  # noqa: PLC0415 - loaded where it is used.

    async with AsyncExitStack() as clients:

        def make(token: str) -> ApiClient:
            client = ApiClient(
                transport=httpx.ASGITransport(ServiceDoor(app, socket=DOOR)),
                base_url=f"http://{DOOR}/api/v1",
                headers={"Authorization": f"Bearer {token}"},
            )
            clients.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def as_nobody(client: ApiClient) -> ApiClient:
    """The same, where a test names who asks."""
    return client


@pytest.fixture
async def as_admin(platform: "Platform", new_client: Callable[[], ApiClient]) -> ApiClient:
    """The first administrator."""
    password = await platform.users.create_first_administrator()
    assert password is not None
    admin = new_client()
    await admin.sign_in(Person("admin", password=password))
    return admin


@pytest.fixture
async def as_alice(as_admin: ApiClient, new_client: Callable[[], ApiClient]) -> ApiClient:
    """A user."""
    return await _sign_up(ALICE, as_admin, new_client())


@pytest.fixture
async def as_bob(as_admin: ApiClient, new_client: Callable[[], ApiClient]) -> ApiClient:
    """Another user, who must see nothing of the first."""
    return await _sign_up(BOB, as_admin, new_client())


async def _sign_up(person: Person, admin: ApiClient, client: ApiClient) -> ApiClient:
    await create_account(admin, person)
    await client.sign_in(person)
    return client
