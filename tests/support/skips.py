"""A skipped test must not look like a passed one: in CI every skip is listed, with a reason."""

import os
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

LIST = Path(__file__).parent.parent / "allowed_skips.toml"


class SkipGate:
    """Fails the run for skips that the list does not allow, where ``CI`` is set."""

    def __init__(self, patterns: Sequence[str], *, is_strict: bool) -> None:
        self._patterns = patterns
        self._is_strict = is_strict
        self.unlisted: list[str] = []

    @classmethod
    def from_file(cls, path: Path = LIST) -> "SkipGate":
        """The gate that the committed list describes."""
        allowed = tomllib.loads(path.read_text()).get("allowed", [])
        for entry in allowed:
            assert entry["reason"], f"{path.name}: a reason for {entry['test']}"
        is_strict = os.environ.get("CI") == "true"
        return cls([entry["test"] for entry in allowed], is_strict=is_strict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skip."""
        if report.skipped and not self._is_listed(report.nodeid):
            self.unlisted.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that was skipped as a whole."""
        if report.skipped and not self._is_listed(report.nodeid):
            self.unlisted.append(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Say what is not listed."""
        for test in self.unlisted if self._is_strict else ():
            terminalreporter.write_line(f"UNLISTED SKIP {test} (tests/{LIST.name})", red=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run."""
        if self._is_strict and self.unlisted and not hasattr(session.config, "workerinput"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _is_listed(self, test: str) -> bool:
        return any(fnmatchcase(test, pattern) for pattern in self._patterns)
