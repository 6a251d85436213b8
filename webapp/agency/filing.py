"""What an officer does to send a letter: fill it in, or have a file fill it in, look it over, and send it."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures.official import actions, electronic
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import NeedsConfirmation
from tenants.disclosures.official.case_lines import reference_of
from tenants.disclosures.official.models import OfficialRequest
from tenants.errors import Destroyed, Invalid
from tenants.people import queries as people
from tenants.permissions import Permission
from webapp import uploads
from webapp.access import Place, requires
from webapp.agency import checking, kept_scans, places, presenters, request_view
from webapp.agency.forms import ElectronicForm
from webapp.agency.places import Route
from webapp.agency.request_form import RequestForm
from webapp.identify import acting_agency, actor

blueprint = Blueprint("filing", __name__, url_prefix="/institutions/<uuid:tenant_id>/requests")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/new")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def begin(tenant_id: UUID) -> str:
    """An empty request, with the officer's own name in it."""
    return request_view.render(RequestForm(data=_own()), places.route(tenant_id))


@blueprint.post("/new/electronic")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def read_electronic(tenant_id: UUID) -> ResponseReturnValue:
    """Fill the request with what an electronic official document says; nothing is filed and nothing kept."""
    form = ElectronicForm()
    try:
        reading = electronic.read_document(actor=actor(), stream=form.stream())
    except Invalid as refused:
        form.show(refused)
        empty = RequestForm(formdata=None, data=_own())
        return request_view.render(empty, places.route(tenant_id), electronic=form), _UNPROCESSABLE
    besides = request_view.recipients(reading, first=tenant_id)
    to = places.route(tenant_id, besides=besides)
    return request_view.render(request_view.filled(reading, _own()), to, reading=reading)


@blueprint.post("/new")
@requires(Permission.DISCLOSURE_FILE, place=Place.AGENCY)
def send(tenant_id: UUID) -> ResponseReturnValue:
    """The form again, with what is wrong or where something is to be changed; what will be sent; or the case.

    A letter is sent from the page that shows all of it. Until then nothing is written.
    """
    form, to = RequestForm(), places.route(tenant_id)
    form.keep_scan()
    form = places.taken_away(form, request.form)
    request_view.offer(form, to)
    if (changed := request_view.rearranged(form, to, request.form)) is not None:
        return changed
    if not form.validate():
        return request_view.render(form, to, cautions=request_view.ahead(form, to)), _UNPROCESSABLE
    try:
        return _onward(form, to)
    except NeedsConfirmation as asked:
        return checking.page(form, to, cautions=asked.cautions, unconfirmed=True), _UNPROCESSABLE
    except (Invalid, Destroyed) as refused:
        form.show(refused, beside="windows")
        return request_view.render(form, to), _UNPROCESSABLE


def _onward(form: RequestForm, to: Route) -> ResponseReturnValue:
    """From a form that is whole to the page that shows all of it, and from there to the case."""
    if "send" not in request.form:
        return checking.page(form, to, cautions=request_view.cautions(form, to))
    disclosure_id, tenant_id = _file(form, to), to.first.institution.id
    case = url_for("agency.case", tenant_id=tenant_id, disclosure_id=disclosure_id)
    return redirect(case, HTTPStatus.SEE_OTHER)


def _file(form: RequestForm, to: Route) -> UUID:
    """File at every place of the letter; the case at the first, and what to say of all in flashes."""
    asked, tenant_id = request_view.asked_at(form, to), to.first.institution.id
    if len(asked) > 1:
        cases = actions.file_letter(actor=actor(), places=asked, filing=form.filing(), store=uploads.store())
        sent = "、".join(reference_of(case) for case in cases)
        flash(f"同一公文已分成 {len(cases)} 件（聯件 {cases[0].parent_number}）：{sent}。各機構各自決定。", "good")
        disclosure_id, linked = cases[0].id, tuple[OfficialRequest, ...]()
    else:
        filed = actions.file_request(actor=actor(), tenant_id=tenant_id, filing=form.filing(), store=uploads.store())
        disclosure_id, linked = filed.disclosure.id, filed.linked
    kept_scans.forget(form.kept_scan.data)
    case = official.agency_case(agency_id=acting_agency(), tenant_id=tenant_id, disclosure_id=disclosure_id)
    for category, sentence in presenters.filed_sentences(case):
        flash(sentence, category)
    if linked:
        numbers = "、".join(reference_of(other) for other in linked)
        flash(f"同一發文字號另有案件：{numbers}。如為重複送件，可撤回其中一件。", "warn")
    return disclosure_id


def _own() -> dict[str, str]:
    """What of a request is known before anything is typed: the officer."""
    held = actor().id
    me = people.user(user_id=held) if held else None
    return {"officer_name": me.name, "officer_title": me.title} if me else {}
