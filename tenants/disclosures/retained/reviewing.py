"""複查: who keeps a copy and where, and what a person decides about it, 續存 or 銷毀 (KH-6-4b, TY-5-3)."""

from datetime import date
from uuid import UUID

from infra import clock, queues
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.audit.events import Event
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.retained import queries, rules
from tenants.disclosures.retained.history import record
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.retained.queries import Kept
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Permission
from tenants.retention.models import HoldBasis
from tenants.retention.rules import Grounds


def keep_at(*, actor: Actor, tenant_id: UUID, copy_id: UUID, custodian: str, place: str) -> RetainedCopy:
    """Say who keeps the copy and where; what was said before stays in its history (TY-5-3a)."""
    actor.require(Permission.RETAINED_KEEP)
    kept = _open(tenant_id, copy_id, actor)
    required = kept.rule.retained_copy.custodian_required
    rules.check_custody(custodian=custodian, place=place, required=required)
    kept.copy.custodian, kept.copy.place = custodian.strip(), place.strip()
    record(Event.RETAINED_KEPT, kept.copy, actor=actor)
    return kept.copy


def extend_copy(
    *, actor: Actor, tenant_id: UUID, copy_id: UUID, review_on: date, reason: str, grounds: Grounds
) -> RetainedCopy:
    """續存 until the next review; past the year of its oldest footage under an exception of the law only.

    Raises `Invalid` with the field, `InvalidTransition` once it has ended, and `NotAllowed` for nobody's own decision.
    """
    _require(actor)
    copy = _open(tenant_id, copy_id, actor).copy
    oldest, today = clock.civil_day(copy.oldest_at), clock.today()
    rules.check_extension(oldest=oldest, review_on=review_on, reason=reason, grounds=grounds, today=today)
    before = copy.review_on
    is_exception = grounds.basis is not HoldBasis.REQUEST
    copy.basis, copy.review_on = grounds.basis, review_on
    copy.reference = grounds.reference.strip() if is_exception else ""
    copy.document = grounds.document.strip() if is_exception else ""
    copy.necessity = grounds.necessity.strip() if is_exception else ""
    record(
        Event.RETAINED_EXTENDED,
        copy,
        actor=actor,
        reason=reason.strip(),
        basis=copy.basis,
        reference=copy.reference,
        document=copy.document,
        review_on=review_on.isoformat(),
        before=before.isoformat() if before is not None else "",
    )
    return copy


def end_copy(*, actor: Actor, tenant_id: UUID, copy_id: UUID, reason: str) -> RetainedCopy:
    """銷毀: it is needed no more; a worker destroys it at once and issues the certificate.

    Raises `Invalid` without a reason, `InvalidTransition` once it has ended or while its case is open, and `NotAllowed`
    for nobody's own decision.
    """
    _require(actor)
    kept = _open(tenant_id, copy_id, actor)
    if kept.disclosure.closed_at is None:
        raise InvalidTransition("案件尚未結案，備查複製本不能銷毀。請於結案後再決定。")
    if not reason.strip():
        raise Invalid("請填寫銷毀的理由，例如：無保存之必要。", field="reason")
    end(kept.copy, actor=actor, reason=reason.strip())
    return kept.copy


def end(copy: RetainedCopy, *, actor: Actor, reason: str) -> None:
    """A step of deciding, and of the year's end: from now on it goes, and nothing brings it back."""
    copy.ended_at, copy.end_reason = clock.now(), reason
    copy.ended_by = actor.id if actor.kind is ActorKind.PERSON else None
    record(Event.RETAINED_ENDED, copy, actor=actor, reason=reason)
    ids = {"tenant_id": copy.tenant_id, "copy_id": copy.id}
    queues.enqueue_after_commit(db.session, queues.Job.DESTROY_RETAINED_COPY, **ids)


def _open(tenant_id: UUID, copy_id: UUID, actor: Actor) -> Kept:
    """A copy that was made and goes on, locked, if the case does not concern the actor."""
    queries.locked(tenant_id=tenant_id, copy_id=copy_id)
    kept = queries.kept(tenant_id=tenant_id, copy_id=copy_id)
    check_not_involved(actor.id, excluded(kept.disclosure))
    if kept.copy.ended_at is not None:
        raise InvalidTransition("這份備查複製本已決定銷毀。請重新整理頁面查看最新狀態。")
    if kept.copy.made_at is None:
        raise InvalidTransition("這份備查複製本尚未製作完成。請稍後再試。")
    return kept


def _require(actor: Actor) -> None:
    actor.require(Permission.RETAINED_REVIEW)
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("備查複製本的續存與銷毀應由首長本人決定。")
