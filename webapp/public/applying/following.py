"""One's own cases at an institution: the receipt, how far each one is, 補件 and 撤回 (KH-6-2g, KH-6-3b)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures import keeping
from tenants.disclosures.applying import queries
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.errors import HeldByLaw, Invalid
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.public.applying import visiting
from webapp.public.applying.case_view import case_page, line_of
from webapp.public.applying.last_forms import MoreForm

blueprint = Blueprint("following", __name__)


@blueprint.get("/follow")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def index(code: str) -> str:  # noqa: ARG001 - of the address
    """The cases of the address that was proved, at this institution."""
    tenant = visiting.here()
    found = queries.own_cases(tenant_id=tenant.id, email=visiting.visit().email)
    return render_template("public/applying/follow.html", tenant=tenant, lines=[line_of(each) for each in found])


@blueprint.get("/follow/<uuid:disclosure_id>")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def show(code: str, disclosure_id: UUID) -> str:  # noqa: ARG001
    """One case: what is preserved, how far it is, what comes next."""
    return _case_page(_own(disclosure_id), MoreForm())


@blueprint.get("/follow/<uuid:disclosure_id>/receipt")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def receipt(code: str, disclosure_id: UUID) -> str:  # noqa: ARG001
    """The receipt, to read and to print."""
    return render_template("public/applying/receipt.html", tenant=visiting.here(), **case_page(_own(disclosure_id)))


@blueprint.post("/follow/<uuid:disclosure_id>/withdrawal")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def withdraw(code: str, disclosure_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    """撤回, until something was looked at."""
    found = _own(disclosure_id)
    filing.withdraw_application(actor=actor(), tenant_id=found.tenant_id, disclosure_id=found.id)
    flash("已撤回申請。", "good")
    return _to_case(found.id)


@blueprint.post("/follow/<uuid:disclosure_id>/completion")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def complete(code: str, disclosure_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    """補件: say more of the reason."""
    found, form = _own(disclosure_id), MoreForm()
    if not form.validate():
        return _case_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        filing.complete_application(
            actor=actor(), tenant_id=found.tenant_id, disclosure_id=found.id, reason=form.reason.data
        )
    except Invalid as refused:
        form.show(refused)
        return _case_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("已送出補充說明，案件回到機構審查。", "good")
    return _to_case(found.id)


@blueprint.post("/follow/<uuid:disclosure_id>/deletion")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def ask_deletion(code: str, disclosure_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    """刪除申請資料: refused with the reason within the year; after it the institution is told (KH-7-4)."""
    found = _own(disclosure_id)
    try:
        keeping.ask_deletion(actor=actor(), tenant_id=found.tenant_id, disclosure_id=found.id)
    except HeldByLaw as kept:
        flash(str(kept), "warn")
    else:
        flash("已將您的請求轉知機構，由機構依檔案法規辦理後答復。", "good")
    return _to_case(found.id)


def _own(disclosure_id: UUID) -> InsiderRequest:
    return queries.own_case(tenant_id=visiting.here().id, email=visiting.visit().email, disclosure_id=disclosure_id)


def _case_page(found: InsiderRequest, form: MoreForm) -> str:
    return render_template(
        "public/applying/case.html", tenant=visiting.here(), form=form, faults=faults(form), **case_page(found)
    )


def _to_case(disclosure_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("applying.following.show", disclosure_id=disclosure_id), HTTPStatus.SEE_OTHER)
