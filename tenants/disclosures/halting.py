"""A case is halted for a breach or by the head's hand, and goes on or ends by the head's decision.

KH-6-2i, KH-6-5b, KH-5-1c, infra/decisions/0048 and 0067.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures import halts
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.lifecycle import FINAL, course_of, possible
from tenants.disclosures.models import Disclosure, DisclosureState, Halt, HaltCause, HaltEnd
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.reopening import close_offer
from tenants.disclosures.progress import locked, record, start
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, InvalidTransition, NotAllowed

_ONE_OF_OURS = "違規的是機構人員，來文機關或申請人的調閱不因此撤銷。請改由其他人員操作及陪同，並決定繼續。"
_WAITS_ALREADY = "本案已經暫停，待您決定繼續或撤銷。請重新整理頁面查看最新狀態。"
_TAKEN_BACK = "本案的調閱與領取已撤銷，沒有可以暫停的事項。"
_NOTHING_WAITS = "本案沒有等待決定的暫停。請重新整理頁面查看最新狀態。"


def halt(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, what: Halt, barred: Collection[UUID] = ()) -> None:
    """Hold back what follows in a granted case until the head decided; the head is told at once.

    `barred` neither operate nor accompany in it from now on. A case of which nothing is granted, or that is over, has
    nothing to hold back; one that waits already for as much is halted once.
    """
    disclosure = locked(Disclosure, tenant_id=tenant_id, disclosure_id=disclosure_id)
    disclosure.barred = sorted({*disclosure.barred, *map(str, barred)})
    if Step.HALT not in possible(course_of(disclosure), DisclosureState(disclosure.state)):
        return
    if halts.waits(disclosure) and disclosure.halt in {Halt.ALL, what}:
        return
    _hold_back(disclosure, what, HaltCause.BREACH)
    record(Step.HALT, actor=actor, disclosure=disclosure, scope=what.value)


def pause(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, cause: HaltCause | None, note: str) -> Disclosure:
    """暫停 by the head's hand: everything granted waits, also a picture that is shown, until `go_on` or `take_back`.

    For what no breach tells: a court's or authority's stay, a complaint, a doubt about who asks. `note` says why, to
    the institution alone. Raises `Invalid` with the form's field, `NotAllowed`, and `InvalidTransition` for a case that
    waits already or was taken back.
    """
    disclosure = _to_decide(Step.PAUSE, actor, tenant_id, disclosure_id)
    if halts.waits(disclosure):
        raise InvalidTransition(_WAITS_ALREADY)
    if halts.taken_back(disclosure):
        raise InvalidTransition(_TAKEN_BACK)
    if cause not in halts.BY_HAND:
        raise Invalid("請選擇暫停的原因。", field="cause")
    if not note.strip():
        raise Invalid("請敘明暫停的原因，例如裁定或公文的字號、陳情的要點。", field="note")
    _hold_back(disclosure, Halt.ALL, cause, note.strip())
    record(Step.PAUSE, actor=actor, disclosure=disclosure, cause=cause.value, reason=disclosure.halt_note)
    return disclosure


def go_on(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reasons: str) -> Disclosure:
    """繼續: what waited is possible again; also of a case that was taken back, when it turned out otherwise.

    Raises `Invalid` without reasons, `NotAllowed` for whoever committed the breach, and `InvalidTransition`.
    """
    disclosure = _to_decide(Step.GO_ON, actor, tenant_id, disclosure_id)
    if not halts.waits(disclosure) and not halts.taken_back(disclosure):
        raise InvalidTransition(_NOTHING_WAITS)
    _decide(disclosure, HaltEnd.WENT_ON, actor=actor, reasons=reasons)
    record(Step.GO_ON, actor=actor, disclosure=disclosure, reason=disclosure.halt_reasons)
    return disclosure


def take_back(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reasons: str) -> Disclosure:
    """撤銷: nothing of the case is looked at or handed over any more, and an untold passphrase is gone (KH-6-5b).

    Raises as `go_on`, and `InvalidTransition` where only people of the institution committed the breach.
    """
    disclosure = _to_decide(Step.TAKE_BACK, actor, tenant_id, disclosure_id)
    if not halts.waits(disclosure):
        raise InvalidTransition(_NOTHING_WAITS)
    if disclosure.halt == Halt.VIEWING:
        raise InvalidTransition(_ONE_OF_OURS)
    _decide(disclosure, HaltEnd.TAKEN_BACK, actor=actor, reasons=reasons)
    if isinstance(disclosure, OfficialRequest):
        close_offer(disclosure, actor=actor, reason=disclosure.halt_reasons)
    record(Step.TAKE_BACK, actor=actor, disclosure=disclosure, reason=disclosure.halt_reasons)
    return disclosure


def waiting(*, tenant_id: UUID, actor: Actor) -> Sequence[Disclosure]:
    """The halted cases that this person can decide, the oldest first."""
    query = select(Disclosure).where(
        Disclosure.tenant_id == tenant_id,
        Disclosure.halted_at.is_not(None),
        Disclosure.halt_end == "",
        Disclosure.state.not_in(FINAL),
    )
    found = db.session.scalars(query.order_by(Disclosure.halted_at))
    return [each for each in found if str(actor.id) not in {*excluded(each), *each.barred}]


def _to_decide(step: Step, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    disclosure = start(Disclosure, step, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    check_not_involved(actor.id, excluded(disclosure))
    if str(actor.id) in disclosure.barred:
        raise NotAllowed("違規通報與您有關，不能由您決定。請由代理人或負責人決定。")
    return disclosure


def _hold_back(disclosure: Disclosure, what: Halt, cause: HaltCause, note: str = "") -> None:
    """The columns are of the latest halt; the chain has all of them."""
    disclosure.halted_at, disclosure.halt = clock.now(), what
    disclosure.halt_cause, disclosure.halt_note = cause, note
    disclosure.halt_end, disclosure.halt_reasons = "", ""
    disclosure.halt_decided_at = disclosure.halt_decided_by = None


def _decide(disclosure: Disclosure, end: HaltEnd, *, actor: Actor, reasons: str) -> None:
    if not reasons.strip():
        raise Invalid("請敘明決定的理由。", field="reasons")
    disclosure.halt_end, disclosure.halt_reasons = end, reasons.strip()
    disclosure.halt_decided_at, disclosure.halt_decided_by = clock.now(), person(actor)
