"""The page of a new request: one letter, the place it is opened for, and what else it goes to (KH-6-1c, DR-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from tenants.disclosures.asking import HOLD_MARGIN
from tenants.disclosures.official import actions
from tenants.disclosures.official.documents import Element
from tenants.disclosures.official.electronic import Reading
from tenants.disclosures.official.outlook import outlook
from tenants.disclosures.official.several import MOST_PLACES, at_institution
from tenants.errors import Caution, Destroyed, NotFound
from tenants.registry import names
from tenants.registry import queries as registry
from webapp.agency import presenters
from webapp.agency.forms import PAGE_ORDER, ElectronicForm, RequestForm
from webapp.agency.presenters import RequestPage
from webapp.agency.window_form import MAX_WINDOWS
from webapp.form_fields import faults
from webapp.identify import actor


@dataclass(frozen=True)
class Stop:
    """One more place in the address of the page, as `?also=<institution>` or `?also=<institution>.<site>`."""

    tenant_id: UUID
    site: str = ""

    @classmethod
    def of(cls, text: str) -> "Stop":
        """The place. Raises `NotFound` for an address that somebody made up or cut short."""
        tenant, _, site = text.partition(".")
        try:
            return cls(UUID(tenant), str(UUID(site)) if site else "")
        except ValueError:
            raise NotFound("網址不完整。請回到「選擇機構」重新選取。") from None

    def __str__(self) -> str:
        """As an address names it."""
        return f"{self.tenant_id}.{self.site}" if self.site else str(self.tenant_id)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a letter goes: the first place, and the further ones with their pages, in the order of the address."""

    first: RequestPage
    stops: tuple[Stop, ...]
    further: tuple[RequestPage, ...]

    @property
    def is_full(self) -> bool:
        """Whether no further place may be added."""
        return len(self.further) + 1 >= MOST_PLACES

    @property
    def asks_necessity(self) -> bool:
        """Whether the regulation of any place lets a copy leave only when it is necessary (TY-5-2b)."""
        return any(page.asks_necessity for page in (self.first, *self.further))

    @property
    def necessity_article(self) -> str:
        """The article of the first place that asks it; only where one does."""
        return next(page.copy_article for page in (self.first, *self.further) if page.asks_necessity)

    @property
    def start(self) -> str:
        """The first place as an address names it."""
        return str(Stop(self.first.institution.id, chosen_site()))

    def words(self, *, less: Stop | None = None, more: Stop | None = None) -> dict[str, Any]:
        """What the address of the page says of the places, with one left out or added."""
        also = [str(stop) for stop in (*self.stops, *([more] if more else [])) if stop != less]
        return {"tenant_id": self.first.institution.id, "site": chosen_site() or None, "also": also}


def chosen_site() -> str:
    """The site of the first place that the address names, or nothing."""
    return request.args.get("site", "")


def stops() -> tuple[Stop, ...]:
    """The further places that the address names, each once."""
    return tuple(dict.fromkeys(Stop.of(text) for text in request.args.getlist("also")))[: MOST_PLACES - 1]


def choosing() -> dict[str, Any]:
    """Where each institution of the list leads: to a request of its own, or into the one that a place is added to."""
    first, also = request.args.get("first", ""), stops()
    if not first:
        return {"address": lambda tenant_id: url_for("agency.new_request", tenant_id=tenant_id), "taken": {}}
    begun = Stop.of(first)
    pages = [_page(stop) for stop in (begun, *also)]

    def address(tenant_id: UUID | None = None, site_id: UUID | None = None) -> str:
        added = [Stop(tenant_id, str(site_id or ""))] if tenant_id else []
        stops = [str(stop) for stop in (*also, *added)]
        return url_for("agency.new_request", tenant_id=begun.tenant_id, site=begun.site or None, also=stops)

    chosen = {page.site.id for page in pages}
    return {
        "begun": pages[0].site.name,
        "address": address,
        # Of an institution with several sites the others may still be added, each a case of its own (DR-11).
        "taken": {page.institution.id: [site for site in page.sites if site.id not in chosen] for page in pages},
        "kept": [("first", first), *(("also", str(stop)) for stop in also)],
    }


def route(tenant_id: UUID, *, besides: Sequence[Stop] = ()) -> Route:
    """The places of the address, and `besides` them. Raises `NotFound` for one that is none."""
    first = presenters.request_page(tenant_id=tenant_id, site_id=chosen_site())
    taken: list[Stop] = []
    further: list[RequestPage] = []
    for stop in dict.fromkeys((*stops(), *besides)):
        page = _page(stop)
        if page.site.id != first.site.id and page.site.id not in {each.site.id for each in further}:
            taken.append(stop)
            further.append(page)
    most = MOST_PLACES - 1
    return Route(first=first, stops=tuple(taken[:most]), further=tuple(further[:most]))


def offer(form: RequestForm, to: Route) -> None:
    """Tell the form what may be ticked at each place."""
    form.offer(to.first.cameras, asks_necessity=to.asks_necessity, further=[page.cameras for page in to.further])


def places(form: RequestForm, to: Route) -> list[actions.Place]:
    """What is asked for and where; further places that were left out are not there. Only after `validate`."""
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
) -> str:
    """The page; with what was read from an electronic document, or with what is wrong with it."""
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
        filing_address=url_for("agency.file_request", **to.words()),
        reading_address=url_for("agency.read_electronic", **to.words()),
    )


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


def _page(stop: Stop) -> RequestPage:
    registry.tenant(tenant_id=stop.tenant_id)
    with at_institution(stop.tenant_id):
        return presenters.request_page(tenant_id=stop.tenant_id, site_id=stop.site)
