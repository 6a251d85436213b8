"""保全: one hold with its history, 展延 and 結束, a new one by law; and a stopped run that the head lets go."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.audit import proofs
from tenants.disclosures import custody_record
from tenants.errors import Destroyed, Invalid, InvalidTransition
from tenants.misuse import secrecy
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.retention import actions, queries, reviewing, stops
from tenants.retention.models import Hold, StopKind
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.identify import actor
from webapp.printouts import document
from webapp.school import regulation
from webapp.school.retention import law_view
from webapp.school.retention.hold_forms import ExtensionForm, PlacingForm, ReasonForm

blueprint = Blueprint("holds", __name__, url_prefix="/retention")


@blueprint.get("/holds/new")
@requires(Permission.HOLD_MANAGE)
def new(tenant_id: UUID) -> str:
    """A form for 延長保存 under an exception of the law."""
    return _placing(tenant_id, PlacingForm.of(registry.cameras(tenant_id=tenant_id), fresh=True))


@blueprint.post("/holds/new")
@requires(Permission.HOLD_MANAGE)
def place(tenant_id: UUID) -> ResponseReturnValue:
    """Keep one camera's span longer, by law and document."""
    form = PlacingForm.of(registry.cameras(tenant_id=tenant_id))
    sound, window = form.validate(), form.window()
    if sound and window is not None:
        said = form.grounds()
        try:
            hold = actions.place_hold(
                actor=actor(),
                tenant_id=tenant_id,
                basis=said.basis,
                reference=said.reference,
                document=said.document,
                necessity=said.necessity,
                windows=[window],
                review_on=form.review_on.day,
            )
        except (Invalid, Destroyed) as refused:
            form.show(refused, beside="from_day")
        else:
            flash(f"已延長保存，複查日為{format_date(hold.review_on)}。", "good")
            return _to_hold(hold.id)
    return _placing(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/holds/<uuid:hold_id>")
@requires(Permission.HOLD_READ)
def show(tenant_id: UUID, hold_id: UUID) -> str:
    """What is held and why, everything that happened to it, and what can be decided on its review."""
    return _page(tenant_id, hold_id)


@blueprint.post("/holds/<uuid:hold_id>/extension")
@requires(Permission.HOLD_MANAGE)
def extend(tenant_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    """展延 to a new review date."""
    form = ExtensionForm.of(_hold(tenant_id, hold_id))
    if form.validate():
        try:
            hold = reviewing.extend_hold(
                actor=actor(),
                tenant_id=tenant_id,
                hold_id=hold_id,
                review_on=form.review_on.day,
                reason=form.reason.data or "",
                grounds=form.grounds(),
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash(f"已展延，複查日為{format_date(hold.review_on)}。", "good")
            return _to_hold(hold_id)
    return _page(tenant_id, hold_id, extension=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/holds/<uuid:hold_id>/end")
@requires(Permission.HOLD_MANAGE)
def end(tenant_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    """結束: its copies go in the next run."""
    _hold(tenant_id, hold_id)
    form = ReasonForm()
    if form.validate():
        try:
            reviewing.end_hold(actor=actor(), tenant_id=tenant_id, hold_id=hold_id, reason=form.reason.data)
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已結束保全，複本將於下次作業銷毀。", "good")
            return _to_hold(hold_id)
    return _page(tenant_id, hold_id, ending=form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/holds/<uuid:hold_id>/custody")
@requires(Permission.HOLD_READ)
def custody(tenant_id: UUID, hold_id: UUID) -> Response:
    """What happened to a hold, with proofs for who checks them without us (ADR 0012)."""
    _hold(tenant_id, hold_id)
    return document(custody_record.hold_document(tenant_id=tenant_id, hold_id=hold_id), name=f"custody-{hold_id}")


@blueprint.get("/stops/<uuid:stop_id>")
@requires(Permission.RETENTION_READ)
def stop(tenant_id: UUID, stop_id: UUID) -> str:
    """A stopped run and its plan."""
    return _stop(tenant_id, stop_id, ReasonForm(formdata=None))


@blueprint.post("/stops/<uuid:stop_id>/release")
@requires(Permission.DESTRUCTION_RELEASE)
def release(tenant_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Let the days of this plan go."""
    form = ReasonForm()
    if form.validate():
        try:
            stops.release_stop(actor=actor(), tenant_id=tenant_id, stop_id=stop_id, reason=form.reason.data)
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已核可，所列日期的影像將於下次作業銷毀。", "good")
            return redirect(url_for("school.retention.show"), HTTPStatus.SEE_OTHER)
    return _stop(tenant_id, stop_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _hold(tenant_id: UUID, hold_id: UUID) -> Hold:
    """One hold. One of a case of misuse that suspects whoever asks is not there."""
    secrecy.check_hold(tenant_id=tenant_id, hold_id=hold_id, actor=actor())
    return queries.hold(tenant_id=tenant_id, hold_id=hold_id)


def _placing(tenant_id: UUID, form: PlacingForm) -> str:
    return render_template(
        "school/retention/hold_new.html", form=form, rules=regulation.rules_of_institution(tenant_id=tenant_id)
    )


def _page(
    tenant_id: UUID, hold_id: UUID, *, extension: ExtensionForm | None = None, ending: ReasonForm | None = None
) -> str:
    hold = _hold(tenant_id, hold_id)
    return render_template(
        "school/retention/hold.html",
        page=law_view.hold_page(tenant_id=tenant_id, hold_id=hold_id),
        proof=proofs.newest_proven(custody_record.of_hold(tenant_id=tenant_id, hold_id=hold_id)),
        extension=extension or ExtensionForm.of(hold, fresh=True),
        ending=ending or ReasonForm(formdata=None),
        faulty=extension or ending,
        may_manage=actor().may(Permission.HOLD_MANAGE),
        rules=regulation.rules_of_institution(tenant_id=tenant_id),
    )


def _stop(tenant_id: UUID, stop_id: UUID, form: ReasonForm) -> str:
    found = stops.stop(tenant_id=tenant_id, stop_id=stop_id)
    return render_template(
        "school/retention/stop.html",
        found=found,
        why=stops.WHY[StopKind(found.kind)],
        days=law_view.stop_days(found),
        form=form,
        now=clock.now(),
        may_release=actor().may(Permission.DESTRUCTION_RELEASE) and found.over_at is None,
        rules=regulation.rules_of_institution(tenant_id=tenant_id),
    )


def _to_hold(hold_id: UUID) -> Response:
    return redirect(url_for("school.holds.show", hold_id=hold_id), HTTPStatus.SEE_OTHER)
