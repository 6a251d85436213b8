"""Jobs of the law: copying what is held, ending holds, destroying days and proving it."""

from datetime import date
from uuid import UUID

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor
from tenants.disclosures.packages import queries as packages
from tenants.retention import copying, destruction, hold_queries, lapsing, pending, plan_queries, queries, stops
from tenants.retention.rules import DayAndClass
from tenants.retention.urgent import queries as urgent
from workers.context import kms, settings, store
from workers.job import Waiting, noted, tenant_job


@tenant_job
def copy_hold(tenant_id: UUID, actor: Actor, *, hold_id: str, left: int = 0) -> None:
    """Copy the next segments of a hold. `left` is how many the run before left, and tells the jobs apart."""
    held = {"tenant_id": tenant_id, "hold_id": UUID(hold_id)}
    with noted(lambda error: pending.note_copy_failure(actor=actor, **held, error=error)):
        copied = copying.copy_hold(actor=actor, **held, store=store(), kms=kms(), kind=settings().key_kind)
    if copied.left and copied.left != left:
        queues.enqueue_after_commit(
            db.session, Job.COPY_HOLD, tenant_id=tenant_id, hold_id=UUID(hold_id), left=copied.left
        )
    elif not copied.left:  # somebody may be waiting for a package of this hold
        for package_id in packages.pending(tenant_id=tenant_id, hold_id=UUID(hold_id)):
            queues.enqueue_after_commit(db.session, Job.BUILD_PACKAGE, tenant_id=tenant_id, package_id=package_id)


@tenant_job
def end_holds(tenant_id: UUID, actor: Actor) -> None:
    """Release the holds whose announced last day is over (DR-01), and warn of urgent ones that lapse soon (DR-02)."""
    lapsing.end_holds(actor=actor, tenant_id=tenant_id, today=clock.today())
    lapsing.warn(actor=actor, tenant_id=tenant_id, today=clock.today())


@tenant_job
def destroy_hold(tenant_id: UUID, actor: Actor, *, hold_id: str, phase: int = 1) -> None:  # noqa: ARG001
    """Destroy the key of a hold that has ended, then its copies. `phase` tells the two jobs apart."""
    copying.destroy_hold(actor=actor, tenant_id=tenant_id, hold_id=UUID(hold_id), store=store())


@tenant_job
def destroy_day(tenant_id: UUID, actor: Actor, *, day: str, retention_days: int) -> None:
    """Destroy the key of a day that the plan has; the certificate is a job of its own, after this one's commit."""
    of = DayAndClass(day=date.fromisoformat(day), retention_days=retention_days)
    destruction.begin_destruction(actor=actor, tenant_id=tenant_id, of=of, now=clock.now())


@tenant_job
def certify_destruction(tenant_id: UUID, actor: Actor, *, destruction_id: str) -> None:
    """Clear what the destroyed key encrypted, verify, and write the certificate."""
    of = {"tenant_id": tenant_id, "destruction_id": UUID(destruction_id)}
    with noted(lambda error: pending.note_failure(actor=actor, **of, error=error)):
        destruction.certify_destruction(actor=actor, **of, store=store())


def note_run(*, tenant_id: UUID, actor: Actor) -> None:
    """Write down that the law runs for this institution now, and whether its plan stops for a second person."""
    stops.note_run(actor=actor, tenant_id=tenant_id, now=clock.now())


def waiting_jobs(*, tenant_id: UUID, today: date) -> list[Waiting]:
    """What of the law waits to be done for this institution; the session is bound to it.

    Of due days only those that the plan has: one that waits for a hold's copies, or a person, would only be refused.
    """
    found: list[Waiting] = [
        (Job.COPY_HOLD, {"hold_id": hold_id})
        for hold_id in hold_queries.open_holds(tenant_id=tenant_id)
        if hold_queries.uncopied(
            tenant_id=tenant_id,
            hold_id=hold_id,
            windows=queries.windows(tenant_id=tenant_id, hold_id=hold_id),
        )
    ]
    if hold_queries.ending_holds(tenant_id=tenant_id, today=today) or urgent.to_warn(tenant_id=tenant_id, today=today):
        found.append((Job.END_HOLDS, {}))
    found += [
        (Job.SEND_HOLD_MAIL, {"hold_id": hold_id, "occasion": notice})
        for hold_id, notice in urgent.untold(tenant_id=tenant_id)
    ]
    found += [(Job.DESTROY_HOLD, {"hold_id": each}) for each in hold_queries.released_holds(tenant_id=tenant_id)]
    found += [
        (Job.CERTIFY_DESTRUCTION, {"destruction_id": each.id})
        for each in queries.begun_destructions(tenant_id=tenant_id)
    ]
    found += [
        (Job.DESTROY_DAY, {"day": due.day.isoformat(), "retention_days": due.retention_days})
        for due in plan_queries.current(tenant_id=tenant_id, now=clock.now()).go
    ]
    return found
