"""What an officer opens: own cases, an institution to ask, a new request, one case, its copy."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra.clock import civil_day
from infra.objects import ObjectStore
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import CopyEnd, Receipt
from tenants.disclosures.official.documents import Classification
from tenants.disclosures.official.queries import Case
from tenants.errors import Invalid
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp.access import Place, requires
from webapp.agency import case_list, filing, keys, presenters
from webapp.agency.copy_forms import AskReopeningForm, CopyEndForm
from webapp.agency.forms import CompletionForm
from webapp.case_progress import owed_by
from webapp.identify import acting_agency, actor
from webapp.menus import marked

_CASES, _FILING, _VERIFYING = "agency.cases", "agency.institutions", "agency.verifying"
_PAGES = (("本機關案件", _CASES), ("提出申請", _FILING), ("如何開啟與驗證影像", _VERIFYING))
_UNDER = {
    **{f"agency.{page}": _CASES for page in ("case", "complete", "collect", "ask_reopening", "report_end")},
    "agency.filing": _FILING,
    "agency.keys": _VERIFYING,
}

agency = Blueprint("agency", __name__, url_prefix="/agency")
agency.register_blueprint(filing.blueprint)
agency.register_blueprint(keys.blueprint)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@agency.get("/")
@requires(Permission.DISCLOSURE_FOLLOW, place=Place.AGENCY)
def cases() -> str:
    """The agency's own cases at every institution."""
    agency_id = acting_agency()
    return render_template(
        "agency/cases.html",
        lines=case_list.lines(official.agency_cases(agency_id=agency_id)),
    )


@agency.get("/institutions")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def institutions() -> str:
    """Institutions by district, narrowed by what was typed; to begin a request with."""
    typed = request.args.get("q", "").strip()
    template = "agency/_institutions.html" if "HX-Request" in request.headers else "agency/institutions.html"
    return render_template(
        template,
        districts=presenters.by_district(registry.directory(), typed),
        typed=typed,
    )


@agency.get("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>")
@requires(Permission.DISCLOSURE_FOLLOW, place=Place.AGENCY)
def case(tenant_id: UUID, disclosure_id: UUID) -> str:
    """One case: where it stands, what was decided, what the officer can do now."""
    return _case_page(_case(tenant_id, disclosure_id))


@agency.get("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/progress")
@requires(Permission.DISCLOSURE_FOLLOW, place=Place.AGENCY)
def progress(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The stations of a case, for the page to refresh by itself."""
    found = _case(tenant_id, disclosure_id)
    return render_template("cases/_progress.html", **presenters.progress_of(found))


@agency.post("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/completion")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def complete(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """補正 with a second letter."""
    found = _case(tenant_id, disclosure_id)
    form = CompletionForm()
    if not form.answers(owed_by(found), classification=Classification(found.disclosure.classification)):
        return _case_page(found, form), _UNPROCESSABLE
    try:
        actions.complete(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            completion=form.completion(),
            store=_store(),
        )
    except Invalid as refused:
        form.show(refused)
        return _case_page(found, form), _UNPROCESSABLE
    flash("已補正，案件回到機構審核。", "good")
    return _to_case(tenant_id, disclosure_id)


@agency.post("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/withdrawal")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def withdraw(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """撤回, until something was seen or taken."""
    actions.withdraw(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id)
    flash("已撤回。", "good")
    return _to_case(tenant_id, disclosure_id)


@agency.post("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/collection")
@requires(Permission.DISCLOSURE_COLLECT, place=Place.AGENCY)
def collect(tenant_id: UUID, disclosure_id: UUID) -> str:
    """A link for this officer, shown once, with the receipt to sign; the download itself is the media process's."""
    found = _case(tenant_id, disclosure_id)
    link = actions.issue_link(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id)
    me = people.user(user_id=_person_id())
    receipt = Receipt(name=me.name if me else "", title=me.title if me else "", acknowledged=False)
    return render_template("agency/collect.html", receipt=receipt, **presenters.collect_page(found, link))


@agency.post("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/reopening")
@requires(Permission.DISCLOSURE_COLLECT, place=Place.AGENCY)
def ask_reopening(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """下載中斷，請求重新開放領取; the institution decides."""
    found = _case(tenant_id, disclosure_id)
    form = AskReopeningForm()
    if not form.validate():
        return _case_page(found, asking=form), _UNPROCESSABLE
    try:
        actions.ask_reopening(
            actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, reason=(form.reason.data or "").strip()
        )
    except Invalid as refused:
        form.show(refused)
        return _case_page(found, asking=form), _UNPROCESSABLE
    flash("已請求機構重新開放領取，機構開放後會以郵件通知。", "good")
    return _to_case(tenant_id, disclosure_id)


@agency.post("/institutions/<uuid:tenant_id>/requests/<uuid:disclosure_id>/copy-end")
@requires(Permission.DISCLOSURE_COLLECT, place=Place.AGENCY)
def report_end(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """已返還 or 已銷毀, with date and document."""
    found = _case(tenant_id, disclosure_id)
    taken_at = found.package.collected_at if found.package is not None else None
    form = CopyEndForm.sent(handed_on=civil_day(taken_at) if taken_at is not None else date.min)
    if not form.validate():
        return _case_page(found, ending=form), _UNPROCESSABLE
    try:
        actions.report_end(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            how=CopyEnd(form.how.data),
            ended_on=form.ended_on.day,
            document=form.document.data.strip(),
        )
    except Invalid as refused:
        form.show(refused)
        return _case_page(found, ending=form), _UNPROCESSABLE
    flash("已回報，機構會收到通知。", "good")
    return _to_case(tenant_id, disclosure_id)


@agency.get("/verifying")
@requires(Permission.DISCLOSURE_FOLLOW, place=Place.AGENCY)
def verifying() -> str:
    """How a recipient checks a copy without anything of ours (DR-07)."""
    return render_template("agency/verifying.html")


@agency.context_processor
def _names() -> dict[str, Callable[[], object]]:
    # Functions, so that the page of an error never looks an agency up.
    return {
        "agency_name": lambda: registry.agency(agency_id=acting_agency()).name,
        "agency_links": lambda: marked(_PAGES, under=_UNDER),
    }


def _case_page(
    found: Case,
    form: CompletionForm | None = None,
    *,
    asking: AskReopeningForm | None = None,
    ending: CopyEndForm | None = None,
) -> str:
    page = presenters.case_page(
        found,
        form or CompletionForm(formdata=None),
        asking or AskReopeningForm(formdata=None),
        ending or CopyEndForm(formdata=None),
        reader=_person_id(),
    )
    return render_template("agency/case.html", **page)


def _case(tenant_id: UUID, disclosure_id: UUID) -> Case:
    return official.agency_case(agency_id=acting_agency(), tenant_id=tenant_id, disclosure_id=disclosure_id)


def _to_case(tenant_id: UUID, disclosure_id: UUID) -> Response:
    return redirect(url_for("agency.case", tenant_id=tenant_id, disclosure_id=disclosure_id), HTTPStatus.SEE_OTHER)


def _person_id() -> UUID:
    held = actor().id
    assert held is not None  # noqa: S101 - a signed-in person has one
    return held


def _store() -> ObjectStore:
    store: ObjectStore = current_app.extensions["store"]
    return store
