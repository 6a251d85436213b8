"""The copies of a hold: made from the day's footage under a key of the hold's own, and destroyed after the hold's end.

Evidence is never opened with a day's key, so that the day can go on time and only what the hold names stays.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from infra import age, clock, object_keys
from infra.db import db
from infra.kms import Kms
from infra.objects import NoSuchObject, ObjectStore, md5_hex
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import InvalidTransition, Tampered
from tenants.footage import queries as footage
from tenants.footage.models import Segment, SegmentState
from tenants.retention import hold_queries, queries
from tenants.retention.emptying import empty
from tenants.retention.models import Hold, PreservedSegment

# About a quarter of an hour of one camera, so that a job stays short and what was copied is committed as it goes.
COPIED_AT_ONCE = 15


@dataclass(frozen=True)
class Copied:
    """What one run did, and how many segments still wait for the next."""

    segments: int
    left: int


def hold_key_context(*, tenant_id: UUID, hold_id: UUID) -> str:
    """What a wrapped hold key is bound to under the master key."""
    return f"hold_key:{tenant_id}:{hold_id}"


def open_hold_key(*, tenant_id: UUID, hold_id: UUID, kms: Kms) -> str:
    """The secret that opens a hold's copies. Raises `InvalidTransition` before the first copy and after the end."""
    hold = queries.hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.wrapped_secret is None:
        raise InvalidTransition("這筆保全目前沒有可開啟的影像。請待保全完成，或確認保全是否已結束。")
    context = hold_key_context(tenant_id=tenant_id, hold_id=hold_id)
    return kms.unwrap(hold.wrapped_secret, context=context).decode()


def copy_hold(*, actor: Actor, tenant_id: UUID, hold_id: UUID, store: ObjectStore, kms: Kms) -> Copied:
    """Copy the next segments that an open hold covers, those that arrived late included. Repeatable.

    Every byte is checked against the device's signed hashes on the way; what does not match is marked and recorded, and
    holds nothing up.
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None:
        return Copied(0, 0)
    windows = queries.windows(tenant_id=tenant_id, hold_id=hold_id)
    waiting = hold_queries.uncopied(tenant_id=tenant_id, hold_id=hold_id, windows=windows)
    recipient = _own_key(hold, kms)
    copied = sum(
        _copy(actor, segment, hold_id, recipient, store=store, kms=kms) for segment in waiting[:COPIED_AT_ONCE]
    )
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
    """Destroy the key and the copies of a hold that has ended, and record it once nothing is left. Repeatable.

    Raises `InvalidTransition` while the hold is open, and `StillThere` when the store kept anything.
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is None:
        raise InvalidTransition("保全尚未結束，不能銷毀保全的影像。請先填寫原因結束保全。")
    if hold.destroyed_at is not None:
        return
    hold.wrapped_secret = None
    db.session.flush()
    empty(store, object_keys.hold_prefix(tenant_id=tenant_id, hold_id=hold_id))
    hold.destroyed_at = clock.now()
    audit.record(
        Event.HOLD_DESTROYED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=hold_id,
        hold_id=str(hold_id),
        segments=queries.preserved_count(tenant_id=tenant_id, hold_id=hold_id),
    )


def _own_key(hold: Hold, kms: Kms) -> str:
    """The hold's public key, made on the first run. What a run put and did not commit is overwritten by the next."""
    if hold.recipient is None:
        identity = age.new_identity()
        context = hold_key_context(tenant_id=hold.tenant_id, hold_id=hold.id)
        hold.recipient = identity.recipient
        hold.wrapped_secret = kms.wrap(identity.secret.encode(), context=context)
        hold.kms_key_id = kms.key_id
        db.session.flush()
    return hold.recipient


def _copy(actor: Actor, segment: Segment, hold_id: UUID, recipient: str, *, store: ObjectStore, kms: Kms) -> bool:
    try:
        plain = _plain(segment, store, kms)
    except (NoSuchObject, Tampered) as found:
        segment.state, segment.checked_at = SegmentState.MISMATCHED, clock.now()
        audit.record(
            Event.FOOTAGE_MISMATCHED,
            tenant_id=segment.tenant_id,
            actor=actor,
            subject_id=segment.id,
            segment_id=str(segment.id),
            camera_id=str(segment.camera_id),
            found="missing" if isinstance(found, NoSuchObject) else "other_bytes",
        )
        return False
    cipher = age.encrypt(plain, recipient)
    key = object_keys.preserved_segment(tenant_id=segment.tenant_id, hold_id=hold_id, segment_id=segment.id)
    store.put(key, cipher)
    facts = store.facts(key)
    if (facts.bytes, facts.md5) != (len(cipher), md5_hex(cipher)):
        raise Tampered(f"保全的副本與寫入的內容不符，將重新複製（片段 {segment.id}）。")
    same = ("tenant_id", "camera_id", "device_id", "civil_day", "started_at", "ended_at", "plain_sha256")
    db.session.add(
        PreservedSegment(
            hold_id=hold_id,
            segment_id=segment.id,
            cipher_sha256=hashlib.sha256(cipher).hexdigest(),
            cipher_bytes=len(cipher),
            line=segment.line,
            signature=segment.signature,
            copied_at=clock.now(),
            **{name: getattr(segment, name) for name in same},
        )
    )
    return True


def _plain(segment: Segment, store: ObjectStore, kms: Kms) -> bytes:
    """The segment's samples, if they are the ones that its device signed. Raises `Tampered` and `NoSuchObject`."""
    cipher = store.get(segment.object_key)
    if hashlib.sha256(cipher).hexdigest() != segment.cipher_sha256:
        raise Tampered("儲存的影像與主機簽署的雜湊不符。")
    secret = footage.open_day_key(
        tenant_id=segment.tenant_id, day=segment.civil_day, retention_days=segment.retention_days, kms=kms
    )
    try:
        plain = age.decrypt(cipher, secret)
    except age.CannotDecrypt as error:
        raise Tampered("儲存的影像無法以當日金鑰開啟。") from error
    if hashlib.sha256(plain).hexdigest() != segment.plain_sha256:
        raise Tampered("開啟後的影像與主機簽署的雜湊不符。")
    return plain
