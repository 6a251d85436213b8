"""Jobs of footage: asking the store what it really holds, and making keys ahead of their day."""

from datetime import date, timedelta
from uuid import UUID

import structlog

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants import periods
from tenants.actor import Actor
from tenants.footage import actions, keys, queries
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.classes import ClassRun
from workers.context import kms, settings, store
from workers.job import tenant_job

log = structlog.get_logger(__name__)

# An edge goes on for two weeks without us; yesterday's key is for a box that comes online just after midnight.
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
    """The day keys of every class that a site uses on each day, and the institution's records key."""
    today, kind = clock.today(), settings().key_kind
    if keys.day_kind(tenant_id=tenant_id, wished=kind) is not kind:
        log.info("day keys stay classic: not every box has said that it takes others")
    for run in _runs(tenant_id, today - KEYS_BEHIND, periods.keys_through(today)):
        keys.make_day_keys(
            actor=actor,
            tenant_id=tenant_id,
            kms=kms(),
            store=store(),
            first=run.first,
            last=run.last,
            retention_days=run.retention_days,
            kind=kind,
        )
    keys.make_records_key(actor=actor, tenant_id=tenant_id, kms=kms(), kind=kind)


def waiting_jobs(*, tenant_id: UUID) -> list[Job]:
    """The footage jobs that have something to do for this institution, for the sweep; the session is bound to it."""
    today = clock.today()
    found = [Job.CHECK_SEGMENTS] if queries.has_unchecked(tenant_id=tenant_id, today=today) else []
    if keys.lacks_keys(tenant_id=tenant_id, runs=_runs(tenant_id, today, today + KEYS_REFILL)):
        found.append(Job.MAKE_KEYS)
    return found


def _runs(tenant_id: UUID, first: date, last: date) -> list[ClassRun]:
    closed_from = registry.tenant(tenant_id=tenant_id).closed_from
    if closed_from is not None:  # no day on which the institution is closed gets a key
        last = min(last, closed_from - timedelta(days=1))
    sites = registry.sites(tenant_id=tenant_id) if first <= last else []
    return classes.of_tenant(tenant_id=tenant_id).runs(sites, first=first, last=last)
