"""One user's arrivals at the same time: none takes what another one has taken."""

from collections.abc import Callable

import pytest

from opsforge.storage.port import Amount
from opsforge.storage.quotas import FileQuotaExceeded, Hold, QuotaExceeded, Room, held_by

ROOM = Room(free_bytes=1000, free_files=10, quota_bytes=1000, quota_files=10)
Begin = Callable[..., Hold]


@pytest.fixture
def beside() -> list[Hold]:
    return []


@pytest.fixture
def begin(beside: list[Hold]) -> Begin:
    def begin(kept: Amount | None = None) -> Hold:
        hold = Hold(ROOM, kept=kept or Amount())
        hold.join(beside)
        return hold

    return begin


def test_what_one_has_announced_or_received_is_not_free_for_the_other(begin: Begin) -> None:
    one, other = begin(), begin()
    one.require(size_bytes=900, file_count=0)
    with pytest.raises(QuotaExceeded) as refused:
        other.require(size_bytes=101, file_count=0)
    assert refused.value.fields() == {"wanted_bytes": 101, "free_bytes": 100, "quota_bytes": 1000}
    other.require(size_bytes=100, file_count=10)
    with pytest.raises(FileQuotaExceeded):
        one.require(size_bytes=0, file_count=1)


@pytest.mark.parametrize("is_stored", [True, False])
def test_what_ends_is_free_only_if_it_was_not_stored(begin: Begin, *, is_stored: bool) -> None:
    one, other = begin(), begin()
    one.require(size_bytes=900, file_count=1)
    one.leave(is_stored=is_stored)
    if is_stored:
        with pytest.raises(QuotaExceeded):
            other.require(size_bytes=101, file_count=1)
        return
    other.require(size_bytes=1000, file_count=1)


def test_what_was_kept_is_not_counted_twice_and_what_is_unpacked_counts(
    begin: Begin, beside: list[Hold]
) -> None:
    archive = begin(kept=Amount(size_bytes=100, file_count=1))
    archive.require(size_bytes=80, file_count=1)
    assert held_by(beside) == Amount()
    archive.require(size_bytes=700, file_count=4)
    assert held_by(beside) == Amount(size_bytes=600, file_count=3)
    with pytest.raises(QuotaExceeded):
        begin().require(size_bytes=401, file_count=0)


def test_without_a_quota_all_is_free() -> None:
    Hold(Room()).require(size_bytes=1 << 60, file_count=1 << 40)
