"""Holds: what the law asks of one, what it keeps, and how it meets destruction."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from infra import age, clock, object_keys
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.errors import Destroyed, HeldByLaw, Invalid, InvalidTransition, NotFound
from tenants.footage.models import SegmentState
from tenants.retention import actions, copying, destruction, hold_history, lapsing, queries
from tenants.retention.availability import AvailabilityState, availability
from tenants.retention.hold_keys import open_hold_key
from tenants.retention.models import Destruction, Hold, HoldBasis
from tenants.retention.rules import CameraWindow, DayAndClass
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import copied, kept
from tests.factories.registry import institution

ENGINE = system("engine")


def days_ago(days: int, hour: int = 10) -> datetime:
    return clock.day_start(clock.today() - timedelta(days=days)) + timedelta(hours=hour)


def window(archive: Archive, start: datetime, *, minutes: int = 3, camera: str = "C-GATE") -> CameraWindow:
    return CameraWindow(
        camera_id=archive.of.cameras[camera], started_at=start, ended_at=start + timedelta(minutes=minutes)
    )


def place(archive: Archive, *windows: CameraWindow, **changed: object) -> Hold:
    said = {
        "basis": HoldBasis.CRIME_INVESTIGATION,
        "reference": "高市警○分偵字第11571234500號",
        "document": "高市警○分偵字第11571234500號",
        "necessity": "偵辦竊盜案，需比對出入時間。",
        "review_on": clock.today() + timedelta(days=180),
    }
    return kept(archive, *windows, **(said | changed))


def destroy_day(archive: Archive, day: date) -> Destruction:
    tenant_id = archive.of.tenant_id
    begun = destruction.begin_destruction(
        actor=ENGINE, tenant_id=tenant_id, of=DayAndClass(day=day, retention_days=14), now=clock.now()
    )
    db.session.commit()
    done = destruction.certify_destruction(
        actor=ENGINE, tenant_id=tenant_id, destruction_id=begun.id, store=archive.store
    )
    db.session.commit()
    return done


def destroy_hold(archive: Archive, hold: Hold) -> None:
    """Both phases, as two jobs."""
    for _ in range(2):
        copying.destroy_hold(actor=ENGINE, tenant_id=archive.of.tenant_id, hold_id=hold.id, store=archive.store)
        db.session.commit()


def opened(archive: Archive, hold: Hold) -> list[bytes]:
    """The samples of everything a hold keeps of C-GATE, opened with the hold's own key."""
    tenant_id = archive.of.tenant_id
    secret = open_hold_key(tenant_id=tenant_id, hold_id=hold.id, kms=archive.kms, store=archive.store)
    kept = queries.preserved(
        tenant_id=tenant_id, hold_id=hold.id, span=window(archive, days_ago(400), minutes=400 * 1440)
    )
    keys = [
        object_keys.preserved_segment(tenant_id=tenant_id, hold_id=hold.id, segment_id=each.segment_id) for each in kept
    ]
    return [age.decrypt(archive.store.get(key), secret) for key in keys]


@pytest.mark.req("DR-01", "KH-5-4c", "TY-4-4b")
def test_what_is_held_survives_its_day_and_the_rest_of_the_day_does_not(archive: Archive) -> None:
    start = days_ago(20)
    segments = [archive.record(start + timedelta(minutes=n)) for n in range(5)]
    held = segments[1:4]
    hold = place(archive, window(archive, start + timedelta(minutes=1)))
    assert copied(archive, hold.id) == copying.Copied(3, 0)
    lost = archive.store.get(segments[0].object_key)
    done = destroy_day(archive, segments[0].civil_day)

    assert opened(archive, hold) == [archive.plain[each.id] for each in held]
    secret = open_hold_key(tenant_id=archive.of.tenant_id, hold_id=hold.id, kms=archive.kms, store=archive.store)
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(lost, secret)
    assert (done.segments, done.kept_back) == (5, 3)
    assert done.certificate is not None
    assert done.certificate["kept_back"] == [
        {"hold_id": str(hold.id), "basis": "crime_investigation", "reference": hold.reference, "segments": 3}
    ]


