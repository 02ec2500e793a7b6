"""How the platform writes about itself: one line for each event, and never a secret.

structlog's own tracebacks show the values of local variables, which here are tokens and passwords,
and SQLAlchemy's errors show the statement; ours show neither.
"""

import logging
import re
import sys
import traceback
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

Style = Literal["auto", "console", "json"]

_STATEMENT = re.compile(r"^\[(?:SQL|parameters): .*?\]$\n?", re.MULTILINE | re.DOTALL)


def configure_logging(*, level: str = "info", style: Style = "auto") -> None:
    """Set up structlog for this process.

    Args:
        level: The least severe that is written: debug, info, warning or error.
        style: ``console`` for people, ``json`` for programs; ``auto`` looks for a terminal.
    """
    for_people = style == "console" or (style == "auto" and sys.stdout.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _format_exception,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
    )


def _format_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    del logger, method
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        text = "".join(traceback.format_exception(error)).rstrip()
        event["exception"] = _STATEMENT.sub("", text)
    return event
