"""The gate against skips that nobody listed."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
from pathlib import Path
from tests.support.skips import SkipGate

def pytest_configure(config):
    config.pluginmanager.register(SkipGate.from_file(Path(__file__).parent / "list.toml"))
"""
TESTS = """
import pytest

def test_passes():
    pass

@pytest.mark.skip(reason="no server")
def test_skipped():
    pass
"""
LISTED = """
[[allowed]]
test = "*::test_skipped"
reason = "It has one."
"""


@pytest.mark.parametrize(
    ("listed", "in_ci", "workers", "outcome"),
    [
        ("", "true", 0, pytest.ExitCode.TESTS_FAILED),
        ("", "true", 1, pytest.ExitCode.TESTS_FAILED),
        (LISTED, "true", 0, pytest.ExitCode.OK),
        ("", "", 0, pytest.ExitCode.OK),
    ],
)
def test_an_unlisted_skip_fails_the_run(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    listed: str,
    in_ci: str,
    workers: int,
    outcome: pytest.ExitCode,
) -> None:
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    pytester.path.joinpath("list.toml").write_text(listed)
    result = pytester.runpytest_subprocess(f"-n{workers}", "-p", "no:hypothesispytest")
    assert result.ret == outcome
    assert ("UNLISTED SKIP" in result.stdout.str()) is (outcome != pytest.ExitCode.OK)
