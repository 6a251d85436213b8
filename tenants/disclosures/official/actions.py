"""Audited writes of a request by official document, step by step from the letter to the closed case.

What an officer does lies in `filing`, what hands footage over in `handover`; all of it is reached from here.
"""

from datetime import date
from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor, person
from tenants.disclosures import asking
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import closing, copies_out, documents, rules
from tenants.disclosures.official.copies_out import CopyEnd, chase, report_end
from tenants.disclosures.official.documents import Besides, Element, Returnable
from tenants.disclosures.official.filing import (
    Completion,
    Filed,
    Filing,
    complete,
    file_request,
)
from tenants.disclosures.official.handover import IssuedLink, Receipt, collect, issue_link
from tenants.disclosures.official.in_person import InPerson, Medium, hand_over, prepare_medium, take_out
from tenants.disclosures.official.leaving import Leaving
from tenants.disclosures.official.letters import Scan
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.passphrases import show_passphrase
from tenants.disclosures.official.questions import question_of
from tenants.disclosures.official.reopening import ask_reopening, record_sent, reopen, revoke
from tenants.disclosures.official.rules import Decision
from tenants.disclosures.official.several import Elsewhere, Place, file_letter
from tenants.disclosures.official.withdrawing import withdraw
from tenants.disclosures.packages.ordering import ordered
from tenants.disclosures.progress import finish, let_hold_end, start
from tenants.disclosures.steps import Step
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid, NeedsConfirmation
from tenants.permissions import Role

__all__ = [
    "Completion",
    "CopyEnd",
    "Elsewhere",
    "Filed",
    "Filing",
    "InPerson",
    "IssuedLink",
    "Leaving",
    "Medium",
    "NeedsConfirmation",
    "Place",
    "Receipt",
    "Scan",
    "ask_reopening",
    "chase",
    "close",
    "collect",
    "complete",
    "decide",
    "file_letter",
    "file_request",
    "hand_over",
    "issue_link",
    "prepare_medium",
    "record_reply",
    "record_sent",
    "refuse",
    "reopen",
    "report_end",
    "return_for_completion",
    "revoke",
    "show_passphrase",
    "take_out",
    "withdraw",
]


def return_for_completion(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, missing: frozenset[Returnable], note: str
) -> OfficialRequest:
    """退請補正: send the request back, naming what the letter lacks. The hold stays (DR-01)."""
    disclosure = start(OfficialRequest, Step.RETURN, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not missing and not note.strip():
        raise Invalid("請勾選來文欠缺的事項，或說明需要補正的內容。", field="missing")
    offered = documents.returnable(wants_copy=disclosure.wants_copy, classification=disclosure.classification)
    if not missing <= set(offered):
        raise Invalid("本案不能以這個事項退請補正。請重新勾選。", field="missing")
    named = [item for item in offered if item in missing]
    # The officer copied something that the letter does not say.
    emptied = [item for item in named if item is Besides.COPY_NECESSITY or item in set(Element) - {Element.DUTY}]
    filled = {item: text for item in emptied if (text := (getattr(disclosure, item.value) or "").strip())}
    disclosure.returned_note = documents.returned_note(named, note, filled=filled)
    disclosure.returned_for = [item.value for item in named if isinstance(item, Besides)]
    for item in emptied:
        setattr(disclosure, item.value, "" if item is Besides.COPY_NECESSITY else None)
    return finish(Step.RETURN, actor=actor, disclosure=disclosure, missing=[item.value for item in named])


def decide(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, decision: Decision) -> OfficialRequest:
    """同意 or 部分同意, by the head only (KH-6-1g). Orders the package, to be built once the hold is copied.

    It is what is looked at and what the copy for reference is made of (KH-6-4a), so it is built even when only looking
    is approved.
    """
    disclosure = start(OfficialRequest, Step.APPROVE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    windows = windows_of(disclosure)
    question = question_of(disclosure, windows)
    rules.check_decision(decision, question)
    for grant in decision.grants:
        window = windows[grant.window_id]
        window.approved_from, window.approved_until = grant.started_at, grant.ended_at
    disclosure.copy_approved = decision.copy
    if decision.copy:
        disclosure.return_by = copies_out.return_by(disclosure, decided=decision.return_by)
    disclosure.escort_id = decision.escort_id
    _mark_decided(disclosure, actor, decision.reasons)
    package = ordered(disclosure, agency_id=disclosure.agency_id)
    db.session.add(package)
    enqueue_after_commit(db.session, Job.BUILD_PACKAGE, tenant_id=tenant_id, package_id=package.id)
    step = Step.APPROVE if rules.is_full(decision, question) else Step.APPROVE_PART
    return finish(
        step,
        actor=actor,
        disclosure=disclosure,
        decision=step.value,
        windows=asking.plain_grants(decision.grants),
        acting=disclosure.decided_acting,
    )


def refuse(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reasons: str) -> OfficialRequest:
    """不同意, with reasons. The hold stays through the appeal period and then ends by itself (DR-01)."""
    disclosure = start(OfficialRequest, Step.REFUSE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not reasons.strip():
        raise Invalid("不同意時應敘明理由，並告知後續可行的方式。", field="reasons")
    _mark_decided(disclosure, actor, reasons)
    let_hold_end(disclosure, actor=actor)
    return finish(
        Step.REFUSE,
        actor=actor,
        disclosure=disclosure,
        decision=Step.REFUSE.value,
        windows=[],
        acting=disclosure.decided_acting,
    )


def record_reply(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reply_number: str, reply_date: date
) -> OfficialRequest:
    """函復: number and date of the reply letter, no earlier than the incoming one (KH-6-1h)."""
    disclosure = start(OfficialRequest, Step.REPLY, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not reply_number.strip():
        raise Invalid("請填寫函復的發文字號。", field="reply_number")
    rules.check_reply_date(reply_date, incoming=disclosure.document_date, today=clock.today())
    disclosure.reply_number = reply_number.strip()
    disclosure.reply_date = reply_date
    disclosure.replied_at, disclosure.replied_by = clock.now(), person(actor)
    return finish(
        Step.REPLY,
        actor=actor,
        disclosure=disclosure,
        reply_number=documents.number(reply_number).folded,
        reply_date=reply_date.isoformat(),
    )


def close(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> OfficialRequest:
    """結案. Impossible before the reply (KH-6-1h), and while what was approved waits to be fetched or looked at.

    What was carried out has its copy for reference by now (KH-6-4a, TY-5-3a). A refused case keeps the end of its hold;
    that of a granted one ends after the appeal period.
    """
    disclosure = start(OfficialRequest, Step.CLOSE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if (fault := closing.fault_of(disclosure)) is not None:
        raise fault
    disclosure.closed_at, disclosure.closed_by = clock.now(), person(actor)
    if disclosure.state != DisclosureState.REFUSED:
        let_hold_end(disclosure, actor=actor)
    return finish(Step.CLOSE, actor=actor, disclosure=disclosure)


def _mark_decided(disclosure: OfficialRequest, actor: Actor, reasons: str) -> None:
    disclosure.decided_at, disclosure.decided_by = clock.now(), person(actor)
    disclosure.decision_reasons, disclosure.decided_acting = reasons.strip(), actor.stands_in(Role.HEAD)
