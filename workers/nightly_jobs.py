"""The night's work: one job per institution and task, so that a slow institution holds up nobody else."""

from datetime import timedelta

from infra import clock, queues
from infra.queues import Job
from tenants.registry import queries as registry
from workers import audit_jobs, compliance_jobs
from workers.job import fan_out_job


@fan_out_job
def fan_out() -> None:
    """Just after midnight in Taipei: what became due is destroyed, yesterday is anchored and its facts are taken.

    And a seventh of the store is compared with the database, and its rules with the law.
    Due days go by the sweep of each institution, which alone may see them.
    """
    yesterday = audit_jobs.last_day(clock.today())
    for tenant_id in registry.every_tenant_id():
        queues.enqueue(Job.SWEEP_TENANT, tenant_id=tenant_id)
        queues.enqueue(Job.ANCHOR_CHAIN, tenant_id=tenant_id, day=yesterday)
        queues.enqueue(Job.RECONCILE, tenant_id=tenant_id)
    bureau = registry.bureau_if_any()
    if bureau is not None:
        queues.enqueue(Job.CHECK_STORE, tenant_id=bureau.id)
    listed = registry.open_directory(day=clock.today() - timedelta(days=1))
    for some in compliance_jobs.together(tenant.id for tenant in listed):
        queues.enqueue(Job.TAKE_DAY, tenant_ids=some, day=yesterday)
    for tenant in listed:
        queues.enqueue(Job.MAKE_KEYS, tenant_id=tenant.id)
