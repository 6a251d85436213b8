"""Of which places a box had spoken by an instant. What it said later changes no past day (DR-30)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from infra.clock import civil_day
from infra.db import db
from tenants.footage.check_models import CameraCheck
from tenants.footage.models import GapReport, Segment
from tenants.registry import device_queries
from tenants.registry.models import EdgeDevice


def sites_heard(*, tenant_id: UUID, until: datetime) -> set[UUID]:
    """The sites of which a box, revoked ones too, had spoken by an instant; the session is bound to the institution.

    Only a box's last word is kept, and a box may be enrolled days before it is plugged in: of one that has spoken since
    the instant what it sent before tells, a nightly measurement, an interruption or footage.
    """
    boxes = [
        box
        for box in device_queries.devices(tenant_id=tenant_id)
        if box.enrolled_at < until and box.last_seen_at is not None
    ]
    unsure = [box for box in boxes if box.last_seen_at is not None and box.last_seen_at >= until]
    silent = {box.id for box in unsure} - (_sent_before(tenant_id, unsure, until) if unsure else set())
    return {box.site_id for box in boxes if box.id not in silent}


def _sent_before(tenant_id: UUID, boxes: Sequence[EdgeDevice], until: datetime) -> set[UUID]:
    """The index of minutes is asked only of a box without the others, and only of its own days: it is many tables."""
    box, check, gap = EdgeDevice.__table__.c, CameraCheck, GapReport
    measured = exists().where(check.tenant_id == tenant_id, check.device_id == box.id, check.reported_at < until)
    interrupted = exists().where(gap.tenant_id == tenant_id, gap.device_id == box.id, gap.reported_at < until)
    heard = _those(tenant_id, boxes, or_(measured, interrupted))
    left = [each for each in boxes if each.id not in heard]
    if not left:
        return heard
    filmed = exists().where(
        Segment.civil_day.between(civil_day(min(each.enrolled_at for each in left)), civil_day(until)),
        Segment.tenant_id == tenant_id,
        Segment.device_id == box.id,
        Segment.confirmed_at < until,
    )
    return heard | _those(tenant_id, left, filmed)


def _those(tenant_id: UUID, boxes: Sequence[EdgeDevice], heard: ColumnElement[bool]) -> set[UUID]:
    box = EdgeDevice.__table__.c
    its = (box.tenant_id == tenant_id, box.id.in_([each.id for each in boxes]))
    return set(db.session.scalars(select(box.id).where(*its, heard)))
