"""Who accompanied a session, one after the other: a hand-over changes the row, and the chain keeps whom it named."""

from uuid import UUID

from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.disclosures.viewing.models import ViewingSession

_NAMING = (Event.VIEWING_BEGUN, Event.VIEWING_HANDED_OVER)


def companions_of(viewing: ViewingSession) -> tuple[UUID, ...]:
    """The accounts, in the order in which they came, each once (KH-7-1, TY-5-4a)."""
    named = (
        UUID(each.fields["companion_id"])
        for each in chain.of_subject(tenant_id=viewing.tenant_id, subject_id=viewing.disclosure_id, kinds=_NAMING)
        if each.fields["viewing_id"] == str(viewing.id)
    )
    return tuple(dict.fromkeys([*named, viewing.companion_id]))


def took_part(viewing: ViewingSession) -> frozenset[UUID]:
    """Everybody of the institution who was in the room: who operated, and who accompanied at any time."""
    return frozenset({viewing.operator_id, *companions_of(viewing)})
