"""When a site is to be looked through next: months with the clamp at a month's end, caps, and reminders."""

from datetime import date

import pytest

from tenants.errors import Invalid
from tenants.profiles import profile
from tenants.upkeep.inspections.intervals import DueState, cap_of, checked_months, due, months_of, whole_months

DAY = date(2026, 11, 20)
KH, TY = profile("KH_PRESCHOOL", DAY), profile("TY_ELEMENTARY", DAY)
BEGINS = date(2025, 8, 1)


@pytest.mark.req("TY-3-3c")
@pytest.mark.parametrize(
    ("last", "on"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 5, 15), date(2026, 11, 15)),
    ],
    ids=["115/8/31", "116/8/31 into a leap year", "an ordinary day"],
)
def test_six_months_end_on_the_last_day_of_a_shorter_month(last: date, on: date) -> None:
    assert due(last=last, begins=BEGINS, months=6, today=last).on == on


@pytest.mark.req("TY-3-3c")
def test_seven_months_without_a_record_are_overdue() -> None:
    found = due(last=date(2026, 4, 20), begins=BEGINS, months=6, today=DAY)
    assert (found.state, found.late_since) == (DueState.OVERDUE, date(2026, 10, 21))


@pytest.mark.req("TY-3-3c", "DR-31")
@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 10, 15), DueState.CURRENT),
        (date(2026, 10, 16), DueState.NEAR),
        (date(2026, 11, 7), DueState.NEAR),
        (date(2026, 11, 8), DueState.VERY_NEAR),
        (date(2026, 11, 15), DueState.VERY_NEAR),
        (date(2026, 11, 16), DueState.OVERDUE),
    ],
)
def test_it_is_told_thirty_days_before_and_again_a_week_before(today: date, state: DueState) -> None:
    assert due(last=date(2026, 5, 15), begins=BEGINS, months=6, today=today).state is state


@pytest.mark.req("DR-31")
def test_a_monthly_round_is_told_a_week_before_only() -> None:
    assert due(last=date(2026, 11, 1), begins=BEGINS, months=1, today=date(2026, 11, 20)).state is DueState.CURRENT
    assert due(last=date(2026, 11, 1), begins=BEGINS, months=1, today=date(2026, 11, 24)).state is DueState.VERY_NEAR


@pytest.mark.req("KH-8-1a")
def test_a_site_that_was_never_looked_through_is_late_when_its_first_interval_is_over() -> None:
    assert due(last=None, begins=date(2026, 11, 1), months=1, today=date(2026, 11, 2)).state is DueState.NEVER
    assert due(last=None, begins=date(2026, 11, 1), months=1, today=date(2026, 12, 2)).state is DueState.OVERDUE


@pytest.mark.req("KH-8-1a", "TY-3-3c")
@pytest.mark.parametrize(
    ("rules", "own", "cap", "months"),
    [
        (KH, None, None, 1),
        (KH, 3, None, 3),
        (KH, 6, 2, 2),
        (TY, None, None, 6),
        (TY, 3, None, 3),
        (TY, None, 12, 6),
    ],
    ids=["KH", "its own", "its own, and the bureau lowered the cap", "TY", "TY shorter", "TY is never longer"],
)
def test_the_interval_in_force_is_the_sites_own_within_the_cap(
    rules: object, own: int | None, cap: int | None, months: int
) -> None:
    assert months_of(rules, own, cap) == months  # type: ignore[arg-type]


@pytest.mark.req("KH-8-1a")
@pytest.mark.parametrize("typed", ["0", "24", "", "-1", "1.5", "一", "999999999999"])
def test_no_interval_at_all_and_two_years_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_months(typed, rules=KH, cap=12)
    assert refused.value.field == "months"


@pytest.mark.req("KH-8-1a", "TY-3-3c")
def test_the_bureaus_cap_is_the_most_and_six_months_are_the_most_where_the_text_says_so() -> None:
    assert checked_months("３", rules=KH, cap=3) == 3
    with pytest.raises(Invalid, match="教育局訂定的上限"):
        checked_months("4", rules=KH, cap=3)
    with pytest.raises(Invalid, match="計畫參、三"):
        checked_months("7", rules=TY, cap=12)
    assert (cap_of(KH, None), cap_of(TY, 12), whole_months("12")) == (6, 6, 12)
