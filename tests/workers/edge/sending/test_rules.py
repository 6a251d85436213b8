"""When bulk is sent, what overrides closed hours, and how much one batch holds."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.edge.sending.rules import AT_ONCE, Sending, SendingRules, Span, fitting, parse, sending

HOUR = 3_600_000_000
CLOSED = SendingRules(closed=((8 * HOUR, 17 * HOUR), (30 * HOUR, 41 * HOUR)), oldest_seconds=24 * 3600)


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(
    ("hour", "said"),
    [(7, Sending.OPEN), (8, Sending.WAITS), (16, Sending.WAITS), (17, Sending.OPEN), (35, Sending.WAITS)],
)
def test_nothing_goes_in_bulk_in_closed_hours(hour: int, said: Sending) -> None:
    assert sending(CLOSED, hour * HOUR, is_short=False, oldest_us=hour * HOUR) is said


@pytest.mark.req("DR-34")
def test_closed_hours_count_for_nothing_while_footage_could_be_lost_and_that_is_said() -> None:
    now = 35 * HOUR
    assert sending(CLOSED, now, is_short=True, oldest_us=now) is Sending.DISK_SHORT
    assert sending(CLOSED, now, is_short=False, oldest_us=now - 24 * HOUR) is Sending.WAITS
    assert sending(CLOSED, now, is_short=False, oldest_us=now - 24 * HOUR - 1) is Sending.TOO_OLD
    assert sending(CLOSED, now, is_short=False, oldest_us=None) is Sending.WAITS


def test_a_server_that_says_nothing_of_it_has_everything_sent_at_once() -> None:
    assert parse({}) == AT_ONCE
    assert sending(AT_ONCE, 0, is_short=False, oldest_us=None) is Sending.OPEN


def test_what_the_server_says_is_read() -> None:
    span = {"camera_id": str(UUID(int=5)), "started_us": 1, "ended_us": 2}
    told = {"bytes_per_second": 125, "closed": [[1, 2]], "oldest_seconds": 9, "newest_first": True, "requested": [span]}
    read = parse(told)
    assert read == SendingRules(
        bytes_per_second=125,
        closed=((1, 2),),
        oldest_seconds=9,
        newest_first=True,
        requested=(Span(UUID(int=5), 1, 2),),
    )
    assert read.batch_bytes == 125 * 300


@pytest.mark.req("DR-34")
@given(st.lists(st.integers(0, 100), max_size=20), st.integers(0, 300))
def test_a_batch_is_over_in_time_and_never_empty(sizes: list[int], most: int) -> None:
    taken = fitting(sizes, most)
    assert fitting(sizes, None) == len(sizes)
    assert taken >= min(1, len(sizes))
    assert taken <= 1 or sum(sizes[:taken]) <= most
    assert taken == len(sizes) or sum(sizes[: taken + 1]) > most
