"""One application as the institution reads it, and the steps it takes in it. No picture passes through here."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import BadRequest

from tenants.disclosures.insider import deciding, queries, rules, signing
from tenants.disclosures.insider.models import Box, Eligibility
from tenants.disclosures.insider.queries import ApplicationCase
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES
from tenants.disclosures.steps import Step
from tenants.errors import Destroyed, DomainError, Invalid
from tenants.permissions import ROLE_NAMES, Permission
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version
from webapp.access import requires
from webapp.case_progress import badge_of
from webapp.form_fields import faults
from webapp.forms import Form
from webapp.identify import actor
from webapp.school.applications.forms import (
    ELIGIBILITY_NAMES,
    REFUSAL_NAMES,
    ApprovalForm,
    CheckForm,
    RefusalForm,
    SendBackForm,
)
from webapp.school.cases.forms import granted
from webapp.school.panel.on_case import panel_of
from webapp.school.viewings import view

blueprint = Blueprint("applications", __name__, url_prefix="/applications/<uuid:disclosure_id>")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
BOX_NAMES = {Box.APPLICANT: "申請人", **{box: ROLE_NAMES[role] for box, role in rules.SIGNERS.items()}}


@blueprint.get("/")
@requires(Permission.DISCLOSURE_READ)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """One application: the form, who signed, what is preserved, and what this person can do now."""
    return _render(_case(tenant_id, disclosure_id))


@blueprint.post("/check")
@requires(Permission.APPLICATION_SIGN)
def check(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """查核申請人資格與利害關係."""
    found = _case(tenant_id, disclosure_id)
    form = CheckForm.of(found)
    if not form.validate():
        return _render(found, check=form), _UNPROCESSABLE

    def act() -> None:
        signing.check_applicant(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            eligibility=form.chosen(),
            note=form.eligibility_note.data or "",
            excluded=form.people(),
            conflict_note=form.conflict_note.data or "",
        )

    return _tried(found, act, "已記錄查核結果。", check=form)


@blueprint.post("/signature")
@requires(Permission.APPLICATION_SIGN)
def sign(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Sign the box that the page named: a second click must not sign the next one as well."""
    _case(tenant_id, disclosure_id)
    box = _named_box()
    signing.sign(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, box=box)
    flash(f"已於「{BOX_NAMES[box]}」欄簽核。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/return")
@requires(Permission.DISCLOSURE_REPLY)
def send_back(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """退回補件."""
    found, form = _case(tenant_id, disclosure_id), SendBackForm()
    if not form.validate():
        return _render(found, sent_back=form), _UNPROCESSABLE
    signing.return_application(
        actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, note=form.note.data or ""
    )
    flash("已退回補件，影像仍先行保全中。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/decision")
@requires(Permission.DISCLOSURE_DECIDE)
def approve(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """同意 or 部分同意; the head signs the last box."""
    found = _case(tenant_id, disclosure_id)
    form = ApprovalForm.of(found)
    approved = granted(form.grants, found.windows) if form.validate() else None
    if approved is None:
        return _render(found, approval=form), _UNPROCESSABLE

    def act() -> None:
        deciding.approve(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            grants=approved,
            reasons=form.reasons.data or "",
        )

    return _tried(found, act, "已核定。影像複製完成後，可以約定調閱時間。", approval=form)


@blueprint.post("/refusal")
@requires(Permission.DISCLOSURE_DECIDE)
def refuse(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """不同意."""
    found = _case(tenant_id, disclosure_id)
    form = RefusalForm.of(found)
    sound, refusal = form.validate(), form.chosen()
    if not sound or refusal is None:
        return _render(found, refusal=form), _UNPROCESSABLE

    def act() -> None:
        deciding.refuse(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            refusal=refusal,
            reasons=form.reasons.data or "",
        )

    return _tried(found, act, "已核定不同意，並通知申請人。", refusal=form)


@blueprint.post("/closing")
@requires(Permission.DISCLOSURE_REPLY)
def close(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """結案."""
    found = _case(tenant_id, disclosure_id)

    def act() -> None:
        deciding.close_application(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id)

    return _tried(found, act, "已結案。申請單與登記簿自今日起至少保存一年。")


def _tried(found: ApplicationCase, act: Callable[[], None], done: str, **form: Form) -> ResponseReturnValue:
    """Back to the page after a step; the page with the sentence where the domain refuses it."""
    row = found.disclosure
    try:
        act()
    except (Invalid, Destroyed) as refused:
        for each in form.values():
            each.show(refused, beside="grants")
        return _render(found, **form, said="" if form else str(refused)), _UNPROCESSABLE
    flash(done, "good")
    return _back(row.tenant_id, row.id)


def _render(found: ApplicationCase, *, said: str = "", **sent: Form) -> str:
    """The page; with the form that came back with faults, else with fresh ones."""
    row = found.disclosure
    rule = profile_version(row.profile, row.profile_version)
    fresh = {
        "check": CheckForm.of(found, fresh=True),
        "sent_back": SendBackForm(formdata=None),
        "approval": ApprovalForm.of(found, fresh=True),
        "refusal": RefusalForm.of(found, fresh=True),
    }
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
        eligibility=ELIGIBILITY_NAMES.get(Eligibility(row.eligibility), "尚未查核"),
        refused_for=REFUSAL_NAMES.get(rules.Refusal(row.refusal), "") if row.refusal else "",
        applicant=rules.APPLICANT_NAMES[rules.Applicant(row.applicant_class)],
        ended=found.state in FINAL,
        may={step.value: step in found.steps and _may(step, found) for step in Step},
        signs_next=_signs_next(found),
        may_take_over=actor().may(Permission.RIGHTS_HANDLE),
        panel=panel_of(row),
        viewings=view.lines(row),
        may_convene=actor().may(Permission.PANEL_MANAGE) and Step.RESOLVE in found.steps,
        said=said,
        faults=[fault for form in sent.values() for fault in faults(form)],
        **(fresh | sent),
    )


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
    return allowed and (step is not Step.APPROVE or found.next_box is Box.HEAD)


def _signed(found: ApplicationCase, name: str) -> object:
    return next((each for each in found.signatures if each.box == name), None)


def _signs_next(found: ApplicationCase) -> bool:
    """Whether this person may sign the box whose turn it is, which is not the head's."""
    if found.next_box not in {Box.CCTV_HANDLER, Box.OFFICE_HEAD} or Step.SIGN not in found.steps:
        return False
    if found.disclosure.eligibility == Eligibility.UNCHECKED:
        return False
    rule = profile_version(found.disclosure.profile, found.disclosure.profile_version)
    try:
        signing.check_turn(found.disclosure, found.next_box, actor=actor(), rule=rule)
    except DomainError:
        return False
    return True


def _named_box() -> Box:
    try:
        return Box(request.form.get("box", ""))
    except ValueError as unknown:
        raise BadRequest from unknown


def _case(tenant_id: UUID, disclosure_id: UUID) -> ApplicationCase:
    return queries.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())


def _back(tenant_id: UUID, disclosure_id: UUID) -> Response:
    address = url_for("school.applications.show", tenant_id=tenant_id, disclosure_id=disclosure_id)
    return redirect(address, HTTPStatus.SEE_OTHER)
