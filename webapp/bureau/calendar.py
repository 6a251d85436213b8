"""學年行事曆: the hours that the bureau gives, holidays, make-up days, vacations, and closures (DR-16)."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry.hours import calendar, queries, rules
from tenants.roc_dates import format_date
from webapp.access import Place, requires
from webapp.bureau.calendar_forms import KIND_NAMES, SpanForm, TemplateForm
from webapp.forms import written
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.week_form import week_words

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
_BACK, _AHEAD = timedelta(days=60), timedelta(days=400)
_manages = requires(Permission.CALENDAR_MANAGE, place=Place.BUREAU)


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """The calendar from two months ago on, and forms for who keeps it."""
    return _page()


@blueprint.post("/templates")
@_manages
def publish() -> ResponseReturnValue:
    """Give hours from a day on."""
    form = TemplateForm()
    if form.is_whole():
        try:
            made = calendar.publish_template(
                weekly=form.weekly(),
                vacation=form.vacation_hours(),
                effective_from=form.effective_from.day,
                document=form.document.data or "",
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已公告自{format_date(made.effective_from)}起的開放時間。自訂時間的機構不受影響。", "good")
            return _back()
    return _page(template=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/templates/<uuid:template_id>/withdrawal")
@_manages
def withdraw_template(template_id: UUID) -> ResponseReturnValue:
    """Take back hours that have not begun."""
    with outcome_said("已撤回，紀錄會保留。"):
        calendar.withdraw_template(template_id=template_id, actor=actor())
    return _back()


@blueprint.post("/days")
@_manages
def enter() -> ResponseReturnValue:
    """Enter days, such as a closure."""
    form = SpanForm.of(_districts())
    typed = form.typed()
    if typed is not None:
        try:
            made = calendar.enter_days(typed=typed, actor=actor())
        except Invalid as refused:
            form.show(refused)
        else:
            where = f"（{'、'.join(made.districts)}）" if made.districts else ""
            flash(f"已登記{format_date(made.first_day)}「{made.name}」{where}，各機構的應錄影時段隨即適用。", "good")
            return _back()
    return _page(span=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/days/<uuid:span_id>/withdrawal")
@_manages
def withdraw(span_id: UUID) -> ResponseReturnValue:
    """Take days back."""
    with outcome_said("已撤回，紀錄會保留。"):
        calendar.withdraw_days(span_id=span_id, note=written("note"), actor=actor())
    return _back()


def _districts() -> list[str]:
    """What the districts are called now and were called as long as something can be entered for the past."""
    days = (clock.today(), clock.today() - rules.LATE_ENTRY)
    return sorted({each for day in days for each in calendar.districts_on(day)})


def _page(*, template: TemplateForm | None = None, span: SpanForm | None = None) -> str:
    today = clock.today()
    return render_template(
        "bureau/calendar.html",
        templates=[each for each in queries.templates() if each.withdrawn_at is None],
        spans=queries.spans(first=today - _BACK, last=today + _AHEAD),
        template=template or TemplateForm(formdata=None),
        span=span or SpanForm.of(_districts(), fresh=True),
        faulty=template or span,
        kinds=KIND_NAMES,
        week_words=week_words,
        today=today,
        earliest=today - rules.LATE_ENTRY,
        weekdays=rules.WEEKDAY_NAMES,
        may_manage=actor().may(Permission.CALENDAR_MANAGE),
    )


def _back() -> Response:
    return redirect(url_for("bureau.calendar.index"), HTTPStatus.SEE_OTHER)
