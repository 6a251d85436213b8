"""Attempts to enter a camera where none may be: refused, kept, and told to the bureau without a typed word (KH-3-6)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.private_places import private_place_in
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.permissions import Permission
from tenants.registry.assessments.models import AttemptFact, PlaceAttempt
from tenants.registry.assessments.rules import Way

_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was typed, where, and on which way."""

    typed: str
    zone: str
    way: Way


def note_attempt(*, actor: Actor, tenant_id: UUID, tried: Tried) -> PlaceAttempt:
    """Keep that somebody tried; whoever calls refuses the rest and keeps this."""
    actor.require(Permission.CAMERA_MANAGE)
    made = PlaceAttempt(id=uuid4(), tenant_id=tenant_id, typed=tried.typed[:_LONGEST], tried_by=person(actor))
    db.session.add(made)
    db.session.flush()
    place = private_place_in(tried.typed) or ""
    fact = AttemptFact(id=made.id, tenant_id=tenant_id, tried_on=clock.today(), place=place, zone=tried.zone)
    fact.way = tried.way.value
    db.session.add(fact)
    audit.record(
        Event.CAMERA_PLACE_REFUSED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        place=place,
        zone=tried.zone,
        way=tried.way.value,
    )
    return made
