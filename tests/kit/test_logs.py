"""What the log shows, and what it never shows."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from structlog import configure as configure_structlog
from structlog import get_config, get_logger

from opsforge.kit.logs import Style, configure_logging


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = get_config()
    yield
    configure_structlog(**before)


def fail_with_a_secret() -> None:
    token = "secret-token"
    statement = "SELECT id\nFROM tokens WHERE digest = ?"
    raise OperationalError(statement, {"digest": token}, RuntimeError("no such table"))


@pytest.mark.parametrize("style", ["console", "json"])
def test_an_exception_shows_no_local_variable_and_no_statement(
    style: Style, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(style=style)
    try:
        fail_with_a_secret()
    except OperationalError:
        get_logger().exception("request.fault")
    log = capsys.readouterr().out
    assert "request.fault" in log
    assert "fail_with_a_secret" in log, "the place can be found"
    assert "no such table" in log
    assert "secret-token" not in log
    assert "FROM tokens" not in log


def test_json_has_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="json")
    get_logger().info("user.created", username="alice")
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "user.created"
    assert event["level"] == "info"
    assert event["username"] == "alice"
    assert event["timestamp"].endswith("Z")


def test_less_severe_events_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="warning", style="json")
    get_logger().info("user.created")
    get_logger().warning("cache.away")
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == [
        "cache.away"
    ]


def test_without_a_terminal_programs_read_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    get_logger().info("user.created")
    assert json.loads(capsys.readouterr().out)["event"] == "user.created"
