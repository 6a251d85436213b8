"""From the code in a picture to the event of the chain that opened it outside of a session, and so to who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent
from tenants.audit.picture_codes import OPENINGS, EventCode, codes_of
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.models import Disclosure

_PREPARED, _READ_BACK, _GIVEN = Event.RIGHTS_COPY_PREPARED, Event.RIGHTS_COPY_READ_BACK, Event.RIGHTS_CARRIED_OUT
_OF_REQUESTS = frozenset({Event.RIGHTS_COPY_TAKEN.key, Event.RIGHTS_WATCHED.key})


@dataclass(frozen=True, kw_only=True)
class HandedCopy:
    """The masked copy that a picture comes from: on which medium, and when it was read back and noted as given.

    Both are None while it was not, so that it may never have been handed over.
    """

    medium_serial: str
    read_back_at: datetime | None
    given_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TracedOpening:
    """Who opened pictures, by which act (the event's key), when, and of which case.

    Of a request about one's own data, which is no disclosure, there is `rights_id` instead of `disclosure_id`. `handed`
    is there for a picture that was made for the medium of whoever asked, so that others than `who` had it.
    """

    seq: int
    event: str
    code: str
    serial: str
    disclosure_id: UUID | None
    rights_id: UUID | None
    who: str
    at: datetime
    handed: HandedCopy | None = None


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
    rights_id = event.subject_id if event.event in _OF_REQUESTS else None
    is_copy = event.event == Event.RIGHTS_COPY_TAKEN.key
    return TracedOpening(
        seq=event.seq,
        event=event.event,
        code=code,
        serial=event.fields["serial"],
        disclosure_id=case.id if case is not None else None,
        rights_id=rights_id,
        who=event.actor_name,
        at=event.at,
        handed=_handed(event, rights_id) if rights_id is not None and is_copy else None,
    )


def _handed(taken: AuditEvent, rights_id: UUID) -> HandedCopy | None:
    """What the chain says of the copy that was made in this event: the requests are a package above this one."""
    copy_id = taken.fields["masked_copy_id"]
    kinds = (_PREPARED, _READ_BACK, _GIVEN)
    about = chain.of_subject(tenant_id=taken.tenant_id, subject_id=rights_id, kinds=kinds)
    of_it = {event.event: event for event in about if event.fields.get("masked_copy_id", copy_id) == copy_id}
    prepared, read_back, given = (of_it.get(each.key) for each in (_PREPARED, _READ_BACK, _GIVEN))
    if prepared is None:
        return None
    return HandedCopy(
        medium_serial=prepared.fields["medium_serial"],
        read_back_at=read_back.at if read_back is not None else None,
        given_at=given.at if given is not None and read_back is not None else None,
    )
