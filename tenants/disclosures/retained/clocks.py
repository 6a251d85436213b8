"""How old the copies for reference are, and what of them the law is waiting for (KH-5-4a, KH-6-4b).

The session is bound to the institution.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from infra.clock import civil_day
from infra.db import db
from infra.once import read_once
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.retained import ending, queries, rules
from tenants.disclosures.retained.queries import Kept
from tenants.retention.clocks import CameraClock, CopyClass
from tenants.retention.models import HoldBasis


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What of copies for reference needs somebody: those that have to go, since when, reviews, tries that fail.

    `late_reviews` counts those of copies that must go when nobody needs them; where they may, a review that passed is
    a reminder and no fault (TY-5-3b).
    """

    ended: Sequence[tuple[UUID, datetime]]
    late_reviews: int
    incomplete: int


def of_cameras(*, tenant_id: UUID, now: datetime) -> list[CameraClock]:
    """The clock of each camera in each living copy."""
    return [clock for kept in queries.living(tenant_id=tenant_id) for clock in _of_copy(kept, now)]


@read_once
def waiting(*, tenant_id: UUID, now: datetime) -> Waiting:
    """What stands still."""
    today = civil_day(now)
    return Waiting(
        ended=ending.ended_since(tenant_id=tenant_id),
        late_reviews=sum(kept.is_overdue(today) and kept.must_go for kept in queries.living(tenant_id=tenant_id)),
        incomplete=len(queries.incomplete(tenant_id=tenant_id)),
    )


def _of_copy(kept: Kept, now: datetime) -> Iterator[CameraClock]:
    copy, today = kept.copy, civil_day(now)
    if copy.made_at is None:
        return
    basis = HoldBasis(copy.basis)
    goes = copy.ended_at or rules.goes_at(oldest=copy.oldest_at, basis=basis)
    asked = DisclosureWindow.tenant_id == copy.tenant_id, DisclosureWindow.disclosure_id == copy.disclosure_id
    query = select(DisclosureWindow.camera_id, func.min(DisclosureWindow.approved_from)).where(
        *asked, DisclosureWindow.approved_from.is_not(None)
    )
    for camera_id, oldest in db.session.execute(query.group_by(DisclosureWindow.camera_id)):
        assert oldest is not None  # noqa: S101 - only approved windows were asked for
        yield CameraClock(
            camera_id=camera_id,
            copy=CopyClass.RETAINED,
            oldest=oldest,
            due_since=goes if goes is not None and goes <= now else None,
            reviewed_on=copy.review_on if copy.ended_at is None else None,
            excused=basis is not HoldBasis.REQUEST and copy.review_on is not None and copy.review_on >= today,
        )
