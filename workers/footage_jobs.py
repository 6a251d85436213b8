"""Jobs of footage: asking the store what it really holds, and making keys ahead of their day."""

from datetime import timedelta
from uuid import UUID

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor
from tenants.footage import actions, keys, queries
from tenants.registry import device_queries
from workers.context import kms, store
from workers.job import tenant_job

# An edge goes on for two weeks without us; yesterday's key is for a box that comes online just after midnight.
KEYS_AHEAD = timedelta(days=14)
KEYS_BEHIND = timedelta(days=1)
# The sweep sends MAKE_KEYS once less than this is left (KH-5-3a: a missing key would stop recording).
KEYS_REFILL = timedelta(days=12)


@tenant_job
def check_segments(tenant_id: UUID, actor: Actor) -> None:
    """Ask the store about confirmed segments; a further job goes on while many wait."""
    more = actions.settle_checks(actor=actor, tenant_id=tenant_id, store=store(), now=clock.now())
    if more:
        queues.enqueue_after_commit(db.session, Job.CHECK_SEGMENTS, tenant_id=tenant_id)


@tenant_job
def make_keys(tenant_id: UUID, actor: Actor) -> None:
    """The day keys of every retention class of the institution's sites, and its records key."""
    today = clock.today()
    for retention_days in device_queries.retention_classes(tenant_id=tenant_id):
        keys.make_day_keys(
            actor=actor,
            tenant_id=tenant_id,
            kms=kms(),
            store=store(),
            first=today - KEYS_BEHIND,
            last=today + KEYS_AHEAD,
            retention_days=retention_days,
        )
    keys.make_records_key(actor=actor, tenant_id=tenant_id, kms=kms())


def waiting_jobs(*, tenant_id: UUID) -> list[Job]:
    """The footage jobs that have something to do for this institution, for the sweep; the session is bound to it."""
    today = clock.today()
    classes = device_queries.retention_classes(tenant_id=tenant_id)
    found = [Job.CHECK_SEGMENTS] if queries.has_unchecked(tenant_id=tenant_id) else []
    if keys.lacks_keys(tenant_id=tenant_id, first=today, last=today + KEYS_REFILL, classes=classes):
        found.append(Job.MAKE_KEYS)
    return found
