"""Whether somebody is designated on a day, which a past day tells again (KH-4-1, infra/decisions/0047)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenants.people.designations import queries, rules
from tenants.people.spells import spells
from tenants.permissions import Role


@dataclass(frozen=True, kw_only=True)
class DesignationsStanding:
    """`designated` is False also for an office without a member who can act (TY-3-1a); since when, or None for never.

    `active` are the accounts that hold all three duties on the day.
    """

    day: date
    designated: bool
    designation_id: UUID | None
    active: tuple[UUID, ...]
    undesignated_since: date | None


def standing(*, tenant_id: UUID, day: date) -> DesignationsStanding:
    """How an institution stands on a civil day. Two queries; the session is bound to it."""
    found = queries.designations(tenant_id=tenant_id)
    holders = spells(tenant_id=tenant_id, roles=[Role.HANDLER])
    days = rules.designated_days(found, holders)
    designated = any(each.covers(day) for each in days)
    in_force = next((each for each in found if rules.covers(each, day)), None)
    return DesignationsStanding(
        day=day,
        designated=designated,
        designation_id=in_force.id if in_force else None,
        active=tuple(each.user_id for each in holders if each.covers(day)),
        undesignated_since=None if designated else rules.undesignated_since(days, day),
    )
