"""Which days' facts are to be taken. The session is bound to the institution."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infra.clock import day_start
from infra.db import bureau_session, db
from tenants.compliance import rules
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.compliance.models import ComplianceDay
from tenants.periods import LATE_UPLOAD_DAYS
from tenants.registry import queries as registry

# The last hour of a day may still arrive so many days after that hour, and is known as lost only then.
SETTLED_AFTER_DAYS = LATE_UPLOAD_DAYS + 1


def days_to_take(*, tenant_id: UUID, today: date) -> list[date]:
    """The past days whose facts are missing or were not taken since midnight, the oldest first.

    As long as footage of a day may still arrive its facts are taken anew each night, so that a late upload changes the
    figure and not only the index (DR-17, DR-30).
    """
    days = rules.past_days(today, SETTLED_AFTER_DAYS)
    fresh = set(
        db.session.scalars(
            select(ComplianceDay.civil_day).where(
                ComplianceDay.tenant_id == tenant_id,
                ComplianceDay.civil_day.between(days[0], days[-1]),
                ComplianceDay.computed_at >= day_start(today),
            )
        )
    )
    return [day for day in days if day not in fresh and registry.cameras_in_use(tenant_id=tenant_id, day=day)]


def city_days_to_take(*, today: date) -> list[date]:
    """The past days of which an institution's findings are newer than the city's counts, the oldest first."""
    days = rules.past_days(today, SETTLED_AFTER_DAYS)
    with bureau_session() as session:
        found = dict(_newest(session, ComplianceFinding, days[0]))
        counted = dict(_newest(session, CityDay, days[0]))
    return [day for day in days if day in found and (day not in counted or counted[day] < found[day])]


def _newest(session: Session, table: type[ComplianceFinding | CityDay], first: date) -> Iterator[tuple[date, datetime]]:
    query = select(table.civil_day, func.max(table.computed_at)).where(table.civil_day >= first)
    yield from ((day, newest) for day, newest in session.execute(query.group_by(table.civil_day)))
