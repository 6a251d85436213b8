"""From the code in a picture to the event of the chain that opened it outside of a session, and so to who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.audit.picture_codes import OPENINGS, EventCode, codes_of
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.models import Disclosure


@dataclass(frozen=True, kw_only=True)
class TracedOpening:
    """Who opened pictures, by which act (the event's key), when, and of which case.

    `disclosure_id` is None for a request about one's own data, which is no disclosure.
    """

    seq: int
    event: str
    code: str
    serial: str
    disclosure_id: UUID | None
    who: str
    at: datetime


def openings(*, tenant_id: UUID, actor: Actor, code: EventCode) -> Sequence[TracedOpening]:
    """The institution's openings with this code, the newest first. None of a case that concerns the actor (DR-27)."""
    query = (
        select(AuditEvent, Disclosure)
        .outerjoin(
            Disclosure, (Disclosure.tenant_id == AuditEvent.tenant_id) & (Disclosure.id == AuditEvent.subject_id)
        )
        .where(
            AuditEvent.tenant_id == tenant_id,
            AuditEvent.seq.in_(code.numbers),
            AuditEvent.event.in_([each.key for each in OPENINGS]),
            AuditEvent.hash.like(code.digest),
        )
    )
    found = db.session.execute(query.order_by(AuditEvent.seq.desc()))
    return [_traced(event, case) for event, case in found if case is None or str(actor.id) not in excluded(case)]


def _traced(event: AuditEvent, case: Disclosure | None) -> TracedOpening:
    _viewer, code = codes_of(event.seq, event.hash)
    return TracedOpening(
        seq=event.seq,
        event=event.event,
        code=code,
        serial=event.fields["serial"],
        disclosure_id=case.id if case is not None else None,
        who=event.actor_name,
        at=event.at,
    )
