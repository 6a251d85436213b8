"""Opening a copy for reference: designated staff only, with a reason, in the chain before the first byte is read.

There is no download: insiders may not copy (KH-6-2j), and an agency had its own.
"""

from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.openings import OPEN_FOR
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.retained import queries
from tenants.disclosures.retained.history import record
from tenants.disclosures.retained.models import CopyChange, CopyStep, Found, RetainedCopy
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Permission
from tenants.registry.assessments.playback import check_playable


def open_copy(*, actor: Actor, tenant_id: UUID, copy_id: UUID, reason: str) -> RetainedCopy:
    """Say why a copy is opened; from then on it plays for this person for four hours (`OPEN_FOR`).

    Raises `Invalid` without a reason, `NotAllowed` for whom the case concerns, `InvalidTransition` where nothing opens.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    copy = queries.locked(tenant_id=tenant_id, copy_id=copy_id)
    kept = queries.kept(tenant_id=tenant_id, copy_id=copy_id)
    check_not_involved(actor.id, excluded(kept.disclosure))
    if copy.wrapped_secret is None:
        raise InvalidTransition("這份備查複製本尚未製作完成，或已銷毀，無法開啟。")
    if not reason.strip():
        raise Invalid("請填寫開啟備查複製本的理由。", field="reason")
    record(Event.RETAINED_OPENED, copy, actor=actor, reason=reason.strip())
    return copy


def note_check(*, actor: Actor, tenant_id: UUID, copy_id: UUID, found: Found) -> RetainedCopy:
    """Write down what a check of a copy came to. Who checks has opened it before (`check_opened`)."""
    actor.require(Permission.FOOTAGE_WATCH)
    copy = queries.locked(tenant_id=tenant_id, copy_id=copy_id)
    copy.checked_at, copy.found = clock.now(), found
    record(Event.RETAINED_CHECKED, copy, actor=actor, found=found.value)
    return copy


def note_watching(*, actor: Actor, tenant_id: UUID, copy_id: UUID, part: int) -> None:
    """Record that a part of a copy is watched by who opened it. Raises as `check_opened`."""
    actor.require(Permission.FOOTAGE_WATCH)
    copy = check_watched(actor=actor, tenant_id=tenant_id, copy_id=copy_id)
    serial = queries.kept(tenant_id=tenant_id, copy_id=copy_id).disclosure.serial
    audit.record(
        Event.RETAINED_WATCHED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=copy.id,
        copy_id=str(copy.id),
        serial=serial,
        part=part,
    )


def check_opened(*, actor: Actor, tenant_id: UUID, copy_id: UUID) -> RetainedCopy:
    """The copy, if this person opened it not long ago. Raises `NotFound`, and `NotAllowed` before it was opened."""
    kept = queries.kept(tenant_id=tenant_id, copy_id=copy_id)
    check_not_involved(actor.id, excluded(kept.disclosure))
    if not is_opened(actor=actor, tenant_id=tenant_id, copy_id=copy_id):
        raise NotAllowed("請先在備查複製本的頁面填寫理由開啟，再播放或驗證。")
    return kept.copy


def check_watched(*, actor: Actor, tenant_id: UUID, copy_id: UUID) -> RetainedCopy:
    """The same to be looked at: raises `NotReviewed` as well, where a camera of it may not play (KH-3-4)."""
    copy = check_opened(actor=actor, tenant_id=tenant_id, copy_id=copy_id)
    windows = windows_of(queries.kept(tenant_id=tenant_id, copy_id=copy_id).disclosure).values()
    check_playable(tenant_id=tenant_id, camera_ids={window.camera_id for window in windows})
    return copy


def is_opened(*, actor: Actor, tenant_id: UUID, copy_id: UUID) -> bool:
    """Whether this person opened the copy not long ago."""
    query = select(CopyChange.id).where(
        CopyChange.tenant_id == tenant_id,
        CopyChange.copy_id == copy_id,
        CopyChange.step == CopyStep.OPENED,
        CopyChange.by_id == actor.id,
        CopyChange.at > clock.now() - OPEN_FOR,
    )
    return db.session.scalar(query.limit(1)) is not None
