"""The page of a new request: one letter, the place it is opened for, and what else it goes to (KH-6-1c, DR-11)."""

from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from tenants.disclosures.asking import HOLD_MARGIN
from tenants.disclosures.official import actions, several
from tenants.disclosures.official.documents import Element
from tenants.disclosures.official.electronic import Reading
from tenants.disclosures.official.outlook import outlook
from tenants.errors import Caution, Destroyed
from tenants.registry import names
from tenants.registry import queries as registry
from webapp.agency import places, presenters
from webapp.agency.forms import ElectronicForm
from webapp.agency.places import MOST_FOUND, Route, Sought, Stop
from webapp.agency.request_form import PAGE_ORDER, RequestForm
from webapp.agency.window_form import MAX_WINDOWS
from webapp.form_fields import faults, field_names
from webapp.identify import actor

# Made anew with each page, or a matter of one page alone.
_NOT_CARRIED = frozenset({"confirmed", "kept_scan", "scan_left_out"})
# Buttons after which the form is only shown again, with other places or to be changed.
_ONLY_THE_PAGE = {"edit", "add_place", "choose_site", "drop_place"}


def offer(form: RequestForm, to: Route) -> None:
    """Tell the form what may be ticked at each place."""
    form.offer(to.first.cameras, asks_necessity=to.asks_necessity, further=[page.cameras for page in to.further])


def asked_at(form: RequestForm, to: Route) -> list[actions.Place]:
    """What is asked for and where; a further place without a camera is not there. Only after `validate`."""
    found = [actions.Place(tenant_id=to.first.institution.id, windows=form.asked())]
    for entry, page in zip(form.further, to.further, strict=True):
        windows = entry.form.asked()
        found += [actions.Place(tenant_id=page.institution.id, windows=windows)] if windows else []
    return found


def render(
    form: RequestForm,
    to: Route,
    *,
    cautions: tuple[Caution, ...] = (),
    electronic: ElectronicForm | None = None,
    reading: Reading | None = None,
    sought: Sought | None = None,
) -> str:
    """The page; with what was read from an electronic document or is wrong with it, or with places that were sought."""
    electronic = electronic or ElectronicForm(formdata=None)
    offer(form, to)
    return render_template(
        "agency/request.html",
        form=form,
        page=to.first,
        to=to,
        most=MAX_WINDOWS,
        margin=HOLD_MARGIN.seconds // 60,
        faults=[*faults(electronic), *faults(form, PAGE_ORDER, named=_names(form, to))],
        cautions=cautions,
        electronic=electronic,
        reading=reading,
        sought=sought,
        most_found=MOST_FOUND,
        filing_address=url_for("agency.filing.send", **to.words()),
        reading_address=url_for("agency.filing.read_electronic", **to.words()),
        typed=typed_words(form),
    )


def rearranged(form: RequestForm, to: Route, pressed: MultiDict[str, str]) -> str | None:
    """The page after a button that only changes it: windows, or the places of the letter; None after any other."""
    if form.rearranged(pressed) or pressed.keys() & _ONLY_THE_PAGE:
        return render(form, to)
    sought = places.sought(to, pressed)
    return render(form, to, sought=sought) if sought is not None else None


def ahead(form: RequestForm, to: Route) -> tuple[Caution, ...]:
    """What else the request will meet at its first place, told together with what is wrong with it now."""
    agency_id = actor().agency_id
    assert agency_id is not None  # noqa: S101 - `Place.AGENCY` answers 404 to everybody else
    try:
        found = outlook(
            tenant_id=to.first.institution.id,
            agency_id=agency_id,
            number=str(form.document_number.data or ""),
            scope=form.element(Element.SCOPE),
            windows=form.asked(),
        )
    except Destroyed as refused:
        form.show(refused, beside="windows")
        return ()
    return found.cautions


def cautions(form: RequestForm, to: Route) -> tuple[Caution, ...]:
    """What is unusual about a request that is whole. Raises `Invalid` and `Destroyed` as filing it would."""
    return several.cautions_ahead(actor=actor(), places=asked_at(form, to), filing=form.filing())


def recipients(reading: Reading, *, first: UUID) -> list[Stop]:
    """The institutions of the platform that a document names as 正本, besides the one that the page is for."""
    placed = names.places().keys() - {first}  # an institution without a site cannot be asked
    askable = [tenant for tenant in registry.directory() if tenant.id in placed]
    return [
        Stop(tenant.id) for tenant in askable if any(presenters.is_named(tenant, name) for name in reading.recipients)
    ]


def filled(reading: Reading, own: dict[str, str]) -> RequestForm:
    """A form with what a document says; what it does not say stays empty, and the officer's own name stands."""
    read = {
        "document_number": reading.number,
        "document_date": reading.dated,
        "urgency": reading.urgency.value,
        "classification": reading.classification.value,
        "subject": reading.subject,
        "explanation": "\n".join(reading.body),
        "officer_phone": reading.phone,
    }
    return RequestForm(formdata=None, data=own | read)


def typed_words(form: RequestForm) -> list[tuple[str, str]]:
    """What was typed, word for word, for a page on which the form itself does not stand."""
    names = set(field_names(form)) - _NOT_CARRIED
    return [(name, value) for name, value in request.form.items(multi=True) if name in names]


def _names(form: RequestForm, to: Route) -> dict[str, str]:
    """Which window of which place a fault belongs to, where the letter has several."""
    lists = [(form.windows, to.first), *zip((entry.form.windows for entry in form.further), to.further, strict=True)]
    named = {}
    for windows, page in lists:
        place = f"{page.site.name} " if to.further else ""
        named[windows.id] = place
        for number, entry in enumerate(windows, start=1):
            named[entry.id] = f"{place}時段 {number} " if len(windows) > 1 else place
    return named
