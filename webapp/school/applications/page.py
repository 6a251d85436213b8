"""The page of one application: what the form says, who signed, what stands against it, and what can be done now."""

from functools import partial
from typing import Any

from flask import render_template

from infra import clock
from tenants.actor import Actor
from tenants.audit.proofs import newest_proven
from tenants.disclosures import custody_record
from tenants.disclosures.halts import holds_back
from tenants.disclosures.insider import eligibility, one_person, rules, signing
from tenants.disclosures.insider.eligibility import Proof, Standing
from tenants.disclosures.insider.models import Box, Eligibility
from tenants.disclosures.insider.queries import ApplicationCase
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES
from tenants.disclosures.papers import scans
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing.appointing import appointment
from tenants.errors import DomainError
from tenants.permissions import ROLE_NAMES, Permission
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version
from webapp import addresses
from webapp.case_progress import decision_words
from webapp.case_standing import badge_of
from webapp.form_fields import faults
from webapp.forms import Form
from webapp.identify import actor
from webapp.school.applications.forms import (
    ELIGIBILITY_NAMES,
    REFUSAL_NAMES,
    ApprovalForm,
    CheckForm,
    RefusalForm,
    ReportForm,
    SendBackForm,
)
from webapp.school.cases import halts
from webapp.school.panel.on_case import panel_of
from webapp.school.retention import retained_view
from webapp.school.viewings import view

BOX_NAMES = {Box.APPLICANT: "申請人", **{box: ROLE_NAMES[role] for box, role in rules.SIGNERS.items()}}


def render(found: ApplicationCase, *, said: str = "", **sent: Form) -> str:
    """The page; with the form that came back with faults, else with fresh ones."""
    row = found.disclosure
    rule = profile_version(row.profile, row.profile_version)
    return render_template(
        "school/applications/application.html",
        case=found,
        rules=rule,
        articles={clause.value: rule.article(clause) for clause in Clause},
        texts={clause.value: rule.text(clause) for clause in Clause},
        state=STATE_NAMES[found.state],
        badge_kind=badge_of(found.state),
        boxes=[(BOX_NAMES[Box(name)], _signed(found, name)) for name in rule.request_form.sign_order],
        turn=BOX_NAMES[found.next_box] if found.next_box else "",
        standing=eligibility.STANDING_NAMES[Standing(row.standing)] if row.standing else "",
        flag=eligibility.FLAGS.get(Standing(row.standing), "") if row.standing else "",
        seen=[eligibility.PROOF_NAMES[Proof(each)] for each in row.seen],
        eligibility=ELIGIBILITY_NAMES.get(Eligibility(row.eligibility), "尚未查核"),
        decision=decision_words(row, found.windows),
        refused_for=REFUSAL_NAMES.get(rules.Refusal(row.refusal), "") if row.refusal else "",
        applicant=rules.APPLICANT_NAMES[rules.Applicant(row.applicant_class)],
        ended=found.state in FINAL,
        may={step.value: step in found.steps and _may(step, found) for step in Step},
        halt=halts.standing(row),
        signs_next=_signs_next(found),
        panel=panel_of(row),
        viewings=view.lines(row),
        retained=retained_view.of_case(tenant_id=row.tenant_id, disclosure_id=row.id, actor=actor()),
        waits_for=_waits_for(found),
        one_person=_one_person(found),
        appointment=appointment(tenant_id=row.tenant_id, disclosure_id=row.id),
        **_doors(actor()),
        late_report=_report_is_late(found),
        may_convene=actor().may(Permission.PANEL_MANAGE) and Step.RESOLVE in found.steps,
        said=said,
        **_papers(found),
        faults=[fault for form in sent.values() for fault in faults(form)],
        **(_fresh(found) | sent),
    )


