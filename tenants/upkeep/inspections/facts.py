"""What is known now of a site that somebody is about to inspect. The session is bound to the institution."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from infra.clock import civil_day
from infra.db import db
from tenants.footage import camera_days, pictures, times
from tenants.footage.pictures import PictureHealth
from tenants.footage.rules import SILENT_AFTER, Reported, state_now
from tenants.footage.times import Drift, Times
from tenants.registry import device_queries
from tenants.upkeep.inspections.models import DrillOutcome, SegmentDrill
from tenants.upkeep.inspections.proposals import CameraFacts, HostFacts, SiteFacts

_DRILL_HOLDS = timedelta(days=2)


def facts(*, tenant_id: UUID, site_id: UUID, now: datetime) -> SiteFacts:
    """Boxes, the last drill, and each camera in use."""
    boxes = [each for each in device_queries.devices(tenant_id=tenant_id) if each.site_id == site_id]
    said, looks, clocks = (
        camera_days.statuses(tenant_id=tenant_id),
        pictures.healths(tenant_id=tenant_id),
        times.of_cameras(tenant_id=tenant_id),
    )
    cameras = device_queries.cameras_of_site(tenant_id=tenant_id, site_id=site_id)
    return SiteFacts(
        hosts=[
            HostFacts(
                heard=box.last_seen_at is not None and now - box.last_seen_at <= SILENT_AFTER,
                disk_fault=bool(box.disk_fault),
            )
            for box in boxes
            if box.revoked_at is None
        ],
        drill=_last_drill(tenant_id, site_id, now),
        cameras={each.id: _camera(said.get(each.id), looks.get(each.id), clocks.get(each.id), now) for each in cameras},
    )


def _camera(said: Reported | None, look: PictureHealth | None, clock: Times | None, now: datetime) -> CameraFacts:
    known = look is not None and now - look.taken_at <= pictures.OLD
    return CameraFacts(
        now=state_now(said, now),
        frozen=said is not None and said.frozen_since is not None,
        picture=look.all_faults if look is not None and known else None,
        drift=clock.clock.drift(now) if clock is not None and clock.clock is not None else Drift.UNKNOWN,
    )


def _last_drill(tenant_id: UUID, site_id: UUID, now: datetime) -> DrillOutcome | None:
    query = select(SegmentDrill.outcome).where(
        SegmentDrill.tenant_id == tenant_id,
        SegmentDrill.site_id == site_id,
        SegmentDrill.civil_day >= civil_day(now) - _DRILL_HOLDS,
    )
    found = db.session.scalar(query.order_by(SegmentDrill.civil_day.desc()).limit(1))
    return DrillOutcome(found) if found is not None else None
