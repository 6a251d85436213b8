"""Holds that end by themselves on a day that was announced, and telling of an urgent one before and when it does."""

from datetime import date
from uuid import UUID

from infra import clock, queues
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.retention import hold_queries
from tenants.retention.actions import release_hold
from tenants.retention.urgent import queries as urgent
from tenants.retention.urgent.models import UrgentHold
from tenants.retention.urgent.rules import Notice


def end_holds(*, actor: Actor, tenant_id: UUID, today: date) -> int:
    """Release every hold whose announced last day is over; how many. The institution is told of urgent ones (DR-02)."""
    ended = 0
    for hold_id in hold_queries.ending_holds(tenant_id=tenant_id, today=today):
        hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
        # A case, or a person, may have taken it over since it was listed.
        if hold.released_at is not None or hold.ends_on is None or hold.ends_on >= today:
            continue
        release_hold(actor=actor, tenant_id=tenant_id, hold_id=hold_id, reason=hold.release_reason)
        lapsed = urgent.began_as(tenant_id=tenant_id, hold_id=hold_id)
        if lapsed is not None and lapsed.has_lapsed:
            _tell(lapsed.said, Notice.LAPSED)
        ended += 1
    return ended


def warn(*, actor: Actor, tenant_id: UUID, today: date) -> int:
    """Tell the institution of every urgent hold that lapses soon, once; how many."""
    due = urgent.to_warn(tenant_id=tenant_id, today=today)
    for said in due:
        said.warned_at = clock.now()
        _tell(said, Notice.LAPSING)
        audit.record(
            Event.HOLD_LAPSING,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=said.hold_id,
            hold_id=str(said.hold_id),
            number=said.number,
        )
    return len(due)


def _tell(said: UrgentHold, notice: Notice) -> None:
    said.untold = sorted({*said.untold, notice.value})
    queues.enqueue_after_commit(
        db.session,
        queues.Job.SEND_HOLD_MAIL,
        tenant_id=said.tenant_id,
        hold_id=said.hold_id,
        occasion=notice.value,
    )
