"""The operator's page of one agency: whether it was verified, and who acts for it (KH-6-1a)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.errors import Invalid
from tenants.people import actions, roles
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp.access import Place, requires
from webapp.bureau.forms import AGENCY_KINDS, NewOfficerForm, OfficerForm
from webapp.form_fields import faults
from webapp.identify import actor

blueprint = Blueprint("officers", __name__, url_prefix="/agencies/<uuid:agency_id>")


@blueprint.get("")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def show(agency_id: UUID) -> str:
    """The agency and its officers."""
    return _page(agency_id)


@blueprint.post("/officers")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def appoint(agency_id: UUID) -> ResponseReturnValue:
    """Let the person of this account act for the agency."""
    registry.agency(agency_id=agency_id)
    form = OfficerForm()
    if form.validate():
        try:
            name = _appointed(agency_id, form)
        except Invalid as refused:
            form.show(refused, beside="login")
        else:
            flash(f"已指派{name}為承辦人，即可登入提出申請。", "good")
            return _back(agency_id)
    return _page(agency_id, appoint=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/accounts")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def create(agency_id: UUID) -> ResponseReturnValue:
    """Make an account and let its person act for the agency, in one step."""
    registry.agency(agency_id=agency_id)
    form = NewOfficerForm(prefix="new")
    if form.validate():
        try:
            made = actions.create_user(
                tenant_id=registry.bureau().id,
                login=form.login.data,
                name=form.name.data,
                title=form.title.data,
                email=form.email.data or "",
                password=form.password.data,
                actor=actor(),
            )
            _appoint(agency_id, made.id, form)
        except Invalid as refused:
            form.show(refused, beside="login")
        else:
            flash(f"已建立帳號並指派{made.name}為承辦人。請以官方電話告知帳號與初始密碼。", "good")
            return _back(agency_id)
    return _page(agency_id, create=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/officers/<uuid:user_id>/ending")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def end(agency_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """The person acts for the agency no more."""
    roles.end_agency_officer(agency_id=agency_id, user_id=user_id, actor=actor())
    flash("已結束指派，這個人在所有裝置上的登入立即結束；案件與紀錄不變。", "good")
    return _back(agency_id)


def _appointed(agency_id: UUID, form: OfficerForm) -> str:
    found = form.person()
    _appoint(agency_id, found.id, form)
    return found.name


def _appoint(agency_id: UUID, user_id: UUID, form: OfficerForm) -> None:
    roles.appoint_agency_officer(
        agency_id=agency_id, user_id=user_id, unit=(form.unit.data or "").strip(), actor=actor()
    )


def _page(agency_id: UUID, *, appoint: OfficerForm | None = None, create: NewOfficerForm | None = None) -> str:
    return render_template(
        "bureau/agency.html",
        agency=registry.agency(agency_id=agency_id),
        officers=roles.agency_officers(agency_id=agency_id),
        kinds=dict(AGENCY_KINDS),
        form=appoint or OfficerForm(formdata=None),
        fresh=create or NewOfficerForm(formdata=None, prefix="new"),
        faults=[fault for sent in (appoint, create) if sent is not None for fault in faults(sent)],
    )


def _back(agency_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("bureau.officers.show", agency_id=agency_id), HTTPStatus.SEE_OTHER)
