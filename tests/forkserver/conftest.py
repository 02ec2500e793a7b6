import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsforge.forkserver import preflight
from tests.forkserver.hub import ForkServer, Hub, Service


@dataclass
class World:
    """A fork server with a hub in front of it, and the volumes behind."""

    fork_server: ForkServer
    hub: Hub
    data: Path

    def volume(self, user: str) -> Path:
        return self.data / "users" / user


@pytest.fixture(scope="session")
def short_directory() -> Iterator[Path]:
    """Sockets have short paths; pytest's directories have not."""
    path = Path(tempfile.mkdtemp(prefix="fs-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def make_data(directory: Path) -> Path:
    data = directory / "data"
    for name in ("users", "public/work/shared", "public/input/open"):
        (data / name).mkdir(parents=True)
    (data / "public/input/open/a.csv").write_text("x,y\n1,2\n")
    (data / "public/work/shared/shared.ipynb").write_text("{}")
    return data


@pytest.fixture(scope="session")
def make_world(short_directory: Path) -> Iterator[Callable[..., World]]:
    """Start a world of one's own; ended at the end of the session."""
    made: list[World] = []

    def make(name: str, **settings: object) -> World:
        directory = short_directory / name
        directory.mkdir()
        data = make_data(directory)
        fork_server = ForkServer(directory / "run", directory, **settings)
        fork_server.start()
        hub = Hub(directory, control=str(fork_server.control))
        world = World(fork_server, hub, data)
        made.append(world)
        hub.start()
        return world

    yield make
    for world in made:
        world.hub.stop()
        world.fork_server.stop()


@pytest.fixture(scope="session")
def world(make_world: Callable[..., World]) -> World:
    found = preflight.check()
    if not found.ok:
        pytest.skip(f"no sandbox here: {found.reason}")
    return make_world("w")


@pytest.fixture(scope="session")
def alice(world: World) -> Service:
    return world.hub.start_service("alice")


@pytest.fixture(scope="session")
def bob(world: World) -> Service:
    """A neighbour whose service runs the whole time."""
    return world.hub.start_service("bob")
