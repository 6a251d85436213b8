"""What the bureau's people do to institutions from outside: rosters that open them, and emergency accesses that end."""

from collections.abc import Iterator, Mapping
from functools import partial
from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor
from tenants.emergency import actions as emergency
from tenants.emergency import queries as emergencies
from tenants.onboarding import carrying, queries
from tenants.people.invitations import queries as invitations
from workers.job import Waiting, noted, tenant_job

# Some seconds of work, after which whoever else waits has a turn.
_LINES_A_JOB = 50


@tenant_job
def carry_out_roster(tenant_id: UUID, actor: Actor, *, roster_id: str) -> Iterator[None]:
    """Open and change the institutions of a confirmed roster, one by one, and send the job that does the next ones."""
    of = {"tenant_id": tenant_id, "roster_id": UUID(roster_id)}
    carrying.begin(actor=actor, **of)
    yield
    for _ in range(_LINES_A_JOB):
        line = queries.next_line(**of)
        if line is None:
            carrying.finish(actor=actor, **of)
            return
        with noted(partial(_note, actor, of, line)):
            carrying.carry_out_line(actor=actor, **of, line=line)
        yield
    enqueue_after_commit(db.session, Job.CARRY_OUT_ROSTER, **of)


def _note(actor: Actor, of: Mapping[str, UUID], line: int, error: Exception) -> None:
    carrying.note_failure(actor=actor, **of, line=line, error=error)


@tenant_job
def settle_emergencies(tenant_id: UUID, actor: Actor) -> None:
    """Write down which accesses are over by their time. They opened nothing since then, whether or not this runs."""
    emergency.settle(actor=actor, tenant_id=tenant_id)


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """What of it is undone, and which mails did not go out; the session is bound to the institution."""
    now = clock.now()
    if emergencies.run_out(tenant_id=tenant_id, now=now):
        yield Job.SETTLE_EMERGENCIES, {}
    for access_id, notice in emergencies.untold(tenant_id=tenant_id):
        yield Job.SEND_EMERGENCY_MAIL, {"access_id": access_id, "moment": notice.value}
    for invitation_id in invitations.waiting(tenant_id=tenant_id):
        yield Job.SEND_INVITATION, {"invitation_id": invitation_id}
    for roster_id in queries.waiting(tenant_id=tenant_id, now=now):
        yield Job.CARRY_OUT_ROSTER, {"roster_id": roster_id}
