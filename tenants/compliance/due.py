"""Which days' facts are to be taken, and which hours each site must record. The session is bound to the institution."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from infra.clock import day_start
from infra.db import db
from tenants.compliance import rules
from tenants.compliance.models import ComplianceDay
from tenants.footage.rules import Window
from tenants.periods import LATE_UPLOAD_DAYS
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.registry.standing import is_closed


def due_by_site(*, tenant_id: UUID, day: date) -> dict[UUID, list[Window]]:
    """What each site must record on a day: the one rule behind the school's own page and the bureau's (KH-5-3a).

    Nothing where the institution was closed by then.
    """
    closed = is_closed(registry.tenant(tenant_id=tenant_id), day)
    return {
        site.id: []
        if closed
        else rules.due_windows(day, continuity=profile(site.profile, day).continuity, hours=site.opening_hours)
        for site in registry.sites(tenant_id=tenant_id)
    }


def days_to_take(*, tenant_id: UUID, today: date) -> list[date]:
    """The past days whose facts are missing or were not taken since midnight, the oldest first.

    As long as footage of a day may still arrive its facts are taken anew each night, so that a late upload changes the
    figure and not only the index (DR-17, DR-30).
    """
    days = rules.past_days(today, LATE_UPLOAD_DAYS)
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
