"""Reads of requests under the Personal Data Protection Act. The session is bound to the institution."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select

from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.actor import Actor
from tenants.disclosures.models import Disclosure
from tenants.errors import NotFound
from tenants.people import queries as people
from tenants.people.models import User
from tenants.rights.lifecycle import FINAL
from tenants.rights.models import RightsCopy, RightsRequest
from tenants.rights.rules import is_apart


def requests(*, tenant_id: UUID, ended: bool = False) -> list[RightsRequest]:
    """Those that are open, by their last day; with `ended` all, newest first."""
    if not ended and not _any_open(tenant_id=tenant_id):
        return []
    return list(db.session.scalars(*(_ever(tenant_id=tenant_id) if ended else _open(tenant_id=tenant_id))))


@asked_together
def _any_open(tenant_id: Place) -> ColumnElement[bool]:
    return exists().where(RightsRequest.tenant_id == tenant_id, RightsRequest.state.not_in(FINAL))


@made_once
def _ever(*, tenant_id: UUID) -> Select[RightsRequest]:
    return select(RightsRequest).where(RightsRequest.tenant_id == tenant_id).order_by(RightsRequest.entered_at.desc())


@made_once
def _open(*, tenant_id: UUID) -> Select[RightsRequest]:
    open_ones = select(RightsRequest).where(RightsRequest.tenant_id == tenant_id, RightsRequest.state.not_in(FINAL))
    return open_ones.order_by(RightsRequest.due_on)


def request(*, tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """One request. Raises `NotFound`."""
    query = select(RightsRequest).where(RightsRequest.tenant_id == tenant_id, RightsRequest.id == rights_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def copies(*, tenant_id: UUID, rights_id: UUID) -> list[RightsCopy]:
    """The masked copies of a request, the oldest first."""
    query = select(RightsCopy).where(RightsCopy.tenant_id == tenant_id, RightsCopy.rights_id == rights_id)
    return list(db.session.scalars(query.order_by(RightsCopy.prepared_at)))


def copy(*, tenant_id: UUID, copy_id: UUID) -> RightsCopy:
    """One masked copy. Raises `NotFound`."""
    found = db.session.scalar(select(RightsCopy).where(RightsCopy.tenant_id == tenant_id, RightsCopy.id == copy_id))
    if found is None:
        raise NotFound
    return found


def is_handed(*, tenant_id: UUID, rights_id: UUID) -> bool:
    """Whether a copy is on a medium and was read back from it."""
    return any(each.read_back_at is not None for each in copies(tenant_id=tenant_id, rights_id=rights_id))


def colleagues(found: RightsRequest, actor: Actor) -> list[User]:
    """Who may confirm the masks: at work here, not whoever operates, nor anybody who bears an involved name."""
    everybody = {user.id: user for _held, user in people.staff(tenant_id=found.tenant_id)}
    return [
        user
        for user in everybody.values()
        if user.deactivated_at is None and user.id != actor.id and is_apart(user.name, found)
    ]


def serial_of(*, tenant_id: UUID, disclosure_id: UUID | None) -> str:
    """The number of the application that a request was taken over from; empty for none."""
    if disclosure_id is None:
        return ""
    query = select(Disclosure.serial).where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
    return db.session.scalar(query) or ""


def open_count(*, tenant_id: UUID) -> int:
    """How many are not ended."""
    query = select(func.count()).where(RightsRequest.tenant_id == tenant_id, RightsRequest.state.not_in(FINAL))
    return db.session.scalar(query) or 0
