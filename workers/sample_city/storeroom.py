"""The store as the first sweep left it, and its room: one object came after its day was destroyed; all else is well."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from infra import clock, object_keys
from infra.db import db
from tenants.actor import system
from tenants.compliance.storage import actions as capacity
from tenants.footage import areas, reconciliation
from tenants.footage.models import DayKey, Segment, SweptArea
from tenants.platform import actions as platform
from tenants.platform.models import Service
from tenants.upkeep.inspections.models import DrillOutcome, SegmentDrill
from workers.reconciliation_jobs import areas_of, contents
from workers.sample_city.days import Stores
from workers.sample_city.founding import City, Place, enter

_LATE = "K1"
_ROOM = 2 * 10**12


def sweep(city: City, stores: Stores) -> None:
    """Look at whatever has objects behind it, and find what came too late.

    The older days are rows without objects, and a sweep would report them all as lost; they are down as looked at, so
    that it comes to them in a week.
    """
    actor = system("reconcile_area")
    late = _put_late(city, stores)
    for code, place in city.places.items():
        enter(place.tenant_id)
        held = set(db.session.scalars(select(SweptArea.area).where(SweptArea.tenant_id == place.tenant_id)))
        for area in set(areas_of(place.tenant_id, stores.worker)) - held:
            if areas.day_of(area) is None or (code == _LATE and area == late):
                reconciliation.reconcile(
                    actor=actor,
                    tenant_id=place.tenant_id,
                    area=area,
                    contents=contents(place.tenant_id, area, stores.worker),
                    store=stores.worker,
                    now=clock.now(),
                )
            else:
                counts = dict.fromkeys(("objects", "size", "strays", "missing", "differing"), 0)
                db.session.add(SweptArea(tenant_id=place.tenant_id, area=area, swept_at=clock.now(), **counts))
        _note_drill(place)
        db.session.flush()
    bureau_id = city.tenants["BUREAU"]
    enter(bureau_id)
    platform.note_store(actor=system("reconcile"), tenant_id=bureau_id, abilities=stores.worker.abilities())
    seen = system("check_services")
    platform.note_service(actor=seen, tenant_id=bureau_id, service=Service.STORE, answers=True)
    capacity.set_capacity(
        actor=city.actor("operator"),
        capacity_bytes=_ROOM,
        effective_from=clock.today(),
        reason="儲存服務合約第 115001 號",
    )


def _note_drill(place: Place) -> None:
    """Last night's drill as one that went well: of most of yesterday's rows the store has nothing to try."""
    yesterday = clock.today() - timedelta(days=1)
    tried = db.session.scalars(
        select(Segment).where(
            Segment.tenant_id == place.tenant_id, Segment.site_id == place.site_id, Segment.civil_day == yesterday
        )
    ).first()
    if tried is not None:
        where = {"tenant_id": place.tenant_id, "site_id": place.site_id, "camera_id": tried.camera_id}
        when = {"civil_day": yesterday, "drilled_at": clock.now(), "started_at": tried.started_at}
        db.session.add(SegmentDrill(**where, **when, segment_id=tried.id, outcome=DrillOutcome.OK, cause=""))


def _put_late(city: City, stores: Stores) -> str:
    """A minute whose upload had been signed before its day was destroyed; its area."""
    place = city.places[_LATE]
    enter(place.tenant_id)
    key = db.session.scalars(
        select(DayKey)
        .where(DayKey.destroyed_at.is_not(None), DayKey.tenant_id == place.tenant_id)
        .order_by(DayKey.civil_day)
    ).first()
    assert key is not None  # noqa: S101 - the sample's oldest days are destroyed
    of_day = {"retention_days": key.retention_days, "tenant_id": place.tenant_id, "day": key.civil_day}
    camera_id = next(iter(place.cameras.values()))
    stores.uploads.put(object_keys.segment(camera_id=camera_id, segment_id=uuid4(), **of_day), b"sealed and late")  # type: ignore[arg-type]
    return object_keys.day_prefix(**of_day)  # type: ignore[arg-type]
