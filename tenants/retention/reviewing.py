"""複查: what a person decides about a hold on its review date, 展延 or 結束. A date that passed ends nothing."""

from datetime import date
from uuid import UUID

from infra import clock
from tenants.actor import Actor, ActorKind
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Permission
from tenants.retention import hold_queries, queries
from tenants.retention.actions import release_hold
from tenants.retention.hold_history import record
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import Grounds, check_hold, check_within_year


def extend_hold(
    *, actor: Actor, tenant_id: UUID, hold_id: UUID, review_on: date, reason: str, grounds: Grounds | None = None
) -> Hold:
    """展延: the next review date, and new grounds where the old ones carry no further (KH-5-4b, KH-5-4c).

    A hold of a case that is over, or of footage that becomes a year old, goes on under an exception of the law only.
    Raises `Invalid`, and `InvalidTransition` when the hold has ended.
    """
    _require(actor)
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None:
        raise InvalidTransition("這筆保全已經結束。請重新整理頁面查看最新狀態。")
    if not reason.strip():
        raise Invalid("請填寫展延的理由。", field="reason")
    grounds = grounds or _held_on(hold)
    _check(hold, grounds, review_on)
    before = hold.review_on
    hold.basis, hold.reference = grounds.basis, grounds.reference.strip()
    hold.document, hold.necessity = grounds.document.strip(), grounds.necessity.strip()
    hold.review_on, hold.ends_on, hold.release_reason = review_on, None, ""
    record(
        Event.HOLD_EXTENDED,
        hold,
        actor=actor,
        reason=reason.strip(),
        basis=hold.basis,
        reference=hold.reference,
        document=hold.document,
        review_on=review_on.isoformat(),
        before=before.isoformat(),
    )
    return hold


def end_hold(*, actor: Actor, tenant_id: UUID, hold_id: UUID, reason: str) -> Hold:
    """結束: the footage is necessary no more. The hold of a request ends with its case and not here.

    Raises `Invalid` without a reason and `InvalidTransition` when the hold has ended already.
    """
    _require(actor)
    basis = queries.hold(tenant_id=tenant_id, hold_id=hold_id).basis
    if basis == HoldBasis.URGENT:  # whom it concerns must not be able to end it
        raise InvalidTransition("緊急保全屆期自行失效，不能提前結束；收到公文或申請後由案件承接。")
    if basis == HoldBasis.REQUEST:
        raise InvalidTransition("調閱案件的保全在案件終結、救濟期間屆滿後自行結束。請至該案件辦理。")
    return release_hold(actor=actor, tenant_id=tenant_id, hold_id=hold_id, reason=reason)


def _require(actor: Actor) -> None:
    actor.require(Permission.HOLD_MANAGE)
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("保全的展延與結束應由首長本人決定。")


def _held_on(hold: Hold) -> Grounds:
    return Grounds(
        basis=HoldBasis(hold.basis),
        reference=hold.reference,
        document=hold.document,
        necessity=hold.necessity,
    )


def _check(hold: Hold, grounds: Grounds, review_on: date) -> None:
    if grounds.basis is HoldBasis.URGENT:
        raise Invalid("緊急保全僅得憑公文文號或案號延長。請改選依據，並填寫文號。", field="basis")
    check_hold(**vars(grounds), review_on=review_on, today=clock.today())
    if grounds.basis is HoldBasis.REQUEST and hold.basis == HoldBasis.URGENT:
        raise Invalid("緊急保全不是調閱案件。收到公文或申請後，由案件承接。", field="basis")
    if grounds.basis is HoldBasis.REQUEST and hold.ends_on is not None:
        raise Invalid("調閱案件已終結，繼續保存應另有法律依據。請改填依據、條次或案號及文號。", field="basis")
    spans = queries.windows(tenant_id=hold.tenant_id, hold_id=hold.id)
    check_within_year(basis=grounds.basis, windows=spans, review_on=review_on)
