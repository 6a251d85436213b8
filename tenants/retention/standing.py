"""How an institution stands with the law, in numbers that say nothing about any picture (DR-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from infra.clock import civil_day
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.retention import at_hand, clocks, queries
from tenants.retention.models import Destruction, Hold, HoldBasis, PreservedSegment
from tenants.retention.pending import TRIES
from tenants.retention.queries import Overdue
from tenants.retention.urgent import queries as urgent
from tenants.retention.urgent.queries import Urgent

# Something is due each day; a day without any destruction is a worker that silently does nothing.
STALLED_AFTER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Floor, ceiling and holds, and what stands still.

    `late_minutes` runs from the first instant at which something might have gone until it is proven to be gone.
    `overdue` days and `ended_holds`, each with the instant since which its copies have to go, are what `days_overdue`
    counts once they are late by more than a day. `urgent_holds` are those that rest on a call alone. `held_bytes` is
    what the copies of holds take up in the store until they are destroyed.
    """

    floor_missing: int
    late_minutes: int
    days_overdue: int
    open_holds: int
    late_reviews: int
    incomplete_holds: int
    stopped_runs: int
    stalled: bool
    overdue: Sequence[Overdue]
    ended_holds: Sequence[tuple[UUID, datetime]]
    urgent_holds: Sequence[Urgent]
    held_bytes: int


@read_once
def standing(*, tenant_id: UUID, now: datetime) -> Standing:
    """The numbers of this moment; the session is bound to the institution."""
    today = civil_day(now)
    overdue = queries.overdue(tenant_id=tenant_id, today=today)
    holds = db.session.execute(*_holds(tenant_id=tenant_id)).all() if at_hand.any_kept(tenant_id=tenant_id) else ()
    still_open, living = [each for each in holds if not each.released_at], [each for each in holds if each.is_living]
    ended = sorted(((each.id, each.released_at) for each in living if each.released_at), key=itemgetter(1))
    since = [*(each.since for each in overdue), *(at for _, at in ended)]
    return Standing(
        floor_missing=clocks.floor_missing(tenant_id=tenant_id, today=today),
        late_minutes=max(((now - each) // timedelta(minutes=1) for each in since), default=0),
        days_overdue=sum(now - each > STALLED_AFTER for each in since),
        open_holds=len(still_open),
        # An urgent one is not reviewed: it lapses.
        late_reviews=sum(each.review_on < today and each.basis != HoldBasis.URGENT for each in still_open),
        incomplete_holds=sum(each.copy_failures >= TRIES for each in still_open),
        stopped_runs=int(at_hand.any_stop(tenant_id=tenant_id)),
        stalled=_is_stalled(tenant_id, overdue, now),
        overdue=overdue,
        ended_holds=ended,
        urgent_holds=urgent.still_urgent(tenant_id=tenant_id)
        if any(each.basis == HoldBasis.URGENT for each in still_open)
        else (),
        held_bytes=int(db.session.scalar(*_held_bytes(tenant_id=tenant_id)) or 0) if living else 0,
    )


@made_once
def _holds(*, tenant_id: UUID) -> Select[*tuple[Any, ...]]:
    """What is told of every hold that is open or whose copies are still there: one read, of a few columns."""
    living = Hold.destroyed_at.is_(None)
    columns = (Hold.id, Hold.basis, Hold.review_on, Hold.released_at, Hold.copy_failures, living.label("is_living"))
    return select(*columns).where(Hold.tenant_id == tenant_id, or_(Hold.released_at.is_(None), living))


@made_once
def _held_bytes(*, tenant_id: UUID) -> Select[int]:
    of_living = (
        (Hold.tenant_id == PreservedSegment.tenant_id)
        & (Hold.id == PreservedSegment.hold_id)
        & Hold.destroyed_at.is_(None)
    )
    total = select(func.coalesce(func.sum(PreservedSegment.cipher_bytes), 0)).join(Hold, of_living)
    return total.where(PreservedSegment.tenant_id == tenant_id)


def _is_stalled(tenant_id: UUID, overdue: Sequence[Overdue], now: datetime) -> bool:
    """Something is due for a day, and for a day nothing was destroyed nor certified (KH-5-4a)."""
    if not any(now - each.since > STALLED_AFTER for each in overdue):
        return False
    began = now - STALLED_AFTER
    done = select(func.count()).where(
        Destruction.tenant_id == tenant_id, or_(Destruction.begun_at > began, Destruction.certified_at > began)
    )
    return not db.session.scalar(done)
