"""Reads one institution for the rules of articles; the session is bound to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra.clock import civil_day
from tenants.compliance.articles.facts import CameraReading, Reading, SiteReading
from tenants.compliance.articles.risks import risks
from tenants.compliance.rules import LawFacts
from tenants.compliance.taken import TakenCamera, days_owed, taken_cameras
from tenants.disclosures import queries as disclosures
from tenants.disclosures.losses import lost_cases
from tenants.disclosures.official import queries as official
from tenants.disclosures.retained import clocks as retained_clocks
from tenants.footage import camera_days, times
from tenants.footage import queries as footage
from tenants.footage.rules import Now
from tenants.footage.times import Drift, Times
from tenants.registry import classes, regulations
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.retention import queries as retention
from tenants.retention.standing import standing
from tenants.upkeep import queries as upkeep
from tenants.upkeep import rules as upkeep_rules
from tenants.upkeep.models import Calibration, FunctionReview


def read(*, tenant_id: UUID, day: date, now: datetime) -> Reading:
    """All that the rules look at, of a day as it is known at `now`."""
    sites = _sites(tenant_id, day)
    law = standing(tenant_id=tenant_id, now=now)
    copies = retained_clocks.waiting(tenant_id=tenant_id, now=now)
    cameras = taken_cameras(tenant_id=tenant_id, day=day, now=now)
    return Reading(
        day=day,
        now=now,
        main=sites[0].law if sites else regulations.profile(_MAIN, day),
        sites=sites,
        cameras=_cameras(tenant_id, cameras, day, now),
        risks=risks(
            tenant_id=tenant_id,
            cameras=[each.line.camera for each in cameras],
            said=camera_days.statuses(tenant_id=tenant_id),
            now=now,
        ),
        late_days=[
            (each.day, civil_day(each.since)) for each in retention.overdue(tenant_id=tenant_id, today=civil_day(now))
        ],
        retention=LawFacts(
            computed_at=now,
            floor_missing=law.floor_missing,
            open_holds=law.open_holds,
            late_reviews=law.late_reviews + copies.late_reviews,
            incomplete_holds=law.incomplete_holds + copies.incomplete,
            stopped_runs=law.stopped_runs,
            lost_requests=len(lost_cases(tenant_id=tenant_id)),
            stalled=law.stalled,
        ),
        open_requests=disclosures.open_count(tenant_id=tenant_id),
        late_requests=official.late_count(tenant_id=tenant_id, today=civil_day(now)),
    )


# An institution without a site has nothing to look at; its findings cite nothing.
_MAIN = "KH_PRESCHOOL"


def _sites(tenant_id: UUID, day: date) -> Sequence[SiteReading]:
    schedules, known = regulations.living(), classes.of_tenant(tenant_id=tenant_id)
    return [
        SiteReading(
            id=site.id,
            code=site.code,
            name=site.name,
            law=regulations.in_force(site.profile, day, schedules),
            passed_on=_passed(known, site, day),
        )
        for site in registry.sites(tenant_id=tenant_id)
    ]


def _passed(known: classes.Classes, site: Site, day: date) -> date | None:
    own = known.own(site, day)
    return own.meeting_on if own is not None else None


def _cameras(tenant_id: UUID, taken: Sequence[TakenCamera], day: date, now: datetime) -> Sequence[CameraReading]:
    oldest = footage.earliest_days(tenant_id=tenant_id, cameras=[each.line.camera for each in taken])
    owes = days_owed(tenant_id=tenant_id, taken=taken, oldest=oldest, today=civil_day(now))
    calibrated, reviewed = upkeep.last_calibrations(tenant_id=tenant_id), upkeep.last_reviews(tenant_id=tenant_id)
    told = times.of_cameras(tenant_id=tenant_id)
    return [
        _camera(
            each,
            oldest_day=oldest.get(each.line.camera.id),
            owes=owes.get(each.line.camera.id),
            upkeep_of=CameraUpkeep(
                calibration=calibrated.get(each.line.camera.id),
                review=reviewed.get(each.line.camera.id),
                offset_ms=_offset(told.get(each.line.camera.id), now),
            ),
            day=day,
        )
        for each in taken
    ]


@dataclass(frozen=True, kw_only=True)
class CameraUpkeep:
    """What people recorded of a camera, and by how many milliseconds its clock is off; None where nobody knows."""

    calibration: Calibration | None
    review: FunctionReview | None
    offset_ms: int | None


def _camera(
    each: TakenCamera, *, oldest_day: date | None, owes: int | None, upkeep_of: CameraUpkeep, day: date
) -> CameraReading:
    camera, last, review = each.line.camera, upkeep_of.calibration, upkeep_of.review
    due = last.next_due if last is not None else upkeep_rules.first_due(camera.active_from)
    unmet = upkeep_rules.to_improve(upkeep.found(review)) if review is not None else None
    return CameraReading(
        id=camera.id,
        label=f"{camera.code} {camera.name}",
        site_id=camera.site_id,
        facts=each.facts,
        coverage=each.coverage,
        silent=each.line.now is Now.SILENT,
        owes=owes,
        oldest_day=oldest_day,
        calibration=upkeep_rules.calibration_state(
            due, offset_ms=upkeep_of.offset_ms, today=day, left_right=_left_right(upkeep_of)
        ),
        calibration_due=due,
        unmet_functions=[each.value for each in unmet] if unmet is not None else None,
    )


def _left_right(of: CameraUpkeep) -> bool:
    """Whether the last calibration left the clock right; before the first one, whether it is right now."""
    if of.calibration is not None:
        return upkeep_rules.is_right(of.calibration.offset_after_ms)
    return of.offset_ms is None or upkeep_rules.is_right(of.offset_ms)


def _offset(told: Times | None, now: datetime) -> int | None:
    if told is None or told.clock is None or told.clock.drift(now) is Drift.UNKNOWN:
        return None
    return told.clock.offset_ms
