"""Where one letter goes: the place its page is opened for, and what else it is sent to (KH-6-1c, DR-11).

The further places stand in the page's address, so that a request with several may be linked to. A place is sought,
added and taken away by buttons of the form itself, so that nothing that was typed or chosen is lost.
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
        also = [str(stop) for stop in self.stops]
        return {"tenant_id": self.stop.tenant_id, "site": self.stop.site or None, "also": also}


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


def rearranged(form: RequestForm, to: Route, pressed: MultiDict[str, str]) -> tuple[RequestForm, Route] | None:
    """The form and its places with one more or one less; None where no such button was pressed."""
    if added := pressed.get("add_place"):
        return form, route(to.first.institution.id, besides=[Stop.of(added)])
    dropped, following = pressed.get("drop_place"), to.next_first
    if dropped == str(to.stop) and following is not None:
        return form.without_first(pressed, following=following), _kept(to, following, leaving_out={following})
    if dropped:
        gone = {number for number, stop in enumerate(to.stops) if str(stop) == dropped}
        form.further.entries = [each for number, each in enumerate(form.further.entries) if number not in gone]
        return form, _kept(to, None, leaving_out=gone)
    return None


def _kept(to: Route, first: int | None, *, leaving_out: set[int]) -> Route:
    """These places without some of the further ones, of which one may come first instead."""
    kept = [number for number in range(len(to.stops)) if number not in leaving_out]
    return Route(
        stop=to.stop if first is None else to.stops[first],
        first=to.first if first is None else to.further[first],
        stops=tuple(to.stops[number] for number in kept),
        further=tuple(to.further[number] for number in kept),
    )


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
