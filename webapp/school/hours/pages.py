"""開放時間: when each site is open and must record, new hours from a day on, and days that are otherwise (DR-16)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.hours import actions
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.forms import written
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.hours import view
from webapp.school.hours.forms import DaysForm, HoursForm

blueprint = Blueprint("hours", __name__, url_prefix="/hours")


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def index(tenant_id: UUID) -> str:
    """Each site's week and next days, what was entered, and forms for who may enter more."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.HOURS_SET)
def enter(tenant_id: UUID) -> ResponseReturnValue:
    """Enter hours from a day on."""
    form = HoursForm.of(registry.sites(tenant_id=tenant_id))
    if form.is_whole():
        try:
            made = actions.set_hours(
                tenant_id=tenant_id,
                site_id=UUID(form.site.data),
                typed=form.typed(),
                effective_from=form.effective_from.day,
                actor=actor(),
            )
        except Invalid as refused:
            form.show(_beside(refused))
        else:
            flash(f"已登記，自{format_date(made.effective_from)}起適用。之前的日子仍依原來的時間計算。", "good")
            return _back(tenant_id)
    return _page(tenant_id, hours=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:version_id>/withdrawal")
@requires(Permission.HOURS_SET)
def withdraw(tenant_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Take back hours that have not begun."""
    with outcome_said("已撤回這個版本，紀錄會保留。"):
        actions.withdraw_hours(tenant_id=tenant_id, version_id=version_id, actor=actor())
    return _back(tenant_id)


@blueprint.post("/days")
@requires(Permission.HOURS_SET)
def enter_days(tenant_id: UUID) -> ResponseReturnValue:
    """Enter days that are otherwise."""
    form = DaysForm.of(registry.sites(tenant_id=tenant_id))
    if form.is_whole():
        try:
            made = actions.set_days(
                tenant_id=tenant_id, site_id=UUID(form.days_site.data), typed=form.typed(), actor=actor()
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已登記 {len(made)} 天。", "good")
            return _back(tenant_id)
    return _page(tenant_id, days=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/days/<uuid:day_id>/withdrawal")
@requires(Permission.HOURS_SET)
def withdraw_day(tenant_id: UUID, day_id: UUID) -> ResponseReturnValue:
    """Take back a day that is otherwise."""
    with outcome_said("已撤回這一天的登記，紀錄會保留。"):
        note = written("note")
        actions.withdraw_day(tenant_id=tenant_id, day_id=day_id, note=note, actor=actor())
    return _back(tenant_id)


def _beside(refused: Invalid) -> Invalid:
    """A refusal of the week as a whole is told beside its first day."""
    return Invalid(str(refused), field="mon") if refused.field == "weekly" else refused


def _page(tenant_id: UUID, *, hours: HoursForm | None = None, days: DaysForm | None = None) -> str:
    sites, today = registry.sites(tenant_id=tenant_id), clock.today()
    return render_template(
        "school/hours/index.html",
        lines=view.site_lines(tenant_id=tenant_id, today=today),
        versions=view.version_lines(tenant_id=tenant_id, today=today),
        entries=view.day_lines(tenant_id=tenant_id, today=today),
        hours=hours or HoursForm.of(sites, fresh=True),
        days=days or DaysForm.of(sites, fresh=True),
        faulty=hours or days,
        today=today,
        may_set=actor().may(Permission.HOURS_SET),
    )


def _back(tenant_id: UUID) -> Response:
    return redirect(url_for("school.hours.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
