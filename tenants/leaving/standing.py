"""Who left without the hand-over being done, seen on a day, which a past day tells again (KH-5-2, 0047)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra.clock import civil_day
from tenants.leaving import queries
from tenants.people.undertakings.rules import Owed


@dataclass(frozen=True, kw_only=True)
class LeavingStanding:
    """Whose day has come and whose hand-over was not settled, each with the day since which it is so."""

    day: date
    unsettled: tuple[Owed, ...]


def standing(*, tenant_id: UUID, day: date) -> LeavingStanding:
    """How an institution stands on a civil day. One query; the session is bound to it."""
    found = [each.departure for each in queries.departures(tenant_id=tenant_id)]
    return LeavingStanding(
        day=day,
        unsettled=tuple(
            Owed(user_id=each.user_id, since=each.gone_on)
            for each in found
            if each.gone_on <= day and (each.settled_at is None or civil_day(each.settled_at) > day)
        ),
    )
