"""One letter to several places: a case for each, every one decided by its own institution (KH-6-1c, DR-11).

A place is a site, since the sites of one institution may be under different regulations. Each case is entered while the
session is bound to its institution and to the agency, as if it had been sent alone; so no policy knows of letters, and
no institution sees another's case. What joins them is a number that only the agency is shown.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from infra.objects import ObjectStore
from infra.tenancy import Binding, binding_of, bound
from infra.turns import queue_up
from tenants.actor import Actor
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.official.filing import Filing, PartOf, Sound, check_filing, enter, scan_of
from tenants.disclosures.official.models import OfficialRequest
from tenants.errors import Caution, Destroyed, Invalid, NeedsConfirmation
from tenants.registry import queries as registry
from tenants.roc_dates import this_year

# A letter to more places than this is a survey of the city, and its officer should talk to the bureau.
MOST_PLACES = 10


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a letter goes: an institution, and the windows asked for at one of its sites."""

    tenant_id: UUID
    windows: tuple[AskedWindow, ...]


class Elsewhere(Invalid):
    """One of the further places cannot take its part. `place` counts from 0 among all; nothing was filed anywhere."""

    def __init__(self, place: int, institution: str, refused: Invalid | Destroyed) -> None:
        super().__init__(
            f"{institution}：{refused}", field=refused.field if isinstance(refused, Invalid) else "windows"
        )
        self.place = place


@contextmanager
def at_institution(tenant_id: UUID) -> Iterator[None]:
    """For a moment the officer stands at another institution; everything that was bound before is bound again."""
    held = binding_of(db.session)
    with bound(db.session, Binding(tenant_id=tenant_id, agency_id=held.agency_id, user_id=held.user_id)):
        yield


def file_letter(
    *, actor: Actor, places: Sequence[Place], filing: Filing, store: ObjectStore
) -> tuple[OfficialRequest, ...]:
    """File one letter at every place, all of them or none, in one transaction; the cases in the order of `places`.

    The windows of `filing` itself are not looked at. Raises `Elsewhere` for the place that cannot take its part, and
    `NeedsConfirmation` with what is unusual at any of them.
    """
    if not 0 < len(places) <= MOST_PLACES:
        raise Invalid(f"一件公文至多同時向{MOST_PLACES}個場所申請。請分次送件。", field="windows")
    sound = [_checked(number, place, actor=actor, filing=filing) for number, place in enumerate(places)]
    scan = scan_of(filing)
    cautions = tuple(caution for each in sound for caution in _of_place(each))
    if cautions and not filing.confirmed:
        raise NeedsConfirmation(cautions)
    institutions = {place.tenant_id for place in places}
    part = PartOf(parent_number=_next_parent(sound[0].agency_id), also_sent_to=len(institutions) - 1)
    entered: dict[int, OfficialRequest] = {}
    # Always in the same order, so that two letters to the same places never wait for one another.
    for number in sorted(range(len(places)), key=lambda each: (str(places[each].tenant_id), each)):
        with at_institution(places[number].tenant_id):
            entered[number] = enter(sound[number], scan, actor=actor, store=store, part=part)
    return tuple(entered[number] for number in range(len(places)))


def cautions_ahead(*, actor: Actor, places: Sequence[Place], filing: Filing) -> tuple[Caution, ...]:
    """What of a whole letter a person should confirm, before it is filed at one place or at several.

    Raises what filing it would, and changes nothing. The scan is not looked at.
    """
    if len(places) == 1:
        (only,) = places
        return check_filing(actor=actor, tenant_id=only.tenant_id, filing=filing).ahead.cautions
    sound = [_checked(number, place, actor=actor, filing=filing) for number, place in enumerate(places)]
    return tuple(caution for each in sound for caution in _of_place(each))


def _checked(number: int, place: Place, *, actor: Actor, filing: Filing) -> Sound:
    name = registry.tenant(tenant_id=place.tenant_id).name
    try:
        with at_institution(place.tenant_id):
            return check_filing(actor=actor, tenant_id=place.tenant_id, filing=replace(filing, windows=place.windows))
    except (Invalid, Destroyed) as refused:
        raise Elsewhere(number, name, refused) from refused


def _of_place(sound: Sound) -> list[Caution]:
    name = sound.site.name
    return [replace(caution, message=f"{name}：{caution.message}") for caution in sound.ahead.cautions]


def _next_parent(agency_id: UUID) -> str:
    """聯-<民國年>-<number>, counted per agency and year over the cases that the agency sees."""
    queue_up("letters", agency_id)
    prefix = f"聯-{this_year()}-"
    query = select(func.count(OfficialRequest.parent_number.distinct())).where(
        OfficialRequest.agency_id == agency_id, OfficialRequest.parent_number.startswith(prefix)
    )
    return f"{prefix}{(db.session.scalar(query) or 0) + 1:04}"
