"""Reads one institution for the rules of articles; the session is bound to it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from infra.clock import civil_day, day_start
from tenants.compliance.articles.facts import CameraReading, OpenFault, Reading, Rooms, SiteReading
from tenants.compliance.articles.risks import risks
from tenants.compliance.law import law_standing
from tenants.compliance.taken import TakenCamera, days_owed, taken_cameras
from tenants.disclosures import queries as disclosures
from tenants.disclosures.official import queries as official
from tenants.footage import first_words
from tenants.footage import queries as footage
from tenants.footage.rules import Now
from tenants.notices import standing as notices
from tenants.people.designations import standing as designations
from tenants.people.reviews import standing as reviews
from tenants.people.undertakings import standing as undertakings
from tenants.registry import classes, regulations
from tenants.registry import queries as registry
from tenants.registry.assessments import standing as assessments
from tenants.registry.hours import standing as hours
from tenants.registry.models import Camera, Site, SitePeriod
from tenants.upkeep import queries as upkeep
from tenants.upkeep import rules as upkeep_rules
from tenants.upkeep.faults import queries as open_faults
from tenants.upkeep.faults import standing as faults
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.inspections import standing as inspections
from tenants.upkeep.models import FunctionReview
from tenants.upkeep.property import standing as property_ledger


def read(*, tenant_id: UUID, day: date, now: datetime) -> Reading:
    """All that the rules look at, of a day as it is known at `now`."""
    sites = _sites(tenant_id, day)
    law = law_standing(tenant_id=tenant_id, now=now)
    cameras = taken_cameras(tenant_id=tenant_id, day=day, now=now)
    return Reading(
        day=day,
        now=now,
        main=sites[0].law if sites else regulations.profile(_MAIN, day),
        sites=sites,
        cameras=_cameras(tenant_id, cameras, now),
        risks=risks(
            tenant_id=tenant_id,
            cameras=[each.line.camera for each in cameras],
            now=now,
        ),
        rooms=_rooms(tenant_id, day),
        late_days=[(each.day, civil_day(each.since)) for each in law.late_days],
        late_copies=law.late_copies,
        retention=law.facts,
        open_requests=disclosures.open_count(tenant_id=tenant_id),
        late_requests=official.late_count(tenant_id=tenant_id, today=civil_day(now)),
        is_gone=any(each.line.destroyed for each in cameras),
    )


# An institution without a site has nothing to look at; its findings cite nothing.
_MAIN = "KH_PRESCHOOL"
_ONE_DAY = timedelta(days=1)


def _sites(tenant_id: UUID, day: date) -> Sequence[SiteReading]:
    schedules, known = regulations.living(), classes.of_tenant(tenant_id=tenant_id)
    heard = first_words.sites_heard(tenant_id=tenant_id, until=day_start(day + _ONE_DAY))
    return [
        SiteReading(
            id=site.id,
            name=site.name,
            law=regulations.in_force(site.profile, day, schedules),
            passed_on=_passed(known, site, day),
            heard=site.id in heard,
        )
        for site in registry.sites(tenant_id=tenant_id)
    ]


def _passed(known: classes.Classes[SitePeriod], site: Site, day: date) -> date | None:
    own = known.own(site, day)
    return own.meeting_on if own is not None else None


def _cameras(tenant_id: UUID, taken: Sequence[TakenCamera], now: datetime) -> Sequence[CameraReading]:
    oldest = footage.earliest_days(tenant_id=tenant_id, cameras=[each.line.camera for each in taken])
    owes = days_owed(tenant_id=tenant_id, taken=taken, oldest=oldest, today=civil_day(now))
    reviewed = upkeep.last_reviews(tenant_id=tenant_id)
    return [
        _camera(
            each,
            oldest_day=oldest.get(each.line.camera.id),
            owes=owes.get(each.line.camera.id),
            review=reviewed.get(each.line.camera.id),
        )
        for each in taken
    ]


def _camera(
    each: TakenCamera, *, oldest_day: date | None, owes: int | None, review: FunctionReview | None
) -> CameraReading:
    camera = each.line.camera
    unmet = upkeep_rules.to_improve(upkeep.found(review)) if review is not None else None
    return CameraReading(
        id=camera.id,
        label=_label(camera),
        site_id=camera.site_id,
        facts=each.facts,
        coverage=each.coverage,
        silent=each.line.now is Now.SILENT,
        owes=owes,
        oldest_day=oldest_day,
        unmet_functions=[each.value for each in unmet] if unmet is not None else None,
    )


def _rooms(tenant_id: UUID, day: date) -> Rooms:
    return Rooms(
        designations=designations.standing(tenant_id=tenant_id, day=day),
        undertakings=undertakings.standing(tenant_id=tenant_id, day=day),
        reviews=reviews.standing(tenant_id=tenant_id, day=day),
        hours=hours.standing(tenant_id=tenant_id, day=day),
        assessments=assessments.standing(tenant_id=tenant_id, day=day),
        inspections=inspections.standing(tenant_id=tenant_id, day=day),
        property=property_ledger.standing(tenant_id=tenant_id, day=day),
        faults=faults.standing(tenant_id=tenant_id, day=day),
        open_faults=_open_faults(tenant_id),
        notices=notices.standing(tenant_id=tenant_id, day=day),
    )


def _label(camera: Camera) -> str:
    return camera.code if camera.name == camera.code else f"{camera.code} {camera.name}"


def _open_faults(tenant_id: UUID) -> Sequence[OpenFault]:
    found = open_faults.faults(tenant_id=tenant_id)
    cameras = open_faults.cameras_by_fault(tenant_id=tenant_id, fault_ids=[each.id for each in found])
    return [
        OpenFault(
            id=each.id,
            serial=each.serial,
            site_id=each.site_id,
            kind=FaultKind(each.kind),
            cameras=[_label(camera) for camera in cameras.get(each.id, ())],
            since=civil_day(each.found_at),
        )
        for each in found
    ]
