"""Tables as CSV, and moments as text."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

START = datetime(2026, 9, 1)  # noqa: DTZ001 - local time, as such files have it.
"""A Tuesday on which all the example data sets begin."""


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def moment(seconds: float) -> str:
    """A moment so many seconds after the beginning."""
    return f"{START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
