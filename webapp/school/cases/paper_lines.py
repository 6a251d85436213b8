"""補登 of a paper line, its scan, and 更正 by a line of its own: the register takes no change (KH-7-2, DR-20)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.disclosures.papers import scans
from tenants.disclosures.register import reading, writing
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import Invalid
from tenants.permissions import Permission
from webapp import uploads
from webapp.access import requires
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation
from webapp.school.cases import paper_view
from webapp.school.cases.paper_forms import CorrectionForm, LineForm, PaperLineForm

blueprint = Blueprint("paper_lines", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/cases/<uuid:disclosure_id>/paper-line")
@requires(Permission.PAPER_ENTER)
def new(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The form for a paper line about a case."""
    case = paper_view.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    return _paper(case, PaperLineForm.fresh(windows=case.windows, summary=case.summary))


@blueprint.post("/cases/<uuid:disclosure_id>/paper-line")
@requires(Permission.PAPER_ENTER)
def enter(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """補登."""
    case = paper_view.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    form = PaperLineForm.sent(tenant_id)
    form.offer(case.offered)
    written = form.written()
    if written is None:
        return _paper(case, form), _UNPROCESSABLE
    try:
        made = writing.enter_paper(
            actor=actor(),
            tenant_id=tenant_id,
            disclosure_id=disclosure_id,
            line=written,
            operator_id=UUID(form.operator.data),
            paper_number=form.paper_number.data,
            scan=uploads.scan(),
            store=uploads.store(),
        )
    except Invalid as refused:
        form.show(refused)
        return _paper(case, form), _UNPROCESSABLE
    return _entered(made, f"已補登為第{made.number}號，時間照紙本登載。")


@blueprint.post("/register/<uuid:entry_id>/scan")
@requires(Permission.PAPER_ENTER)
def add_scan(tenant_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """Add the scan of a line that was on paper first."""
    entry = writing.entry(tenant_id=tenant_id, entry_id=entry_id)
    with outcome_said(f"已收存第{entry.number}號的紙本掃描檔。"):
        scans.scan_entry(
            actor=actor(), tenant_id=tenant_id, entry_id=entry_id, scan=uploads.scan(), store=uploads.store()
        )
    return _back(entry)


@blueprint.get("/register/<uuid:entry_id>/correction")
@requires(Permission.PAPER_ENTER)
def ask(tenant_id: UUID, entry_id: UUID) -> str:
    """The form for the line as it should have read; and, of a paper, for its scan."""
    entry, case = _entry(tenant_id, entry_id)
    form = CorrectionForm.fresh(
        people=reading.people_of(entry), windows=reading.seen_of(entry), line=paper_view.as_it_stands(entry)
    )
    return _correction(entry, case, form)


@blueprint.post("/register/<uuid:entry_id>/correction")
@requires(Permission.PAPER_ENTER)
def correct(tenant_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """更正."""
    entry, case = _entry(tenant_id, entry_id)
    form = CorrectionForm()
    form.offer(case.offered)
    written = form.written()
    if written is None:
        return _correction(entry, case, form), _UNPROCESSABLE
    try:
        made = writing.correct(
            actor=actor(),
            tenant_id=tenant_id,
            entry_id=entry_id,
            line=written,
            operator_id=form.operator_id(),
            reason=form.reason.data,
        )
    except Invalid as refused:
        form.show(refused)
        return _correction(entry, case, form), _UNPROCESSABLE
    return _entered(made, f"已登載更正，列為第{made.number}號；原第{entry.number}號保留。")


def _entry(tenant_id: UUID, entry_id: UUID) -> tuple[RegisterEntry, paper_view.PaperCase]:
    entry = writing.entry(tenant_id=tenant_id, entry_id=entry_id)
    found = paper_view.case(tenant_id=tenant_id, disclosure_id=entry.disclosure_id, actor=actor())
    return entry, paper_view.with_cameras_of(found, entry)


def _paper(case: paper_view.PaperCase, form: PaperLineForm) -> str:
    return _page("school/cases/paper_line.html", case, form)


def _correction(entry: RegisterEntry, case: paper_view.PaperCase, form: CorrectionForm) -> str:
    papers = scans.of_entries(tenant_id=entry.tenant_id, entry_ids=[entry.id])
    return _page("school/cases/correction.html", case, form, entry=entry, scan_id=papers.get(entry.id))


def _page(template: str, case: paper_view.PaperCase, form: LineForm, **more: object) -> str:
    form.offer(case.offered)
    rules = regulation.rules_of_institution(tenant_id=case.tenant_id)
    return render_template(template, case=case, form=form, faults=faults(form), rules=rules, **more)


def _entered(made: RegisterEntry, sentence: str) -> Response:
    flash(sentence, "good")
    return _back(made)


def _back(entry: RegisterEntry) -> Response:
    address = url_for("school.register.show", tenant_id=entry.tenant_id, year=entry.roc_year)
    return redirect(address, HTTPStatus.SEE_OTHER)
