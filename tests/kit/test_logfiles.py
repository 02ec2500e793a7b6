import os
import stat
from pathlib import Path

import pytest

from opsforge.kit.logfiles import bound_log, last_lines, open_log


def test_a_log_is_private_and_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "a.log"
    for text in (b"one\n", b"two\n"):
        log = open_log(path)
        os.write(log, text)
        os.close(log)
    assert path.read_text() == "one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_place_of_a_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.log").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic links"):
        open_log(tmp_path / "a.log")


def test_what_is_too_long_is_emptied_under_its_writer_and_its_end_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = open_log(path)
    os.write(log, b"x" * 100 + b"the end\n")
    bound_log(path, max_bytes=200)
    assert path.stat().st_size == 108
    bound_log(path, max_bytes=50)
    os.write(log, b"on we go\n")
    os.close(log)
    assert path.read_text() == "on we go\n"
    kept = path.with_name("a.log.1")
    assert kept.read_text().endswith("the end\n")
    assert kept.stat().st_size == 50


def test_an_absent_log_has_no_last_lines(tmp_path: Path) -> None:
    bound_log(tmp_path / "none.log")
    assert last_lines(tmp_path / "none.log") == ""


def test_last_lines_are_few_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"first\n" * 1000 + b"\n\xff broken\nlast\n")
    told = last_lines(path, max_bytes=40)
    assert told.endswith("\ufffd broken\nlast")
    assert len(told) <= 40
