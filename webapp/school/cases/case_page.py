"""The page of one case, and the lines of the list, as the institution reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from infra import clock
from tenants.actor import Actor
from tenants.audit.proofs import Anchored, newest_proven
from tenants.disclosures import custody_record
from tenants.disclosures.insider.queries import ApplicationLine
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.case_lines import CaseLine
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.official.models import MediumKind
from tenants.disclosures.official.queries import Case
from tenants.disclosures.official.rules import answer_by
from tenants.disclosures.packages.models import PackageState
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_span
from webapp import addresses
from webapp.case_objections import ways_on
from webapp.case_progress import (
    clock_of,
    decision_of,
    elements_of,
    fingerprint_of,
    remarks_of,
    rules_of,
    stages,
    transfer_of,
    waits_for_copy,
)
from webapp.case_standing import badge_of, standing_of, standing_of_line
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.school.cases import halts
from webapp.school.cases.forms import DecisionForm, ReopenForm, ReplyForm, ReturnForm, RevokeForm
from webapp.school.cases.handover_forms import KIND_NAMES
from webapp.school.cases.steps import blocked
from webapp.school.retention import retained_view
from webapp.school.viewings import view

_UNDECIDED = {DisclosureState.SUBMITTED: "待首長決定", DisclosureState.RETURNED: "等待來文機關補正"}
_GRANTED = (DisclosureState.APPROVED, DisclosureState.PARTIALLY_APPROVED)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case of the list: its state, and what it waits for."""

    case: CaseLine
    badge: str
    state: str
    waits_for: str
    clock: tuple[str, str] | None


def lines(found: Iterable[CaseLine]) -> Sequence[Line]:
    """The list's lines."""
    return [
        Line(
            case=case,
            badge=badge,
            state=state,
            waits_for=_waits_for(case),
            clock=clock_of(case),
        )
        for case in found
        for badge, state in [standing_of_line(case)]
    ]


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application of the list; of a sealed one neither name nor ground."""

    id: UUID
    serial: str
    badge: str
    state: str
    name: str
    ground: str
    due: date
    filed_at: datetime


def application_lines(found: Iterable[ApplicationLine]) -> Sequence[Application]:
    """The list's lines of insiders."""
    return [
        Application(
            id=each.id,
            serial=each.serial,
            badge=badge_of(each.state),
            state=STATE_NAMES[each.state],
            name=each.name,
            ground=each.ground,
            due=each.due,
            filed_at=each.filed_at,
        )
        for each in found
    ]


def render(
    found: Case,
    *,
    decision: DecisionForm | None = None,
    sent_back: ReturnForm | None = None,
    reply: ReplyForm | None = None,
    reopening: ReopenForm | None = None,
    revoking: RevokeForm | None = None,
) -> str:
    """The page; with the forms that came back with faults, else with fresh ones."""
    rules, who = rules_of(found), actor()
    badge, state = standing_of(found)
    sent = (decision, sent_back, reply, reopening, revoking)
    return render_template(
        "school/cases/case.html",
        case=found,
        rules=rules,
        articles={clause.value: rules.article(clause) for clause in Clause},
        texts={clause.value: rules.text(clause) for clause in Clause},
        state=state,
        state_names=STATE_NAMES,
        badge_kind=badge,
        **progress_of(found),
        due=answer_by(clock.civil_day(found.disclosure.filed_at), found.disclosure.urgency),
        elements=elements_of(found),
        decided=decision_of(found),
        ended=found.state in FINAL,
        decision=decision or DecisionForm.of(found, fresh=True),
        sent_back=sent_back or ReturnForm.of(found, fresh=True),
        reply=reply or ReplyForm(formdata=None, data={"reply_date": clock.today()}),
        reopening=reopening or ReopenForm(formdata=None, data={"reason": _asked_why(found)}),
        revoking=revoking or RevokeForm(formdata=None),
        **_copy_of(found),
        viewings=view.lines(found.disclosure),
        ways_on=ways_on(found),
        faults=[fault for form in sent if form is not None for fault in faults(form, named=_windows(decision, found))],
        letter_address=partial(addresses.letter, tenant_id=found.disclosure.tenant_id),
        proof=_proof(found),
        **_doors(found, who),
    )


def _windows(decision: DecisionForm | None, found: Case) -> dict[str, str]:
    """Which window a fault of the decision belongs to: the lines are in the order of the case's windows."""
    if decision is None:
        return {}
    spans = [(view.window.camera_name, view.window.started_at, view.window.ended_at) for view in found.windows]
    return {
        entry.id: f"{camera} {format_span(start, end)} "
        for entry, (camera, start, end) in zip(decision.grants, spans, strict=False)
    }


def _copy_of(found: Case) -> dict[str, Any]:
    """What the page says of the copy."""
    row = found.disclosure
    return {
        "fingerprint": fingerprint_of(found),
        "transfer": transfer_of(found),
        "remarks": remarks_of(found),
        "written": [
            f"{KIND_NAMES[MediumKind(held.medium_kind)]} {held.medium_serial}"
            for held in found.mediums
            if held.taken and held.handed_at is None
        ],
        "passphrase_address": addresses.passphrase(tenant_id=row.tenant_id, disclosure_id=row.id),
    }


def progress_of(found: Case) -> dict[str, Any]:
    """What the stations of a case need; the page asks for them again while a copy is being made."""
    return {
        "stages": stages(found, found.disclosure.serial),
        "poll": waits_for_copy(found),
        "progress_address": url_for("school.cases.progress", disclosure_id=found.disclosure.id),
        "page_address": url_for("school.cases.show", disclosure_id=found.disclosure.id),
    }


def _waits_for(case: CaseLine) -> str:
    """What comes next, by whomever."""
    if case.state in FINAL or case.state in _UNDECIDED:
        return _UNDECIDED.get(case.state, "")
    if case.halted:
        return "待首長決定撤銷或繼續"
    if case.asked_again and case.state is DisclosureState.EXPORTED:
        return "承辦人請求重新開放領取"
    if case.state in _GRANTED and not case.carried_out:
        happens = "待領取" if case.copy_approved else "待到場調閱"
        return happens if case.replied else f"{happens}、函復"
    return "待結案" if case.replied else "待函復、結案"


def _proof(found: Case) -> Anchored | None:
    row = found.disclosure
    acts = custody_record.of_case(tenant_id=row.tenant_id, disclosure_id=row.id, hold_id=row.hold_id)
    return newest_proven(acts)


def _doors(found: Case, who: Actor) -> dict[str, Any]:
    """What this person may do and open from here, the case's own copy, and whether the agency's is overdue."""
    row = found.disclosure
    due = row.return_by
    return {
        "blocked": {step.value: blocked(found, who, step) for step in TRANSITIONS},
        "may_watch": _may_watch(found, who),
        "may_answer": who.may(Permission.DISCLOSURE_REPLY),
        "retained": retained_view.of_case(tenant_id=row.tenant_id, disclosure_id=row.id, actor=who),
        "halt": halts.standing(row),
        "copy_late": due is not None and due < clock.today(),
    }


def _may_watch(found: Case, who: Actor) -> bool:
    ready = found.package is not None and found.package.state == PackageState.READY
    return ready and found.state is not DisclosureState.WITHDRAWN and who.may(Permission.FOOTAGE_WATCH)


def _asked_why(found: Case) -> str:
    return found.package.reopening_asked_why if found.package and found.reopening_asked else ""
