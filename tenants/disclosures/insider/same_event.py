"""Applications of one event, such as two guardians' after one fall: proposed by the system, linked by the handler.

No applicant ever learns of another's (KH-6-2b, DR-37). A case that concerns the actor is neither proposed nor linked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import aliased

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import DisclosureState, DisclosureWindow
from tenants.disclosures.progress import locked
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another application, as a list of one case shows it. `excluded` are the accounts that it names as involved."""

    id: UUID
    serial: str
    filed_at: datetime
    sealed: bool
    excluded: tuple[str, ...]


def linked(found: InsiderRequest, *, actor: Actor) -> Sequence[Related]:
    """The other applications of this one's event."""
    if found.event_id is None:
        return ()
    return _related(found, actor, InsiderRequest.event_id == found.event_id)


def proposed(found: InsiderRequest, *, actor: Actor) -> Sequence[Related]:
    """Applications that look like being about the same: a camera at a time of this one, or its incident at its site."""
    mine, theirs = aliased(DisclosureWindow), aliased(DisclosureWindow)
    same_place = (
        select(theirs.disclosure_id)
        .join(
            mine,
            and_(
                mine.tenant_id == theirs.tenant_id,
                mine.camera_id == theirs.camera_id,
                mine.started_at < theirs.ended_at,
                mine.ended_at > theirs.started_at,
            ),
        )
        .where(mine.tenant_id == found.tenant_id, mine.disclosure_id == found.id)
    )
    return _related(
        found,
        actor,
        or_(InsiderRequest.id.in_(same_place), _same_incident(found)),
        or_(InsiderRequest.event_id.is_(None), InsiderRequest.event_id.is_distinct_from(found.event_id)),
        InsiderRequest.state != DisclosureState.WITHDRAWN,
    )


def link(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, other_id: UUID) -> InsiderRequest:
    """Say that two applications are about one event; whatever is linked to either is then linked to both.

    Raises `NotFound` for a case that is not there or concerns the actor, and `Invalid` for one and the same.
    """
    actor.require(Permission.APPLICATION_SIGN)
    if other_id == disclosure_id:
        raise Invalid("不能連結同一件申請。請選擇另一件。", field="other_id")
    both = {each: _locked(tenant_id, each, actor) for each in sorted((disclosure_id, other_id))}
    found, other = both[disclosure_id], both[other_id]
    if found.event_id is not None and found.event_id == other.event_id:
        return found
    event_id, merged = found.event_id or other.event_id or uuid4(), other.event_id
    found.event_id = other.event_id = event_id
    db.session.flush()
    if merged is not None and merged != event_id:
        for each in _of_event(tenant_id, merged):
            each.event_id = event_id
    for one, another in ((found, other), (other, found)):
        audit.record(
            Event.APPLICATION_LINKED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=one.id,
            serial=one.serial,
            other_id=str(another.id),
        )
    return found


def unlink(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """Take an application out of its event again; one that is left alone there is in none. Raises `NotFound`."""
    actor.require(Permission.APPLICATION_SIGN)
    found = _locked(tenant_id, disclosure_id, actor)
    if found.event_id is None:
        return found
    left, found.event_id = found.event_id, None
    db.session.flush()
    others = _of_event(tenant_id, left)
    if len(others) == 1:
        others[0].event_id = None
    audit.record(Event.APPLICATION_UNLINKED, tenant_id=tenant_id, actor=actor, subject_id=found.id, serial=found.serial)
    return found


def _locked(tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> InsiderRequest:
    found = locked(InsiderRequest, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if actor.id is not None and str(actor.id) in found.excluded:
        raise NotFound
    return found


def _of_event(tenant_id: UUID, event_id: UUID) -> Sequence[InsiderRequest]:
    query = select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.event_id == event_id)
    return list(db.session.scalars(query))


def _same_incident(found: InsiderRequest) -> ColumnElement[bool]:
    """At its site while its incident lasted; nothing where the regulation asks for no incident (TY-5-1d)."""
    if found.incident_from is None or found.incident_until is None:
        return false()
    return and_(
        InsiderRequest.site_id == found.site_id,
        InsiderRequest.incident_from < found.incident_until,
        InsiderRequest.incident_until > found.incident_from,
    )


def _related(found: InsiderRequest, actor: Actor, *where: ColumnElement[bool]) -> Sequence[Related]:
    query = (
        select(InsiderRequest)
        .where(InsiderRequest.tenant_id == found.tenant_id, InsiderRequest.id != found.id, *where)
        .order_by(InsiderRequest.filed_at)
    )
    return [
        Related(
            id=each.id,
            serial=each.serial,
            filed_at=each.filed_at,
            sealed=each.sealed,
            excluded=tuple(each.excluded),
        )
        for each in db.session.scalars(query)
        if actor.id is None or str(actor.id) not in each.excluded
    ]
