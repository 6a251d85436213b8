"""Where one letter goes: the place its page is opened for, and what else it is sent to (KH-6-1c, DR-11).

The further places stand in the page's address, so that a request with several may be linked to. A place is sought,
chosen, added and taken away by buttons of the form itself, so that nothing that was typed or chosen is lost; each sends
to the address that names the places as they are then, so that the page never stands under that of others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from tenants.disclosures.official.several import MOST_PLACES, at_institution
from tenants.errors import NotFound
from tenants.registry import queries as registry
from tenants.registry.models import Site
from webapp.agency import presenters
from webapp.agency.presenters import RequestPage
from webapp.agency.request_form import RequestForm

_LONGEST_SOUGHT = 50
MOST_FOUND = 12


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

    stop: Stop
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
    def next_first(self) -> int | None:
        """Which of the further places can take the place of the first, so that this one can be removed."""
        return next((number for number, page in enumerate(self.further) if page.can_be_asked), None)

    def words(self) -> dict[str, Any]:
        """What the address of the page says of the places."""
        return _words(self.stop, self.stops)

    def words_with(self, added: str) -> dict[str, Any]:
        """What it says once this place was added."""
        return _words(self.stop, (*self.stops, Stop.of(added)))

    def words_at(self, site_id: UUID) -> dict[str, Any]:
        """What it says once another site of the first institution was chosen."""
        return _words(Stop(self.stop.tenant_id, str(site_id)), self.stops)

    def words_without(self, number: int) -> dict[str, Any]:
        """What it says without one of the further places, counted from 0."""
        return _words(self.stop, _left(self.stops, number))

    def words_without_first(self, following: int) -> dict[str, Any]:
        """What it says without the first place, whose turn one of the further ones takes."""
        return _words(self.stops[following], _left(self.stops, following))


def _words(stop: Stop, stops: Sequence[Stop]) -> dict[str, Any]:
    return {"tenant_id": stop.tenant_id, "site": stop.site or None, "also": [str(each) for each in stops]}


def _left(stops: tuple[Stop, ...], without: int) -> tuple[Stop, ...]:
    return tuple(stop for number, stop in enumerate(stops) if number != without)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A place that was sought: the value of the button that adds it, empty where the letter goes there already."""

    name: str
    about: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What was typed to find a place, the first of what fits, and how many fit."""

    words: str
    found: Sequence[Found]
    count: int


def chosen_site() -> str:
    """The site of the first place that the address names, or nothing."""
    return request.args.get("site", "")


def stops() -> tuple[Stop, ...]:
    """The further places that the address names, each once."""
    return tuple(dict.fromkeys(Stop.of(text) for text in request.args.getlist("also")))[: MOST_PLACES - 1]


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
    most, stop = MOST_PLACES - 1, Stop(tenant_id, chosen_site())
    return Route(stop=stop, first=first, stops=tuple(taken[:most]), further=tuple(further[:most]))


def taken_away(form: RequestForm, pressed: MultiDict[str, str]) -> RequestForm:
    """The form without the place whose button was pressed; the address to which the button sends names the others.

    `first.2`: the first place goes, and the third of the further ones takes its turn; `1`: the second of these goes.
    """
    first, _, number = pressed.get("drop_place", "").rpartition(".")
    if not number.isdecimal():
        return form
    if first:
        return form.without_first(pressed, following=int(number))
    form.further.entries = [each for at, each in enumerate(form.further.entries) if at != int(number)]
    return form


def sought(to: Route, pressed: Mapping[str, str]) -> Sought | None:
    """What was sought among the institutions; None where nothing was typed. Each site is a place (DR-11)."""
    words = pressed.get("seek_place", "").strip()[:_LONGEST_SOUGHT]
    if not words or to.is_full:
        return None
    taken = {page.site.id for page in (to.first, *to.further)}
    fitting = [each for _, group in presenters.by_district(registry.directory(), words) for each in group]
    found = [
        Found(
            name=site.name,
            about=f"{tenant.district}，{about}，{tenant.code}",
            value="" if site.id in taken else str(Stop(tenant.id, str(site.id))),
        )
        for tenant, about in fitting[:MOST_FOUND]
        for site in _sites(tenant.id)
    ]
    return Sought(words=words, found=found, count=len(fitting))


def _sites(tenant_id: UUID) -> Sequence[Site]:
    with at_institution(tenant_id):
        return registry.sites(tenant_id=tenant_id)


def _page(stop: Stop) -> RequestPage:
    registry.tenant(tenant_id=stop.tenant_id)
    with at_institution(stop.tenant_id):
        return presenters.request_page(tenant_id=stop.tenant_id, site_id=stop.site)
