"""The sweep: finds whatever a lost queue, a killed worker or a store that was down left undone.

The database is the truth and the queue a nudge, so emptying Redis loses nothing but minutes. Each package of jobs says
what waits; a sweep only sends, and sending twice does no harm.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor
from tenants.compliance.rule_notices import queries as rule_notices
from tenants.disclosures import queries as disclosures
from tenants.disclosures.applying import queries as applying
from tenants.disclosures.insider.panel import queries as panels
from tenants.registry import queries as registry
from workers import (
    audit_jobs,
    compliance_jobs,
    disclosure_jobs,
    drill_jobs,
    footage_jobs,
    notice_jobs,
    onboarding_jobs,
    reconciliation_jobs,
    registry_jobs,
    retained_jobs,
    retention_jobs,
    upkeep_jobs,
)
from workers.job import Waiting, fan_out_job, tenant_job


@fan_out_job
def sweep() -> None:
    """Send one sweep per institution, closed ones and the bureau included, and look at the services around us."""
    for tenant_id in registry.every_tenant_id():
        queues.enqueue(Job.SWEEP_TENANT, tenant_id=tenant_id)
    bureau = registry.bureau_if_any()
    if bureau is not None:
        queues.enqueue(Job.CHECK_SERVICES, tenant_id=bureau.id)


@tenant_job
def sweep_tenant(tenant_id: UUID, actor: Actor) -> None:
    """Write down that the law runs, and send every job that waits for this institution."""
    retention_jobs.note_run(tenant_id=tenant_id, actor=actor)
    for job, arguments in waiting(tenant_id=tenant_id, today=clock.today()):
        queues.enqueue_after_commit(db.session, job, tenant_id=tenant_id, **arguments)


def waiting(*, tenant_id: UUID, today: date) -> Iterator[Waiting]:
    """Everything that is undone for the institution to which the session is bound, the most urgent first."""
    if registry_jobs.is_waiting(tenant_id=tenant_id, today=today):
        yield Job.CARRY_OUT_CHANGES, {}
    yield from onboarding_jobs.waiting_jobs(tenant_id=tenant_id)
    for job in footage_jobs.waiting_jobs(tenant_id=tenant_id):
        yield job, {}
    yield from retention_jobs.waiting_jobs(tenant_id=tenant_id, today=today)
    yield from disclosure_jobs.waiting_jobs(tenant_id=tenant_id)
    yield from retained_jobs.waiting_jobs(tenant_id=tenant_id)
    for visit_id in applying.waiting_codes(tenant_id=tenant_id):
        yield Job.SEND_CODE, {"visit_id": visit_id}
    if applying.has_to_forget(tenant_id=tenant_id):
        yield Job.FORGET_APPLICANTS, {}
    yield from disclosure_jobs.copies_to_chase(tenant_id=tenant_id)
    for disclosure_id, step in disclosures.untold(tenant_id=tenant_id):
        yield Job.SEND_MAIL, {"disclosure_id": disclosure_id, "step": step}
    for member_id, notice in panels.untold(tenant_id=tenant_id):
        yield Job.SEND_PANEL_MAIL, {"member_id": member_id, "notice": notice}
    for schedule_id in rule_notices.untold(tenant_id=tenant_id):
        yield Job.SEND_RULE_NOTICE, {"schedule_id": schedule_id}
    yield from notice_jobs.waiting_jobs(tenant_id=tenant_id)
    yield from reconciliation_jobs.waiting_jobs(tenant_id=tenant_id)
    yield from compliance_jobs.waiting_jobs(tenant_id=tenant_id, today=today)
    yield from drill_jobs.waiting_jobs(tenant_id=tenant_id, today=today)
    yield from upkeep_jobs.waiting_jobs(tenant_id=tenant_id)
    if audit_jobs.is_waiting(tenant_id=tenant_id, today=today):
        yield Job.ANCHOR_CHAIN, {"day": audit_jobs.last_day(today)}
