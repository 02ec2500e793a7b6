"""A service sees the GPUs that it was allotted, and no other.

No GPU is needed: device nodes of that name which lead to ``/dev/null`` show who sees what.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.forkserver.conftest import World

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes"),
]

_FIRST, _SECOND = 90, 91
_NULL = os.makedev(1, 3)

SEEN = (
    "import os\n"
    "nodes = sorted(n for n in os.listdir('/dev') if n.startswith('nvidia'))\n"
    "writable = all(open(f'/dev/{n}', 'w').write('x') for n in nodes)\n"
    "print(nodes, writable, repr(os.environ.get('CUDA_VISIBLE_DEVICES')))"
)


@pytest.fixture(scope="module")
def world(make_world: Callable[..., World]) -> Iterator[World]:
    nodes = [Path(f"/dev/nvidia{number}") for number in (_FIRST, _SECOND)]
    for node in nodes:
        os.mknod(node, stat.S_IFCHR | 0o666, _NULL)
        node.chmod(0o666)
    try:
        yield make_world("gpus", gpus={"small": [_FIRST], "large": [_SECOND]})
    finally:
        for node in nodes:
            node.unlink()


def test_a_service_without_gpus_sees_none(world: World) -> None:
    assert world.hub.start_service("none").run(SEEN) == "[] True ''"


def test_a_service_sees_those_of_its_kind_only(world: World) -> None:
    large = world.hub.start_service("large", gpu_count=1, gpu_kind="large")
    small = world.hub.start_service("small", gpu_count=1, gpu_kind="small")
    assert large.run(SEEN) == f"['nvidia{_SECOND}'] True '0'"
    assert small.run(SEEN) == f"['nvidia{_FIRST}'] True '0'"
    world.hub.stop_service("large")
    world.hub.stop_service("small")


def test_a_taken_gpu_is_free_again_after_the_stop(world: World) -> None:
    world.hub.start_service("first", gpu_count=1, gpu_kind="small")
    with pytest.raises(RuntimeError, match="1 GPUs were asked for, 0 are free"):
        world.hub.start_service("second", gpu_count=1, gpu_kind="small")
    world.hub.stop_service("first")
    service = world.hub.start_service("second", gpu_count=1, gpu_kind="small")
    assert service.run(SEEN) == f"['nvidia{_FIRST}'] True '0'"
    world.hub.stop_service("second")


def test_a_taken_gpu_stays_taken_when_the_fork_server_restarts(world: World) -> None:
    world.hub.start_service("holder", gpu_count=1, gpu_kind="large")
    world.fork_server.kill()
    world.fork_server.start()
    with pytest.raises(RuntimeError, match="0 are free"):
        world.hub.start_service("late", gpu_count=1, gpu_kind="large")
    world.hub.stop_service("holder")
