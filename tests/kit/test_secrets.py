import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from opsforge.kit.secrets import keep_secret


def test_is_made_once_random_and_private(tmp_path: Path) -> None:
    first = keep_secret(tmp_path, "one")
    assert len(bytes.fromhex(first)) == 32
    assert keep_secret(tmp_path, "one") == first
    assert keep_secret(tmp_path, "two") != first
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


def test_all_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: keep_secret(tmp_path, "one"), range(64)))
    assert len(made) == 1
