"""抽查案件: an auditor draws requests, opens them, and says what was found. No picture, no name (U1)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.compliance.sampling import actions, queries
from tenants.compliance.sampling.facts import CHECK_NAMES, VERDICT_NAMES, Verdict
from tenants.compliance.sampling.lifecycle import STATE_NAMES
from tenants.compliance.sampling.rules import METHOD
from tenants.errors import Invalid, InvalidTransition
from tenants.improvements import queries as improvements
from tenants.permissions import Permission
from webapp import printouts
from webapp.access import Place, requires
from webapp.bureau import sample_files
from webapp.bureau.improvements import BADGES
from webapp.bureau.sample_forms import JudgementForm, OpeningForm, SampleForm
from webapp.identify import actor

blueprint = Blueprint("samples", __name__, url_prefix="/samples")
_draws = requires(Permission.SAMPLE_DRAW, place=Place.BUREAU)


@blueprint.get("")
@_draws
def index() -> str:
    """Every draw there was, and a form for the next."""
    return _page(SampleForm.fresh())


@blueprint.post("")
@_draws
def draw() -> ResponseReturnValue:
    """Draw; the chain knew from what before anything was drawn."""
    form = SampleForm.offered()
    if form.validate():
        try:
            made = actions.draw_sample(actor=actor(), wanted=form.wanted())
        except Invalid as refused:
            form.show(refused)
        else:
            few = "案件數不足，已全數抽出。" if made.population <= made.asked else ""
            flash(f"已從 {made.population} 件案件抽出 {min(made.asked, made.population)} 件。{few}", "good")
            return redirect(url_for("bureau.samples.show", sample_id=made.id), HTTPStatus.SEE_OTHER)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/<uuid:sample_id>")
@_draws
def show(sample_id: UUID) -> str:
    """One draw: from how many, by which seed, its cases, and what was to be put right."""
    found = queries.sample(actor=actor(), sample_id=sample_id)
    return render_template(
        "bureau/sample.html",
        sample=found,
        cases=queries.cases(actor=actor(), sample_id=sample_id),
        same=queries.is_same_again(actor=actor(), found=found),
        drawn_by=queries.drawn_by(found),
        items=improvements.city(today=clock.today(), sample_serial=found.serial),
        method=METHOD,
        badges=BADGES,
        **_names(),
    )


@blueprint.get("/<uuid:sample_id>/findings.csv")
@_draws
def as_csv(sample_id: UUID) -> Response:
    """The findings as CSV."""
    return _file(sample_id, "csv")


@blueprint.get("/<uuid:sample_id>/findings.ods")
@_draws
def as_ods(sample_id: UUID) -> Response:
    """The findings as an OpenDocument spreadsheet."""
    return _file(sample_id, "ods")


@blueprint.get("/<uuid:sample_id>/findings.pdf")
@_draws
def as_pdf(sample_id: UUID) -> Response:
    """The findings as a paper to sign."""
    return _file(sample_id, "pdf")


@blueprint.get("/cases/<uuid:sampled_id>")
@_draws
def case(sampled_id: UUID) -> str:
    """One drawn case: its code alone before it is opened."""
    return _case(sampled_id, OpeningForm(formdata=None))


@blueprint.post("/cases/<uuid:sampled_id>/opening")
@_draws
def open_case(sampled_id: UUID) -> ResponseReturnValue:
    """Open it; the institution's chain tells that, and why."""
    form = OpeningForm()
    if form.validate():
        try:
            actions.open_case(actor=actor(), sampled_id=sampled_id, reason=form.reason.data or "")
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            return redirect(url_for("bureau.samples.case", sampled_id=sampled_id), HTTPStatus.SEE_OTHER)
    return _case(sampled_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/cases/<uuid:sampled_id>/judgement")
@_draws
def judge(sampled_id: UUID) -> ResponseReturnValue:
    """Confirm or contradict the facts; what lacks becomes an item at the institution."""
    form = JudgementForm()
    form.row = queries.case(actor=actor(), sampled_id=sampled_id).row
    if form.validate():
        try:
            row = actions.judge_case(
                actor=actor(),
                sampled_id=sampled_id,
                verdicts=form.verdicts(),
                note=form.note.data or "",
                due_on=form.due_on.data,
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            lacks = Verdict.LACKING in form.verdicts().values()
            flash(f"已記錄查核結果{'；有缺漏的項目已列為該機構的改善事項' if lacks else ''}。", "good")
            return redirect(url_for("bureau.samples.show", sample_id=row.sample_id), HTTPStatus.SEE_OTHER)
    return _case(sampled_id, OpeningForm(formdata=None), form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(form: SampleForm) -> str:
    return render_template("bureau/samples.html", form=form, lines=queries.samples(actor=actor()), method=METHOD)


def _case(sampled_id: UUID, opening: OpeningForm, judgement: JudgementForm | None = None) -> str:
    found = queries.case(actor=actor(), sampled_id=sampled_id)
    if judgement is None:
        judgement = JudgementForm(formdata=None)
        judgement.propose(found.row)
    return render_template(
        "bureau/sample_case.html",
        found=found,
        sample=queries.sample(actor=actor(), sample_id=found.row.sample_id),
        opening=opening,
        judgement=judgement,
        **_names(),
    )


def _names() -> dict[str, object]:
    return {"CHECK_NAMES": CHECK_NAMES, "VERDICT_NAMES": VERDICT_NAMES, "STATE_NAMES": STATE_NAMES}


def _file(sample_id: UUID, form: str) -> Response:
    found = queries.sample(actor=actor(), sample_id=sample_id)
    cases = queries.cases(actor=actor(), sample_id=sample_id)
    actions.note_exported(actor=actor(), sample=found, form=form)
    name = f"抽查結果-{found.serial}"
    if form == "pdf":
        return printouts.pdf(sample_files.sheet(found, cases, printed_by=actor().name), name=name)
    return printouts.spreadsheet(sample_files.rows(found, cases), ending=form, name=name, sheet="抽查結果")
