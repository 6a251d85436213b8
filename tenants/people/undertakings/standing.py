"""Who owes a signature of secrecy on a day, which a past day tells again (KH-5-2, infra/decisions/0047)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenants.people.spells import by_person, spells
from tenants.people.undertakings import queries, rules
from tenants.people.undertakings.rules import Owed
from tenants.permissions import DESIGNATED_ROLES


@dataclass(frozen=True, kw_only=True)
class UndertakingsStanding:
    """How many have duties on the day, who of them did not sign, and who left without signing again."""

    day: date
    bound: int
    unsigned: tuple[Owed, ...]
    left_unsigned: tuple[Owed, ...]


def standing(*, tenant_id: UUID, day: date) -> UndertakingsStanding:
    """How an institution stands on a civil day. Two queries; the session is bound to it."""
    people = by_person(spells(tenant_id=tenant_id, roles=DESIGNATED_ROLES))
    signed = queries.undertakings(tenant_id=tenant_id)
    return UndertakingsStanding(
        day=day,
        bound=sum(any(each.covers(day) for each in their) for their in people.values()),
        unsigned=tuple(rules.unsigned(people, signed, day=day)),
        left_unsigned=tuple(rules.left_unsigned(people, signed, day=day)),
    )
