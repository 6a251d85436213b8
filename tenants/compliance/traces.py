"""A leaked picture names no institution: an auditor asks all of them for the codes in it (KH-5-1c, DR-13).

Which institutions know a code is all that the bureau's own connection is told. What showed it is read while bound to
each of those, in whose chain the auditor's asking then stands, as it does in the bureau's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from infra.db import bureau_session, db
from infra.tenancy import bound_tenant
from tenants.actor import Actor
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Asked, Found
from tenants.permissions import Permission
from tenants.registry import queries as registry

_PLACES = text(
    "select institution_id from places_of_code(:viewer, :session) "
    "union select institution_id from places_of_opening(cast(:numbers as bigint[]), :digest)"
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What was found at one institution."""

    institution: str
    found: Found


def trace(*, actor: Actor, asked: Asked) -> Sequence[Place]:
    """What showed pictures with these codes, by institution. Raises `Invalid` with the form's field."""
    actor.require(Permission.VIEWING_TRACE)
    codes = tracing.check(asked)
    event = {"numbers": list(codes.event.numbers), "digest": codes.event.digest}
    with bureau_session() as session:
        known = set(session.scalars(_PLACES, {"viewer": codes.viewer, "session": codes.session} | event))
    places = [
        Place(institution=each.name, found=_at(each.id, actor, asked))
        for each in registry.directory()
        if each.id in known
    ]
    found = [place.found for place in places]
    tracing.record_trace(actor=actor, tenant_id=registry.bureau().id, asked=asked, found=found)
    return places


def _at(institution_id: UUID, actor: Actor, asked: Asked) -> Found:
    with bound_tenant(db.session, institution_id):
        return tracing.trace(actor=actor, tenant_id=institution_id, asked=asked)
