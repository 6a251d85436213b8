"""當面交付: naming a medium, handing it over, its receipt; the download itself is the media process's (row 70)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.official.in_person import MOST_TAKEN, medium
from tenants.disclosures.official.models import MediumHandover
from tenants.disclosures.official.queries import Case
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp import addresses
from webapp.access import requires
from webapp.case_progress import rules_of
from webapp.form_fields import faults
from webapp.identify import actor
from webapp.school.cases.handover_forms import KIND_NAMES, HandOverForm, MediumForm

blueprint = Blueprint("handovers", __name__, url_prefix="/cases/<uuid:disclosure_id>/handovers")


@blueprint.get("")
@requires(Permission.FOOTAGE_WATCH)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """The media named for a case, and the one that waits."""
    return _page(official.case_to_hand_over(tenant_id=tenant_id, disclosure_id=disclosure_id))


@blueprint.post("")
@requires(Permission.FOOTAGE_WATCH)
def prepare(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """Name the medium."""
    found = official.case_to_hand_over(tenant_id=tenant_id, disclosure_id=disclosure_id)
    form = MediumForm()
    if not form.validate():
        return _page(found, prepare=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        actions.prepare_medium(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, medium=form.medium())
    except Invalid as refused:
        form.show(refused)
        return _page(found, prepare=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("已登記媒體。請下載影像寫入媒體，再從媒體讀回雜湊。", "good")
    return redirect(url_for("school.handovers.show", disclosure_id=disclosure_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:handover_id>")
@requires(Permission.FOOTAGE_WATCH)
def hand_over(tenant_id: UUID, disclosure_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """The officer takes the medium and signs."""
    found = official.case_to_hand_over(tenant_id=tenant_id, disclosure_id=disclosure_id)
    form = HandOverForm.sent(_of_case(found, handover_id))
    if not form.validate():
        return _page(found, give=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        actions.hand_over(actor=actor(), tenant_id=tenant_id, handover_id=handover_id, given=form.given())
    except Invalid as refused:
        form.show(refused)
        return _page(found, give=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("已當面交付，並登載於調閱登記簿。", "good")
    return redirect(url_for("school.cases.show", disclosure_id=disclosure_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:handover_id>/receipt")
@requires(Permission.FOOTAGE_WATCH)
def receipt(tenant_id: UUID, disclosure_id: UUID, handover_id: UUID) -> str:
    """The receipt to print: to be signed before, or as the proof of what was signed."""
    found = official.case_to_hand_over(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return render_template(
        "school/cases/receipt.html",
        case=found,
        held=_of_case(found, handover_id),
        kinds=KIND_NAMES,
        notice=DUTY_NOTICE,
    )


def _of_case(found: Case, handover_id: UUID) -> MediumHandover:
    held = medium(tenant_id=found.disclosure.tenant_id, handover_id=handover_id)
    if held.disclosure_id != found.disclosure.id:
        raise NotFound
    return held


def _page(found: Case, *, prepare: MediumForm | None = None, give: HandOverForm | None = None) -> str:
    row = found.disclosure
    waiting = next((each for each in found.mediums if each.handed_at is None and each.replaced_at is None), None)
    officer = {"name": row.officer_name, "title": row.officer_title}
    return render_template(
        "school/cases/handover.html",
        case=found,
        waiting=waiting,
        most=MOST_TAKEN,
        kinds=KIND_NAMES,
        prepare=prepare or MediumForm(formdata=None),
        give=give or HandOverForm(formdata=None, data=officer),
        faults=[fault for sent in (prepare, give) if sent is not None for fault in faults(sent)],
        notice=DUTY_NOTICE,
        article=rules_of(found).article(Clause.AGENCY_COPY),
        register_article=rules_of(found).article(Clause.REGISTER),
        copy_address=addresses.medium(tenant_id=row.tenant_id, disclosure_id=row.id, handover_id=waiting.id)
        if waiting
        else "",
    )
