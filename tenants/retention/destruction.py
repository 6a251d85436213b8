"""Destruction of one institution's civil day, in two phases: the key first and for good, then proof of emptiness.

A worker may die anywhere: before the first commit nothing happened, between the two the day is 待完成, and only a
listing that shows nothing makes a certificate. Each phase may be repeated.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from infra import clock, object_keys, queues
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import NotFound
from tenants.footage.models import DayKey, FilmedDay, Segment
from tenants.profiles import RuleProfile
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site
from tenants.registry.regulations import profile
from tenants.retention import coverage, guarding
from tenants.retention.certificate import CameraShare, Facts, HeldBack, certificate, certificate_number
from tenants.retention.digest import leaf_hashes, merkle_root
from tenants.retention.emptying import empty
from tenants.retention.models import Destruction, DestructionState, Hold, PreservedSegment
from tenants.retention.rules import DayAndClass


def begin_destruction(*, actor: Actor, tenant_id: UUID, of: DayAndClass, now: datetime) -> Destruction:
    """Destroy the key of a day that the plan of this moment has; from the commit on nothing opens its footage.

    There is no other way: the plan is asked here, under the key's lock, whoever calls. Repeatable. Raises `HeldByLaw`
    before the day (KH-5-3c), while a hold has not copied what it keeps and while the run waits for a second person, and
    `NotFound` for a day without a key.
    """
    key = _locked_key(tenant_id, of)
    if key.destroyed_at is not None:
        return _destruction(tenant_id, of)
    guarding.refuse_unplanned(tenant_id=tenant_id, of=of, now=now)
    return _begin(key, actor=actor)


def enter_lost(
    *, actor: Actor, tenant_id: UUID, of: DayAndClass, now: datetime, store: ObjectStore, restored: dict[str, Any]
) -> Destruction:
    """Enter a day as destroyed whose key opens nothing, since a backup brought back its row and not its share.

    Raises `HeldByLaw` while the store shows the share, before the day, and while a hold lacks its copy.
    """
    key = _locked_key(tenant_id, of)
    if key.destroyed_at is not None:
        return _destruction(tenant_id, of)
    guarding.refuse_not_lost(key=key, now=now, store=store)
    made = _begin(key, actor=actor)
    made.restored = restored
    return made


def certify_destruction(*, actor: Actor, tenant_id: UUID, destruction_id: UUID, store: ObjectStore) -> Destruction:
    """Clear the key's share and the day's objects in every form, verify by listing, then write the certificate.

    The share goes first, whatever waits: from then on no backup of the database opens the day either. Repeatable.
    Raises `StillThere` when the store shows anything afterwards, and `HeldByLaw` while an edge box says it still has
    footage of that day on its disk (DR-05); the destruction stays 待完成.
    """
    made = _locked(tenant_id, destruction_id)
    if made.state == DestructionState.CERTIFIED:
        return made
    day, retention_days = made.civil_day, made.retention_days
    empty(store, object_keys.day_shares(retention_days=retention_days, tenant_id=tenant_id, day=day))
    guarding.refuse_while_on_edge(tenant_id=tenant_id, day=day)
    empty(store, object_keys.day_prefix(retention_days=retention_days, tenant_id=tenant_id, day=day))
    now = clock.now()
    made.certificate = certificate(_facts(made, certified_at=now, certified_by=actor.name))
    made.certificate_no = made.certificate["number"]
    made.state, made.certified_at = DestructionState.CERTIFIED, now
    text = json.dumps(made.certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    audit.record(
        Event.DESTRUCTION_CERTIFIED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        civil_day=made.civil_day.isoformat(),
        retention_days=made.retention_days,
        certificate_no=made.certificate_no,
        kept_back=made.kept_back,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return made


def held_back(*, tenant_id: UUID, day: date, retention_days: int) -> list[HeldBack]:
    """What of a day is kept by open holds, with each hold's reason: it has been copied and stays."""
    query = (
        select(Hold.id, Hold.basis, Hold.reference, func.count())
        .join(PreservedSegment, (PreservedSegment.tenant_id == Hold.tenant_id) & (PreservedSegment.hold_id == Hold.id))
        .where(
            Hold.tenant_id == tenant_id,
            Hold.released_at.is_(None),
            PreservedSegment.civil_day == day,
            PreservedSegment.retention_days == retention_days,
        )
        .group_by(Hold.id)
        .order_by(Hold.placed_at)
    )
    return [HeldBack(*row) for row in db.session.execute(query)]


def _begin(key: DayKey, *, actor: Actor) -> Destruction:
    """The first phase: what is about to go is counted, and its key goes. The key's row is locked."""
    tenant_id, day, retention_days = key.tenant_id, key.civil_day, key.retention_days
    made = _counted(tenant_id, day, retention_days)
    made.begun_by = actor.name
    covered = coverage.sites_covered(tenant_id=tenant_id, day=day, retention_days=retention_days)
    made.profile_version = "、".join(each.citation for each in _regulations(covered, day))
    db.session.add(made)
    key.wrapped_secret, key.destroyed_at = None, made.begun_at
    audit.record(
        Event.DESTRUCTION_BEGUN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        civil_day=day.isoformat(),
        retention_days=retention_days,
        segments=made.segments,
        bytes=made.size,
        digest=made.digest,
        rule=made.profile_version,
    )
    queues.enqueue_after_commit(db.session, queues.Job.CERTIFY_DESTRUCTION, tenant_id=tenant_id, destruction_id=made.id)
    return made


