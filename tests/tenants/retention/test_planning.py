"""The plan of destruction: what goes, what is too much for one run, and whose clock is believed. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import clock
from tenants.retention.models import StopKind
from tenants.retention.planning import MOST_DAYS, MOST_SHARE, Facts, Known, Plan, Told, plan
from tenants.retention.rules import DayAndClass, is_due

TODAY = date(2026, 11, 20)
NOON = clock.day_start(TODAY) + timedelta(hours=12)


def told(worker: datetime = NOON, *, database: datetime | None = None, heard: datetime | None = None) -> Told:
    return Told(worker=worker, database=database or worker, heard=heard)


def known(days_ago: int, *, retention_days: int = 14, sites: Iterable[str] = ("晨光",), held_by: str = "") -> Known:
    of = DayAndClass(day=TODAY - timedelta(days=days_ago), retention_days=retention_days)
    return Known(of=of, sites=frozenset(sites), held_by=(held_by,) if held_by else ())


def run(days: range, *, recent: range = range(0), approved: range = range(0), of: Told | None = None) -> Plan:
    return plan(
        Facts(
            told=of or told(),
            living=[known(each) for each in days],
            recent=[known(each) for each in recent],
            approved=frozenset(known(each).of for each in approved),
        )
    )


def ago(days: Iterable[DayAndClass]) -> list[int]:
    return sorted((TODAY - each.day).days for each in days)


def test_an_ordinary_night_takes_one_day_and_stops_for_nobody() -> None:
    made = run(range(16))
    assert (ago(made.go), made.stop, made.today) == ([15], None, TODAY)


@pytest.mark.parametrize(("down", "stops"), [(3, False), (4, False), (5, False), (6, True), (12, True)])
def test_a_worker_that_was_down_catches_up_by_itself_up_to_a_quarter_of_the_days(down: int, *, stops: bool) -> None:
    made = run(range(15 + down))
    assert (made.stop is not None) is stops
    assert len(made.go) == (0 if stops else down)
    if made.stop is not None:
        assert (made.stop.kind, made.stop.site, ago(made.stop.days)) == (
            StopKind.SHARE,
            "晨光",
            list(range(15, 15 + down)),
        )


def test_three_days_never_stop_however_few_there_are() -> None:
    assert ago(run(range(15, 18)).go) == [15, 16, 17]


def test_what_went_within_a_day_is_part_of_the_same_run() -> None:
    """A fault that takes two days every ten minutes is the same fault."""
    made = run(range(17), recent=range(17, 21))
    assert made.stop is not None
    assert made.stop.share == pytest.approx(6 / 21)


def test_the_answer_is_the_same_however_far_the_run_has_come() -> None:
    answers = {run(range(15 + left), recent=range(15 + left, 21)).stop is None for left in range(1, 7)}
    assert answers == {False}


def test_one_site_alone_is_enough_to_stop_the_institution() -> None:
    """Two sites of two classes: a year of the one must not hide that the other loses everything."""
    long = [known(each, retention_days=351, sites=["國小"]) for each in range(300)]
    short = [known(each, sites=["附幼"]) for each in range(15, 25)]
    made = plan(Facts(told=told(), living=[*long, *short]))
    assert made.stop is not None
    assert (made.stop.site, made.go) == ("附幼", ())


def test_what_a_person_let_go_goes_and_nothing_else() -> None:
    made = run(range(21), approved=range(17, 21))
    assert (made.stop, ago(made.go)) == (None, list(range(15, 21)))  # two days are left to measure
    made = run(range(30), approved=range(28, 30))
    assert made.stop is not None
    assert ago(made.go) == [28, 29]


def test_a_day_that_waits_for_a_hold_is_neither_taken_nor_forgotten() -> None:
    living = [*(known(each) for each in range(15)), known(15, held_by="調閱-115-0001")]
    made = plan(Facts(told=told(), living=living))
    assert (made.go, [each.held_by for each in made.waiting]) == ((), [("調閱-115-0001",)])


@pytest.mark.req("KH-5-3c", "DR-03")
def test_a_clock_that_is_set_back_takes_nothing_too_early() -> None:
    """Whichever of the two it is: the earlier one counts."""
    midnight = clock.day_start(TODAY)
    assert not run(range(15, 16), of=told(midnight - timedelta(seconds=1), database=NOON)).go
    assert not run(range(15, 16), of=told(midnight + timedelta(minutes=5), database=midnight - timedelta(minutes=5))).go
    assert ago(run(range(15, 16), of=told(midnight)).go) == [15]
    behind = run(range(15, 16), of=told(NOON - timedelta(days=3), database=NOON, heard=NOON))
    assert (behind.go, behind.stop) == ((), None)


@pytest.mark.req("KH-5-3c")
@pytest.mark.parametrize(
    "of",
    [
        told(NOON + timedelta(days=2), database=NOON, heard=NOON),  # the worker's own clock
        told(NOON + timedelta(days=2), heard=NOON),  # one machine for both, and boxes that know better
        told(NOON + timedelta(hours=1, seconds=1), heard=NOON),
    ],
)
def test_a_clock_that_is_ahead_takes_nothing(of: Told) -> None:
    made = run(range(13, 16), of=of)
    assert made.stop is not None
    assert (made.stop.kind, made.go) == (StopKind.CLOCK, ())
    assert made.stop.ahead_minutes >= 60


def test_an_hour_is_borne_and_so_is_a_first_run() -> None:
    assert run(range(15, 16), of=told(heard=NOON - timedelta(hours=1))).stop is None
    assert run(range(15, 16), of=told(heard=None)).stop is None


def test_a_clock_that_is_ahead_disturbs_nobody_while_nothing_would_be_due() -> None:
    assert run(range(10), of=told(NOON, database=NOON - timedelta(hours=5))).stop is None


@given(
    days=st.sets(st.integers(0, 60), max_size=50),
    recent=st.sets(st.integers(15, 60), max_size=10),
    behind=st.integers(-60 * 24 * 5, 60 * 24 * 5),
    heard=st.none() | st.integers(-60 * 24 * 5, 60 * 24 * 5),
)
def test_no_plan_takes_a_day_early_or_too_much_at_once(
    days: set[int], recent: set[int], behind: int, heard: int | None
) -> None:
    of = Told(
        worker=NOON,
        database=NOON - timedelta(minutes=behind),
        heard=NOON - timedelta(minutes=heard) if heard is not None else None,
    )
    made = plan(Facts(told=of, living=[known(n) for n in days], recent=[known(n) for n in recent - days]))
    assert all(is_due(each.day, each.retention_days, clock.civil_day(of.now)) for each in made.go)
    assert not (made.go and of.ahead > timedelta(hours=1))
    there = {n for n in days | recent if clock.civil_day(of.now) >= TODAY - timedelta(days=n)}
    gone = len(made.go) + len(recent - days)
    assert not made.go or gone <= MOST_DAYS or gone <= MOST_SHARE * len(there)
    assert not (set(made.go) and made.stop)