def _doors(who: Actor) -> dict[str, bool]:
    """What else this person may do from here."""
    return {
        "may_take_over": who.may(Permission.RIGHTS_HANDLE),
        "may_note": who.may(Permission.APPLICATION_SIGN),
        "may_preserve": who.may(Permission.HOLD_MANAGE),
        "may_urgent": who.may(Permission.HOLD_URGENT),
    }


def _fresh(found: ApplicationCase) -> dict[str, Form]:
    """The page's forms as nobody filled them in yet."""
    return {
        "check": CheckForm.of(found, fresh=True),
        "sent_back": SendBackForm(formdata=None),
        "approval": ApprovalForm.of(found, fresh=True),
        "refusal": RefusalForm.of(found, fresh=True),
        "report": ReportForm.of(found, fresh=True),
    }


def _papers(found: ApplicationCase) -> dict[str, Any]:
    """The form on paper, the scans of one that was on paper first, and where its custody is proven (DR-07, DR-20)."""
    row = found.disclosure
    acts = custody_record.of_case(tenant_id=row.tenant_id, disclosure_id=row.id, hold_id=row.hold_id)
    return {
        "proof": newest_proven(acts),
        "may_print": actor().may(Permission.APPLICATION_PRINT),
        "may_scan": actor().may(Permission.PAPER_ENTER),
        "file_address": addresses.form_for_the_file(tenant_id=row.tenant_id, disclosure_id=row.id),
        "scan_address": partial(addresses.paper, tenant_id=row.tenant_id),
        "scans": scans.of_application(tenant_id=row.tenant_id, disclosure_id=row.id),
    }


_ASKED = {
    Step.SIGN: Permission.APPLICATION_SIGN,
    Step.RETURN: Permission.DISCLOSURE_REPLY,
    Step.APPROVE: Permission.DISCLOSURE_DECIDE,
    Step.REFUSE: Permission.DISCLOSURE_DECIDE,
    Step.CLOSE: Permission.DISCLOSURE_REPLY,
    Step.RECORD_VIEWING: Permission.FOOTAGE_WATCH,
}


def _may(step: Step, found: ApplicationCase) -> bool:
    asked = _ASKED.get(step)
    allowed = asked is not None and actor().may(asked)
    if holds_back(found.disclosure, step):
        return False
    return allowed and (step is not Step.APPROVE or found.next_box is Box.HEAD)


def _one_person(found: ApplicationCase) -> tuple[str, ...]:
    """What who decides, or decided, had done before: told while it can be changed, and kept on the page (KH-6-1g)."""
    row = found.disclosure
    if row.decided_by is not None:
        did = one_person.registering(row, row.decided_by)
    else:
        did = one_person.told(row, actor().id) if actor().may(Permission.DISCLOSURE_DECIDE) else ()
    return tuple(one_person.REGISTERING_NAMES[each] for each in did)


def _signed(found: ApplicationCase, name: str) -> object:
    return next((each for each in found.signatures if each.box == name), None)


def _signs_next(found: ApplicationCase) -> bool:
    """Whether this person may sign the box whose turn it is, which is not the head's."""
    if found.next_box not in {Box.CCTV_HANDLER, Box.OFFICE_HEAD} or Step.SIGN not in found.steps:
        return False
    rule = profile_version(found.disclosure.profile, found.disclosure.profile_version)
    try:
        eligibility.check_may_go_on(found.disclosure)
        signing.check_turn(found.disclosure, found.next_box, actor=actor(), rule=rule)
    except DomainError:
        return False
    return True


def _waits_for(found: ApplicationCase) -> str:
    """What has to be settled before anybody signs, as a sentence; empty where nothing has."""
    try:
        eligibility.check_may_go_on(found.disclosure)
    except DomainError as refused:
        return str(refused)
    return ""


def _report_is_late(found: ApplicationCase) -> bool:
    """Whether it was reported after its hours, or they are over and nothing is known of a report."""
    if found.report_due is None:
        return False
    return (found.disclosure.reported_at or clock.now()) > found.report_due
