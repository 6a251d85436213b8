"""規定與版本: what the regulations ask, a later version entered before its day, and what it will ask of every site."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.compliance.rule_notices import queries as notices
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import regulations
from tenants.roc_dates import format_date
from tenants.upkeep.inspections import deciding, intervals
from tenants.upkeep.inspections import queries as inspections
from webapp.access import Place, requires
from webapp.bureau import regulation_view
from webapp.bureau.forms import VersionForm
from webapp.bureau.regulation_view import ForecastPage
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.paging import page_number

blueprint = Blueprint("regulations", __name__, url_prefix="/regulations")


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """Every version there is, and a form for the next one."""
    return _page(VersionForm.of(regulation_view.withdrawable(), fresh=True))


@blueprint.post("")
@requires(Permission.REGULATION_SCHEDULE, place=Place.BUREAU)
def schedule() -> ResponseReturnValue:
    """Reckon what a version would ask, or enter it."""
    form = VersionForm.of(regulation_view.withdrawable())
    form.only_reckon = only_reckon = request.form.get("step") == "forecast"
    if form.validate():
        try:
            if only_reckon:
                return _page(form, forecast=_reckoned(form))
            made = regulations.schedule_version(
                code=form.code.data,
                version=form.version.data,
                effective_from=form.effective_from.day,
                min_days=form.min_days.data,
                document=form.document.data,
                words=form.words.data,
                replaces=form.replaced,
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已排定第 {made.version} 版，自{format_date(made.effective_from)}起施行。", "good")
            return redirect(url_for("bureau.regulations.show", schedule_id=made.id), HTTPStatus.SEE_OTHER)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/<uuid:schedule_id>")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def show(schedule_id: UUID) -> str:
    """What one version asks: days, storage, and which schools passed it."""
    found = regulations.schedule(schedule_id=schedule_id)
    return render_template(
        "bureau/regulation.html",
        found=found,
        forecast=regulation_view.forecast_of_schedule(found, page_number()),
        withdrawable=found.id in {each.id for each in regulation_view.withdrawable()},
        told=notices.told(schedule_id=found.id),
        is_coming=found.withdrawn_at is None and found.effective_from > clock.today(),
        may_schedule=actor().may(Permission.REGULATION_SCHEDULE),
        view=regulation_view,
    )


@blueprint.post("/<uuid:schedule_id>/withdrawal")
@requires(Permission.REGULATION_SCHEDULE, place=Place.BUREAU)
def withdraw(schedule_id: UUID) -> ResponseReturnValue:
    """Take a version back that has not begun."""
    try:
        found = regulations.withdraw_version(schedule_id=schedule_id, actor=actor())
    except Invalid as refused:
        flash(str(refused), "bad")
        return redirect(url_for("bureau.regulations.show", schedule_id=schedule_id), HTTPStatus.SEE_OTHER)
    flash(f"已撤回第 {found.version} 版，各場所的保存天數不因此變更。", "good")
    return redirect(url_for("bureau.regulations.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/inspection-cap")
@requires(Permission.REGULATION_SCHEDULE, place=Place.BUREAU)
def set_inspection_cap() -> ResponseReturnValue:
    """The longest interval that a school may set for its inspections (KH-8-1a)."""
    with outcome_said("已訂定檢查週期的上限，自今日起適用。"):
        deciding.set_cap(actor=actor(), months=request.form.get("months", ""))
    return redirect(url_for("bureau.regulations.index", _anchor="inspections"), HTTPStatus.SEE_OTHER)


def _reckoned(form: VersionForm) -> ForecastPage:
    days = regulations.checked_version(
        code=form.code.data,
        min_days=form.min_days.data,
        effective_from=form.effective_from.day,
        replaces=form.replaced,
    )
    return regulation_view.forecast_of_typed(
        code=form.code.data,
        effective_from=form.effective_from.day,
        min_days=days,
        replaces=form.replaced,
        version=form.version.data or "",
    )


def _page(form: VersionForm, forecast: ForecastPage | None = None) -> str:
    return render_template(
        "bureau/regulations.html",
        form=form,
        forecast=forecast,
        lines=regulation_view.version_lines(),
        inspection_cap=inspections.cap() or intervals.DEFAULT_CAP,
        cap_is_ours=inspections.cap() is None,
        may_schedule=actor().may(Permission.REGULATION_SCHEDULE),
        view=regulation_view,
    )
