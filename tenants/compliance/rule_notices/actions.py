"""Sending the list: a notice to each institution that will not fit, once a version."""

from collections import Counter
from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from infra.tenancy import bound_tenant
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.compliance.forecast import Room, forecast_of
from tenants.compliance.rule_notices import queries
from tenants.compliance.rule_notices.models import RuleNotice
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import regulations
from tenants.registry.models import RuleSchedule


def send_list(*, actor: Actor, schedule_id: UUID) -> int:
    """Tell each institution with a site that lacks storage and was not told yet; how many were told.

    Raises `NotFound`, and `Invalid` for a version that was withdrawn or has begun, and where nobody is left to tell.
    """
    actor.require(Permission.REGULATION_SCHEDULE)
    found = regulations.schedule(schedule_id=schedule_id)
    if found.withdrawn_at is not None or found.effective_from <= clock.today():
        raise Invalid("這個版本已撤回或已生效，不再通知。")
    lacking = Counter(each.tenant_id for each in forecast_of(found, today=clock.today()) if each.room is Room.LACKING)
    told = queries.told(schedule_id=schedule_id)
    waiting = {tenant_id: sites for tenant_id, sites in lacking.items() if tenant_id not in told}
    if not waiting:
        raise Invalid("目前沒有空間不足而尚未通知的機構。" if told else "目前沒有空間不足的機構，不需要通知。")
    for tenant_id, sites in waiting.items():
        _make(found, tenant_id, sites, actor)
    audit.record(
        Event.REGULATION_LIST_SENT,
        tenant_id=registry.bureau().id,
        actor=actor,
        subject_id=found.id,
        code=found.code,
        version=found.version,
        institutions=len(waiting),
    )
    return len(waiting)


def note_told(*, actor: Actor, tenant_id: UUID, schedule_id: UUID, mails: int) -> None:
    """Record that so many mails went out, so that no sweep sends them again. Raises `NotFound`."""
    notice = db.session.get(RuleNotice, (tenant_id, schedule_id))
    if notice is None:
        raise NotFound
    found = regulations.schedule(schedule_id=schedule_id)
    notice.told_at = clock.now()
    audit.record(
        Event.RULE_NOTICE_TOLD,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=schedule_id,
        code=found.code,
        version=found.version,
        mails=mails,
    )


def _make(found: RuleSchedule, tenant_id: UUID, sites: int, actor: Actor) -> None:
    """In the institution's own rows and chain: what the bureau tells it is for everybody there to see."""
    with bound_tenant(db.session, tenant_id):
        db.session.add(
            RuleNotice(
                tenant_id=tenant_id,
                schedule_id=found.id,
                sites=sites,
                made_at=clock.now(),
                made_by=person(actor),
            )
        )
        audit.record(
            Event.RULE_NOTICE_MADE,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=found.id,
            code=found.code,
            version=found.version,
            sites=sites,
        )
    enqueue_after_commit(db.session, Job.SEND_RULE_NOTICE, tenant_id=tenant_id, schedule_id=found.id)
