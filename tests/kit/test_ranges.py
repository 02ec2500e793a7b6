"""Ranges and conditions of requests for files (RFC 9110)."""

from datetime import UTC, datetime

import pytest

from opsforge.kit.ranges import Validators, is_unchanged, wanted_range

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 500_000, UTC)
STRONG = Validators(etag='"abc"', modified_at=MOMENT)
WEAK = Validators(etag='W/"abc"', modified_at=MOMENT)
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-5000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-5000", (0, 100)),
        ("bytes=0-99999999999999999999", None),
        ("bytes=0-1,5-6", None),
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=١-٢", None),
        ("lines=0-1", None),
        ("", None),
    ],
)
def test_one_range_is_served_and_anything_else_is_the_whole_file(
    header: str, span: tuple[int, int] | None
) -> None:
    assert wanted_range({"range": header}, STRONG, size_bytes=100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="behind the end"):
        wanted_range({"range": header}, STRONG, size_bytes=100)


@pytest.mark.parametrize(
    ("condition", "validators", "is_same"),
    [
        ('"abc"', STRONG, True),
        ('"other"', STRONG, False),
        (DATE, STRONG, True),
        ("Sun, 01 Mar 2026 12:00:01 GMT", STRONG, False),
        ('W/"abc"', STRONG, False),
        ('W/"abc"', WEAK, False),
        (DATE, WEAK, False),
    ],
)
def test_a_part_is_only_sent_to_who_has_the_rest_of_the_same_state(
    condition: str, validators: Validators, *, is_same: bool
) -> None:
    headers = {"range": "bytes=5-", "if-range": condition}
    expected = (5, 100) if is_same else None
    assert wanted_range(headers, validators, size_bytes=100) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": '"x", W/"abc"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-none-match": '"x"', "if-modified-since": DATE}, False),
        ({"if-modified-since": DATE}, True),
        ({"if-modified-since": "Sun, 01 Mar 2026 11:59:59 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({}, False),
    ],
)
def test_who_has_this_state_is_sent_nothing(headers: dict[str, str], *, expected: bool) -> None:
    assert is_unchanged(headers, STRONG) is expected
