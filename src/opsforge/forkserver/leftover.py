"""End what a fork server left running, when it is no more there to be asked."""

import contextlib
import json
import os
import signal
from pathlib import Path

from opsforge.forkserver import linux
from opsforge.forkserver.records import RECORD


def end_leftover(runtime: Path) -> None:
    """Kill process 1 of every service that is recorded in ``runtime``; its tree ends with it.

    Args:
        runtime: The fork server's directory; one that does not exist has no services.
    """
    for record in (runtime / "services").glob(f"*/{RECORD}"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            service = json.loads(record.read_text(encoding="utf-8"))
            if linux.start_ticks(service["pid"]) == service["started"]:
                os.kill(service["pid"], signal.SIGKILL)
