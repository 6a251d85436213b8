"""緊急保全 at the institution: the page to press it, and the slip for whoever stands at the door (DR-02)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra.settings import Settings
from tenants.errors import Destroyed, Invalid
from tenants.misuse import secrecy
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.retention.urgent import actions, queries
from webapp.access import requires
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.retention import urgent_view
from webapp.urgent_form import ORDER, UrgentForm

blueprint = Blueprint("urgent", __name__, url_prefix="/urgent")


@blueprint.get("/")
@requires(Permission.HOLD_URGENT)
def index(tenant_id: UUID) -> str:
    """The form, filled in for what has just happened, and what is kept urgently already."""
    return _page(tenant_id, UrgentForm.of(registry.cameras(tenant_id=tenant_id), fresh=True))


@blueprint.post("/")
@requires(Permission.HOLD_URGENT)
def preserve(tenant_id: UUID) -> ResponseReturnValue:
    """Keep it; the answer is the slip."""
    form = UrgentForm.of(registry.cameras(tenant_id=tenant_id))
    if form.validate():
        try:
            made = actions.preserve(
                actor=actor(),
                tenant_id=tenant_id,
                call=form.call(),
                windows=form.windows(),
                confirmed=bool(form.confirmed.data),
            )
        except (Invalid, Destroyed) as refused:
            form.show(refused)
        else:
            flash(f"已保全，編號 {made.number}。", "good")
            return redirect(url_for("school.urgent.slip", hold_id=made.hold_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/<uuid:hold_id>")
@requires(Permission.HOLD_URGENT)
def slip(tenant_id: UUID, hold_id: UUID) -> str:
    """收執聯, to show on the screen or to print: number, what is kept until when, where the letter goes."""
    secrecy.check_hold(tenant_id=tenant_id, hold_id=hold_id, actor=actor())
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "school/retention/slip.html",
        slip=urgent_view.slip(tenant_id=tenant_id, hold_id=hold_id),
        portal=settings.base_url + url_for("agency.institutions"),
        document=regulation.rules_of_institution(tenant_id=tenant_id).article("agency_document"),
    )


def _page(tenant_id: UUID, form: UrgentForm) -> str:
    return render_template(
        "school/retention/urgent.html",
        form=form,
        faults=faults(form, ORDER),
        open_ones=queries.still_urgent(tenant_id=tenant_id),
        exceptions=regulation.rules_of_institution(tenant_id=tenant_id).article("retention_exceptions"),
    )