def _counted(tenant_id: UUID, day: date, retention_days: int) -> Destruction:
    """What is about to go, counted while the key's row is ours: nothing can be held or indexed meanwhile unseen.

    The day is read once, and what is asked of it when its index is gone is kept (infra/decisions/0013).
    """
    filmed, digest = _filmed(tenant_id, day, retention_days)
    db.session.add_all(filmed)
    kept = held_back(tenant_id=tenant_id, day=day, retention_days=retention_days)
    return Destruction(
        id=uuid4(),
        tenant_id=tenant_id,
        civil_day=day,
        retention_days=retention_days,
        state=DestructionState.BEGUN,
        begun_at=clock.now(),
        segments=sum(each.segments for each in filmed),
        size=sum(each.size for each in filmed),
        digest=digest,
        kept_back=sum(each.segments for each in kept),
    )


def _filmed(tenant_id: UUID, day: date, retention_days: int) -> tuple[Sequence[FilmedDay], str]:
    """What each camera has of the day, and the root over all of it."""
    of_camera = (Segment.camera_id, Segment.site_id)
    totals = (func.count(), func.sum(Segment.cipher_bytes), func.min(Segment.started_at), func.max(Segment.ended_at))
    query = (
        select(*of_camera, *totals, leaf_hashes())
        .where(Segment.tenant_id == tenant_id, Segment.civil_day == day, Segment.retention_days == retention_days)
        .group_by(*of_camera)
        .order_by(*of_camera)
    )
    filmed: list[FilmedDay] = []
    hashes: list[bytes] = []
    for camera_id, site_id, segments, size, first, last, of_leaves in db.session.execute(query):
        given = {"camera_id": camera_id, "site_id": site_id, "segments": segments, "size": size}
        where = {"tenant_id": tenant_id, "civil_day": day, "retention_days": retention_days}
        filmed.append(FilmedDay(started_at=first, ended_at=last, **given, **where))
        hashes.append(of_leaves)
    return filmed, merkle_root(hashes)


def _facts(made: Destruction, *, certified_at: datetime, certified_by: str) -> Facts:
    tenant_id, day, retention_days = made.tenant_id, made.civil_day, made.retention_days
    tenant = registry.tenant(tenant_id=tenant_id)
    covered = coverage.sites_covered(tenant_id=tenant_id, day=day, retention_days=retention_days)
    regulations = _regulations(covered, day)
    return Facts(
        number=certificate_number(tenant.code, day, retention_days),
        institution_code=tenant.code,
        institution=tenant.name,
        destruction=made,
        certified_at=certified_at,
        certified_by=certified_by,
        regulations=tuple(each.name for each in regulations),
        articles=tuple(dict.fromkeys(each.article("retention_max") for each in regulations)),
        sites=tuple(each.name for each in covered),
        cameras=tuple(_shares(tenant_id, day, retention_days)),
        held_back=tuple(held_back(tenant_id=tenant_id, day=day, retention_days=retention_days)),
        on_revoked=tuple(guarding.left_on_revoked(tenant_id=tenant_id, day=day)),
    )


def _locked_key(tenant_id: UUID, of: DayAndClass) -> DayKey:
    key = db.session.get(DayKey, (tenant_id, of.day, of.retention_days), with_for_update=True, populate_existing=True)
    if key is None:
        raise NotFound
    return key


def _locked(tenant_id: UUID, destruction_id: UUID) -> Destruction:
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.id == destruction_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def _destruction(tenant_id: UUID, of: DayAndClass) -> Destruction:
    return db.session.scalars(
        select(Destruction).where(
            Destruction.tenant_id == tenant_id,
            Destruction.civil_day == of.day,
            Destruction.retention_days == of.retention_days,
        )
    ).one()


def _regulations(sites: Iterable[Site], day: date) -> list[RuleProfile]:
    """The regulations of these sites as they were on the day of recording, each once (DR-10, DR-11)."""
    return [profile(code, day) for code in sorted({site.profile for site in sites})]


def _shares(tenant_id: UUID, day: date, retention_days: int) -> Iterator[CameraShare]:
    query = (
        select(
            Site.name,
            Camera.code,
            Camera.name,
            FilmedDay.segments,
            FilmedDay.size,
            FilmedDay.started_at,
            FilmedDay.ended_at,
        )
        .join(Camera, (Camera.tenant_id == FilmedDay.tenant_id) & (Camera.id == FilmedDay.camera_id))
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .where(FilmedDay.tenant_id == tenant_id, FilmedDay.civil_day == day)
        .where(FilmedDay.retention_days == retention_days)
        .order_by(Site.code, Camera.code)
    )
    for site, code, name, segments, size, first, last in db.session.execute(query):
        yield CameraShare(site=site, code=code, name=name, segments=segments, bytes=int(size), first=first, last=last)
