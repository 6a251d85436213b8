"""How an institution stands with the law, in numbers that say nothing about any picture (DR-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from infra.clock import civil_day
from infra.db import db
from infra.once import read_once
from tenants.retention import clocks, pending, queries, stops
from tenants.retention.models import Destruction, Hold
from tenants.retention.queries import Overdue
from tenants.retention.urgent import queries as urgent

# Something is due each day; a day without any destruction is a worker that silently does nothing.
STALLED_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Floor, ceiling and holds, and what stands still.

    `late_minutes` runs from the first instant at which something might have gone until it is proven to be gone.
    `urgent_holds` has number, beginning, last day and whether beyond the caps of each that rests on a call alone.
    """

    floor_missing: int
    late_minutes: int
    days_overdue: int
    open_holds: int
    late_reviews: int
    incomplete_holds: int
    stopped_runs: int
    stalled: bool
    urgent_holds: list[dict[str, Any]]


@read_once
def standing(*, tenant_id: UUID, now: datetime) -> Standing:
    """The numbers of this moment; the session is bound to the institution."""
    today = civil_day(now)
    overdue = queries.overdue(tenant_id=tenant_id, today=today)
    since = [each.since for each in overdue] + _ended_holds(tenant_id)
    return Standing(
        floor_missing=clocks.floor_missing(tenant_id=tenant_id, today=today),
        late_minutes=max(((now - each) // timedelta(minutes=1) for each in since), default=0),
        days_overdue=sum(now - each > STALLED_AFTER for each in since),
        open_holds=len(queries.holds(tenant_id=tenant_id, open_only=True)),
        late_reviews=sum(each.review_on < today for each in queries.holds_to_review(tenant_id=tenant_id, today=today)),
        incomplete_holds=len(pending.incomplete_holds(tenant_id=tenant_id)),
        stopped_runs=int(stops.open_stop(tenant_id=tenant_id) is not None),
        stalled=_is_stalled(tenant_id, overdue, now),
        urgent_holds=_urgent_holds(tenant_id),
    )


def _urgent_holds(tenant_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "number": each.said.number,
            "placed_at": each.hold.placed_at.isoformat(),
            "ends_on": each.hold.ends_on.isoformat() if each.hold.ends_on is not None else "",
            "over_cap": each.said.over_cap,
        }
        for each in urgent.still_urgent(tenant_id=tenant_id)
    ]


def _ended_holds(tenant_id: UUID) -> list[datetime]:
    query = select(Hold.released_at).where(
        Hold.tenant_id == tenant_id, Hold.released_at.is_not(None), Hold.destroyed_at.is_(None)
    )
    return [at for at in db.session.scalars(query) if at is not None]


def _is_stalled(tenant_id: UUID, overdue: Sequence[Overdue], now: datetime) -> bool:
    """Something is due for a day, and for a day nothing was destroyed nor certified (KH-5-4a)."""
    if not any(now - each.since > STALLED_AFTER for each in overdue):
        return False
    began = now - STALLED_AFTER
    done = select(func.count()).where(
        Destruction.tenant_id == tenant_id, or_(Destruction.begun_at > began, Destruction.certified_at > began)
    )
    return not db.session.scalar(done)
