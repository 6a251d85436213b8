"""Facts taken from the index, and the bureau's connection that reads nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from infra import clock
from infra.db import bureau_session, db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance import actions, queries
from tenants.compliance.due import days_to_take
from tenants.compliance.models import ComplianceDay, ComplianceNow
from tenants.compliance.rules import Coverage, Standing
from tenants.errors import NotFound
from tenants.registry.models import Camera
from tenants.upkeep.faults.kinds import FaultKind
from tests.factories import compliance, faults, footage, hours
from tests.factories import registry as made_registry
from tests.factories.registry import Institution, closed, institution

NOON = clock.day_start(clock.today()) - timedelta(hours=12)  # yesterday's, so that it is over at any hour


@pytest.fixture
def e1(domain: Flask) -> Institution:
    """A school that must record day and night, with one camera that has recorded since midnight."""
    assert domain
    made = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("C-GATE",))
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


def recorded(of: Institution, begin: datetime, end: datetime) -> None:
    device_id = footage.device(of)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    footage.segment(of, device_id=device_id, started_at=begin, seconds=round((end - begin).total_seconds()))


def take(of: Institution, now: datetime) -> ComplianceNow:
    actions.take_now(tenant_id=of.tenant_id, now=now, actor=system("test"))
    db.session.commit()
    return db.session.get_one(ComplianceNow, of.tenant_id, populate_existing=True)


@pytest.mark.req("DR-30")
def test_a_school_that_never_reported_has_no_figures(e1: Institution) -> None:
    found = take(e1, NOON)
    assert (found.recording_now, found.coverage_today, found.days_kept) == (None, None, None)
    assert found.coverage_state == Coverage.UNKNOWN
    assert queries.board(now=NOON)[0].judgement.standing is Standing.NO_DATA


@pytest.mark.req("DR-30", "TY-4-3a")
def test_todays_share_is_of_the_hours_that_are_over(e1: Institution) -> None:
    midnight = NOON - timedelta(hours=12)
    recorded(e1, midnight, NOON - timedelta(hours=3))
    footage.status(e1)
    status = db.session.execute(
        text("update camera_status set reported_at = :now, recorded_until = :now"), {"now": NOON}
    )
    assert status is not None
    found = take(e1, NOON)
    assert (found.cameras, found.recording_now) == (1, 1)
    assert found.coverage_today == pytest.approx(0.75)
    assert [line.code for line in queries.institution(tenant_id=e1.tenant_id, now=NOON).cameras] == ["C-GATE"]


@pytest.mark.req("DR-30", "DR-31")
@pytest.mark.parametrize(
    ("kind", "cameras", "told"),
    [
        (FaultKind.NOT_RECORDING, ("C-GATE",), 1),
        (FaultKind.KEY, ("C-GATE",), 1),
        (FaultKind.DISK, (), 1),
        (FaultKind.CLOCK, ("C-GATE",), 0),
        (FaultKind.NOT_RECORDING, ("C-ROOM",), 0),
    ],
)
def test_a_camera_that_stopped_is_known_to_be_told_by_its_open_fault(
    domain: Flask, kind: FaultKind, cameras: tuple[str, ...], told: int
) -> None:
    assert domain
    k1 = institution("K1", cameras=("C-GATE", "C-ROOM"))
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    footage.status(k1, recording=False)
    footage.status(k1, camera="C-ROOM")
    faults.fault(k1, kind=kind, cameras=cameras, whole_site=kind is FaultKind.DISK)
    found = take(k1, clock.now())
    assert (found.cameras, found.recording_now, found.stopped_in_faults) == (2, 1, told)


@pytest.mark.req("DR-30")
def test_since_when_a_camera_has_nothing_is_told_of_the_longest_that_no_fault_tells(domain: Flask) -> None:
    assert domain
    k1 = institution("K1", cameras=("C-GATE", "C-ROOM", "C-HALL"))
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    now = clock.now()
    assert take(k1, now).stopped_since is None, "who was never heard of did not stop"
    for camera, hours_ago in (("C-GATE", 9), ("C-ROOM", 3), ("C-HALL", 1)):
        footage.status(k1, camera=camera, recording=False, recorded_until=now - timedelta(hours=hours_ago))
    faults.fault(k1, kind=FaultKind.NOT_RECORDING, cameras=("C-GATE",))
    assert take(k1, now).stopped_since == now - timedelta(hours=3)


@pytest.mark.req("DR-17", "DR-30")
def test_what_arrives_late_changes_the_day_when_it_is_taken_again(e1: Institution) -> None:
    day, midnight = clock.civil_day(NOON), NOON - timedelta(hours=12)
    later = midnight + timedelta(days=1)

    def taken() -> tuple[int, int, int]:
        actions.take_day(tenant_id=e1.tenant_id, day=day, now=later, actor=system("test"))
        db.session.commit()
        row = db.session.get_one(ComplianceDay, (e1.tenant_id, day), populate_existing=True)
        return row.due_seconds, row.recorded_seconds, row.gaps

    assert taken() == (86_400, 0, 1)
    recorded(e1, midnight, midnight + timedelta(hours=6))
    recorded(e1, midnight + timedelta(hours=6), midnight + timedelta(hours=24))
    assert taken() == (86_400, 86_400, 0)


@pytest.mark.req("KH-5-3a")
def test_a_preschools_day_owes_its_opening_hours(domain: Flask) -> None:
    assert domain
    k1 = institution("K1", cameras=("C-GATE",))
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    hours.open_when(k1, hours.every_day(["08:00", "10:00"]))
    actions.take_day(tenant_id=k1.tenant_id, day=clock.civil_day(NOON), now=clock.now(), actor=system("test"))
    db.session.commit()
    row = db.session.get_one(ComplianceDay, (k1.tenant_id, clock.civil_day(NOON)))
    assert row.due_seconds == 7_200


def bureau_reads(table: str) -> None:
    with bureau_session() as session:
        session.execute(text(f"select 1 from {table} limit 1"))  # noqa: S608 - names written here


@pytest.mark.req("DR-09", "KH-1-3")
def test_the_bureaus_connection_reads_no_footage_key_case_or_person(e1: Institution) -> None:
    assert e1
    bureau_reads("compliance_now")
    for table in ("segments", "day_keys", "cameras", "holds", "preserved_segments", "packages", "letters", "users"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            bureau_reads(table)


@pytest.mark.req("DR-09")
def test_the_bureaus_connection_writes_nothing(e1: Institution) -> None:
    compliance.now(e1)
    with pytest.raises(DBAPIError, match=r"read-only|permission denied"), bureau_session() as session:
        session.execute(text("update compliance_now set open_requests = 99"))


def test_the_board_filters_and_puts_first_what_needs_a_person(e1: Institution) -> None:
    compliance.now(e1, coverage_today=1.0, recording_now=1)
    ok = institution("K3", name="星星幼兒園", cameras=("C-1",))
    bind(db.session, Binding(tenant_id=ok.tenant_id))
    compliance.now(ok, recording_now=1)
    institution("K2", name="月光幼兒園")
    now = clock.now()
    lines = queries.board(now=now)
    assert [line.code for line in lines] == ["K2", "E1", "K3"]
    assert [line.code for line in queries.fitting(lines, kind="preschool")] == ["K2", "K3"]
    assert [line.code for line in queries.fitting(lines, district="左營區", standing="fine")] == ["E1", "K3"]
    assert queries.fitting(lines, district="nowhere") == []


def test_an_institution_that_does_not_exist_is_not_found(e1: Institution) -> None:
    assert e1
    with pytest.raises(NotFound):
        queries.institution(tenant_id=UUID(int=1), now=clock.now())


def test_a_day_without_facts_is_no_data_and_not_zero(e1: Institution) -> None:
    yesterday = clock.civil_day(NOON)
    compliance.day(e1, on=yesterday, recorded_seconds=18_000)
    days = {line.day: line for line in queries.institution(tenant_id=e1.tenant_id, now=clock.now()).days}
    assert days[yesterday].coverage == pytest.approx(0.5)
    assert days[yesterday - timedelta(days=1)].coverage is None


@pytest.mark.req("DR-17", "DR-30")
def test_recent_days_are_taken_again_each_night_and_older_ones_are_settled(e1: Institution) -> None:
    today = clock.today()

    def waiting() -> list[int]:
        return [(today - day).days for day in days_to_take(tenant_id=e1.tenant_id, today=today)]

    assert waiting() == list(range(16, 0, -1)), "the last hour of a day may come 15 days after that hour"
    for back in (1, 2, 3):
        compliance.day(e1, on=today - timedelta(days=back))
    row = db.session.get_one(ComplianceDay, (e1.tenant_id, today - timedelta(days=2)))
    row.computed_at = clock.day_start(today) - timedelta(seconds=1)
    db.session.commit()
    assert waiting() == [*range(16, 3, -1), 2]
    db.session.get_one(Camera, e1.cameras["C-GATE"]).active_from = today - timedelta(days=4)
    db.session.commit()
    assert waiting() == [4, 2]


TODAY = clock.civil_day(NOON)


def kept_for(of: Institution, days: int) -> ComplianceNow:
    """What the bureau reads of an institution whose one camera is years old and has footage of so many days."""
    db.session.execute(text("update cameras set active_from = :day"), {"day": TODAY - timedelta(days=900)})
    oldest = clock.day_start(TODAY - timedelta(days=days)) + timedelta(hours=1)
    footage.day_key(of, day=oldest)
    recorded(of, oldest, oldest + timedelta(minutes=1))
    return take(of, NOON)


@pytest.mark.req("TY-4-3b", "DR-10", "DR-30")
@pytest.mark.parametrize(
    ("scheduled", "kept", "short_of"), [(None, 13, [14]), (None, 14, []), (30, 29, [30]), (30, 30, [])]
)
def test_a_school_owes_the_days_of_its_own_regulation_and_the_bureau_is_told_how_many(
    e1: Institution, scheduled: int | None, kept: int, short_of: list[int]
) -> None:
    if scheduled is not None:
        begun = TODAY - timedelta(days=100)
        made_registry.scheduled(code="TY_ELEMENTARY", effective_from=begun, min_days=scheduled)
    footage.status(e1)
    db.session.execute(text("update camera_status set reported_at = :now"), {"now": NOON})
    assert kept_for(e1, kept).short_of == short_of
    reasons = queries.board(now=NOON)[0].judgement.reasons
    said = [reason for reason in reasons if "保存天數不足" in reason]
    assert said == [f"1 支鏡頭保存天數不足 {days} 日" for days in short_of]


@pytest.mark.req("KH-5-3c", "KH-2-1", "DR-10")
@pytest.mark.parametrize(
    ("own", "since", "scheduled_since", "owed"),
    [
        (None, None, None, 14),
        (30, 200, None, 30),
        (30, 20, None, 20),  # what was recorded before that day was kept for fourteen days
        (None, None, 200, 60),
        (None, None, 40, 40),
        (90, 200, 200, 90),  # the longer of the two
        (90, 20, 200, 60),
    ],
)
def test_a_preschool_owes_by_the_class_of_each_day_its_own_or_the_bureaus_newest(
    domain: Flask, own: int | None, since: int, scheduled_since: int | None, owed: int
) -> None:
    assert domain
    k1 = institution("K1", cameras=("C-GATE",))
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    if own is not None:
        made_registry.period(k1.tenant_id, k1.site_id, own, effective_from=TODAY - timedelta(days=since))
    if scheduled_since is not None:
        made_registry.scheduled(effective_from=TODAY - timedelta(days=scheduled_since), min_days=60)
        bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert kept_for(k1, owed - 1).short_of == [owed]
    assert kept_for(k1, owed).short_of == []


@pytest.mark.req("DR-33", "KH-5-3c")
def test_a_closed_institution_tells_as_before_how_far_back_its_footage_reaches(e1: Institution) -> None:
    recorded(e1, NOON - timedelta(hours=12), NOON)
    footage.day_key(e1, day=NOON)
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    closed(e1)
    found = take(e1, clock.now())
    assert (found.cameras, found.days_kept, found.oldest_day) == (0, 1, clock.civil_day(NOON))
