"""The box's own index and its gaps."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.causes import GapCause
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.sending.rules import Span

CAMERA = UUID(int=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite3")
    yield made
    made.close()


def entry(started_us: int, ended_us: int) -> Entry:
    return Entry(uuid4(), CAMERA, date(2026, 11, 20), started_us, ended_us)


def gaps(ledger: Ledger) -> list[tuple[int, int, GapCause]]:
    return [(gap.started_us, gap.ended_us, gap.cause) for gap in ledger.unreported_gaps(limit=100)]


def test_segments_that_follow_one_another_leave_no_gap(ledger: Ledger) -> None:
    for number in range(3):
        ledger.enter(entry(number * 60, number * 60 + 60))
    assert gaps(ledger) == []
    assert ledger.told_until_us(CAMERA) == 180
    assert ledger.count(State.SPOOLED) == 3


@pytest.mark.req("KH-5-3b")
def test_a_gap_is_divided_where_its_cause_changed(ledger: Ledger) -> None:
    ledger.enter(entry(0, 60))
    ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=61)
    ledger.fail(CAMERA, GapCause.CAMERA_UNREACHABLE, at_us=70)
    ledger.fail(CAMERA, GapCause.CAMERA_UNREACHABLE, at_us=80)
    ledger.enter(entry(100, 160))
    assert gaps(ledger) == [(60, 70, GapCause.STREAM_ENDED), (70, 100, GapCause.CAMERA_UNREACHABLE)]
    assert ledger.state_of(CAMERA).cause is None


def test_a_process_that_died_without_a_word_leaves_a_gap_all_the_same(ledger: Ledger) -> None:
    ledger.enter(entry(0, 60))
    ledger.enter(entry(75, 90))
    assert gaps(ledger) == [(60, 75, GapCause.PROCESS_RESTARTED)]


def test_a_camera_that_never_recorded_is_missing_since_it_was_first_tried(ledger: Ledger) -> None:
    ledger.fail(CAMERA, GapCause.CAMERA_REFUSED, at_us=50)
    ledger.enter(entry(100, 160))
    assert gaps(ledger) == [(50, 100, GapCause.CAMERA_REFUSED)]


def test_a_clean_stop_does_not_hide_why_it_was_not_recording_before(ledger: Ledger) -> None:
    ledger.enter(entry(0, 60))
    ledger.fail(CAMERA, GapCause.CAMERA_UNREACHABLE, at_us=61)
    ledger.fail(CAMERA, GapCause.EDGE_STOPPED, at_us=70, unless_known=True)
    assert ledger.state_of(CAMERA).cause is GapCause.CAMERA_UNREACHABLE


@pytest.mark.req("DR-17")
@given(st.lists(st.tuples(st.sampled_from(["record", "fail", "die"]), st.integers(1, 100)), max_size=30))
@settings(max_examples=40)
def test_whatever_happens_every_instant_is_recorded_or_a_gap_and_never_both(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int]]
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite3")
    spans: list[tuple[int, int]] = [(0, 10)]
    ledger.enter(entry(0, 10))
    at = 10
    causes = [GapCause.STREAM_ENDED, GapCause.CAMERA_UNREACHABLE]
    for kind, length in events:
        if kind == "record":
            spans.append((at, at + length))
            ledger.enter(entry(at, at + length))
        elif kind == "fail":
            ledger.fail(CAMERA, causes[length % 2], at_us=at)
        at += length
    ledger.enter(entry(at, at + 1))
    spans.append((at, at + 1))
    whole = sorted([*spans, *((begins, ends) for begins, ends, _ in gaps(ledger))])
    assert all(one[1] == two[0] for one, two in pairwise(whole))
    ledger.close()


def test_what_was_tried_least_goes_first(ledger: Ledger) -> None:
    old, new = entry(0, 60), entry(60, 120)
    ledger.enter(old)
    ledger.enter(new)
    ledger.mark([old.segment_id], State.SPOOLED, again=True)
    assert [one.segment_id for one in ledger.segments(State.SPOOLED, limit=5)] == [new.segment_id, old.segment_id]


def test_a_reported_gap_is_not_reported_again(ledger: Ledger) -> None:
    ledger.enter(entry(0, 60))
    ledger.enter(entry(75, 90))
    ledger.mark_reported(ledger.unreported_gaps(limit=10))
    assert gaps(ledger) == []


QUESTIONS: dict[str, Callable[[Ledger], object]] = {
    "the oldest that wait": lambda ledger: ledger.segments(State.SPOOLED, limit=20),
    "the newest that wait": lambda ledger: ledger.segments(State.SPOOLED, limit=20, newest_first=True),
    "what waits of a span": lambda ledger: ledger.waiting_of(Span(CAMERA, 1, 2), limit=20),
    "where a camera stands": lambda ledger: ledger.state_of(CAMERA),
    "the oldest of all": lambda ledger: ledger.oldest_waiting_us(),
    "how much is held": lambda ledger: ledger.held(),
    "how much waits": lambda ledger: ledger.count(State.SPOOLED),
}


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_week_of_sixteen_cameras_is_never_read_through_or_sorted(ledger: Ledger, question: str) -> None:
    ledger.enter(entry(0, 60))
    asked: list[str] = []
    connection = ledger.connection
    connection.set_trace_callback(asked.append)
    QUESTIONS[question](ledger)
    connection.set_trace_callback(None)
    plans = [row[3] for query in asked for row in connection.execute(f"explain query plan {query}")]
    assert plans
    assert not [plan for plan in plans if "B-TREE" in plan or "SCAN segments" in plan], plans


@pytest.mark.req("DR-34")
def test_counts_are_kept_and_never_counted(ledger: Ledger) -> None:
    one, two = entry(0, 60), entry(60, 120)
    for each in (one, two, one):
        ledger.enter(each)
    ledger.mark([one.segment_id], State.CONFIRMED)
    ledger.mark([two.segment_id], State.SPOOLED, again=True)
    counted = {state: ledger.count(state) for state in State}
    assert counted == {**dict.fromkeys(State, 0), State.SPOOLED: 1, State.CONFIRMED: 1}
    ledger.forget(one.segment_id)
    ledger.lose(two)
    assert (ledger.held(), ledger.state_of(CAMERA).spooled, ledger.oldest_waiting_us()) == ((0, 0), 0, None)
