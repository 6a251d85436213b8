"""The drill: one random minute of a site's day is fetched, opened with the day's key, and its key frame decoded.

What came of it is kept; of the picture nothing is. Only a process that holds the master key can do it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from infra.clock import day_start
from infra.db import db
from infra.key_frames import NoPicture, first_of
from infra.kms import Kms
from infra.objects import NoSuchObject, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import KeyIncomplete, NotFound
from tenants.footage.models import Segment
from tenants.footage.queries import PRESENT
from tenants.footage.samples import NotAsSigned, Samples
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.upkeep.inspections import tickets
from tenants.upkeep.inspections.models import DrillCause, DrillOutcome, SegmentDrill

# A box may send at night what it recorded by day; by noon a site that has nothing has nothing.
_NOTHING_AFTER = timedelta(hours=36)


def waiting(*, tenant_id: UUID, day: date, now: datetime) -> Sequence[UUID]:
    """The sites with a camera in use on a civil day that is over, of which it was not tried yet and now can be."""
    tried = select(SegmentDrill.site_id).where(SegmentDrill.tenant_id == tenant_id, SegmentDrill.civil_day == day)
    done = set(db.session.scalars(tried))
    cameras = registry.cameras_in_use(tenant_id=tenant_id, day=day)
    left = [each for each in dict.fromkeys(camera.site_id for camera in cameras) if each not in done]
    return left if _is_late(day, now) else [each for each in left if _has_footage(tenant_id, each, day)]


def drill(
    *, actor: Actor, tenant_id: UUID, site_id: UUID, day: date, store: ObjectStore, kms: Kms, now: datetime
) -> SegmentDrill | None:
    """Try a random minute of the day, once; a failure opens a fault in the same transaction. Repeatable.

    None while nothing has arrived that may still arrive. Raises `Unavailable` and `StoreUnavailable` where store or
    keys do not answer: that says nothing of the footage, and is tried again.
    """
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    held = _held(tenant_id, site.id, day)
    if held is not None:
        return held
    segment = _random(tenant_id, site.id, day)
    if segment is None and not _is_late(day, now):
        return None
    cause = _tried(segment, Samples(store=store, kms=kms)) if segment is not None else None
    made = _kept(site, day, segment, cause, now)
    if made is None:  # another worker was faster
        return _held(tenant_id, site.id, day)
    audit.record(
        Event.SEGMENT_DRILLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        site_id=str(site.id),
        segment_id=str(made.segment_id or ""),
        civil_day=day.isoformat(),
        outcome=made.outcome,
        cause=made.cause,
    )
    if made.outcome == DrillOutcome.FAILED:
        tickets.open_for_drill(actor=actor, drill=made)
    return made


def _tried(segment: Segment, samples: Samples) -> DrillCause | None:
    """Why a segment cannot be used; None of one that can."""
    try:
        first_of(samples.of(segment))
    except NoSuchObject:
        return DrillCause.MISSING
    except NotAsSigned as found:
        return DrillCause(found.flaw.value)
    except (KeyIncomplete, NotFound):
        return DrillCause.KEY_MISSING
    except NoPicture:
        return DrillCause.NO_PICTURE
    return None


def _kept(
    site: Site, day: date, segment: Segment | None, cause: DrillCause | None, now: datetime
) -> SegmentDrill | None:
    outcome = DrillOutcome.NO_FOOTAGE if segment is None else DrillOutcome.FAILED if cause else DrillOutcome.OK
    statement = insert(SegmentDrill).values(
        id=uuid4(),
        tenant_id=site.tenant_id,
        site_id=site.id,
        civil_day=day,
        drilled_at=now,
        outcome=outcome,
        cause=cause or "",
        camera_id=segment.camera_id if segment is not None else None,
        segment_id=segment.id if segment is not None else None,
        started_at=segment.started_at if segment is not None else None,
    )
    return db.session.scalar(statement.on_conflict_do_nothing().returning(SegmentDrill))


def _held(tenant_id: UUID, site_id: UUID, day: date) -> SegmentDrill | None:
    query = select(SegmentDrill).where(
        SegmentDrill.tenant_id == tenant_id, SegmentDrill.site_id == site_id, SegmentDrill.civil_day == day
    )
    return db.session.scalar(query)


def _random(tenant_id: UUID, site_id: UUID, day: date) -> Segment | None:
    query = select(Segment).where(*_of_day(tenant_id, site_id, day)).order_by(func.random()).limit(1)
    return db.session.scalar(query)


def _has_footage(tenant_id: UUID, site_id: UUID, day: date) -> bool:
    return bool(db.session.scalar(select(exists().where(*_of_day(tenant_id, site_id, day)))))


def _of_day(tenant_id: UUID, site_id: UUID, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Segment.tenant_id == tenant_id,
        Segment.site_id == site_id,
        Segment.civil_day == day,
        Segment.state.in_(PRESENT),
    )


def _is_late(day: date, now: datetime) -> bool:
    return now >= day_start(day) + _NOTHING_AFTER
