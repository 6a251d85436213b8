"""Requests under the Personal Data Protection Act: as typed, and as rows. To walk the life, use the actions."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.audit.rules import Link
from tenants.rights import film, rules
from tenants.rights.actions import Received
from tenants.rights.models import Right, RightsCopy, RightsRequest, RightsState
from tests.factories import footage as segments
from tests.factories import retention as holds
from tests.factories.registry import Institution

_FORM = {
    "person_name": "林小惠",
    "relation": "母（法定代理人）",
    "subject_name": "林可可",
    "contact": "0912-345-678",
    "identity_seen": "國民身分證、戶口名簿",
    "about": "請求製給女兒於115年11月18日上午在前門的影像複製本",
}


def received(**changes: object) -> Received:
    """A mother asks for a copy of her daughter's pictures, today."""
    made = Received(right=Right.COPY, received_on=clock.today(), **_FORM)
    return replace(made, **changes)  # type: ignore[arg-type]


def request(of: Institution, *, entered_by: UUID, state: str = RightsState.RECEIVED, on: date | None = None) -> UUID:
    """A request as a row. Bind to the institution before."""
    day = on or clock.today()
    made = RightsRequest(
        id=uuid4(),
        tenant_id=of.tenant_id,
        serial=f"個資-115-{uuid4().hex[:6]}",
        right=Right.COPY,
        state=state,
        received_on=day,
        due_on=rules.due(Right.COPY, day),
        entered_at=clock.now(),
        entered_by=entered_by,
        **_FORM,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def taken(actor: Actor, *, rights_id: UUID, medium_serial: str) -> Link:
    """The chain's events of a copy that was named and taken; the latter. Bind to the institution before."""
    found = db.session.get_one(RightsRequest, rights_id)
    of_it = {"tenant_id": found.tenant_id, "actor": actor, "subject_id": rights_id}
    said = {"serial": found.serial, "masked_copy_id": str(uuid4())}
    record(Event.RIGHTS_COPY_PREPARED, **of_it, **said, medium_serial=medium_serial)
    link = record(Event.RIGHTS_COPY_TAKEN, **of_it, **said, masks_sha256="0" * 64, digest="0" * 64)
    db.session.commit()
    return link


def opened(actor: Actor, *, rights_id: UUID, take: int = 1) -> Link:
    """The chain's event that this person opened a take of the film as it is now. Bind to the institution before."""
    found = db.session.get_one(RightsRequest, rights_id)
    link = record(
        Event.RIGHTS_WATCHED,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=rights_id,
        serial=found.serial,
        take=take,
        masks_sha256=film.plan_of(found).sha256,
        digest=film.sources(found),
    )
    db.session.commit()
    return link


def footage(of: Institution, *, rights_id: UUID, takes: int = 1) -> None:
    """A minute of what was asked for, as copied for the hold; recorded again ten seconds later for each further take.

    Rows only: there is nothing to be played. Bind to the institution before.
    """
    found = db.session.get_one(RightsRequest, rights_id)
    assert found.asked_from is not None
    assert found.hold_id is not None
    device_id = segments.device(of)
    for take in range(takes):
        made = segments.segment(of, device_id=device_id, started_at=found.asked_from + take * timedelta(seconds=10))
        holds.preserved(of, hold_id=found.hold_id, segment=made)


def copy(of: Institution, *, rights_id: UUID, prepared_by: UUID) -> UUID:
    """A masked copy for a medium, as a row; nothing of it left yet. Bind to the institution before."""
    made = RightsCopy(
        id=uuid4(),
        tenant_id=of.tenant_id,
        rights_id=rights_id,
        take=1,
        medium_serial="A-12",
        prepared_at=clock.now(),
        prepared_by=prepared_by,
        masks_sha256="0" * 64,
    )
    db.session.add(made)
    db.session.commit()
    return made.id
