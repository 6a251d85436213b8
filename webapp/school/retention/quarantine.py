"""隔離的物件: what lies in the store under the institution's name and nothing accounts for, and how two let it go."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.errors import HeldByLaw, Invalid, InvalidTransition
from tenants.footage import quarantine
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import stray_view
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.paging import page_number
from webapp.stray_view import PER_PAGE, ProposalForm

blueprint = Blueprint("quarantine", __name__, url_prefix="/quarantine")


@blueprint.get("")
@requires(Permission.STRAY_DESTROY)
def index(tenant_id: UUID) -> str:
    """What is in quarantine, the oldest first."""
    number, state = page_number(), request.args.get("state", "")
    lines = stray_view.lines(registry.tenant(tenant_id=tenant_id), state=state, number=number)
    return render_template(
        "school/retention/quarantine.html",
        lines=lines[:PER_PAGE],
        number=number,
        has_more=len(lines) > PER_PAGE,
        state=state,
        states=stray_view.states(),
        counts=quarantine.counts(tenant_id=tenant_id),
    )


@blueprint.get("/<uuid:stray_id>")
@requires(Permission.STRAY_DESTROY)
def show(tenant_id: UUID, stray_id: UUID) -> str:
    """One object, and the one thing that can be done about it now."""
    return _page(tenant_id, stray_id, ProposalForm(formdata=None))


@blueprint.post("/<uuid:stray_id>/proposal")
@requires(Permission.STRAY_DESTROY)
def propose(tenant_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """The first of two."""
    quarantine.stray(tenant_id=tenant_id, stray_id=stray_id)  # not there is not there, whatever was typed
    form = ProposalForm()
    if form.validate():
        try:
            quarantine.propose(actor=actor(), tenant_id=tenant_id, stray_id=stray_id, reason=form.reason.data)
        except (Invalid, InvalidTransition, HeldByLaw) as refused:
            form.show(refused)
        else:
            flash(stray_view.PROPOSED, "good")
            return _to(stray_id)
    return _page(tenant_id, stray_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:stray_id>/approval")
@requires(Permission.STRAY_DESTROY)
def approve(tenant_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """The second of two."""
    with outcome_said(stray_view.APPROVED):
        quarantine.approve(actor=actor(), tenant_id=tenant_id, stray_id=stray_id)
    return _to(stray_id)


@blueprint.post("/<uuid:stray_id>/withdrawal")
@requires(Permission.STRAY_DESTROY)
def withdraw(tenant_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """Take the proposal back."""
    with outcome_said(stray_view.WITHDRAWN):
        quarantine.withdraw(actor=actor(), tenant_id=tenant_id, stray_id=stray_id)
    return _to(stray_id)


def _page(tenant_id: UUID, stray_id: UUID, form: ProposalForm) -> str:
    found = stray_view.page(tenant_id=tenant_id, stray_id=stray_id, actor=actor())
    return render_template("school/retention/stray.html", page=found, form=form)


def _to(stray_id: UUID) -> Response:
    return redirect(url_for("school.quarantine.show", stray_id=stray_id), HTTPStatus.SEE_OTHER)
