"""What of an institution's records is not for somebody whom a case of misuse suspects: case, number, hold, search.

Who may read the chain and the holds is decided by the table of permissions; this takes out what would tell a suspect
that somebody looks into them (KH-5-1c, infra/decisions/0022). The chain itself stays whole: only the line is not shown.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent
from tenants.audit.picture_codes import OPENINGS
from tenants.disclosures.viewing.companions import took_part
from tenants.disclosures.viewing.models import ViewingSession
from tenants.errors import NotFound
from tenants.misuse import queries
from tenants.misuse.models import MisuseCase


def withheld(*, tenant_id: UUID, actor: Actor) -> frozenset[UUID]:
    """The cases that suspect this person, and the holds of their footage."""
    if not queries.any_case(tenant_id=tenant_id):
        return frozenset()
    found = db.session.execute(*_suspecting(tenant_id=tenant_id, account=str(actor.id)))
    return frozenset(each for row in found for each in row if each is not None)


@made_once
def _suspecting(*, tenant_id: UUID, account: str) -> Select[UUID, UUID | None]:
    return select(MisuseCase.id, MisuseCase.hold_id).where(
        MisuseCase.tenant_id == tenant_id, MisuseCase.suspects.has_key(account)
    )


def told(events: Iterable[AuditEvent], *, tenant_id: UUID, actor: Actor) -> list[AuditEvent]:
    """Those of an institution's events that this person may read."""
    kept = withheld(tenant_id=tenant_id, actor=actor)
    return [
        each
        for each in events
        if each.subject_id not in kept and not (each.event == Event.VIEWING_TRACED.key and _is_about(each, actor))
    ]


def check_hold(*, tenant_id: UUID, hold_id: UUID, actor: Actor) -> None:
    """Raise `NotFound` for a hold of a case that suspects this person."""
    if hold_id in withheld(tenant_id=tenant_id, actor=actor):
        raise NotFound


def _is_about(event: AuditEvent, actor: Actor) -> bool:
    """Whether somebody else looked for a session in which this person was in the room, or for what they opened."""
    if actor.id is None or event.actor_id == actor.id:
        return False
    ids = [UUID(each) for each in event.fields["viewings"]]
    query = select(ViewingSession).where(ViewingSession.tenant_id == event.tenant_id, ViewingSession.id.in_(ids))
    if any(actor.id in took_part(each) for each in db.session.scalars(query)):
        return True
    opened = select(AuditEvent.seq).where(
        AuditEvent.tenant_id == event.tenant_id,
        AuditEvent.seq.in_(event.fields.get("openings", ())),  # which events of before do not say
        AuditEvent.event.in_([each.key for each in OPENINGS]),
        AuditEvent.actor_id == actor.id,
    )
    return db.session.scalar(opened.limit(1)) is not None
