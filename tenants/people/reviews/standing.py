"""Whether the accounts were looked through in time, which a past day tells again (KH-5-2, infra/decisions/0047)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra.clock import civil_day
from tenants.people.reviews import queries, rules
from tenants.people.spells import spells
from tenants.permissions import Role


@dataclass(frozen=True, kw_only=True)
class ReviewsStanding:
    """`due_on` is None where nobody ever held a role. `overdue` from the day after it."""

    day: date
    last_completed: date | None
    due_on: date | None

    @property
    def overdue(self) -> bool:
        """Whether the day passed without it."""
        return self.due_on is not None and self.day > self.due_on


def standing(*, tenant_id: UUID, day: date) -> ReviewsStanding:
    """How an institution, or the bureau, stands on a civil day. Two queries; the session is bound to it."""
    done = [
        civil_day(each.completed_at) for each in queries.reviews(tenant_id=tenant_id) if each.completed_at is not None
    ]
    last = max((each for each in done if each <= day), default=None)
    first = min((each.first for each in spells(tenant_id=tenant_id, roles=list(Role))), default=None)
    return ReviewsStanding(day=day, last_completed=last, due_on=rules.due_on(last_completed=last, first_role=first))
