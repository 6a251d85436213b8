"""The steps that an institution takes in a case: decide, return, reply, open a copy again, close."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.queries import Case
from tenants.disclosures.official.rules import Decision
from tenants.errors import Destroyed, Invalid
from tenants.permissions import Permission
from webapp.access import requires
from webapp.forms import Form
from webapp.identify import actor
from webapp.school.cases import case_page
from webapp.school.cases.forms import (
    DecisionForm,
    Refusal,
    ReopenForm,
    ReplyForm,
    ReturnForm,
    RevokeForm,
)

blueprint = Blueprint("decisions", __name__, url_prefix="/cases/<uuid:disclosure_id>")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/decision")
@requires(Permission.DISCLOSURE_DECIDE)
def decide(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """同意, 部分同意 or, when no window is granted, 不同意."""
    found = _case(tenant_id, disclosure_id)
    form = DecisionForm.of(found)
    answer = form.answer(found)
    if answer is None:
        return case_page.render(found, decision=form), _UNPROCESSABLE
    try:
        _carry_out(found, answer)
    except (Invalid, Destroyed) as refused:
        form.show(refused, beside="grants")
        return case_page.render(found, decision=form), _UNPROCESSABLE
    flash("已作成決定。請接著函復來文機關。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/return")
@requires(Permission.DISCLOSURE_REPLY)
def send_back(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """退請補正."""
    found = _case(tenant_id, disclosure_id)
    form = ReturnForm.of(found)
    if not form.validate():
        return case_page.render(found, sent_back=form), _UNPROCESSABLE
    actions.return_for_completion(
        actor=actor(),
        tenant_id=tenant_id,
        disclosure_id=disclosure_id,
        missing=form.items(),
        note=(form.note.data or "").strip(),
    )
    flash("已退請補正，影像仍先行保全中。", "good")
    return _back(tenant_id, disclosure_id)


@blueprint.post("/reply")
@requires(Permission.DISCLOSURE_REPLY)
def reply(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """函復: record the outgoing letter."""
    found = _case(tenant_id, disclosure_id)
    form = ReplyForm.sent(incoming=found.disclosure.document_date)

    def act() -> None:
        actions.record_reply(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            reply_number=form.reply_number.data.strip(),
            reply_date=form.reply_date.day,
        )

    return _tried(found, act, "已登載函復字號與日期。", reply=form)


@blueprint.post("/reopening")
@requires(Permission.DISCLOSURE_REPLY)
def reopen(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """重新開放領取, after a download that broke."""
    found, form = _case(tenant_id, disclosure_id), ReopenForm()

    def act() -> None:
        reason = (form.reason.data or "").strip()
        actions.reopen(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, reason=reason)

    return _tried(found, act, "已重新開放領取，並通知來文機關。再次領取時，登記簿會另登載一筆。", reopening=form)


@blueprint.post("/revocation")
@requires(Permission.DISCLOSURE_REPLY)
def revoke(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """撤銷領取: no link opens the copy any more, and a passphrase that was not told is gone."""
    found, form = _case(tenant_id, disclosure_id), RevokeForm()

    def act() -> None:
        reason = (form.why.data or "").strip()
        actions.revoke(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, reason=reason)

    return _tried(found, act, "已撤銷領取，並通知來文機關。需要再交付時，請重新開放領取。", revoking=form)


@blueprint.post("/closing")
@requires(Permission.DISCLOSURE_REPLY)
def close(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """結案."""
    actions.close(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id)
    flash("已結案。申請單與登記簿自今日起至少保存一年。", "good")
    return _back(tenant_id, disclosure_id)


def _carry_out(found: Case, answer: Decision | Refusal) -> None:
    row, who = found.disclosure, actor()
    if isinstance(answer, Refusal):
        actions.refuse(actor=who, tenant_id=row.tenant_id, disclosure_id=row.id, reasons=answer.reasons)
    else:
        actions.decide(actor=who, tenant_id=row.tenant_id, disclosure_id=row.id, decision=answer)


def _case(tenant_id: UUID, disclosure_id: UUID) -> Case:
    return official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)


def _tried(found: Case, act: Callable[[], None], done: str, **sent: Form) -> ResponseReturnValue:
    """Back to the page after a step; the page with the sentence where a field or the domain refuses it."""
    (form,) = sent.values()
    if form.validate():
        try:
            act()
        except Invalid as refused:
            form.show(refused)
        else:
            flash(done, "good")
            return _back(found.disclosure.tenant_id, found.disclosure.id)
    return case_page.render(found, **sent), _UNPROCESSABLE


def _back(tenant_id: UUID, disclosure_id: UUID) -> Response:
    address = url_for("school.cases.show", tenant_id=tenant_id, disclosure_id=disclosure_id)
    return redirect(address, HTTPStatus.SEE_OTHER)
