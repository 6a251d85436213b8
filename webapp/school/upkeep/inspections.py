"""檢查: what is due, walking through a site with the three questions of its form, and 複查 (KH-8-1a, TY-3-3c)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.errors import Caution, Invalid, NeedsConfirmation
from tenants.people.models import User
from tenants.people.pins import WrongPin
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.roc_dates import format_date, roc_year, this_year
from tenants.upkeep.faults import queries as faults
from tenants.upkeep.inspections import deciding, facts, paper, proposals, queries, recording, signing
from tenants.upkeep.inspections.models import Inspection
from tenants.upkeep.inspections.proposals import REASON_NAMES, Reason
from webapp import printouts
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.forms import Form
from webapp.identify import actor, keep_changes
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.upkeep import inspection_view
from webapp.school.upkeep.inspection_forms import (
    CancelForm,
    InspectionForm,
    IntervalForm,
    RecheckForm,
    camera_answers,
    fresh_answers,
)

blueprint = Blueprint("inspections", __name__, url_prefix="/inspections")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.UPKEEP_READ)
def index(tenant_id: UUID) -> str:
    """What is due, the drills, and the records of a year."""
    return _index(tenant_id)


@blueprint.get("/sites/<uuid:site_id>/new")
@requires(Permission.UPKEEP_RECORD)
def new(tenant_id: UUID, site_id: UUID) -> str:
    """The three questions, with what the facts propose."""
    return _page(registry.site(tenant_id=tenant_id, site_id=site_id))


@blueprint.post("/sites/<uuid:site_id>/new")
@requires(Permission.UPKEEP_RECORD)
def record(tenant_id: UUID, site_id: UUID) -> ResponseReturnValue:
    """Record it."""
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    cameras = device_queries.cameras_of_site(tenant_id=tenant_id, site_id=site_id)
    form = _form(site)
    typed = form.typed(site.id, cameras)
    if not form.tell(recording.faults(typed=typed, site=site, today=clock.today())):
        return _page(site, form), _UNPROCESSABLE
    try:
        made = recording.record(
            actor=actor(),
            tenant_id=tenant_id,
            typed=typed,
            pin=form.pin.data or "",
            now=clock.now(),
            confirmed=bool(form.confirmed.data),
        )
    except NeedsConfirmation as asked:
        return _page(site, form, cautions=asked.cautions), _UNPROCESSABLE
    except Invalid as refused:
        return _page(site, _told(form, refused)), _UNPROCESSABLE
    flash(f"已登記{format_date(made.inspected_on)}的檢查，紀錄至少保存一年。", "good")
    return redirect(url_for("school.inspections.show", inspection_id=made.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:inspection_id>")
@requires(Permission.UPKEEP_READ)
def show(tenant_id: UUID, inspection_id: UUID) -> str:
    """One inspection, with what was proposed then and what was said of it later."""
    return _shown(tenant_id, inspection_id)


@blueprint.post("/<uuid:inspection_id>/recheck")
@requires(Permission.UPKEEP_RECORD)
def recheck(tenant_id: UUID, inspection_id: UUID) -> ResponseReturnValue:
    """複查 by a second person."""
    form = RecheckForm.offering(_others(tenant_id, inspection_id))
    user_id = id_or_none(form.inspector.data or "")
    if not form.validate() or user_id is None:
        return _shown(tenant_id, inspection_id, recheck_form=form), _UNPROCESSABLE
    try:
        recording.recheck(
            actor=actor(), tenant_id=tenant_id, inspection_id=inspection_id, user_id=user_id, pin=form.pin.data or ""
        )
    except Invalid as refused:
        return _shown(tenant_id, inspection_id, recheck_form=_told(form, refused)), _UNPROCESSABLE
    flash("已登記複查。", "good")
    return redirect(url_for("school.inspections.show", inspection_id=inspection_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:inspection_id>/cancellation")
@requires(Permission.UPKEEP_RECORD)
def cancel(tenant_id: UUID, inspection_id: UUID) -> ResponseReturnValue:
    """作廢: it stays, struck through."""
    form = CancelForm()
    if not form.validate():
        return _shown(tenant_id, inspection_id, cancel_form=form), _UNPROCESSABLE
    try:
        recording.cancel(actor=actor(), tenant_id=tenant_id, inspection_id=inspection_id, reason=form.reason.data)
    except Invalid as refused:
        form.show(refused)
        return _shown(tenant_id, inspection_id, cancel_form=form), _UNPROCESSABLE
    flash("已作廢，紀錄保留並劃線標示。", "good")
    return redirect(url_for("school.inspections.show", inspection_id=inspection_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/sites/<uuid:site_id>/interval")
@requires(Permission.UPKEEP_SCHEDULE)
def set_interval(tenant_id: UUID, site_id: UUID) -> ResponseReturnValue:
    """訂定檢查週期."""
    form = IntervalForm()
    with outcome_said("已訂定檢查週期，自今日起適用。"):
        deciding.set_interval(actor=actor(), tenant_id=tenant_id, site_id=site_id, months=form.months.data or "")
    return redirect(url_for("school.inspections.index"), HTTPStatus.SEE_OTHER)


@blueprint.get("/sites/<uuid:site_id>/form.pdf")
@requires(Permission.UPKEEP_READ)
def printed(tenant_id: UUID, site_id: UUID) -> Response:
    """The inspections of a 民國 year on the site's form, cancelled ones struck through."""
    site, year = registry.site(tenant_id=tenant_id, site_id=site_id), _year()
    found = [
        each
        for each in queries.inspections(tenant_id=tenant_id, site_id=site_id)
        if roc_year(each.inspected_on) == year
    ]
    return _pdf(tenant_id, site, found, period=f"{year}年")


