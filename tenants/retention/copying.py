"""The copies of a hold: made from the day's footage under a key of the hold's own, and destroyed after the hold's end.

Evidence is never opened with a day's key, so that the day can go on time and only what the hold names stays.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from infra import age, clock, object_keys, queues
from infra.db import db
from infra.kms import Kms
from infra.objects import NoSuchObject, ObjectStore, md5_hex
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import InvalidTransition, Tampered
from tenants.footage.lines import signed_line
from tenants.footage.models import Segment, SegmentState
from tenants.footage.samples import Samples
from tenants.retention import hold_queries, queries
from tenants.retention.emptying import empty
from tenants.retention.hold_history import record
from tenants.retention.hold_keys import new_hold_key, open_hold_key
from tenants.retention.models import Hold, PreservedSegment

# About a quarter of an hour of one camera, so that a job stays short and what was copied is committed as it goes.
COPIED_AT_ONCE = 15


@dataclass(frozen=True)
class Copied:
    """What one run did, and how many segments still wait for the next."""

    segments: int
    left: int


def copy_hold(*, actor: Actor, tenant_id: UUID, hold_id: UUID, store: ObjectStore, kms: Kms, kind: age.Kind) -> Copied:
    """Copy the next segments that an open hold covers, those that arrived late included. Repeatable.

    `kind` is that of the hold's key, where it has none yet.
    Every byte is checked against the device's signed hashes on the way; what does not match is marked and recorded, and
    holds nothing up.
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None:
        return Copied(0, 0)
    windows = queries.windows(tenant_id=tenant_id, hold_id=hold_id)
    waiting = hold_queries.uncopied(tenant_id=tenant_id, hold_id=hold_id, windows=windows)
    copied = 0
    if waiting:
        recipient = _recipient(hold, kms=kms, store=store, kind=kind)
        run = _Run(
            actor=actor, hold_id=hold_id, recipient=recipient, store=store, samples=Samples(store=store, kms=kms)
        )
        copied = sum(run.copy(segment, named) for segment, named in waiting[:COPIED_AT_ONCE])
    hold.copy_failures, hold.copy_error = 0, ""
    if copied:
        audit.record(
            Event.HOLD_COPIED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=hold_id,
            hold_id=str(hold_id),
            segments=copied,
        )
    return Copied(copied, max(len(waiting) - COPIED_AT_ONCE, 0))


def destroy_hold(*, actor: Actor, tenant_id: UUID, hold_id: UUID, store: ObjectStore) -> None:
    """Destroy a hold that has ended, and record it once nothing is left. Repeatable, in two phases as a day.

    The first call destroys the row's secret; one after its commit the share and the copies. Raises `InvalidTransition`
    while the hold is open, and `StillThere` when the store kept anything.
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is None:
        raise InvalidTransition("保全尚未結束，不能銷毀保全的影像。請先填寫原因結束保全。")
    if hold.destroyed_at is not None:
        return
    if hold.wrapped_secret is not None:
        hold.wrapped_secret = None
        queues.enqueue_after_commit(db.session, queues.Job.DESTROY_HOLD, tenant_id=tenant_id, hold_id=hold_id, phase=2)
        return
    empty(store, object_keys.hold_shares(tenant_id=tenant_id, hold_id=hold_id))
    empty(store, object_keys.hold_prefix(tenant_id=tenant_id, hold_id=hold_id))
    hold.destroyed_at = clock.now()
    copies = queries.preserved_count(tenant_id=tenant_id, hold_id=hold_id)
    record(Event.HOLD_DESTROYED, hold, actor=actor, segments=copies)


def _recipient(hold: Hold, *, kms: Kms, store: ObjectStore, kind: age.Kind) -> str:
    """The hold's public key, made on the first run. What a run put and did not commit is overwritten by the next.

    One that was made before must still open: what is copied to a key that nobody can open is lost with its day.
    """
    ids = {"tenant_id": hold.tenant_id, "hold_id": hold.id}
    if hold.recipient is None:
        hold.recipient, hold.wrapped_secret = new_hold_key(**ids, kms=kms, store=store, kind=kind)
        db.session.flush()
    else:
        open_hold_key(**ids, kms=kms, store=store)
    return hold.recipient


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One job's copying."""

    actor: Actor
    hold_id: UUID
    recipient: str
    store: ObjectStore
    samples: Samples

    def copy(self, segment: Segment, day_recipient: str) -> bool:
        """Copy one segment, or mark it when it is not what its device signed. Whether it was copied."""
        try:
            plain = self.samples.of(segment)
        except (NoSuchObject, Tampered) as found:
            _mark(self.actor, segment, "missing" if isinstance(found, NoSuchObject) else "other_bytes")
            return False
        cipher = age.encrypt(plain, self.recipient)
        key = object_keys.preserved_segment(tenant_id=segment.tenant_id, hold_id=self.hold_id, segment_id=segment.id)
        self.store.put(key, cipher)
        facts = self.store.facts(key)
        if (facts.bytes, facts.md5) != (len(cipher), md5_hex(cipher)):
            raise Tampered(f"保全的副本與寫入的內容不符，將重新複製（片段 {segment.id}）。")
        held = signed_line(segment, recipient=day_recipient)
        same = ("tenant_id", "camera_id", "device_id", "civil_day", "retention_days", "started_at", "ended_at")
        db.session.add(
            PreservedSegment(
                hold_id=self.hold_id,
                segment_id=segment.id,
                plain_sha256=segment.plain_sha256.hex(),
                cipher_sha256=hashlib.sha256(cipher).hexdigest(),
                cipher_bytes=len(cipher),
                line=held.line,
                signature=held.signature,
                copied_at=clock.now(),
                **{name: getattr(segment, name) for name in same},
            )
        )
        return True


def _mark(actor: Actor, segment: Segment, found: str) -> None:
    segment.state, segment.checked_at = SegmentState.MISMATCHED, clock.now()
    audit.record(
        Event.FOOTAGE_MISMATCHED,
        tenant_id=segment.tenant_id,
        actor=actor,
        subject_id=segment.id,
        segment_id=str(segment.id),
        camera_id=str(segment.camera_id),
        found=found,
    )
