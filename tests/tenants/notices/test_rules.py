"""When who hears of what."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from infra.clock import TAIPEI
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.notices import rules, wording
from tenants.notices.duties import DUTIES, OWN_LIST, Kind, Level
from tenants.notices.rules import Due, Office, Quiet
from tenants.permissions import Role
from tenants.profiles import profile

MONDAY, SATURDAY = date(2026, 11, 30), date(2026, 11, 28)
QUIET = Quiet()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), TAIPEI)


def due(kind: Kind = Kind.INSPECTION, *, days: int = 0, raised: Level | None = None, only: UUID | None = None) -> Due:
    return Due(kind=kind, subject="x", on=MONDAY + timedelta(days=days), raised=raised, only=only)


def office(*roles: Role, filled: frozenset[Role] | None = None, user_id: UUID | None = None) -> Office:
    others = frozenset({Role.HEAD, Role.HANDLER, Role.TECHNICIAN}) if filled is None else filled
    return Office(user_id=user_id or uuid4(), roles=frozenset(roles), filled=others | frozenset(roles))


@pytest.mark.req("DR-31")
@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (at(MONDAY, 23), at(MONDAY + timedelta(days=1), 7)),
        (at(MONDAY, 3), at(MONDAY, 7)),
        (at(MONDAY, 20), at(MONDAY + timedelta(days=1), 7)),
        (at(MONDAY, 19, 59), at(MONDAY, 19, 59)),
        (at(SATURDAY, 10), at(MONDAY, 7)),
    ],
)
def test_what_the_law_does_not_call_immediate_waits_for_the_morning_of_an_office_day(
    now: datetime, goes: datetime
) -> None:
    assert rules.goes_at(now, QUIET) == goes


@pytest.mark.req("DR-31", "DR-29")
def test_a_clock_that_would_run_out_by_the_morning_is_told_at_night() -> None:
    night = at(MONDAY, 23)
    assert rules.goes_at(night, QUIET, must_by=night + timedelta(hours=1)) == night
    assert rules.goes_at(night, QUIET, must_by=night + timedelta(hours=72)) > night
    before_new_year = at(date(2027, 2, 4), 23)  # six days without office follow
    assert rules.goes_at(before_new_year, QUIET, must_by=before_new_year + timedelta(hours=72)) == before_new_year


@pytest.mark.req("DR-31", "KH-8-1d")
@pytest.mark.parametrize("ends", range(rules.EARLIEST_OPEN, rules.LATEST_OPEN + 1))
def test_no_fault_ever_wakes_anybody_since_its_clock_stands_still_outside_of_the_office(ends: int) -> None:
    opens = at(MONDAY, 8) + timedelta(hours=1)  # the shortest that the bureau may set, and the office opens at eight
    night = at(SATURDAY, 22)
    assert rules.goes_at(night, Quiet(begins=20, ends=ends), must_by=opens) == at(MONDAY, ends)


@pytest.mark.req("DR-31")
def test_a_handler_hears_first_then_the_head_then_the_bureau() -> None:
    late, head, handler = due(), office(Role.HEAD), office(Role.HANDLER)
    tuesday, next_monday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)
    assert rules.concerns(late, handler, today=MONDAY)
    assert not rules.concerns(late, head, today=MONDAY)
    assert rules.level(late, tuesday) is Level.HEAD
    assert rules.concerns(late, head, today=tuesday)
    assert rules.level(late, next_monday) is Level.BUREAU


@pytest.mark.req("DR-31")
def test_days_without_office_do_not_make_anything_rise() -> None:
    friday = Due(kind=Kind.INSPECTION, subject="x", on=date(2026, 11, 27))
    assert rules.level(friday, date(2026, 11, 29)) is Level.OWNER
    assert rules.level(friday, MONDAY) is Level.HEAD


def test_where_nobody_holds_the_office_its_duty_is_the_heads() -> None:
    alone = office(Role.HEAD, filled=frozenset())
    assert rules.concerns(due(), alone, today=MONDAY - timedelta(days=7))


def test_a_statement_of_ones_own_is_told_to_nobody_else() -> None:
    mine = uuid4()
    owed = due(Kind.OWN_SECRECY, only=mine)
    assert rules.concerns(owed, office(Role.PLAYBACK, user_id=mine), today=MONDAY)
    assert not rules.concerns(owed, office(Role.HEAD), today=MONDAY)


def test_what_a_room_raised_by_its_own_clock_is_not_counted_again() -> None:
    assert rules.level(due(Kind.FAULT, days=-30, raised=Level.OWNER), MONDAY) is Level.OWNER
    assert rules.concerns(due(Kind.FAULT, raised=Level.HEAD), office(Role.HEAD), today=MONDAY)


@pytest.mark.req("DR-31", "TY-3-3c")
def test_an_inspection_is_spoken_of_thirty_days_and_a_week_ahead_and_not_every_day() -> None:
    ahead = [days for days in range(40) if rules.speaks(due(days=days), since=MONDAY - timedelta(days=1), today=MONDAY)]
    assert ahead == [0, 1, 7, 30]


@pytest.mark.req("DR-31")
def test_a_day_whose_mail_did_not_arrive_is_told_with_the_next() -> None:
    friday_was_seven_ahead = due(days=4)
    assert not rules.speaks(friday_was_seven_ahead, since=MONDAY - timedelta(days=3), today=MONDAY)
    assert rules.speaks(friday_was_seven_ahead, since=MONDAY - timedelta(days=4), today=MONDAY)


def test_what_is_late_is_told_again_as_often_as_its_line_says() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert rules.speaks(due(Kind.INSPECTION), since=MONDAY, today=tuesday)
    assert not rules.speaks(due(Kind.CALIBRATION), since=MONDAY, today=tuesday)
    assert rules.speaks(due(Kind.CALIBRATION), since=MONDAY, today=MONDAY + timedelta(days=7))


@pytest.mark.req("DR-31")
def test_what_a_person_asked_for_is_told_the_morning_after_however_far_its_day_is() -> None:
    asked = Due(kind=Kind.IMPROVEMENT, subject="x", on=MONDAY + timedelta(days=60), asked_on=MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    assert not rules.speaks(asked, since=MONDAY, today=MONDAY), "the morning of the day was over"
    assert rules.speaks(asked, since=MONDAY, today=tuesday)
    assert not rules.speaks(asked, since=tuesday, today=tuesday + timedelta(days=1))


def test_a_line_says_the_articles_of_its_things_and_each_once() -> None:
    said = [Due(kind=Kind.IMPROVEMENT, subject=each, on=MONDAY, article=each[:1]) for each in ("乙1", "甲1", "甲2")]
    (line,) = rules.lines(said, now=at(MONDAY, 9))
    assert line.articles == ("乙", "甲")
    assert wording.read_line(told := wording.kept_line(line)) == line
    assert wording.sentence(line, profile("KH_PRESCHOOL", MONDAY)).endswith("依據：乙、甲")
    assert wording.read_line({key: told[key] for key in ("kind", "count", "late", "first", "at")}).articles == ()


@pytest.mark.req("DR-31")
def test_a_kind_is_one_line_however_much_it_holds() -> None:
    gaps = [Due(kind=Kind.GAPS, subject=str(each), on=MONDAY - timedelta(days=each)) for each in range(3)]
    (line,) = rules.lines(gaps, now=at(MONDAY, 9))
    assert (line.count, line.late, line.first) == (3, 2, MONDAY - timedelta(days=2))


def test_every_kind_that_rises_reaches_a_finding_of_the_bureaus() -> None:
    for kind, duty in DUTIES.items():
        assert duty.finding in {*BY_KEY, OWN_LIST}, f"{kind}: no article of that key"
    assert set(DUTIES) == set(Kind)


def test_somebody_bound_by_law_cannot_switch_the_digest_off_and_no_night_is_longer_than_its_bounds() -> None:
    def faults(**said: int) -> list[str]:
        wanted = {"begins": 20, "ends": 7, "digest": False, "roles": [Role.TECHNICIAN]} | said
        return [each.field for each in rules.wish_faults(**wanted)]  # type: ignore[arg-type]

    assert faults() == []
    assert faults(roles=[Role.HANDLER]) == ["digest"]  # type: ignore[arg-type]
    assert faults(begins=12, ends=11) == ["quiet_from", "quiet_until"]
