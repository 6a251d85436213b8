"""民國 dates as people type and read them: the vectors of section 8.1."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenants import roc_dates
from tenants.roc_dates import BadDate

pytestmark = pytest.mark.req("DR-21")


@pytest.mark.parametrize(
    "typed",
    [
        "115/11/20",
        "115-11-20",
        "115.11.20",
        "1151120",
        "民國115年11月20日",
        "115年11月20日",
        "１１５／１１／２０",
        " 115 / 11 / 20 ",
        "民國 115 年 11 月 20 日",
    ],
)
def test_every_usual_spelling_is_the_same_day(typed: str) -> None:
    assert roc_dates.parse_date(typed) == date(2026, 11, 20)


def test_years_around_one_hundred_sort_as_days() -> None:
    typed = ["100/01/01", "99/12/31"]

    days = sorted(roc_dates.parse_date(text) for text in typed)

    assert days == [date(2010, 12, 31), date(2011, 1, 1)]
    assert roc_dates.parse_date("991231") == date(2010, 12, 31)


@pytest.mark.parametrize(("typed", "day"), [("113/2/29", date(2024, 2, 29)), ("117/2/29", date(2028, 2, 29))])
def test_a_leap_day_of_a_leap_year_is_accepted(typed: str, day: date) -> None:
    assert roc_dates.parse_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("115/2/29", "115年2月只有28日"),
        ("115/4/31", "115年4月只有30日"),
        ("115/13/1", "月份應為1至12"),
        ("115/0/1", "月份應為1至12"),
        ("0/1/1", "民國元年以後"),
        ("民國前1年12月31日", "民國元年以後"),
        ("", "看不懂這個日期"),
        ("昨天", "看不懂這個日期"),
        ("115/11", "看不懂這個日期"),
        ("٢٠٢٦/١١/٢٠", "看不懂這個日期"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(typed: str, says: str) -> None:
    with pytest.raises(BadDate, match=says) as refused:
        roc_dates.parse_date(typed, field="document_date")

    assert refused.value.field == "document_date"


@pytest.mark.parametrize("typed", ["2026/11/20", "2026-11-20", "20261120", "２０２６／１１／２０", "2026年11月20日"])
def test_an_ad_year_is_refused_and_the_converted_date_offered(typed: str) -> None:
    with pytest.raises(BadDate, match="請輸入民國年（115）") as refused:
        roc_dates.parse_date(typed)

    assert (refused.value.code, refused.value.suggestion) == ("ad_year", "115/11/20")
    assert roc_dates.parse_date(refused.value.suggestion) == date(2026, 11, 20)


def test_a_year_long_past_is_accepted_only_after_confirmation() -> None:
    with pytest.raises(BadDate, match="西元1926年") as refused:
        roc_dates.parse_date("15/11/20")

    assert refused.value.code == "unlikely_year"
    assert roc_dates.parse_date("15/11/20", confirmed=True) == date(1926, 11, 20)
    assert roc_dates.parse_date("民國元年1月1日", confirmed=True) == date(1912, 1, 1)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("09:05", datetime(2026, 11, 20, 1, 5, tzinfo=UTC)),
        ("９：０５", datetime(2026, 11, 20, 1, 5, tzinfo=UTC)),
        ("0905", datetime(2026, 11, 20, 1, 5, tzinfo=UTC)),
        ("9時05分", datetime(2026, 11, 20, 1, 5, tzinfo=UTC)),
        ("09:05:30", datetime(2026, 11, 20, 1, 5, 30, tzinfo=UTC)),
        ("00:00", datetime(2026, 11, 19, 16, 0, tzinfo=UTC)),
        ("24:00", datetime(2026, 11, 20, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_clock_time_is_taipeis_and_midnight_at_the_end_is_the_next_day(typed: str, instant: datetime) -> None:
    assert roc_dates.parse_instant(date(2026, 11, 20), typed) == instant


@pytest.mark.parametrize("typed", ["25:00", "24:01", "09:60", "9點", "", "上午9:00"])
def test_what_is_no_clock_time_is_refused(typed: str) -> None:
    with pytest.raises(BadDate):
        roc_dates.parse_instant(date(2026, 11, 20), typed)


def test_a_span_over_new_years_eve_is_twenty_minutes() -> None:
    start = roc_dates.parse_instant(roc_dates.parse_date("115/12/31"), "23:50")
    end = roc_dates.parse_instant(roc_dates.parse_date("116/1/1"), "00:10")

    assert end - start == timedelta(minutes=20)
    assert roc_dates.format_span(start, end) == "民國115年12月31日 23:50 至 民國116年1月1日 00:10"


def test_an_instant_is_shown_on_taipeis_calendar_and_clock() -> None:
    assert roc_dates.format_instant(datetime(2026, 11, 21, 1, 5, tzinfo=UTC)) == "民國115年11月21日 09:05"
    assert roc_dates.format_instant(datetime(2026, 11, 20, 16, 5, 7, tzinfo=UTC)) == "民國115年11月21日 00:05:07"


def test_a_span_within_one_day_names_the_day_once_and_ends_at_twenty_four() -> None:
    start = datetime(2026, 11, 20, 1, 55, tzinfo=UTC)

    assert roc_dates.format_span(start, start + timedelta(minutes=35)) == "民國115年11月20日 09:55 至 10:30"
    assert roc_dates.format_span(start, datetime(2026, 11, 20, 16, tzinfo=UTC)) == "民國115年11月20日 09:55 至 24:00"


def test_days_before_the_republic_are_shown_as_such() -> None:
    assert roc_dates.format_date(date(1911, 12, 31)) == "民國前1年12月31日"
    assert roc_dates.format_date(date(1912, 1, 1)) == "民國1年1月1日"


def test_the_short_form_and_the_boxes_of_a_form_are_read_back_as_the_same_day() -> None:
    day = date(2027, 3, 4)

    assert roc_dates.parse_date(roc_dates.short_date(day)) == day
    assert roc_dates.parts(day) == (116, 3, 4)


def test_a_month_and_a_day_without_its_year() -> None:
    assert roc_dates.roc_month(date(2026, 11, 8)) == "民國115年11月"
    assert roc_dates.day_and_month(date(2026, 11, 8)) == "11月8日"
