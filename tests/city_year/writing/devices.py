"""What happens to cameras and boxes in a year, and what boxes say of it afterwards, as rows."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from uuid import uuid4

from sqlalchemy import update

from infra import clock
from infra.db import db
from tenants.footage.models import GapReport, Segment
from tenants.registry.models import Camera, EdgeDevice
from tenants.upkeep.inspections.models import DrillOutcome
from tenants.upkeep.models import Calibration, FunctionReview
from tests.city_year import events
from tests.city_year.days import DONE, ONE_DAY, at, months_later
from tests.city_year.writing.acts import Step, Steps
from tests.city_year.writing.founding import Settled, listed
from tests.factories import assessments, footage, inspections

_FUNCTIONS = ("color_clear", "full_angle", "accurate_time", "audio")


def _camera(event: events.Camera) -> Iterator[Step]:
    yield at(event.since - ONE_DAY, "12:00"), partial(_installed, event)
    # After the people of the first day, one of whom answers for it.
    yield at(event.since, DONE), partial(_entered, event)
    if event.assessed is not None:
        yield at(event.assessed, DONE), partial(_assessed, event)
    for day in event.calibrated:
        yield at(day, DONE), partial(_calibrated, event)
    if event.looked_at is not None:
        yield at(event.looked_at, DONE), partial(_looked_at, event)
    if event.until is not None:
        yield at(event.until - ONE_DAY, "02:00"), partial(_last_seen, event)
        yield at(event.until, "00:00"), partial(_retired, event)


def _installed(event: events.Camera, settled: Settled) -> None:
    of, made = settled.of, uuid4()
    of.cameras[event.code] = made
    ids = {"id": made, "tenant_id": of.tenant_id, "site_id": of.site_id}
    named = {"code": event.code, "name": f"{event.code}鏡頭", "zone": "front_gate", "active_from": event.since}
    db.session.add(Camera(**ids, **named))


def _entered(event: events.Camera, settled: Settled) -> None:
    about = {"kind": "camera", "name": "攝影機", "camera_id": settled.of.cameras[event.code]}
    listed(settled, event.code, custodian=settled.people["a"], acquired=event.since, **about)


def _assessed(event: events.Camera, settled: Settled) -> None:
    made = assessments.assessment(settled.of, by=settled.head)
    assessments.linked(settled.of, camera=event.code, assessment_id=made, by=settled.head)


def _calibrated(event: events.Camera, settled: Settled) -> None:
    told = {"time_source": "time.stdtime.gov.tw", "view": "same", "remark": "", "recorded_by": settled.people["a"]}
    made = Calibration(id=uuid4(), tenant_id=settled.of.tenant_id, camera_id=settled.of.cameras[event.code], **told)
    made.calibrated_at, made.offset_before_ms, made.offset_after_ms = clock.now(), 3_000, 100
    made.next_due = months_later(clock.today(), 6)
    db.session.add(made)


def _looked_at(event: events.Camera, settled: Settled) -> None:
    found = {name: "unmet" if number < event.lacks else "met" for number, name in enumerate(_FUNCTIONS)}
    said = {f"{name}_remark": "夜間偏暗" if found[name] == "unmet" else "" for name in _FUNCTIONS}
    named = {"tenant_id": settled.of.tenant_id, "camera_id": settled.of.cameras[event.code]}
    db.session.add(FunctionReview(id=uuid4(), reviewed_by=settled.head, **named, **found, **said))


def _last_seen(event: events.Camera, settled: Settled) -> None:
    """The last night's measurement."""
    checked(event, settled, clock.now(), clock.today())


def _retired(event: events.Camera, settled: Settled) -> None:
    db.session.get_one(Camera, settled.of.cameras[event.code]).retired_on = event.until


def _enrolled(event: events.Enrolled) -> Iterator[Step]:
    yield at(event.entered, "00:04"), _is_entered
    yield at(event.entered, DONE), _enters_box
    yield at(event.on, "00:04"), _speaks_first


def _is_entered(settled: Settled) -> None:
    settled.devices.append(footage.device(settled.of))
    db.session.get_one(EdgeDevice, settled.devices[0]).last_seen_at = None


def _speaks_first(settled: Settled) -> None:
    db.session.get_one(EdgeDevice, settled.devices[0]).last_seen_at = clock.now()


def _enters_box(settled: Settled) -> None:
    about = {"kind": "recorder", "device_id": settled.devices[0]}
    listed(settled, "box", custodian=settled.people["a"], acquired=clock.today(), **about)


def checked(event: events.Camera, settled: Settled, measured_at: datetime, day: date) -> None:
    """What a box measured of a camera: nothing but that it is there, and how far its clock is off."""
    wrong = event.clock_wrong_from is not None and event.clock_wrong_from <= day
    about = {"measured_at": measured_at, "reported_at": measured_at, "clock_offset_ms": 40_000 if wrong else 0}
    footage.camera_check(settled.of, device_id=settled.devices[0], camera=event.code, **about)


def _outage(event: events.Outage) -> Iterator[Step]:
    yield event.ends, partial(_reported, event.camera, event.begins, "camera_unreachable")


def _reported(camera: str, begins: datetime, cause: str, settled: Settled) -> None:
    ids = {"tenant_id": settled.of.tenant_id, "camera_id": settled.of.cameras[camera], "device_id": settled.devices[0]}
    told = {"started_at": begins, "ended_at": clock.now(), "reported_at": clock.now(), "cause": cause}
    db.session.add(GapReport(id=uuid4(), **ids, **told))


def _silence(event: events.Silence) -> Iterator[Step]:
    if not event.records:
        yield event.ends, partial(_was_off, event)


def _was_off(event: events.Silence, settled: Settled) -> None:
    query = db.select(Camera).where(Camera.tenant_id == settled.of.tenant_id, Camera.retired_on.is_(None))
    for camera in db.session.scalars(query.where(Camera.active_from <= event.begins.date())).all():
        _reported(camera.code, event.begins, "edge_stopped", settled)


def _loss(event: events.Loss) -> Iterator[Step]:
    yield at(event.on, "03:00"), partial(_lost, event)


def _lost(event: events.Loss, settled: Settled) -> None:
    its = (Segment.tenant_id == settled.of.tenant_id, Segment.camera_id == settled.of.cameras[event.camera])
    db.session.execute(update(Segment).where(*its, Segment.civil_day < event.oldest).values(state="missing"))


def _drills(event: events.DrillsFail) -> Iterator[Step]:
    night = event.first
    while night <= event.last:
        yield at(night + ONE_DAY, "00:06"), partial(_fails, night)
        night += ONE_DAY


def _fails(night: date, settled: Settled) -> None:
    how = {"outcome": DrillOutcome.FAILED, "cause": "undecodable", "camera": "C-1"}
    inspections.drill(settled.of, day=night, **how)  # type: ignore[arg-type]


STEPS: Steps = {
    events.Camera: _camera,
    events.Enrolled: _enrolled,
    events.Outage: _outage,
    events.Silence: _silence,
    events.Loss: _loss,
    events.DrillsFail: _drills,
}
