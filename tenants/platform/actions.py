"""Noting what a job came to and what the store can do. The chain says nothing of a try that changed nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, update

from infra import clock
from infra.db import db
from infra.objects import StoreAbilities
from infra.overwriting import overwrite
from infra.statements import made_once
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.platform.models import JobFault, Service, ServiceCheck, StoreCheck
from tenants.retention.pending import kept


def note_fault(*, actor: Actor, tenant_id: UUID, job: str, subject: str, error: Exception) -> None:
    """Keep what a try came to. One that was over begins anew."""
    actor.require(Permission.PLATFORM_READ)
    now, key = clock.now(), (tenant_id, job, subject)
    found = db.session.get(JobFault, key, with_for_update=True, populate_existing=True)
    if found is None:
        found = JobFault(tenant_id=tenant_id, job=job, subject=subject, since=now, tries=0)
        db.session.add(found)
    elif found.over_at is not None:
        found.since, found.tries, found.over_at = now, 0, None
    found.tries, found.tried_at, found.error = found.tries + 1, now, kept(error)


def settle_fault(*, actor: Actor, tenant_id: UUID, job: str, subject: str) -> None:
    """A try came to its end: what stood still does no more."""
    actor.require(Permission.PLATFORM_READ)
    settled = _settled(institution=tenant_id, its_job=job, about=subject, now=clock.now())
    db.session.execute(*settled, execution_options={"synchronize_session": False})


@made_once
def _settled(*, institution: UUID, its_job: str, about: str, now: datetime) -> Update:
    """Its places bear no name of a column: one that did would be written as well."""
    open_one = update(JobFault).where(
        JobFault.tenant_id == institution,
        JobFault.job == its_job,
        JobFault.subject == about,
        JobFault.over_at.is_(None),
    )
    return open_one.values(over_at=now)


def note_store(
    *, actor: Actor, tenant_id: UUID, abilities: StoreAbilities, faults: Sequence[str] | None = None
) -> None:
    """Keep what the store can do; with `faults`, also how its rules compare with the law. The row is the bureau's."""
    actor.require(Permission.PLATFORM_READ)
    now = clock.now()
    facts = {
        "checked_at": now,
        "lifecycle": abilities.lifecycle,
        "object_lock": abilities.object_lock,
        "versioning": abilities.versioning,
    }
    if faults is not None:
        facts |= {"compared_at": now, "faults": list(faults)}
    overwrite(StoreCheck, ("tenant_id",), [{"tenant_id": tenant_id, **facts}])


def note_service(
    *,
    actor: Actor,
    tenant_id: UUID,
    service: Service,
    answers: bool | None,
    free: int | None = None,
    total: int | None = None,
) -> None:
    """Keep how a service was seen, and since when it is so. The row is the bureau's."""
    actor.require(Permission.PLATFORM_READ)
    now = clock.now()
    found = db.session.get(ServiceCheck, (tenant_id, service.value), with_for_update=True)
    if found is None:
        found = ServiceCheck(tenant_id=tenant_id, service=service, since=now, answers=answers)
        db.session.add(found)
    elif found.answers is not answers:
        found.since = now
    found.checked_at, found.answers, found.free, found.total = now, answers, free, total
