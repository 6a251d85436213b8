"""The platform in a few numbers for whoever watches over it by machine: sums over all institutions, nobody's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infra.clock import civil_day
from infra.db import bureau_session
from infra.queues import Job
from tenants.audit.models import AuditTreeHead
from tenants.compliance.articles.catalogue import OPEN_FAULTS
from tenants.compliance.finding_models import ComplianceFinding
from tenants.compliance.models import ComplianceNow, ComplianceRetention
from tenants.platform.models import JobFault, Service, ServiceCheck
from tenants.platform.queries import failing
from tenants.registry.models import Tenant

# Whatever sends, sends mail: one that is new counts here by its name.
_MAILS = tuple(job for job in Job if job.name.startswith("SEND_"))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums. None where nobody knows: such a number is left out and never told as zero (DR-30)."""

    late_destructions: int | None
    late_seconds: int | None
    open_faults: int | None
    anchor_lag_days: int | None
    upload_lag_seconds: float | None
    facts_age_seconds: float | None
    failing_jobs: int
    failing_mails: int
    services: Mapping[str, bool]
    disk_free: float | None


def figures(*, now: datetime) -> Figures:
    """The numbers of this moment, on the bureau's own connection."""
    with bureau_session() as session:
        late, minutes = session.execute(
            select(func.sum(ComplianceRetention.days_overdue), func.max(ComplianceRetention.late_minutes))
        ).one()
        facts_at, behind = session.execute(
            select(func.max(ComplianceNow.computed_at), func.min(ComplianceNow.upload_late_since))
        ).one()
        disk = session.scalar(select(ServiceCheck).where(ServiceCheck.service == Service.DISK))
        answers = select(ServiceCheck.service, ServiceCheck.answers).where(ServiceCheck.answers.is_not(None))
        return Figures(
            late_destructions=late,
            late_seconds=None if minutes is None else minutes * 60,
            open_faults=_open_faults(session),
            anchor_lag_days=_anchor_lag(session, now),
            upload_lag_seconds=_upload_lag(facts_at, behind, now),
            facts_age_seconds=None if facts_at is None else (now - facts_at).total_seconds(),
            failing_jobs=_failing(session, now, mails=False),
            failing_mails=_failing(session, now, mails=True),
            services={name: bool(answer) for name, answer in session.execute(answers)},
            disk_free=disk.free / disk.total if disk is not None and disk.free is not None and disk.total else None,
        )


def _open_faults(session: Session) -> int | None:
    """As the newest day of each institution's findings has them."""
    newest = (
        select(ComplianceFinding.tenant_id, func.max(ComplianceFinding.civil_day).label("day"))
        .where(ComplianceFinding.article == OPEN_FAULTS)
        .group_by(ComplianceFinding.tenant_id)
        .subquery()
    )
    of_newest = (ComplianceFinding.tenant_id == newest.c.tenant_id) & (ComplianceFinding.civil_day == newest.c.day)
    total = select(func.sum(ComplianceFinding.wrong)).join(newest, of_newest)
    found: int | None = session.scalar(total.where(ComplianceFinding.article == OPEN_FAULTS))
    return found


def _anchor_lag(session: Session, now: datetime) -> int | None:
    """Whole days by which the chain that is furthest behind lacks its head; yesterday's is the newest there can be."""
    newest = select(func.max(AuditTreeHead.day)).where(AuditTreeHead.tenant_id == Tenant.id).scalar_subquery()
    oldest = session.scalar(select(func.min(newest)).select_from(Tenant))
    return None if oldest is None else max(0, (civil_day(now) - oldest).days - 1)


def _upload_lag(facts_at: datetime | None, behind: datetime | None, now: datetime) -> float | None:
    if facts_at is None:
        return None
    return 0.0 if behind is None else max(0.0, (now - behind).total_seconds())


def _failing(session: Session, now: datetime, *, mails: bool) -> int:
    chosen = JobFault.job.in_(_MAILS) if mails else JobFault.job.not_in(_MAILS)
    return session.scalar(select(func.count()).where(chosen, *failing(now))) or 0
