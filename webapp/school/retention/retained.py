"""備查複製本: the list, one copy with its history, who keeps it, its review, opening it, and its certificate."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra.clock import civil_day
from tenants.audit import proofs
from tenants.audit.events import Event
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.retained import opening, queries, reviewing
from tenants.disclosures.retained.models import RetainedCopy
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp import addresses
from webapp.access import requires
from webapp.forms import Form
from webapp.identify import actor
from webapp.printouts import document
from webapp.school.cases import review_view
from webapp.school.retention import retained_view
from webapp.school.retention.retained_forms import CustodyForm, DisposalForm, OpeningForm, ReviewForm

blueprint = Blueprint("retained", __name__, url_prefix="/retention/retained")


@blueprint.get("")
@requires(Permission.RETENTION_READ)
def index(tenant_id: UUID) -> str:
    """Every copy, and what to do about each."""
    return render_template(
        "school/retention/retained.html", lines=retained_view.lines(tenant_id=tenant_id, actor=actor())
    )


@blueprint.get("/<uuid:copy_id>")
@requires(Permission.RETENTION_READ)
def show(tenant_id: UUID, copy_id: UUID) -> str:
    """One copy, everything that happened to it, and what can be decided."""
    return _page(tenant_id, copy_id)


@blueprint.post("/<uuid:copy_id>/custody")
@requires(Permission.RETAINED_KEEP)
def keep(tenant_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """Say who keeps it and where."""
    kept = queries.shown_one(tenant_id=tenant_id, copy_id=copy_id, actor=actor())
    form = CustodyForm.sent(required=bool(kept.rule.retained_copy.custodian_required))

    def act() -> str:
        said = {"custodian": form.custodian.data or "", "place": form.place.data or ""}
        reviewing.keep_at(actor=actor(), tenant_id=tenant_id, copy_id=copy_id, **said)
        return "已登記保管人與保管處所，先前的登記保留在歷程。"

    return _done(tenant_id, copy_id, form, act)


@blueprint.post("/<uuid:copy_id>/extension")
@requires(Permission.RETAINED_REVIEW)
def extend(tenant_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """續存 to the next review date."""
    copy = _copy(tenant_id, copy_id)
    form = ReviewForm.sent(oldest=civil_day(copy.oldest_at))

    def act() -> str:
        reviewing.extend_copy(
            actor=actor(),
            tenant_id=tenant_id,
            copy_id=copy.id,
            review_on=form.review_on.day,
            reason=form.reason.data or "",
            grounds=form.grounds(),
        )
        return f"已續存，下次複查日為{format_date(form.review_on.day)}。"

    return _done(tenant_id, copy_id, form, act)


@blueprint.post("/<uuid:copy_id>/end")
@requires(Permission.RETAINED_REVIEW)
def end(tenant_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """銷毀: the worker destroys it and issues the certificate."""
    copy, form = _copy(tenant_id, copy_id), DisposalForm()

    def act() -> str:
        reviewing.end_copy(actor=actor(), tenant_id=tenant_id, copy_id=copy.id, reason=form.end_reason.data)
        return "已決定銷毀。系統清除並驗證後出具證明，通常數分鐘內完成。"

    return _done(tenant_id, copy_id, form, act)


@blueprint.post("/<uuid:copy_id>/opening")
@requires(Permission.FOOTAGE_WATCH)
def open_it(tenant_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """Say why it is opened, before anything of it is read."""
    copy, form = _copy(tenant_id, copy_id), OpeningForm()

    def act() -> str:
        opening.open_copy(actor=actor(), tenant_id=tenant_id, copy_id=copy.id, reason=form.open_reason.data)
        return "已記錄開啟的理由。四小時內可以驗證及播放。"

    return _done(tenant_id, copy_id, form, act)


@blueprint.get("/<uuid:copy_id>/play/<int:part>")
@requires(Permission.FOOTAGE_WATCH)
def play(tenant_id: UUID, copy_id: UUID, part: int) -> str:
    """One part of the copy: player and gaps. No download, on purpose."""
    kept = queries.shown_one(tenant_id=tenant_id, copy_id=copy_id, actor=actor())
    opening.check_opened(actor=actor(), tenant_id=tenant_id, copy_id=copy_id)
    parts = review_view.parts_from(
        packages.package(tenant_id=tenant_id, package_id=copy_id),
        lambda number: addresses.retained_playlist(tenant_id=tenant_id, copy_id=copy_id, part=number),
    )
    if not 1 <= part <= len(parts):
        raise NotFound
    return render_template(
        "school/retention/retained_play.html",
        copy=kept.copy,
        serial=kept.disclosure.serial,
        parts=parts,
        part=parts[part - 1],
        article=kept.rule.article(Clause.RETAINED_COPY),
    )


@blueprint.get("/<uuid:copy_id>/certificate")
@requires(Permission.RETENTION_READ)
def certificate(tenant_id: UUID, copy_id: UUID) -> str:
    """The certificate of a copy's destruction, to read and to print."""
    copy = _copy(tenant_id, copy_id)
    found = queries.certificate(tenant_id=tenant_id, copy_id=copy_id)
    return render_template(
        "school/retention/retained_certificate.html",
        copy=copy,
        found=found,
        paper=found.paper,
        windows=retained_view.certified_windows(found.paper),
        proof=proofs.anchored(tenant_id=tenant_id, event=Event.RETAINED_DESTROYED, subject_id=copy_id),
    )


@blueprint.get("/<uuid:copy_id>/certificate/proof")
@requires(Permission.RETENTION_READ)
def certificate_proof(tenant_id: UUID, copy_id: UUID) -> Response:
    """The proof that the destruction was in the chain, for somebody who checks it without us (ADR 0012)."""
    _copy(tenant_id, copy_id)
    found = proofs.proof_of_subject(tenant_id=tenant_id, event=Event.RETAINED_DESTROYED, subject_id=copy_id)
    if found is None:
        raise NotFound("這份證明的稽核紀錄尚未錨定。請於明日錨定後再下載。")
    return document(found.document(), name=f"proof-{found.seq}")


def _copy(tenant_id: UUID, copy_id: UUID) -> RetainedCopy:
    """What is not there is not there, whatever was typed."""
    return queries.shown_one(tenant_id=tenant_id, copy_id=copy_id, actor=actor()).copy


def _done(tenant_id: UUID, copy_id: UUID, form: Form, act: Callable[[], str]) -> ResponseReturnValue:
    """Take a step and say what came of it, or show the form again with why it was refused."""
    if form.validate():
        try:
            said = act()
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash(said, "good")
            return redirect(url_for("school.retained.show", copy_id=copy_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, copy_id, faulty=form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, copy_id: UUID, *, faulty: Form | None = None) -> str:
    page = retained_view.page(tenant_id=tenant_id, copy_id=copy_id, actor=actor())
    usual = retained_view.last_custody(tenant_id=tenant_id, actor=actor())
    return render_template(
        "school/retention/retained_copy.html",
        page=page,
        custody=faulty if isinstance(faulty, CustodyForm) else CustodyForm.of(page.line.copy, usual),
        review=faulty if isinstance(faulty, ReviewForm) else ReviewForm(formdata=None),
        disposal=faulty if isinstance(faulty, DisposalForm) else DisposalForm(formdata=None),
        opening=faulty if isinstance(faulty, OpeningForm) else OpeningForm(formdata=None),
        faulty=faulty,
        check=addresses.retained_check(tenant_id=tenant_id, copy_id=copy_id),
    )
