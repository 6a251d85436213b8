"""What may be typed as hours, and what holds on a civil day."""

from datetime import date, time, timedelta

import pytest

from tenants.errors import Invalid
from tenants.registry.hours import rules
from tenants.registry.hours.rules import DEFAULT, Hours, Special, Why, day_hours
from tests.factories.hours import every_day

MONDAY, FRIDAY, SATURDAY = date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 21)
MORNING, DAY = (time(7, 30), time(12)), (time(7, 30), time(18))
HALF = {"fri": [["07:30", "12:00"]], "mon": [["07:30", "18:00"]]}
CARED = Hours(weekly=HALF, care=[["18:00", "19:00"]], vacation={"mon": [["08:00", "12:00"]]})

pytestmark = pytest.mark.req("DR-16", "KH-5-3a")


@pytest.mark.parametrize(
    ("typed", "periods"),
    [
        ("07:30-18:00", [["07:30", "18:00"]]),
        ("７：３０～１２：００、13:00至18:00", [["07:30", "12:00"], ["13:00", "18:00"]]),
        ("13:00-24:00, 00:00-06:00", [["00:00", "06:00"], ["13:00", "24:00"]]),
        ("  ", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, periods: rules.Periods) -> None:
    assert rules.read_periods(typed, field="mon") == periods


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("18:00-07:30", "跨越午夜時請分兩日填寫"),
        ("07:30-07:30", "結束須晚於開始"),
        ("07:30-12:00、11:00-18:00", "不可重疊"),
        ("七點半到六點", "二十四小時制"),
        ("07:30-25:00", "00:00 至 24:00"),
    ],
    ids=["across midnight", "no length", "overlap", "words", "no such hour"],
)
def test_hours_that_make_no_sense_are_refused_with_what_to_type(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        rules.read_periods(typed, field="mon")
    assert refused.value.field == "mon"


def test_extended_care_lies_outside_the_hours() -> None:
    with pytest.raises(Invalid, match="延長照顧時段與週一"):
        rules.checked_weekly({"mon": [["07:30", "18:00"]]}, care=[["17:30", "19:00"]])
    assert rules.checked_weekly({"mon": [["07:30", "18:00"]], "tue": []}, care=[["18:00", "19:00"]]) == {
        "mon": [["07:30", "18:00"]]
    }


def test_extended_care_counts_on_days_with_hours_and_on_no_others() -> None:
    assert list(day_hours(FRIDAY, hours=CARED, specials=[], own=None).periods) == [MORNING, (time(18), time(19))]
    assert not day_hours(SATURDAY, hours=CARED, specials=[], own=None).is_open


def test_hours_that_nobody_entered_are_the_systems_own() -> None:
    assert list(day_hours(FRIDAY, hours=DEFAULT, specials=[], own=None).periods) == [DAY]
    assert not day_hours(SATURDAY, hours=DEFAULT, specials=[], own=None).is_open


def test_a_make_up_class_on_a_saturday_counts_as_open_like_the_day_it_makes_up() -> None:
    make_up = Special(why=Why.MAKE_UP, name="補行上課", like_weekday=4)
    found = day_hours(SATURDAY, hours=CARED, specials=[make_up], own=None)
    assert (list(found.periods), found.why) == ([MORNING, (time(18), time(19))], Why.MAKE_UP)


def test_a_holiday_is_closed_and_a_vacation_has_its_own_hours() -> None:
    holiday, vacation = Special(why=Why.HOLIDAY, name="國慶日"), Special(why=Why.VACATION, name="暑假")
    assert not day_hours(MONDAY, hours=CARED, specials=[holiday, vacation], own=None).is_open
    found = day_hours(MONDAY, hours=CARED, specials=[vacation], own=None)
    assert list(found.periods) == [(time(8), time(12)), (time(18), time(19))]
    same = day_hours(MONDAY, hours=DEFAULT, specials=[vacation], own=None)
    assert list(same.periods) == [DAY], "a vacation of which nobody says otherwise has the hours of the term"


def test_the_schools_own_day_goes_before_the_calendar_and_a_closure_before_both() -> None:
    holiday, own = Special(why=Why.HOLIDAY, name="國慶日"), ([["09:00", "12:00"]], "園遊會")
    assert list(day_hours(MONDAY, hours=CARED, specials=[holiday], own=own).periods) == [(time(9), time(12))]
    closure = Special(why=Why.CLOSURE, name="颱風")
    assert not day_hours(MONDAY, hours=CARED, specials=[closure], own=own).is_open


def test_a_closure_of_the_afternoon_leaves_the_morning_due() -> None:
    closure = Special(why=Why.CLOSURE, name="颱風", closed_from=time(12))
    found = day_hours(MONDAY, hours=CARED, specials=[closure], own=None)
    assert (list(found.periods), found.why) == ([MORNING], Why.CLOSURE)


@pytest.mark.parametrize(
    ("first", "last", "note", "sentence"),
    [
        (1, 0, "", "結束日不可早於開始日"),
        (-1, -1, " ", "請填寫補登原因"),
        (0, 0, "", "請填寫補登原因"),
        (-16, -16, "停電", "已結算"),
        (1, 200, "", "最多登記一百日"),
    ],
    ids=["reversed", "over without a note", "begun without a note", "settled", "too many"],
)
def test_days_that_cannot_be_entered(first: int, last: int, note: str, sentence: str) -> None:
    begin, end = MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)
    with pytest.raises(Invalid, match=sentence):
        rules.check_days(begin, end, note=note, today=MONDAY)
    rules.check_days(MONDAY - timedelta(days=15), MONDAY, note="颱風當日未及登記", today=MONDAY)


def test_every_day_of_a_made_week_is_alike() -> None:
    assert set(every_day(["08:00", "10:00"])) == set(rules.WEEKDAYS)
