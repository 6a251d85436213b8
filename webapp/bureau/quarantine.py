"""隔離的物件 that the bureau's people see to: under nobody's name, in its own area, and of institutions that closed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from http import HTTPStatus
from itertools import islice
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.errors import HeldByLaw, Invalid, InvalidTransition, NotFound
from tenants.footage import quarantine
from tenants.permissions import Permission
from webapp import stray_view
from webapp.access import Place, requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.stray_view import ProposalForm, StrayLine

blueprint = Blueprint("quarantine", __name__, url_prefix="/quarantine")

# Nobody decides more in one sitting; what remains follows when these are gone.
_SHOWN = 200


@blueprint.get("")
@requires(Permission.STRAY_DESTROY, place=Place.BUREAU)
def index() -> str:
    """What waits for the bureau's people, the oldest of each place first."""
    state = request.args.get("state", "")
    return render_template(
        "bureau/quarantine.html", lines=listed(state), state=state, states=stray_view.states(), may_decide=True
    )


@blueprint.get("/<uuid:institution_id>/<uuid:stray_id>")
@requires(Permission.STRAY_DESTROY, place=Place.BUREAU)
def show(institution_id: UUID, stray_id: UUID) -> str:
    """One object, and the one thing that can be done about it now."""
    return _page(institution_id, stray_id, ProposalForm(formdata=None))


@blueprint.post("/<uuid:institution_id>/<uuid:stray_id>/proposal")
@requires(Permission.STRAY_DESTROY, place=Place.BUREAU)
def propose(institution_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """The first of two."""
    form = ProposalForm()
    if form.validate():
        try:
            with _at(institution_id):
                quarantine.propose(actor=actor(), tenant_id=institution_id, stray_id=stray_id, reason=form.reason.data)
        except (Invalid, InvalidTransition, HeldByLaw) as refused:
            form.show(refused)
        else:
            flash(stray_view.PROPOSED, "good")
            return _to(institution_id, stray_id)
    return _page(institution_id, stray_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:institution_id>/<uuid:stray_id>/approval")
@requires(Permission.STRAY_DESTROY, place=Place.BUREAU)
def approve(institution_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """The second of two."""
    with outcome_said(stray_view.APPROVED), _at(institution_id):
        quarantine.approve(actor=actor(), tenant_id=institution_id, stray_id=stray_id)
    return _to(institution_id, stray_id)


@blueprint.post("/<uuid:institution_id>/<uuid:stray_id>/withdrawal")
@requires(Permission.STRAY_DESTROY, place=Place.BUREAU)
def withdraw(institution_id: UUID, stray_id: UUID) -> ResponseReturnValue:
    """Take the proposal back."""
    with outcome_said(stray_view.WITHDRAWN), _at(institution_id):
        quarantine.withdraw(actor=actor(), tenant_id=institution_id, stray_id=stray_id)
    return _to(institution_id, stray_id)


def listed(state: str = "") -> list[StrayLine]:
    """What is in quarantine in the bureau's own area and at closed institutions, each read while bound to it."""

    def of_each() -> Iterator[StrayLine]:
        for tenant in quarantine.kept_by_bureau(today=clock.today()):
            with bound(db.session, Binding(tenant_id=tenant.id)):
                found = stray_view.lines(tenant, state=state)
            yield from found

    lines = list(islice(of_each(), _SHOWN))
    return sorted(lines, key=lambda line: line.stray.modified_at)


def _at(institution_id: UUID) -> AbstractContextManager[None]:
    """Bound to an institution whose quarantine is the bureau's; another one's is not there."""
    if institution_id not in {each.id for each in quarantine.kept_by_bureau(today=clock.today())}:
        raise NotFound
    return bound(db.session, Binding(tenant_id=institution_id))


def _page(institution_id: UUID, stray_id: UUID, form: ProposalForm) -> str:
    with _at(institution_id):
        found = stray_view.page(tenant_id=institution_id, stray_id=stray_id, actor=actor())
    return render_template("bureau/stray.html", page=found, form=form, institution_id=institution_id)


def _to(institution_id: UUID, stray_id: UUID) -> Response:
    address = url_for("bureau.quarantine.show", institution_id=institution_id, stray_id=stray_id)
    return redirect(address, HTTPStatus.SEE_OTHER)
