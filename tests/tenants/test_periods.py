"""Periods: the vectors of requirements section 8.2, and what must hold on every day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import TAIPEI
from tenants import periods
from tenants.footage.rules import OLDEST
from tenants.registry.models import RuleSchedule, SitePeriod

# Any day, and more often than chance has it those on which months and years end, and the leap days.
_ANY = st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 12, 31))
_ENDS = st.builds(
    lambda year, month, step: date(year, month, 1) + timedelta(days=step),
    st.integers(min_value=2020, max_value=2060),
    st.sampled_from([1, 2, 3, 12]),
    st.integers(min_value=-2, max_value=1),
)
DAYS = _ANY | _ENDS
LAST_MINUTE = (periods.LATE_UPLOAD_DAYS + 1) * 24 * 60 + 60
CLASSES = st.integers(min_value=14, max_value=periods.MAX_RETENTION_DAYS)


def taipei(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


@pytest.mark.req("DR-04", "KH-5-3c", "KH-5-4a", "TY-4-3b", "TY-4-4a")
@pytest.mark.parametrize(
    ("recorded", "deletable", "year_through", "limit"),
    [
        ("2026-11-05", "2026-11-20 00:00", "2027-11-05", "2027-11-05"),
        ("2027-02-27", "2027-03-14 00:00", "2028-02-27", "2028-02-27"),
        ("2027-02-28", "2027-03-15 00:00", "2028-02-29", "2028-02-28"),
        ("2028-02-28", "2028-03-14 00:00", "2029-02-28", "2029-02-27"),
        ("2028-02-29", "2028-03-15 00:00", "2029-02-28", "2029-02-28"),
        ("2026-12-31", "2027-01-15 00:00", "2027-12-31", "2027-12-31"),
    ],
)
def test_a_minimum_rounds_up_and_a_maximum_down(recorded: str, deletable: str, year_through: str, limit: str) -> None:
    day = date.fromisoformat(recorded)
    assert periods.deletable_from(day, 14) == taipei(deletable)
    assert periods.one_year_through(day) == date.fromisoformat(year_through)
    assert periods.destroyed_by(day) == date.fromisoformat(limit)


@pytest.mark.req("DR-03")
@pytest.mark.parametrize(
    ("uploaded", "days", "expires"),
    [
        ("2026-11-05 00:00", 14, "2026-11-19 08:00"),
        ("2026-11-05 07:59", 14, "2026-11-19 08:00"),
        ("2026-11-05 08:01", 14, "2026-11-20 08:00"),
        ("2026-11-05 23:59", 14, "2026-11-20 08:00"),
        ("2026-11-05 00:00", 15, "2026-11-20 08:00"),
        ("2026-11-05 07:59", 15, "2026-11-20 08:00"),
        ("2026-11-05 08:01", 15, "2026-11-21 08:00"),
        ("2026-11-05 23:59", 15, "2026-11-21 08:00"),
    ],
)
def test_a_store_rounds_up_to_eight_in_the_morning(uploaded: str, days: int, expires: str) -> None:
    assert periods.store_expiry(taipei(uploaded), days) == taipei(expires)


@pytest.mark.req("KH-7-4")
@pytest.mark.parametrize(
    ("closed", "protected_until"),
    [("2026-11-20", "2027-11-21 00:00"), ("2027-02-28", "2028-03-01 00:00"), ("2028-02-29", "2029-03-01 00:00")],
)
def test_a_record_is_kept_one_whole_year_after_the_day_it_was_closed(closed: str, protected_until: str) -> None:
    assert periods.kept_until_at_least(date.fromisoformat(closed)) == taipei(protected_until)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-11-20", 6, "2027-05-20"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-01-31", 12, "2028-01-31"),
    ],
)
def test_months_end_on_the_last_day_where_the_day_is_missing(day: str, months: int, expected: str) -> None:
    assert periods.add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.req("DR-04")
@given(day=DAYS, days=CLASSES)
def test_the_floor_is_whole_days_and_always_before_the_ceiling(day: date, days: int) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=TAIPEI)
    last_recorded_instant = start + timedelta(days=1) - timedelta(microseconds=1)
    assert periods.deletable_from(day, days) - last_recorded_instant > timedelta(days=days)
    assert periods.destroyable_on(day, days) < periods.destroyed_by(day)
    assert periods.destroyed_by(day) <= periods.one_year_through(day)
    assert periods.deletable_from(day, days).astimezone(TAIPEI).time().isoformat() == "00:00:00"


@pytest.mark.req("DR-04", "KH-5-3c", "TY-4-3b")
@given(day=DAYS, days=CLASSES, second=st.integers(min_value=0, max_value=24 * 3600 - 1))
def test_at_least_is_never_shorter_than_any_reading(day: date, days: int, second: int) -> None:
    """By hours from the second of the recording, by civil days with the first one counted, and without it (art. 48)."""
    recorded = datetime(day.year, day.month, day.day, tzinfo=TAIPEI) + timedelta(seconds=second)
    by_hours = recorded + timedelta(days=days)
    with_the_first = datetime.combine(day + timedelta(days=days), datetime.min.time(), TAIPEI)
    without_it = with_the_first + timedelta(days=1)
    assert periods.deletable_from(day, days) >= max(by_hours, with_the_first, without_it)
    assert periods.kept_through(day, days) == periods.destroyable_on(day, days) - timedelta(days=1)


@pytest.mark.req("DR-04", "KH-5-4a", "TY-4-4a")
@given(day=DAYS)
def test_at_the_latest_is_never_longer_than_any_reading(day: date) -> None:
    """By 365 days, by the year of article 48, by twelve months, and by the day of the same name a year later."""
    named = day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)
    readings = (day + timedelta(days=365), periods.one_year_through(day), periods.add_months(day, 12), named)
    assert periods.destroyed_by(day) <= min(readings)


@pytest.mark.req("DR-04")
@given(day=DAYS)
def test_a_year_ends_the_day_before_the_corresponding_one_or_on_the_months_last(day: date) -> None:
    begin, through = day + timedelta(days=1), periods.one_year_through(day)
    following = through + timedelta(days=1)
    assert (following.year, following.month, following.day) == (begin.year + 1, begin.month, begin.day) or (
        (begin.month, begin.day, following.month, following.day) == (2, 29, 3, 1)
    )


@pytest.mark.req("KH-7-4")
@given(day=DAYS)
def test_a_record_is_never_let_go_before_any_reading_of_its_year(day: date) -> None:
    gone = periods.kept_until_at_least(day).astimezone(TAIPEI).date()
    assert gone > max(day + timedelta(days=365), periods.add_months(day, 12))


@pytest.mark.req("DR-10", "KH-2-3")
@given(day=DAYS)
def test_no_day_may_change_whose_key_a_box_may_hold(day: date) -> None:
    """What is decided in the last moment of a day meets a box that asks in the first moment of the next."""
    last_handed_out = day + timedelta(days=1 + periods.KEYS_AHEAD_DAYS)
    assert periods.changeable_from(day) > last_handed_out


@pytest.mark.req("KH-5-3c", "TY-4-3b")
@given(day=DAYS, days=CLASSES)
def test_what_is_owed_today_begins_with_the_day_whose_time_ends_today(day: date, days: int) -> None:
    first = periods.owed_since(day, days)
    assert periods.kept_through(first, days) == day
    assert periods.kept_through(first - timedelta(days=1), days) < day


@pytest.mark.req("DR-03")
@given(day=DAYS, days=CLASSES, minutes=st.integers(min_value=-5, max_value=LAST_MINUTE))
def test_the_store_never_expires_before_our_own_day_nor_after_the_year(day: date, days: int, minutes: int) -> None:
    """Uploads come from five minutes before the day (a fast clock) to an hour after the ingest's last admission."""
    uploaded = datetime(day.year, day.month, day.day, tzinfo=TAIPEI) + timedelta(minutes=minutes)
    expiry = periods.store_expiry(uploaded, periods.lifecycle_days(days))
    assert expiry > periods.deletable_from(day, days)
    versions_gone = periods.store_expiry(expiry, 1) + timedelta(days=1)
    assert versions_gone.astimezone(TAIPEI).date() <= periods.destroyed_by(day)
    assert periods.lifecycle_fault(days, periods.lifecycle_days(days)) == ""


