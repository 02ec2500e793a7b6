"""The plain spawner's directories."""

from pathlib import Path

import pytest

from opsforge.engine.spawner import prepare_home
from opsforge.storage.volumes import AREAS


def test_what_is_public_is_seen_in_a_volume_that_a_sandbox_could_have(tmp_path: Path) -> None:
    for area in AREAS:
        tmp_path.joinpath("users", "alice", *area).mkdir(parents=True)
    (tmp_path / "public/work").mkdir(parents=True)
    (tmp_path / "public/work/shared.txt").write_text("seen")
    for _ in range(2):
        prepare_home(tmp_path, "alice")
        assert (tmp_path / "users/alice/public/work/shared.txt").read_text() == "seen"
        assert (tmp_path / "users/alice/public/input").is_symlink()


@pytest.mark.parametrize("area", ["work", "input"])
def test_what_is_in_the_way_stays(tmp_path: Path, area: str) -> None:
    mine = tmp_path / "users/alice/public" / area / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    prepare_home(tmp_path, "alice")
    assert mine.read_text() == "mine"
