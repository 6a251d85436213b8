"""One institution in the operator's hands: another name, its end, and who keeps what it leaves (DR-33)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.closing import actions
from tenants.errors import DomainError, Invalid, InvalidTransition
from tenants.people.invitations import actions as invitations
from tenants.permissions import Permission
from tenants.registry import renaming
from tenants.roc_dates import format_date
from webapp.access import Place, requires
from webapp.bureau import institution_view
from webapp.bureau.institution_forms import ClosingForm, CustodianForm, DistrictForm, NameForm, person_called
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.phone_form import PhoneForm, enter_phone

blueprint = Blueprint("institutions", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_manages = requires(Permission.TENANT_MANAGE, place=Place.BUREAU)


@blueprint.get("/tenants/<uuid:institution_id>")
@_manages
def show(institution_id: UUID) -> str:
    """One institution: its names, its first heads, its closing, its custodian."""
    return _page(institution_id)


@blueprint.post("/tenants/<uuid:institution_id>/names")
@_manages
def rename(institution_id: UUID) -> ResponseReturnValue:
    """Enter another name or district."""
    institution_view.institution(tenant_id=institution_id)
    form = NameForm.sent(institution_id)
    if form.validate():
        try:
            made = renaming.rename(
                tenant_id=institution_id,
                to=form.naming(),
                effective_from=form.effective_from.day,
                document=form.document.data,
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(
                f"已登記自{format_date(made.effective_from)}起為「{made.name}」（{made.district}）。代碼不變。", "good"
            )
            return _back(institution_id)
    return _page(institution_id, name=form), _UNPROCESSABLE


@blueprint.post("/tenants/<uuid:institution_id>/names/<uuid:name_id>/withdrawal")
@_manages
def withdraw_name(institution_id: UUID, name_id: UUID) -> ResponseReturnValue:
    """Take back a change that has not begun."""
    with outcome_said("已撤回，名稱不變。"):
        renaming.withdraw(tenant_id=institution_id, name_id=name_id, actor=actor())
    return _back(institution_id)


@blueprint.post("/tenants/<uuid:institution_id>/phone")
@requires(Permission.CONTACT_MANAGE, place=Place.BUREAU)
def change_phone(institution_id: UUID) -> ResponseReturnValue:
    """Another contact telephone, or none."""
    institution_view.institution(tenant_id=institution_id)
    form = PhoneForm()
    if enter_phone(form, tenant_id=institution_id):
        return _back(institution_id)
    return _page(institution_id, phone=form), _UNPROCESSABLE


@blueprint.post("/tenants/<uuid:institution_id>/invitations/<uuid:invitation_id>/renewal")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def renew_invitation(institution_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Mail the first head a new link; the one that the page showed dies. A second click finds it dead."""
    institution_view.institution(tenant_id=institution_id)
    done = "將重新寄送設定密碼的信，十四日內有效；先前的連結即時失效。"
    with outcome_said(done), bound(db.session, Binding(tenant_id=institution_id)):
        invitations.renew(actor=actor(), tenant_id=institution_id, invitation_id=invitation_id)
    return _back(institution_id)


@blueprint.get("/tenants/<uuid:institution_id>/closing")
@_manages
def ask_closing(institution_id: UUID) -> str:
    """What is still open, and the form that closes."""
    institution_view.institution(tenant_id=institution_id)
    others = institution_view.possible_successors(tenant_id=institution_id)
    return _closing_page(institution_id, ClosingForm.of(others, fresh=True))


@blueprint.post("/tenants/<uuid:institution_id>/closing")
@_manages
def close(institution_id: UUID) -> ResponseReturnValue:
    """Enter the closing."""
    institution_view.institution(tenant_id=institution_id)
    form = ClosingForm.of(institution_view.possible_successors(tenant_id=institution_id))
    if form.validate():
        try:
            made = actions.schedule_closing(tenant_id=institution_id, decision=form.decision(), actor=actor())
        except (Invalid, InvalidTransition) as refused:
            form.show(_beside(refused))
        else:
            flash(f"已登記自{format_date(made.effective_from)}起停辦，資料由{made.keeper}保管。", "good")
            return _back(institution_id)
    return _closing_page(institution_id, form), _UNPROCESSABLE


@blueprint.post("/tenants/<uuid:institution_id>/closing/withdrawal")
@_manages
def withdraw_closing(institution_id: UUID) -> ResponseReturnValue:
    """Take a closing back before its day."""
    actions.withdraw_closing(tenant_id=institution_id, actor=actor())
    flash("已撤回停辦登記，機構照常營運。", "good")
    return _back(institution_id)


@blueprint.post("/tenants/<uuid:institution_id>/custodian")
@_manages
def name_custodian(institution_id: UUID) -> ResponseReturnValue:
    """Let another person keep the papers."""
    institution_view.institution(tenant_id=institution_id)
    form = CustodianForm()
    if form.validate():
        try:
            actions.name_custodian(
                tenant_id=institution_id,
                user_id=person_called(form.custodian.data),
                document=form.document.data,
                actor=actor(),
            )
        except Invalid as refused:
            form.show(_beside(refused))
        else:
            flash("已變更保管人，原保管人即時失去權限。", "good")
            return _back(institution_id)
    return _page(institution_id, custodian=form), _UNPROCESSABLE


@blueprint.get("/districts")
@_manages
def districts() -> str:
    """Another name of a district."""
    return _district_page(DistrictForm.of(institution_view.districts(), fresh=True))


@blueprint.post("/districts")
@_manages
def rename_district() -> ResponseReturnValue:
    """Enter it for every institution of the district."""
    form = DistrictForm.of(institution_view.districts())
    if form.validate():
        try:
            count = renaming.rename_district(
                district=form.district.data,
                to=form.to.data,
                effective_from=form.effective_from.day,
                document=form.document.data,
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(
                f"已登記 {count} 個機構自{format_date(form.effective_from.day)}起屬「{form.to.data.strip()}」。", "good"
            )
            return redirect(url_for("bureau.tenants"), HTTPStatus.SEE_OTHER)
    return _district_page(form), _UNPROCESSABLE


def _beside(refused: DomainError) -> DomainError:
    """A refusal as one of the form: a person of other duties is a fault of the account that was typed."""
    if isinstance(refused, Invalid) and refused.field in {"user_id", "role"}:
        return Invalid(str(refused), field="custodian")
    return refused


def _page(
    institution_id: UUID,
    *,
    name: NameForm | None = None,
    custodian: CustodianForm | None = None,
    phone: PhoneForm | None = None,
) -> str:
    page = institution_view.tenant_page(tenant_id=institution_id)
    return render_template(
        "bureau/tenant.html",
        page=page,
        name=name or NameForm.of(page.line.tenant),
        custodian=custodian or CustodianForm(formdata=None),
        phone=phone or PhoneForm.of(page.line.tenant),
    )


def _closing_page(institution_id: UUID, form: ClosingForm) -> str:
    return render_template(
        "bureau/closing.html",
        page=institution_view.tenant_page(tenant_id=institution_id),
        items=institution_view.still_open(tenant_id=institution_id),
        form=form,
    )


def _district_page(form: DistrictForm) -> str:
    return render_template("bureau/districts.html", form=form)


def _back(institution_id: UUID) -> Response:
    return redirect(url_for("bureau.institutions.show", institution_id=institution_id), HTTPStatus.SEE_OTHER)
