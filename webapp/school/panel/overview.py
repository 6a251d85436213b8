"""What waits for a panel at an institution, and which seats a person holds there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.insider.panel import queries, rules
from tenants.disclosures.insider.panel.models import Capacity
from tenants.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A case that a panel decides, and its open meeting where there is one."""

    disclosure_id: UUID
    serial: str
    meeting_id: UUID | None
    meets_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnSeat:
    """One seat of the person who looks."""

    member_id: UUID
    serial: str
    capacity: str
    meets_at: datetime
    place: str
    declared: bool


def of(tenant_id: UUID, who: Actor) -> dict[str, Any]:
    """The lines of the page. Cases of which somebody is excluded are not shown to them (DR-27)."""
    return {"seats": _seats(tenant_id, who), "waiting": _waiting(tenant_id, who)}


def _seats(tenant_id: UUID, who: Actor) -> Sequence[OwnSeat]:
    held = queries.seats_of(tenant_id=tenant_id, user_id=who.id) if who.id is not None else []
    return [
        OwnSeat(
            member_id=member.id,
            serial=case.serial,
            capacity=rules.CAPACITY_NAMES[Capacity(member.capacity)],
            meets_at=meeting.meets_at,
            place=meeting.place,
            declared=member.declared_at is not None,
        )
        for member, meeting, case in held
    ]


def _waiting(tenant_id: UUID, who: Actor) -> Sequence[Waiting]:
    if not who.may(Permission.PANEL_MANAGE):
        return []
    found = []
    for case in queries.cases_to_decide(tenant_id=tenant_id):
        if str(who.id) in case.excluded:
            continue
        met = queries.open_meeting(tenant_id=tenant_id, disclosure_id=case.id)
        found.append(
            Waiting(
                disclosure_id=case.id,
                serial=case.serial,
                meeting_id=met.id if met else None,
                meets_at=met.meets_at if met else None,
            )
        )
    return found
