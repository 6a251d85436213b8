"""緊急保全 by the bureau: pressed for an institution on a complaint. What is kept stays unseen here too (DR-09)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.errors import Destroyed, Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Tenant, TenantKind
from tenants.retention.urgent import actions
from webapp.access import Place, requires
from webapp.bureau.institution_view import institution
from webapp.bureau.presenters import rules_of
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.urgent_form import ORDER, UrgentForm

blueprint = Blueprint("urgent", __name__)


@blueprint.get("/institutions/<uuid:institution_id>/urgent")
@requires(Permission.HOLD_URGENT, place=Place.BUREAU)
def index(institution_id: UUID) -> str:
    """The form for one institution's cameras."""
    return _page(institution(tenant_id=institution_id), UrgentForm.of(_cameras(institution_id), fresh=True))


@blueprint.post("/institutions/<uuid:institution_id>/urgent")
@requires(Permission.HOLD_URGENT, place=Place.BUREAU)
def preserve(institution_id: UUID) -> ResponseReturnValue:
    """Keep it in the institution's own chain; the institution is told at once."""
    found, form = institution(tenant_id=institution_id), UrgentForm.of(_cameras(institution_id))
    if form.validate():
        try:
            made = actions.preserve(actor=actor(), tenant_id=institution_id, call=form.call(), windows=form.windows())
        except (Invalid, Destroyed) as refused:
            form.show(refused)
        else:
            flash(f"已為{found.name}緊急保全，編號 {made.number}，並已通知該機構。影像沒有任何人可以觀看。", "good")
            return redirect(url_for("bureau.institution", institution_id=institution_id), HTTPStatus.SEE_OTHER)
    return _page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _cameras(institution_id: UUID) -> list[Camera]:
    with bound(db.session, Binding(tenant_id=institution_id)):
        return registry.cameras(tenant_id=institution_id)


def _page(found: Tenant, form: UrgentForm) -> str:
    return render_template(
        "bureau/urgent.html",
        found=found,
        form=form,
        faults=faults(form, ORDER),
        article=rules_of(TenantKind(found.kind)).article("agency_document"),
    )
