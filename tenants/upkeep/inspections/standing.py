"""How inspections, drills and calibrations stood on a day, told from rows that are only ever added to (ADR 0047).

A past day asked again gives the same answer: what was entered, decided or cancelled after it does not count for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

from infra.clock import civil_day, day_start
from infra.db import db
from infra.statements import made_once
from tenants.footage.check_models import CameraCheck
from tenants.footage.newest_checks import newest_check
from tenants.profiles import CODES, RuleProfile
from tenants.registry import regulations
from tenants.registry.models import Camera, Site, Tenant
from tenants.upkeep.inspections.drill_standing import Wrong, drilled, drilled_lately, failing
from tenants.upkeep.inspections.intervals import Due, DueState, due, months_of
from tenants.upkeep.inspections.models import (
    DrillOutcome,
    Inspection,
    InspectionCap,
    InspectionInterval,
    MarkKind,
    UpkeepMark,
)
from tenants.upkeep.models import Calibration
from tenants.upkeep.rules import CalibrationState, calibration_state, is_right

_SiteRow = Row[UUID, str, date, date, int, int]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class InspectionsStanding:
    """One institution on a day. `due` has every site with a camera in use.

    `never_drilled`: sites of which no drill is known, or none of the last two days; that is no success (DR-30).
    `calibration_unknown`: cameras that were never calibrated and whose clock nobody found wrong. A regulation that asks
    for no calibration has no camera in any of these (TY-6-1a).
    """

    due: Mapping[UUID, Due]
    overdue: Sequence[Wrong]
    drills_done: int
    drills_ok: int
    drills_failing: Sequence[Wrong]
    never_drilled: Sequence[UUID]
    cameras_to_calibrate: int
    calibration_due: Sequence[Wrong]
    calibration_overdue: Sequence[Wrong]
    calibration_unknown: Sequence[UUID]


def standing(*, tenant_id: UUID, day: date) -> InspectionsStanding:
    """How it stood when `day` ended. Four queries, with that for the regulations in force."""
    laws = _laws(day)
    sites = [row for row in _site_rows(tenant_id, day) if row.begins is not None]
    found = {row.id: _due(row, day, laws) for row in sites}
    drills = drilled(tenant_id, day)
    cameras = db.session.execute(*_cameras(tenant_id=tenant_id, day=day, until=_end(day))).all()
    told = _calibrations(cameras, day, laws)
    return InspectionsStanding(
        due=found,
        overdue=[Wrong(id=k, since=one.late_since) for k, one in found.items() if one.state is DueState.OVERDUE],
        drills_done=sum(each.outcome != DrillOutcome.NO_FOOTAGE for each in drills),
        drills_ok=sum(each.outcome == DrillOutcome.OK for each in drills),
        drills_failing=failing(found, drills),
        never_drilled=[each for each in found if not drilled_lately(each, drills, day)],
        cameras_to_calibrate=sum(bool(laws[row.profile].inspection.calibration) for row in cameras),
        calibration_due=[one for state, one in told if state is CalibrationState.DUE],
        calibration_overdue=[one for state, one in told if state is CalibrationState.OVERDUE],
        calibration_unknown=[one.id for state, one in told if state is CalibrationState.NEVER],
    )


def due_of_sites(*, tenant_id: UUID, day: date) -> Mapping[UUID, Due]:
    """When each site with a camera in use is to be looked through next. Two queries."""
    laws = _laws(day)
    return {row.id: _due(row, day, laws) for row in _site_rows(tenant_id, day) if row.begins is not None}


def _laws(day: date) -> Mapping[str, RuleProfile]:
    schedules = regulations.living()
    return {code: regulations.in_force(code, day, schedules) for code in CODES}


def _due(row: _SiteRow, day: date, laws: Mapping[str, RuleProfile]) -> Due:
    months = months_of(laws[row.profile], row.months, row.cap)
    return due(last=row.last, begins=row.begins, months=months, today=day)


def _site_rows(tenant_id: UUID, day: date) -> Sequence[_SiteRow]:
    return db.session.execute(*_sites(tenant_id=tenant_id, day=day, until=_end(day))).all()


@made_once
def _sites(*, tenant_id: UUID, day: date, until: datetime) -> Select[UUID, str, date, date, int, int]:
    sites = select(
        Site.id,
        Site.profile,
        _begins(day).label("begins"),
        _last(day, until).label("last"),
        _interval(day).label("months"),
        _cap(day).label("cap"),
    )
    return sites.where(Site.tenant_id == tenant_id).order_by(Site.code)


def _begins(day: date) -> ScalarSelect[date]:
    """The first day on which one of the cameras that are in use was; NULL where none is."""
    return (
        select(func.min(Camera.active_from))
        .where(
            Camera.tenant_id == Site.tenant_id,
            Camera.site_id == Site.id,
            *_in_use(day),
        )
        .scalar_subquery()
    )


def _in_use(day: date) -> tuple[ColumnElement[bool], ...]:
    """Cameras that were in use on a day; none where the institution was closed (DR-33)."""
    closed = select(Tenant.id).where(Tenant.id == Camera.tenant_id, Tenant.closed_from <= day).exists()
    return (Camera.active_from <= day, Camera.retired_on.is_(None) | (Camera.retired_on > day), ~closed)


def _last(day: date, until: datetime) -> ScalarSelect[date]:
    cancelled = (
        select(UpkeepMark.id)
        .where(
            UpkeepMark.tenant_id == Inspection.tenant_id,
            UpkeepMark.inspection_id == Inspection.id,
            UpkeepMark.kind == MarkKind.CANCELLED,
            UpkeepMark.created_at < until,
        )
        .exists()
    )
    return (
        select(func.max(Inspection.inspected_on))
        .where(
            Inspection.tenant_id == Site.tenant_id,
            Inspection.site_id == Site.id,
            Inspection.inspected_on <= day,
            Inspection.created_at < until,
            ~cancelled,
        )
        .scalar_subquery()
    )


def _interval(day: date) -> ScalarSelect[int]:
    of = aliased(InspectionInterval)
    return (
        select(of.months)
        .where(of.tenant_id == Site.tenant_id, of.site_id == Site.id, of.effective_from <= day)
        .order_by(of.effective_from.desc(), of.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _cap(day: date) -> ScalarSelect[int]:
    return (
        select(InspectionCap.months)
        .where(InspectionCap.effective_from <= day)
        .order_by(InspectionCap.effective_from.desc(), InspectionCap.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )


@made_once
def _cameras(*, tenant_id: UUID, day: date, until: datetime) -> Select[*tuple[Any, ...]]:
    """Each camera in use with its last calibration, and how far its box last found its clock off."""
    last, measured = _last_calibration(until), _last_measured(until)
    return (
        select(
            Camera.id,
            Site.profile,
            last.c.next_due,
            last.c.offset_after_ms,
            measured.c.clock_offset_ms,
            measured.c.measured_at,
        )
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .outerjoin(last, last.c.next_due.is_not(None))
        .outerjoin(measured, measured.c.measured_at.is_not(None))
        .where(
            Camera.tenant_id == tenant_id,
            *_in_use(day),
        )
        .order_by(Camera.code)
    )


def _last_calibration(until: datetime) -> LateralFromClause:
    """A camera's newest calibration as it was known at an instant."""
    return (
        select(Calibration.next_due, Calibration.offset_after_ms)
        .where(
            Calibration.tenant_id == Camera.tenant_id,
            Calibration.camera_id == Camera.id,
            Calibration.calibrated_at < until,
            Calibration.created_at < until,
        )
        .order_by(Calibration.calibrated_at.desc(), Calibration.created_at.desc())
        .limit(1)
        .lateral()
    )


def _last_measured(until: datetime) -> LateralFromClause:
    """How far a box last found a camera's clock off."""
    return newest_check(CameraCheck.clock_offset_ms, CameraCheck.measured_at, when=CameraCheck.reported_at < until)


def _calibrations(
    cameras: Sequence[Row[Any]], day: date, laws: Mapping[str, RuleProfile]
) -> Sequence[tuple[CalibrationState, Wrong]]:
    found = []
    for row in cameras:
        if not laws[row.profile].inspection.calibration:
            continue
        left_right = row.offset_after_ms is None or is_right(row.offset_after_ms)
        state = calibration_state(row.next_due, offset_ms=row.clock_offset_ms, today=day, left_right=left_right)
        since = row.next_due + ONE_DAY if row.next_due is not None else _measured_on(row, day)
        found.append((state, Wrong(id=row.id, since=min(since, day))))
    return found


def _measured_on(row: Row[Any], day: date) -> date:
    return civil_day(row.measured_at) if row.measured_at is not None else day


def _end(day: date) -> datetime:
    return day_start(day + ONE_DAY)
