"""Fixtures: a fake and a real engine behind one face, so that one suite can try both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol

import pytest

from opsforge.engine.fake import FakeEngine
from opsforge.engine.port import KernelActivity, NotebookEngine
from tests.support.hubs import Hub, running_hub


class Bench(Protocol):
    """An engine, and what the suite does to it from behind."""

    engine: NotebookEngine

    async def fail_next_start(self, name: str, reason: str) -> None:
        """Let the next start fail for a reason."""

    async def occupy_kernel(self, name: str, path: str) -> str:
        """Let a kernel of a running service compute; returns its id."""

    async def is_let_in(self, name: str, token: str) -> bool:
        """Whether a running service accepts a token."""

    def own_token(self, name: str) -> str:
        """The token with which a running service itself asks."""


class FakeBench:
    """The fake engine."""

    def __init__(self) -> None:
        self.engine: NotebookEngine = FakeEngine()

    @property
    def fake(self) -> FakeEngine:
        """The engine by its own type."""
        assert isinstance(self.engine, FakeEngine)
        return self.engine

    async def fail_next_start(self, name: str, reason: str) -> None:
        """Let the next start fail for a reason."""
        self.fake.fail_next_start(name, reason)

    async def occupy_kernel(self, name: str, path: str) -> str:
        """Let a kernel compute."""
        self.fake.set_busy_kernels(name, [KernelActivity(kernel_id="k-1", path=path)])
        return "k-1"

    async def is_let_in(self, name: str, token: str) -> bool:
        """Whether the token opens the service."""
        return self.fake.accepts(name, token)

    def own_token(self, name: str) -> str:
        """The service's own token."""
        return self.fake.own_token(name)


class HubBench:
    """A real hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.engine: NotebookEngine = hub.engine

    async def fail_next_start(self, name: str, reason: str) -> None:
        """Let the server say something and end before it listens, once."""
        config = self.hub.home(name) / ".jupyter" / "jupyter_server_config.py"
        config.parent.mkdir(parents=True)
        config.write_text(
            "import os, sys\nos.remove(__file__)\n"
            f"print({reason!r}, file=sys.stderr)\nos._exit(7)\n"
        )

    async def occupy_kernel(self, name: str, path: str) -> str:
        """Let a kernel compute."""
        token = await self.engine.issue_service_token(name, ttl=timedelta(minutes=1))
        return await self.hub.occupy_kernel(name, path, token.value)

    async def is_let_in(self, name: str, token: str) -> bool:
        """Whether the token opens the service."""
        return await self.hub.is_let_in(name, token)

    def own_token(self, name: str) -> str:
        """The service's own token, out of its environment."""
        [server] = self.hub.servers_of(name)
        return server.environ()["JUPYTERHUB_API_TOKEN"]


@pytest.fixture(scope="session")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """One hub for the whole run; each test has names of its own in it."""
    async with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(params=["fake", pytest.param("hub", marks=pytest.mark.integration)])
def bench(request: pytest.FixtureRequest) -> Bench:
    """The engine under test."""
    if request.param == "fake":
        return FakeBench()
    return HubBench(request.getfixturevalue("hub"))


@pytest.fixture
def engine_under_test(bench: Bench) -> NotebookEngine:
    """The engine alone."""
    return bench.engine


@pytest.fixture
async def name(bench: Bench, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A name that no other test uses; its service is gone afterwards."""
    name = f"u{abs(hash(request.node.nodeid)) % 10**9}"
    yield name
    await bench.engine.delete_service(name)
