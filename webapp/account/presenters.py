"""Where a person may go, and whether an address to come back to is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tenants.people.models import Membership
from tenants.people.rules import roles_named
from tenants.permissions import Role
from tenants.registry import queries as registry
from webapp.first_pages import first_page


@dataclass(frozen=True)
class Place:
    """One place where a person holds roles."""

    name: str
    roles: str
    href: str


def places_of(memberships: Sequence[Membership]) -> list[Place]:
    """Each institution, the bureau and each agency once, with the roles held there."""
    roles: dict[str, tuple[str, set[Role]]] = {}
    for membership in memberships:
        name, href = _place(membership)
        roles.setdefault(href, (name, set()))[1].add(Role(membership.role))
    places = [Place(name, roles_named(held), href) for href, (name, held) in roles.items()]
    return sorted(places, key=lambda place: place.name)


def safe_next(target: str) -> str:
    """The target when it is a path of ours, else nothing: a link in a mail must not lead from our sign-in away."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return target if ours and target.isprintable() and "\\" not in target else ""


def _place(membership: Membership) -> tuple[str, str]:
    if membership.agency_id is not None:
        return registry.agency(agency_id=membership.agency_id).name, "/agency/"
    assert membership.tenant_id is not None  # noqa: S101 - the table's check says one or the other
    name = registry.tenant(tenant_id=membership.tenant_id).name
    first = first_page({Role(membership.role)})
    if first is not None:
        _words, href = first
        return name, href
    return name, f"/schools/{membership.tenant_id}/"
