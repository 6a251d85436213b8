"""Working days as the government's offices kept and announced them, and what is said of years not announced yet."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import TAIPEI
from tenants import working_days
from tenants.disclosures.official.documents import Urgency
from tenants.disclosures.official.rules import answer_by, punctuality
from tests import office_calendar

ANNOUNCED_THROUGH = 2027
DAYS = st.dates(date(2019, 1, 1), date(2040, 12, 31))


@pytest.mark.req("DR-16")
@pytest.mark.parametrize(
    ("year", "resting"),
    # What the Executive Yuan's letters with each year's calendar say: 總放假日數.
    [(2021, 116), (2022, 115), (2023, 116), (2024, 115), (2026, 120)],
)
def test_a_year_rests_on_as_many_days_as_its_calendar_says(year: int, resting: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    assert sum(not working_days.is_working_day(day) for day in days) == resting


@pytest.mark.req("DR-16")
@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),  # the Friday before Lunar New Year
        (date(2026, 2, 16), False),  # 除夕
        (date(2026, 2, 20), False),  # 補假 for 小年夜 on a Sunday
        (date(2026, 2, 23), True),
        (date(2026, 2, 27), False),  # 補假 for 2/28 on a Saturday
        (date(2026, 4, 3), False),
        (date(2026, 4, 6), False),
        (date(2026, 5, 1), False),  # 勞動節, for all since the law of 2025
        (date(2025, 5, 1), True),
        (date(2026, 6, 19), False),  # 端午節
        (date(2025, 9, 29), False),  # 補假 for 教師節, the first day that the law of 2025 added
        (date(2024, 9, 27), True),
        (date(2026, 10, 26), False),
        (date(2026, 12, 25), False),
        (date(2024, 12, 25), True),
        (date(2023, 9, 23), True),  # Saturdays of 補行上班
        (date(2023, 6, 17), True),
        (date(2024, 2, 17), True),
        (date(2025, 2, 8), True),
        (date(2024, 2, 18), False),
        (date(2026, 2, 14), False),  # nobody makes up for days any more
        (date(2027, 12, 31), False),  # 補假 for the New Year of 2028
    ],
)
def test_a_day_is_worked_or_not_as_it_was_announced(day: date, works: bool) -> None:  # noqa: FBT001
    assert working_days.is_working_day(day) is works


@pytest.mark.req("DR-16")
@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # a Friday
        (date(2026, 11, 20), 6, date(2026, 11, 30)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # filed on a Saturday
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),  # over Lunar New Year
        (date(2026, 2, 17), 6, date(2026, 3, 3)),  # filed on it, and over 2/28 with its 補假
        (date(2026, 6, 18), 1, date(2026, 6, 22)),
        (date(2024, 2, 15), 2, date(2024, 2, 17)),  # a Saturday of 補行上班 is one of the days
        (date(2026, 12, 24), 3, date(2026, 12, 30)),
    ],
)
def test_working_days_are_counted_over_holidays_and_made_up_days(day: date, count: int, expected: date) -> None:
    assert working_days.working_days_after(day, count) == expected


@pytest.mark.req("DR-16")
@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        (Urgency.FASTEST, date(2026, 2, 23)),
        (Urgency.FAST, date(2026, 2, 25)),
        (Urgency.ORDINARY, date(2026, 3, 3)),
        (Urgency.NONE, date(2026, 3, 3)),
    ],
)
def test_a_letter_that_came_before_lunar_new_year_is_due_after_it(urgency: Urgency, expected: date) -> None:
    assert answer_by(date(2026, 2, 13), urgency) == expected


@pytest.mark.req("DR-16")
@pytest.mark.parametrize(
    ("begins", "hours", "expected"),
    [
        ((20, 9, 30), 1, (20, 10, 30)),
        ((20, 11, 30), 1, (20, 13, 30)),  # over noon
        ((20, 6, 10), 4, (20, 12, 0)),  # before the office opens
        ((20, 15, 0), 4, (23, 10, 0)),  # over a weekend
        ((21, 11, 0), 1, (23, 9, 0)),  # found on a Saturday
        ((20, 17, 0), 8, (23, 17, 0)),
        ((20, 12, 30), 20, (24, 17, 0)),
    ],
)
def test_the_offices_hours_run_only_while_it_works(
    begins: tuple[int, int, int], hours: int, expected: tuple[int, int, int]
) -> None:
    begin, end = (datetime(2026, 11, *each, tzinfo=TAIPEI) for each in (begins, expected))
    assert working_days.working_hours_after(begin, hours) == end


@pytest.mark.req("DR-16")
def test_a_working_day_ends_when_the_office_closes() -> None:
    assert working_days.office_closes(date(2026, 11, 20)) == datetime(2026, 11, 20, 17, tzinfo=TAIPEI)


@given(day=DAYS, count=st.integers(min_value=1, max_value=40))
def test_a_due_day_is_a_working_day_with_as_many_of_them_on_the_way(day: date, count: int) -> None:
    due = working_days.working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert working_days.is_working_day(due)
    assert sum(map(working_days.is_working_day, between)) == count


@pytest.mark.req("DR-16")
def test_a_day_of_a_year_that_was_not_announced_is_said_to_be_provisional() -> None:
    last, first = date(ANNOUNCED_THROUGH, 12, 31), date(ANNOUNCED_THROUGH + 1, 1, 3)

    assert working_days.is_announced(last)
    assert not working_days.is_announced(first)
    assert working_days.format_due(last) == "民國116年12月31日"
    assert working_days.format_due(first) == "民國117年1月3日（預定）"
    assert not working_days.is_working_day(date(2028, 1, 24)), "the law says already that 小年夜 will be off"


def test_beyond_the_file_only_weekends_are_known() -> None:
    assert working_days.is_working_day(date(2099, 12, 25))
    assert not working_days.is_working_day(date(2099, 12, 26))


@pytest.mark.needs("holidays")
def test_the_shipped_calendar_is_what_the_package_makes_of_the_law_today() -> None:
    made = office_calendar.written(announced=ANNOUNCED_THROUGH)
    assert office_calendar.FILE.read_text(encoding="utf-8") == made, "make calendar announced=…, and look at the days"


@pytest.mark.req("KH-6-1h")
@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 11), "in_time"),
        (date(2026, 2, 12), "due_soon"),
        (date(2026, 2, 13), "due_soon"),
        (date(2026, 2, 14), "overdue"),
        (date(2026, 2, 25), "overdue"),
        (date(2026, 2, 26), "very_overdue"),
    ],
)
def test_a_holiday_makes_no_answer_late_by_itself(today: date, expected: str) -> None:
    assert punctuality(date(2026, 2, 13), today=today) == expected
