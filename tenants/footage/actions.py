"""Writes of footage: segments confirmed by their device, and what the store says of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from infra import queues
from infra.clock import civil_day
from infra.db import db
from infra.manifest import SignedLine, beside
from infra.objects import NoSuchObject, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.admission import Admitted, Rejection, judge
from tenants.footage.lines import columns, signed_line
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.footage.queries import KEY_OF_SEGMENT, unchecked
from tenants.footage.rules import digest_of

# A segment that the store does not show this long after it was confirmed is missing, not late.
MISSING_AFTER = timedelta(minutes=10)
CHECKED_AT_ONCE = 500


@dataclass(frozen=True)
class Outcome:
    """What became of one confirmed line: `confirmed`, `already`, or why it was refused. `size`: bytes that entered."""

    code: str
    detail: str = ""
    size: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        """Whether the device may go on with this segment."""
        return self.code in {"confirmed", "already"}


def confirm(*, actor: Actor, tenant_id: UUID, lines: Sequence[SignedLine], now: datetime) -> list[Outcome]:
    """Enter what a device says it uploaded, each line for itself, and answer in the order given.

    The same line again is `already`; another line under a known id is `conflict`. Nothing counts as kept before the
    store was asked (`settle_checks`), and the device keeps its own copy until then.
    """
    judged = judge(lines, actor=actor, tenant_id=tenant_id, now=now)
    for day, days in sorted(
        {(one.line.civil_day, one.line.retention_days) for one in judged if isinstance(one, Admitted)}
    ):
        db.session.execute(text("select ensure_segment_partition(:day, :days)"), {"day": day, "days": days})
    outcomes = [Outcome(one.code, one.detail) if isinstance(one, Rejection) else _enter(one, now) for one in judged]
    entered = [one for one, outcome in zip(judged, outcomes, strict=True) if outcome.code == "confirmed"]
    if entered:
        segments = [one for one in entered if isinstance(one, Admitted)]
        audit.record(
            Event.FOOTAGE_CONFIRMED,
            tenant_id=tenant_id,
            actor=actor,
            device_id=str(actor.id),
            segments=len(segments),
            bytes=sum(one.line.cipher_bytes for one in segments),
            digest=digest_of((one.line.segment_id, one.line.cipher_sha256) for one in segments),
        )
        queues.enqueue_after_commit(db.session, queues.Job.CHECK_SEGMENTS, tenant_id=tenant_id)
    for code, count in sorted(Counter(outcome.code for outcome in outcomes if not outcome.accepted).items()):
        audit.record(
            Event.FOOTAGE_REFUSED, tenant_id=tenant_id, actor=actor, device_id=str(actor.id), code=code, count=count
        )
    return outcomes


def _enter(one: Admitted, now: datetime) -> Outcome:
    line = one.line
    values = columns(line, one.held) | {"state": SegmentState.CONFIRMED, "confirmed_at": now}
    if db.session.scalar(insert(Segment).values(values).on_conflict_do_nothing().returning(Segment.id)) is not None:
        return Outcome("confirmed", size=line.cipher_bytes)
    known = db.session.get_one(
        Segment,
        (line.civil_day, line.retention_days, line.tenant_id, line.segment_id),
        with_for_update=True,
        populate_existing=True,
    )
    if signed_line(known, recipient=line.recipient).line != one.held.line:
        return Outcome("conflict", Rejection("conflict").detail)
    if known.state in {SegmentState.MISMATCHED, SegmentState.MISSING}:
        # The device still had the right bytes and put them again; the store is asked once more.
        known.state, known.confirmed_at, known.checked_at = SegmentState.CONFIRMED, now, None
        return Outcome("confirmed")
    return Outcome("already")


def settle_checks(*, actor: Actor, tenant_id: UUID, store: ObjectStore, now: datetime) -> bool:
    """Ask the store about confirmed segments, the oldest first; True when more are waiting.

    Size and MD5 as announced: `stored`, and the device may drop its copy. Anything else, or nothing there some minutes
    after: `mismatched`, one audit event each, and the device sends it again.
    """
    query = (
        select(Segment, DayKey.recipient)
        .join(DayKey, KEY_OF_SEGMENT)
        .where(unchecked(tenant_id=tenant_id, today=civil_day(now)))
        .order_by(Segment.confirmed_at)
        .limit(CHECKED_AT_ONCE)
        .with_for_update(of=Segment, skip_locked=True)
    )
    waiting = db.session.execute(query).all()
    stored: list[Segment] = []
    for segment, recipient in waiting:
        found = _found(segment, recipient, store, now)
        if found == "":
            stored.append(segment)
            segment.state, segment.checked_at = SegmentState.STORED, now
        elif found is not None:
            segment.state, segment.checked_at = SegmentState.MISMATCHED, now
            audit.record(
                Event.FOOTAGE_MISMATCHED,
                tenant_id=tenant_id,
                actor=actor,
                subject_id=segment.id,
                segment_id=str(segment.id),
                camera_id=str(segment.camera_id),
                found=found,
            )
    if stored:
        digest = digest_of((segment.id, segment.cipher_sha256.hex()) for segment in stored)
        audit.record(Event.FOOTAGE_STORED, tenant_id=tenant_id, actor=actor, segments=len(stored), digest=digest)
    return len(waiting) == CHECKED_AT_ONCE and bool(stored)


def _found(segment: Segment, recipient: str, store: ObjectStore, now: datetime) -> str | None:
    """What is wrong in the store: nothing (empty), `missing`, `other_bytes`, `other_line`; None: too early to say."""
    try:
        facts = store.facts(segment.object_key)
    except NoSuchObject:
        return "missing" if now - segment.confirmed_at > MISSING_AFTER else None
    if (facts.bytes, facts.md5) != (segment.cipher_bytes, segment.cipher_md5.hex()):
        return "other_bytes"
    # What the index can be rebuilt from lies with the object, or the object does not count as kept.
    return "" if facts.beside == beside(signed_line(segment, recipient=recipient)) else "other_line"