@pytest.mark.req("DR-01", "KH-5-4c")
def test_a_day_waits_until_what_is_held_of_it_has_been_copied(archive: Archive) -> None:
    start = days_ago(20)
    archive.record(start)
    late = archive.record(start + timedelta(minutes=1), state=SegmentState.CONFIRMED)
    hold = place(archive, window(archive, start))
    with pytest.raises(HeldByLaw, match="第11571234500號"):
        destroy_day(archive, late.civil_day)
    db.session.rollback()
    copied(archive, hold.id)
    with pytest.raises(HeldByLaw):  # one came late and the store was not asked yet
        destroy_day(archive, late.civil_day)
    db.session.rollback()
    late.state = SegmentState.STORED
    db.session.commit()
    assert copied(archive, hold.id) == copying.Copied(1, 0)
    assert copied(archive, hold.id) == copying.Copied(0, 0)
    assert destroy_day(archive, late.civil_day).kept_back == 2


@pytest.mark.req("KH-5-4c")
def test_of_two_holds_on_one_segment_the_other_one_stays(archive: Archive) -> None:
    segment = archive.record(days_ago(20))
    first, second = (place(archive, window(archive, segment.started_at)) for _ in range(2))
    for hold in (first, second):
        copied(archive, hold.id)
    destroy_day(archive, segment.civil_day)
    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=first.id, reason="偵查終結")
    db.session.commit()
    destroy_hold(archive, first)

    assert opened(archive, second) == [archive.plain[segment.id]]
    with pytest.raises(InvalidTransition):
        opened(archive, first)
    prefix = object_keys.hold_prefix(tenant_id=archive.of.tenant_id, hold_id=first.id)
    assert list(archive.store.remnants(prefix)) == []


@pytest.mark.req("KH-5-4c", "KH-5-4a")
def test_fourteen_months_old_footage_goes_in_the_run_after_its_hold_ends(archive: Archive) -> None:
    """It does not start another year: only the hold kept it, and its day was certified long ago."""
    segment = archive.record(days_ago(425))
    hold = place(archive, window(archive, segment.started_at))
    copied(archive, hold.id)
    destroy_day(archive, segment.civil_day)
    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=hold.id, reason="判決確定")
    db.session.commit()
    destroy_hold(archive, hold)

    found = availability(tenant_id=archive.of.tenant_id, span=window(archive, segment.started_at))
    assert found.state is AvailabilityState.DESTROYED
    assert list(archive.store.remnants(f"evidence/{archive.of.tenant_id}/")) == []
    assert list(archive.store.remnants(object_keys.hold_shares(tenant_id=archive.of.tenant_id, hold_id=hold.id))) == []
    assert db.session.get_one(Hold, hold.id).wrapped_secret is None
    destroy_hold(archive, hold)
    events = [event.event for event in audit.latest(tenant_id=archive.of.tenant_id)]
    assert events.count("hold:destroyed") == 1


@pytest.mark.req("DR-01")
def test_a_hold_may_end_after_a_day_that_is_known_beforehand(archive: Archive) -> None:
    hold = place(
        archive, window(archive, days_ago(3)), basis=HoldBasis.REQUEST, reference="調閱-115-0001", necessity=""
    )
    last = clock.today() + timedelta(days=30)
    tenant_id = archive.of.tenant_id
    actions.release_hold(actor=ACTOR, tenant_id=tenant_id, hold_id=hold.id, reason="不同意，救濟期間屆滿", on=last)
    db.session.commit()
    assert lapsing.end_holds(actor=ENGINE, tenant_id=tenant_id, today=last) == 0
    assert hold.released_at is None
    with pytest.raises(InvalidTransition):
        destroy_hold(archive, hold)
    assert lapsing.end_holds(actor=ENGINE, tenant_id=tenant_id, today=last + timedelta(days=1)) == 1
    assert hold.release_reason == "不同意，救濟期間屆滿"
    with pytest.raises(InvalidTransition):
        actions.release_hold(actor=ACTOR, tenant_id=tenant_id, hold_id=hold.id, reason="again")


def test_a_hold_of_nothing_of_the_future_or_reversed_is_refused(archive: Archive) -> None:
    now = clock.now()
    for spans in (
        [],
        [window(archive, now + timedelta(minutes=1))],
        [window(archive, now - timedelta(minutes=5), minutes=120)],
        [window(archive, days_ago(3), minutes=-3)],
        [window(archive, days_ago(3), minutes=0)],
    ):
        with pytest.raises(Invalid):
            place(archive, *spans)


