"""Reads of inspections, maintenance, marks and drills. The session is bound to the institution."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.clock import day_start
from infra.db import db
from tenants.errors import NotFound
from tenants.forms import InspectionWording, inspection_wording
from tenants.registry import regulations
from tenants.registry.models import Camera, Site
from tenants.upkeep.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionCap,
    MaintenanceEntry,
    MarkKind,
    Question,
    SegmentDrill,
    UpkeepMark,
)
from tenants.upkeep.models import Calibration

ONE_DAY = timedelta(days=1)
# Calibrations that an inspection may name: of the days before it.
_CALIBRATED_WITHIN = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An inspection or maintenance entry with what was said of it later."""

    rechecked: UpkeepMark | None = None
    cancelled: UpkeepMark | None = None


def wording(site: Site, on: date) -> InspectionWording:
    """The form of a site's regulation as it was on a day: 附件3 of KH, 附錄2 of TY."""
    return inspection_wording(regulations.profile(site.profile, on).inspection.form, on)


def question_names(site: Site, on: date) -> Mapping[Question, str]:
    """The three questions in the words of the site's own form (TY-A2-04 to TY-A2-06)."""
    _day, *columns = wording(site, on).columns
    return {question: "".join(label) for question, label in zip(Question, columns, strict=False)}


def cap() -> int | None:
    """The longest interval that the bureau leaves to the schools today; None while it said nothing."""
    query = select(InspectionCap.months).where(InspectionCap.effective_from <= clock.today())
    return db.session.scalar(
        query.order_by(InspectionCap.effective_from.desc(), InspectionCap.created_at.desc()).limit(1)
    )


def inspection(*, tenant_id: UUID, inspection_id: UUID) -> Inspection:
    """One inspection, also a cancelled one. Raises `NotFound`."""
    query = select(Inspection).where(Inspection.tenant_id == tenant_id, Inspection.id == inspection_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def inspections(
    *, tenant_id: UUID, site_id: UUID | None = None, first: date | None = None, last: date | None = None
) -> Sequence[Inspection]:
    """Those of a period, cancelled ones too, by day and then as they were entered (KH-8-0)."""
    query = select(Inspection).where(Inspection.tenant_id == tenant_id)
    if site_id is not None:
        query = query.where(Inspection.site_id == site_id)
    if first is not None:
        query = query.where(Inspection.inspected_on >= first)
    if last is not None:
        query = query.where(Inspection.inspected_on <= last)
    return db.session.scalars(query.order_by(Inspection.inspected_on, Inspection.created_at, Inspection.id)).all()


def of_fault(*, tenant_id: UUID, fault_id: UUID) -> Sequence[Inspection]:
    """The inspections of which a 否 opened a fault, or found it again, by day (KH-A3-09)."""
    named = select(InspectionAnswer.inspection_id).where(
        InspectionAnswer.tenant_id == tenant_id, InspectionAnswer.fault_id == fault_id
    )
    query = select(Inspection).where(Inspection.tenant_id == tenant_id, Inspection.id.in_(named))
    return db.session.scalars(query.order_by(Inspection.inspected_on, Inspection.id)).all()


def answers(*, tenant_id: UUID, inspection_id: UUID) -> Sequence[InspectionAnswer]:
    """What was answered, the whole site's first."""
    query = select(InspectionAnswer).where(
        InspectionAnswer.tenant_id == tenant_id, InspectionAnswer.inspection_id == inspection_id
    )
    order = list(Question)
    return sorted(
        db.session.scalars(query), key=lambda each: (each.camera_id is not None, order.index(Question(each.question)))
    )


def marks_of(found: Inspection | MaintenanceEntry) -> Sequence[UpkeepMark]:
    """What was said of one record later."""
    own = UpkeepMark.inspection_id if isinstance(found, Inspection) else UpkeepMark.maintenance_id
    query = select(UpkeepMark).where(UpkeepMark.tenant_id == found.tenant_id, own == found.id)
    return db.session.scalars(query.order_by(UpkeepMark.created_at)).all()


def told(*, tenant_id: UUID) -> Mapping[UUID, Told]:
    """What was said of each record of the institution, by the record's id."""
    found: dict[UUID, dict[str, UpkeepMark]] = {}
    for mark in db.session.scalars(select(UpkeepMark).where(UpkeepMark.tenant_id == tenant_id)):
        subject = mark.inspection_id or mark.maintenance_id
        assert subject is not None  # noqa: S101 - the table says so
        found.setdefault(subject, {})[mark.kind] = mark
    return {
        subject: Told(rechecked=said.get(MarkKind.RECHECKED), cancelled=said.get(MarkKind.CANCELLED))
        for subject, said in found.items()
    }


def entry(*, tenant_id: UUID, maintenance_id: UUID) -> MaintenanceEntry:
    """One maintenance entry. Raises `NotFound`."""
    query = select(MaintenanceEntry).where(
        MaintenanceEntry.tenant_id == tenant_id, MaintenanceEntry.id == maintenance_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def maintenance(*, tenant_id: UUID, first: date | None = None, last: date | None = None) -> Sequence[MaintenanceEntry]:
    """The entries of a period, cancelled ones too, in order of time."""
    query = select(MaintenanceEntry).where(MaintenanceEntry.tenant_id == tenant_id)
    if first is not None:
        query = query.where(MaintenanceEntry.began_at >= day_start(first))
    if last is not None:
        query = query.where(MaintenanceEntry.began_at < day_start(last + ONE_DAY))
    return db.session.scalars(query.order_by(MaintenanceEntry.began_at, MaintenanceEntry.id)).all()


def recent_calibrations(cameras: Sequence[Camera]) -> Sequence[Calibration]:
    """Calibrations of these cameras that an inspection may name, the newest first (KH-A3-10)."""
    if not cameras:
        return []
    since = clock.now() - _CALIBRATED_WITHIN
    query = select(Calibration).where(
        Calibration.tenant_id == cameras[0].tenant_id,
        Calibration.camera_id.in_([camera.id for camera in cameras]),
        Calibration.calibrated_at >= since,
    )
    return db.session.scalars(query.order_by(Calibration.calibrated_at.desc())).all()


def calibrated(*, tenant_id: UUID, ids: Collection[str]) -> Mapping[UUID, tuple[Calibration, Camera]]:
    """The calibrations that inspections name, with their cameras, by id."""
    query = (
        select(Calibration, Camera)
        .join(Camera, (Camera.tenant_id == Calibration.tenant_id) & (Camera.id == Calibration.camera_id))
        .where(Calibration.tenant_id == tenant_id, Calibration.id.in_([UUID(each) for each in ids]))
    )
    return {held.id: (held, camera) for held, camera in db.session.execute(query)} if ids else {}


def calibrations(*, tenant_id: UUID, first: date, last: date) -> Sequence[Calibration]:
    """Calibrations of a period, in order of time."""
    query = select(Calibration).where(
        Calibration.tenant_id == tenant_id,
        Calibration.calibrated_at >= day_start(first),
        Calibration.calibrated_at < day_start(last + ONE_DAY),
    )
    return db.session.scalars(query.order_by(Calibration.calibrated_at, Calibration.id)).all()


def drills(*, tenant_id: UUID, first: date, last: date) -> Sequence[SegmentDrill]:
    """The drills of these days, the newest first."""
    query = select(SegmentDrill).where(SegmentDrill.tenant_id == tenant_id, SegmentDrill.civil_day.between(first, last))
    return db.session.scalars(query.order_by(SegmentDrill.civil_day.desc(), SegmentDrill.id)).all()