def test_the_margins_are_those_that_the_ingest_and_the_database_keep() -> None:
    assert timedelta(days=periods.LATE_UPLOAD_DAYS) == OLDEST
    for model, column in ((SitePeriod, "retention_days"), (RuleSchedule, "min_days")):
        (limit,) = [each for each in model.__table__.constraints if str(each.name).endswith(column)]
        assert str(limit.sqltext) == f"{column} between 14 and {periods.MAX_RETENTION_DAYS}"


@pytest.mark.req("DR-03")
@given(days=CLASSES, early=st.integers(min_value=0, max_value=30))
def test_a_rule_of_no_more_than_the_period_is_a_fault(days: int, early: int) -> None:
    assert "未滿" in periods.lifecycle_fault(days, days - early)


@pytest.mark.req("DR-03")
def test_a_rule_that_could_pass_the_year_is_a_fault() -> None:
    assert "超過一年" in periods.lifecycle_fault(14, periods.MAX_LIFECYCLE_DAYS + 1)


@given(day=DAYS, months=st.integers(min_value=0, max_value=60))
def test_months_never_leave_their_month(day: date, months: int) -> None:
    later = periods.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(seconds=st.integers(min_value=1_577_836_800, max_value=2_840_140_800))
def test_an_expiry_is_within_a_day_after_its_days(seconds: int) -> None:
    uploaded = datetime.fromtimestamp(seconds, UTC)
    late = periods.store_expiry(uploaded, 20) - uploaded - timedelta(days=20)
    assert timedelta(0) <= late < timedelta(days=1)
