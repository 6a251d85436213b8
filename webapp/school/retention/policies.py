"""保存天數: what the school's meeting passed, from which day on, beside the article, and what storage is planned."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.errors import Caution, Invalid, NeedsConfirmation
from tenants.permissions import Permission
from tenants.registry import actions, policies
from tenants.registry import queries as registry
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.retention import policy_view
from webapp.school.retention.policy_forms import CapacityForm, PolicyForm

blueprint = Blueprint("policies", __name__, url_prefix="/policies")


@blueprint.get("/")
@requires(Permission.RETENTION_READ)
def index(tenant_id: UUID) -> str:
    """Each site's days and what they rest on, every version there was, and a form for the next one."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.POLICY_ADOPT)
def adopt(tenant_id: UUID) -> ResponseReturnValue:
    """Record what the meeting passed."""
    form = PolicyForm.of(registry.sites(tenant_id=tenant_id))
    if form.validate():
        try:
            made = policies.adopt_policy(
                tenant_id=tenant_id,
                site_id=UUID(form.site.data),
                retention_days=form.retention_days.data or "",
                effective_from=form.effective_from.day,
                adoption=form.adoption(),
                actor=actor(),
            )
        except NeedsConfirmation as asked:
            return _page(tenant_id, policy=form, cautions=asked.cautions), HTTPStatus.UNPROCESSABLE_ENTITY
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已登記，自{format_date(made.effective_from)}起的錄影適用。已錄存的影像仍依原天數保存。", "good")
            return _back(tenant_id)
    return _page(tenant_id, policy=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:period_id>/withdrawal")
@requires(Permission.POLICY_ADOPT)
def withdraw(tenant_id: UUID, period_id: UUID) -> ResponseReturnValue:
    """Take back a version that has not begun."""
    with outcome_said("已撤回這個版本，紀錄會保留。"):
        policies.withdraw_policy(tenant_id=tenant_id, period_id=period_id, actor=actor())
    return _back(tenant_id)


@blueprint.post("/capacity")
@requires(Permission.CAMERA_MANAGE)
def declare(tenant_id: UUID) -> ResponseReturnValue:
    """Say what storage is planned for a site."""
    form = CapacityForm.of(registry.sites(tenant_id=tenant_id))
    if form.validate():
        try:
            site = actions.declare_capacity(
                tenant_id=tenant_id,
                site_id=UUID(form.planned_site.data),
                gigabytes=form.gigabytes.data or "",
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已登記「{site.name}」的規劃儲存容量。", "good")
            return _back(tenant_id)
    return _page(tenant_id, capacity=form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(
    tenant_id: UUID,
    *,
    policy: PolicyForm | None = None,
    capacity: CapacityForm | None = None,
    cautions: tuple[Caution, ...] = (),
) -> str:
    sites = registry.sites(tenant_id=tenant_id)
    return render_template(
        "school/retention/policies.html",
        lines=policy_view.site_lines(tenant_id=tenant_id),
        history=policy_view.history(tenant_id=tenant_id),
        policy=policy or PolicyForm.of(sites, fresh=True),
        capacity=capacity or CapacityForm.of(sites, fresh=True),
        faulty=policy or capacity,
        cautions=cautions,
        free=any(not rule.insider.panel.required for rule in regulation.rules_by_site(tenant_id=tenant_id).values()),
        may_adopt=actor().may(Permission.POLICY_ADOPT),
        may_plan=actor().may(Permission.CAMERA_MANAGE),
    )


def _back(tenant_id: UUID) -> Response:
    return redirect(url_for("school.policies.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
