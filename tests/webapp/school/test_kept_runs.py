"""Days alike are told as one run, and no day is lost in one."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from tenants import periods
from webapp.school.retention.kept_runs import KeptDay, runs

FIRST = date(2026, 11, 8)
GATE, BOTH = ("晨光幼兒園：前門（C-GATE）",), ("晨光幼兒園：前門（C-GATE）、兔兔班活動室（C-ROOM2）",)


def kept(number: int, *, retention_days: int = 14, places: Sequence[str] = GATE) -> KeptDay:
    day = FIRST + timedelta(days=number)
    return KeptDay(
        day=day,
        retention_days=retention_days,
        kept_through=periods.kept_through(day, retention_days),
        goes_on=periods.destroyable_on(day, retention_days),
        places=places,
    )


def test_days_alike_are_one_run_and_each_of_them_is_in_it() -> None:
    days = [kept(number) for number in range(15)]

    (run,) = runs(reversed(days))

    assert run.days == days
    assert (run.first.day, run.last.day) == (FIRST, FIRST + timedelta(days=14))


@pytest.mark.parametrize(
    ("days", "lengths"),
    [
        ([kept(0), kept(1), kept(3)], [2, 1]),  # a day that is missing
        ([kept(0), kept(1, places=BOTH), kept(2, places=BOTH)], [1, 2]),  # a second camera
        ([kept(0), kept(1, places=BOTH), kept(2)], [1, 1, 1]),
        ([], []),
    ],
)
def test_what_differs_begins_a_run_of_its_own(days: Sequence[KeptDay], lengths: Sequence[int]) -> None:
    assert [len(run.days) for run in runs(days)] == lengths


def test_two_periods_of_the_same_days_stay_apart_and_the_sooner_goes_first() -> None:
    days = [kept(number, retention_days=period) for number in range(3) for period in (30, 14)]

    assert [(run.first.retention_days, len(run.days)) for run in runs(days)] == [(14, 3), (30, 3)]


def test_the_year_stands_beside_the_day_and_both_where_they_differ() -> None:
    assert kept(0).goes_words == "民國115年，銷毀11月8日的影像"
    assert kept(45).goes_words == "民國116年，銷毀民國115年12月23日的影像"
