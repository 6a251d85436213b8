"""Who was told of a version, and what an institution was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select

from infra.db import bureau_session, db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.compliance.rule_notices.models import RuleNotice
from tenants.registry.models import RuleSchedule


@dataclass(frozen=True, kw_only=True)
class Told:
    """When an institution was told; `mailed_at` is None until the mails went out."""

    made_at: datetime
    mailed_at: datetime | None


def told(*, schedule_id: UUID) -> Mapping[UUID, Told]:
    """The institutions that were told of a version, read on the bureau's own connection."""
    query = select(RuleNotice.tenant_id, RuleNotice.made_at, RuleNotice.told_at)
    with bureau_session() as session:
        return {
            tenant_id: Told(made_at=made_at, mailed_at=told_at)
            for tenant_id, made_at, told_at in session.execute(query.where(RuleNotice.schedule_id == schedule_id))
        }


def untold(*, tenant_id: UUID) -> list[UUID]:
    """The versions whose notice to the institution still has to be mailed, for the sweep."""
    query = select(RuleNotice.schedule_id).where(RuleNotice.tenant_id == tenant_id, RuleNotice.told_at.is_(None))
    return list(db.session.scalars(query))


def coming(*, tenant_id: UUID, today: date) -> list[tuple[RuleNotice, RuleSchedule]]:
    """The notices that still stand: of versions that have not begun and were not withdrawn, the nearest first."""
    if not _any(tenant_id=tenant_id):
        return []
    found = db.session.execute(*_coming(tenant_id=tenant_id, today=today))
    return [(notice, schedule) for notice, schedule in found]


@asked_together
def _any(tenant_id: Place) -> ColumnElement[bool]:
    return exists().where(RuleNotice.tenant_id == tenant_id)


@made_once
def _coming(*, tenant_id: UUID, today: date) -> Select[RuleNotice, RuleSchedule]:
    return (
        select(RuleNotice, RuleSchedule)
        .join(RuleSchedule, RuleSchedule.id == RuleNotice.schedule_id)
        .where(
            RuleNotice.tenant_id == tenant_id,
            RuleSchedule.withdrawn_at.is_(None),
            RuleSchedule.effective_from > today,
        )
        .order_by(RuleSchedule.effective_from)
    )
