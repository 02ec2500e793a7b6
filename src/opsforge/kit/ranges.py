"""What part of a file a request asks for, and whether it has it already (RFC 9110, 13 and 14).

One range is served; of several the whole file is sent, as the standard allows, since nobody needs
what a hundred overlapping ranges would cost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What tells one state of a file from another."""

    etag: str
    """With its quotes, and ``W/`` before them if two states may share it."""
    modified_at: datetime

    @property
    def last_modified(self) -> str:
        """As the header says it, in seconds."""
        return format_datetime(self.modified_at.astimezone(UTC), usegmt=True)


def is_unchanged(headers: Mapping[str, str], validators: Validators) -> bool:
    """Whether the caller has this state already (If-None-Match, If-Modified-Since)."""
    if (wanted := headers.get("if-none-match")) is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return bool(tags & {"*", validators.etag.removeprefix("W/")})
    since = _moment(headers.get("if-modified-since"))
    return since is not None and validators.modified_at.replace(microsecond=0) <= since


def wanted_range(
    headers: Mapping[str, str], validators: Validators, *, size_bytes: int
) -> tuple[int, int] | None:
    """The first byte that is asked for and the one behind the last; None for the whole file.

    Raises:
        ValueError: Nothing of the file is in the range.
    """
    found = _ONE_RANGE.fullmatch(headers.get("range", ""))
    if found is None or not _is_same(headers.get("if-range"), validators):
        return None
    first, last = found.groups()
    if first:
        start = int(first)
        stop = min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None  # Malformed, and so ignored.
    elif last:
        start, stop = max(0, size_bytes - int(last)), size_bytes
    else:
        return None
    if start >= stop:
        raise ValueError("the range is behind the end")
    return start, stop


def _is_same(condition: str | None, validators: Validators) -> bool:
    """Whether a part of this state fits the parts that the caller has (If-Range)."""
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == validators.etag and not condition.startswith("W/")
    return condition == validators.last_modified and not validators.etag.startswith("W/")


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