@blueprint.get("/sites/<uuid:site_id>/blank.pdf")
@requires(Permission.FORM_READ)
def blank(tenant_id: UUID, site_id: UUID) -> Response:
    """The form, empty (DR-20)."""
    return _pdf(tenant_id, registry.site(tenant_id=tenant_id, site_id=site_id), [], period="")


def _pdf(tenant_id: UUID, site: Site, found: list[Inspection], *, period: str) -> Response:
    sheet = paper.sheet(
        found,
        tenant=registry.tenant(tenant_id=tenant_id),
        site=site,
        period=period,
        printed_by=actor().name,
    )
    return printouts.pdf(sheet, name=f"檢查及保養紀錄-{period or '空白'}")


def _year() -> int:
    typed = request.args.get("year", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else this_year()  # noqa: PLR2004 - 民國


def _index(tenant_id: UUID) -> str:
    today = clock.today()
    return render_template(
        "school/upkeep/inspections.html",
        sites=inspection_view.site_lines(tenant_id=tenant_id, today=today),
        records=inspection_view.records(tenant_id=tenant_id, today=today),
        drills=inspection_view.drills(tenant_id=tenant_id, today=today),
        faults_article=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.FAULTS),
        kept_article=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.MAINTENANCE_RECORDS),
        interval_form=IntervalForm(formdata=None),
        year=this_year(),
        may_record=actor().may(Permission.UPKEEP_RECORD),
        may_schedule=actor().may(Permission.UPKEEP_SCHEDULE),
    )


def _form(site: Site, *, fresh: dict[str, object] | None = None) -> InspectionForm:
    people = signing.staff(tenant_id=site.tenant_id).values()
    cameras = device_queries.cameras_of_site(tenant_id=site.tenant_id, site_id=site.id)
    return InspectionForm.asking(
        queries.question_names(site, clock.today()),
        people=people,
        calibrations=inspection_view.calibration_options(cameras),
        fresh=fresh,
    )


def _page(site: Site, form: InspectionForm | None = None, *, cautions: tuple[Caution, ...] = ()) -> str:
    now = clock.now()
    cameras = device_queries.cameras_of_site(tenant_id=site.tenant_id, site_id=site.id)
    found = facts.facts(tenant_id=site.tenant_id, site_id=site.id, now=now)
    proposed, names = proposals.of_site(found), queries.question_names(site, clock.today())
    sent = camera_answers(cameras) if form is not None else None
    rules = regulation.rules_by_site(tenant_id=site.tenant_id)[site.id]
    return render_template(
        "school/upkeep/inspection_new.html",
        site=site,
        form=form or _form(site, fresh={"day": clock.today(), "inspector": str(actor().id), **fresh_answers(proposed)}),
        hints=inspection_view.hints(proposed),
        cameras=cameras,
        camera_questions=inspection_view.camera_questions(cameras, found, names, sent),
        wording=queries.wording(site, clock.today()),
        cautions=cautions,
        article=rules.article(Clause.INSPECTION),
        faults_article=rules.article(Clause.FAULTS),
        me=actor().name,
    )


def _others(tenant_id: UUID, inspection_id: UUID) -> list[User]:
    found = queries.inspection(tenant_id=tenant_id, inspection_id=inspection_id)
    return [user for user in signing.staff(tenant_id=tenant_id).values() if user.id != found.inspector_id]


def _shown(tenant_id: UUID, inspection_id: UUID, **sent: Form) -> str:
    found = queries.inspection(tenant_id=tenant_id, inspection_id=inspection_id)
    site = registry.site(tenant_id=tenant_id, site_id=found.site_id)
    marks = queries.told(tenant_id=tenant_id).get(found.id, queries.Told())
    calibrated = queries.calibrated(tenant_id=tenant_id, ids=set(found.calibrations))
    cameras = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)}
    places = {camera_id: place for place, camera_id in enumerate(cameras)}
    # Camera by camera, as they were walked.
    answers = sorted(
        queries.answers(tenant_id=tenant_id, inspection_id=inspection_id),
        key=lambda each: -1 if each.camera_id is None else places[each.camera_id],
    )
    forms = {
        "recheck_form": RecheckForm.offering(_others(tenant_id, inspection_id), fresh=True),
        "cancel_form": CancelForm(formdata=None),
    }
    return render_template(
        "school/upkeep/inspection.html",
        held=found,
        site=site,
        told=marks,
        remark=paper.remark(found, calibrated),
        answers=answers,
        serials=faults.serials(
            tenant_id=tenant_id, fault_ids=[each.fault_id for each in answers if each.fault_id is not None]
        ),
        may_see_faults=actor().may(Permission.FAULT_REPORT),
        names=queries.question_names(site, found.inspected_on),
        cameras=cameras,
        reason_names={reason.value: REASON_NAMES[reason] for reason in Reason},
        year=roc_year(found.inspected_on),
        may_record=actor().may(Permission.UPKEEP_RECORD),
        **(forms | sent),
    )


def _told(form: Form, refused: Invalid) -> Form:
    """The form with the sentence on it. A wrong PIN counts although the answer is a refusal."""
    if isinstance(refused, WrongPin):
        keep_changes()
    form.show(refused)
    return form
