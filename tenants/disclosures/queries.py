"""Reads about requests: the institution's inbox and case, the agency's own cases, the register."""

from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from tenants.disclosures import at_hand
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.errors import NotFound
from tenants.retention import hold_queries
from tenants.retention import queries as retention


def open_count(*, tenant_id: UUID) -> int:
    """How many cases are not over: to be decided, completed, replied to, handed over or closed."""
    return at_hand.open_cases(tenant_id=tenant_id)


def states_by_hold(*, tenant_id: UUID) -> dict[UUID, DisclosureState]:
    """How the case stands for which each hold was placed; a hold by another law has none."""
    query = select(Disclosure.hold_id, Disclosure.state).where(Disclosure.tenant_id == tenant_id)
    return {hold_id: DisclosureState(state) for hold_id, state in db.session.execute(query) if hold_id is not None}


def untold(*, tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Cases and their steps of which the other side still has to be told by mail, for the sweep."""
    query = select(Disclosure.id, Disclosure.untold).where(
        Disclosure.tenant_id == tenant_id, func.jsonb_array_length(Disclosure.untold) > 0
    )
    return [(disclosure_id, step) for disclosure_id, steps in db.session.execute(query) for step in steps]


def hold_is_copied(*, tenant_id: UUID, hold_id: UUID) -> bool:
    """Whether everything in the store that the hold covers has its copy by now."""
    windows = retention.windows(tenant_id=tenant_id, hold_id=hold_id)
    return not hold_queries.uncopied(tenant_id=tenant_id, hold_id=hold_id, windows=windows)


def found(*, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    """A case of either door. Raises `NotFound`."""
    query = select(Disclosure).where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
    one = db.session.scalar(query)
    if one is None:
        raise NotFound
    return one
