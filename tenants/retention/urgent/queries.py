"""Reads about urgent preservation. The session is bound to the institution."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select

from infra import clock
from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.errors import NotFound
from tenants.retention import at_hand
from tenants.retention import queries as retention
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import CameraSpan
from tenants.retention.urgent import rules
from tenants.retention.urgent.models import UrgentHold
from tenants.retention.urgent.rules import Load

# Long enough to be read by whoever was away over a weekend.
_RECENT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Urgent:
    """What was said, and the hold that keeps it."""

    said: UrgentHold
    hold: Hold

    @property
    def is_urgent(self) -> bool:
        """Whether it still rests on the call alone: it lapses, and no case nor law keeps it."""
        return self.hold.basis == HoldBasis.URGENT and self.hold.released_at is None

    @property
    def has_lapsed(self) -> bool:
        """Whether it ended with nothing having arrived."""
        return self.hold.basis == HoldBasis.URGENT and self.hold.released_at is not None


def found(*, tenant_id: UUID, hold_id: UUID) -> Urgent:
    """The urgent preservation that this hold began as. Raises `NotFound`."""
    one = began_as(tenant_id=tenant_id, hold_id=hold_id)
    if one is None:
        raise NotFound
    return one


def began_as(*, tenant_id: UUID, hold_id: UUID | None) -> Urgent | None:
    """The same; None for a hold that began otherwise."""
    query = _both(tenant_id).where(UrgentHold.hold_id == hold_id)
    row = db.session.execute(query).one_or_none()
    return Urgent(said=row[0], hold=row[1]) if row is not None else None


def number_of(*, tenant_id: UUID, hold_id: UUID | None) -> str:
    """Its number, for the case that goes on with it; empty for a hold that began otherwise."""
    one = began_as(tenant_id=tenant_id, hold_id=hold_id)
    return one.said.number if one is not None else ""


def still_urgent(*, tenant_id: UUID) -> list[Urgent]:
    """What rests on a call alone, the next to lapse first."""
    if not at_hand.any_kept(tenant_id=tenant_id):
        return []
    return [Urgent(said=said, hold=hold) for said, hold in db.session.execute(*_still_urgent(tenant_id=tenant_id))]


def lapsed_lately(*, tenant_id: UUID, now: datetime) -> list[Urgent]:
    """What ended in these days with nothing having arrived, the newest first."""
    if not _any(tenant_id=tenant_id):
        return []
    found = db.session.execute(*_lapsed(tenant_id=tenant_id, since=now - _RECENT))
    return [Urgent(said=said, hold=hold) for said, hold in found]


@asked_together
def _any(tenant_id: Place) -> ColumnElement[bool]:
    """Whether anything ever rested on a call alone."""
    return exists().where(UrgentHold.tenant_id == tenant_id)


def to_warn(*, tenant_id: UUID, today: date) -> list[UrgentHold]:
    """What lapses soon and of which nobody was warned."""
    return [
        each.said
        for each in still_urgent(tenant_id=tenant_id)
        if each.said.warned_at is None
        and each.hold.ends_on is not None
        and rules.is_lapsing(ends_on=each.hold.ends_on, today=today)
    ]


def untold(*, tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Holds and the notices of them that still have to go out, for the sweep."""
    query = select(UrgentHold.hold_id, UrgentHold.untold).where(
        UrgentHold.tenant_id == tenant_id, func.jsonb_array_length(UrgentHold.untold) > 0
    )
    return [(hold_id, notice) for hold_id, notices in db.session.execute(query) for notice in notices]


def load(*, tenant_id: UUID) -> Load:
    """How much is kept urgently by now."""
    open_ones = still_urgent(tenant_id=tenant_id)
    windows = [window for each in open_ones for window in retention.windows(tenant_id=tenant_id, hold_id=each.hold.id)]
    today = _both(tenant_id).where(Hold.placed_at >= clock.day_start(clock.today())).with_only_columns(func.count())
    return Load(at_once=len(open_ones), today=db.session.scalar(today) or 0, camera_hours=rules.camera_hours(windows))


def count(*, tenant_id: UUID, prefix: str) -> int:
    """How many numbers with this beginning were given."""
    query = select(func.count()).where(UrgentHold.tenant_id == tenant_id, UrgentHold.number.startswith(prefix))
    return db.session.scalar(query) or 0


def keeping(*, tenant_id: UUID, windows: Sequence[CameraSpan]) -> UUID | None:
    """The open urgent hold that keeps most of these windows: the one that a case for them goes on with."""
    kept: defaultdict[UUID, timedelta] = defaultdict(timedelta)
    for each in still_urgent(tenant_id=tenant_id):
        for held in retention.windows(tenant_id=tenant_id, hold_id=each.hold.id):
            kept[each.hold.id] += sum((_shared(held, window) for window in windows), timedelta())
    best = max(kept, key=lambda hold_id: kept[hold_id], default=None)
    return best if best is not None and kept[best] else None


@made_once
def _still_urgent(*, tenant_id: UUID) -> Select[UrgentHold, Hold]:
    found = _both(tenant_id).where(Hold.basis == HoldBasis.URGENT, Hold.released_at.is_(None))
    return found.order_by(Hold.ends_on, Hold.id)


@made_once
def _lapsed(*, tenant_id: UUID, since: datetime) -> Select[UrgentHold, Hold]:
    found = _both(tenant_id).where(Hold.basis == HoldBasis.URGENT, Hold.released_at > since)
    return found.order_by(Hold.released_at.desc())


def _both(tenant_id: UUID) -> Select[UrgentHold, Hold]:
    return (
        select(UrgentHold, Hold)
        .join(Hold, (Hold.tenant_id == UrgentHold.tenant_id) & (Hold.id == UrgentHold.hold_id))
        .where(UrgentHold.tenant_id == tenant_id)
    )


def _shared(held: CameraSpan, window: CameraSpan) -> timedelta:
    if held.camera_id != window.camera_id:
        return timedelta()
    return max(min(held.ended_at, window.ended_at) - max(held.started_at, window.started_at), timedelta())