@pytest.mark.req("DR-08")
def test_a_camera_of_another_institution_is_not_found(archive: Archive) -> None:
    foreign = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    start = days_ago(3)
    for camera_id in (foreign.cameras["C-GATE"], uuid4()):
        span = CameraWindow(camera_id=camera_id, started_at=start, ended_at=start + timedelta(minutes=1))
        with pytest.raises(NotFound):
            place(archive, span)


@pytest.mark.req("KH-6-3b")
def test_a_window_that_is_wholly_gone_is_refused_with_its_certificate(archive: Archive) -> None:
    segment = archive.record(days_ago(20))
    done = destroy_day(archive, segment.civil_day)
    with pytest.raises(Destroyed, match=str(done.certificate_no)):
        place(archive, window(archive, segment.started_at))
    db.session.rollback()
    with pytest.raises(Destroyed, match=str(done.certificate_no)):  # nothing was ever indexed in this hour
        place(archive, window(archive, segment.started_at + timedelta(hours=2)))


@pytest.mark.req("KH-6-3b")
def test_footage_past_its_day_that_still_exists_can_be_held(archive: Archive) -> None:
    """Refusal needs both: past retention and destroyed."""
    segment = archive.record(days_ago(20))
    hold = place(archive, window(archive, segment.started_at))
    assert copied(archive, hold.id).segments == 1


def test_a_window_that_is_partly_gone_keeps_the_other_part(archive: Archive) -> None:
    midnight = days_ago(19, hour=0)
    before, after = archive.record(midnight - timedelta(minutes=1)), archive.record(midnight)
    destroy_day(archive, before.civil_day)
    span = window(archive, midnight - timedelta(minutes=1), minutes=2)
    found = availability(tenant_id=archive.of.tenant_id, span=span)
    assert (found.state, found.recorded_ms) == (AvailabilityState.PARTLY, 60_000)
    assert found.earliest == after.civil_day
    hold = place(archive, span)
    copied(archive, hold.id)
    assert opened(archive, hold) == [archive.plain[after.id]]


def test_availability_tells_recorded_empty_and_future_apart(archive: Archive) -> None:
    segment = archive.record(days_ago(3))
    tenant_id = archive.of.tenant_id

    def state(start: datetime) -> AvailabilityState:
        return availability(tenant_id=tenant_id, span=window(archive, start)).state

    assert state(segment.started_at) is AvailabilityState.RECORDED
    assert state(segment.started_at + timedelta(hours=1)) is AvailabilityState.EMPTY
    assert state(clock.now() + timedelta(hours=1)) is AvailabilityState.FUTURE


@pytest.mark.req("DR-07")
def test_bytes_that_are_not_what_the_device_signed_are_recorded_and_hold_nothing_up(archive: Archive) -> None:
    start = days_ago(20)
    changed, missing, good = (archive.record(start + timedelta(minutes=n)) for n in range(3))
    cipher = archive.store.get(changed.object_key)
    archive.store.put(changed.object_key, cipher[:-1] + bytes([cipher[-1] ^ 1]))
    archive.store.destroy([missing.object_key])
    hold = place(archive, window(archive, start))
    assert copied(archive, hold.id) == copying.Copied(1, 0)
    assert opened(archive, hold) == [archive.plain[good.id]]
    assert (changed.state, missing.state) == (SegmentState.MISMATCHED, SegmentState.MISMATCHED)
    found = {event.fields["found"] for event in audit.latest(tenant_id=archive.of.tenant_id) if "found" in event.fields}
    assert found == {"other_bytes", "missing"}
    assert destroy_day(archive, good.civil_day).kept_back == 1


def test_copying_goes_on_where_it_stopped(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "COPIED_AT_ONCE", 2)
    start = days_ago(3)
    segments = [archive.record(start + timedelta(minutes=n)) for n in range(3)]
    hold = place(archive, window(archive, start))
    assert copied(archive, hold.id) == copying.Copied(2, 1)
    assert copied(archive, hold.id) == copying.Copied(1, 0)
    assert opened(archive, hold) == [archive.plain[each.id] for each in segments]


@pytest.mark.req("DR-06")
def test_nothing_is_held_when_the_act_cannot_be_recorded(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the chain cannot be written")

    monkeypatch.setattr(hold_history.audit, "record", fails)
    with pytest.raises(RuntimeError):
        place(archive, window(archive, days_ago(3)))
    db.session.rollback()
    assert queries.holds(tenant_id=archive.of.tenant_id) == []
