"""One application as the institution reads it, and the steps it takes in it. No picture passes through here."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import BadRequest

from tenants.disclosures.insider import deciding, queries, reporting, same_event, signing
from tenants.disclosures.insider.models import Box
from tenants.disclosures.insider.queries import ApplicationCase
from tenants.errors import Destroyed, Invalid
from tenants.permissions import Permission
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.forms import Form
from webapp.identify import actor
from webapp.school.applications.forms import ApprovalForm, CheckForm, RefusalForm, ReportForm, SendBackForm
from webapp.school.applications.page import BOX_NAMES, render

blueprint = Blueprint("applications", __name__, url_prefix="/applications/<uuid:disclosure_id>")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.DISCLOSURE_READ)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """One application: the form, who signed, what is preserved, and what this person can do now."""
    return render(_case(tenant_id, disclosure_id))


@blueprint.post("/check")
@requires(Permission.APPLICATION_SIGN)
def check(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """查核申請人資格與利害關係."""
    found = _case(tenant_id, disclosure_id)
    form = CheckForm.of(found)
    if not form.validate():
        return render(found, check=form), _UNPROCESSABLE

    def act() -> None:
        signing.check_applicant(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            finding=form.finding(),
            excluded=form.people(),
            conflict_note=form.conflict_note.data or "",
            sealed=form.sealing(),
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
        return render(found, sent_back=form), _UNPROCESSABLE
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
    approved = form.approved(found)
    if approved is None:
        return render(found, approval=form), _UNPROCESSABLE

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
    if not form.validate():
        return render(found, refusal=form), _UNPROCESSABLE

    def act() -> None:
        deciding.refuse(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            refusal=form.chosen(),
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


@blueprint.post("/report")
@requires(Permission.APPLICATION_SIGN)
def report(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """登記通報情形: the platform reports nothing by itself."""
    found = _case(tenant_id, disclosure_id)
    form = ReportForm.of(found)
    made = form.report()
    if made is None:
        return render(found, report=form), _UNPROCESSABLE
    try:
        reporting.record_report(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, report=made)
    except Invalid as refused:
        form.show(refused)
        return render(found, report=form), _UNPROCESSABLE
    flash("已登記通報情形。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/links")
@requires(Permission.APPLICATION_SIGN)
def link(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """連結: the two are about one event."""
    _case(tenant_id, disclosure_id)
    other_id = _named_case()
    same_event.link(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, other_id=other_id)
    flash("已連結為同一事件的申請；申請人不會得知彼此。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/unlinking")
@requires(Permission.APPLICATION_SIGN)
def unlink(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """取消連結."""
    _case(tenant_id, disclosure_id)
    same_event.unlink(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id)
    flash("已取消連結。", "good")
    return _back(tenant_id, disclosure_id)


def _tried(found: ApplicationCase, act: Callable[[], None], done: str, **form: Form) -> ResponseReturnValue:
    """Back to the page after a step; the page with the sentence where the domain refuses it."""
    row = found.disclosure
    try:
        act()
    except (Invalid, Destroyed) as refused:
        for each in form.values():
            each.show(refused, beside="grants")
        return render(found, **form, said="" if form else str(refused)), _UNPROCESSABLE
    flash(done, "good")
    return _back(row.tenant_id, row.id)


def _named_box() -> Box:
    try:
        return Box(request.form.get("box", ""))
    except ValueError as unknown:
        raise BadRequest from unknown


def _named_case() -> UUID:
    named = id_or_none(request.form.get("other_id", ""))
    if named is None:
        raise BadRequest
    return named


def _case(tenant_id: UUID, disclosure_id: UUID) -> ApplicationCase:
    return queries.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())


def _back(tenant_id: UUID, disclosure_id: UUID) -> Response:
    address = url_for("school.applications.show", tenant_id=tenant_id, disclosure_id=disclosure_id)
    return redirect(address, HTTPStatus.SEE_OTHER)
