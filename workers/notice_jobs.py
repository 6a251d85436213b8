"""Jobs of notices: deciding who is told of what, and sending each mail from its own row (DR-31, 0059)."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import structlog

from infra import clock, queues
from infra.mail import MailRefused
from infra.queues import Job
from tenants.actor import Actor
from tenants.notices import actions, queries, sending
from tenants.registry import queries as registry
from workers.context import outgoing_mail, return_addresses, settings
from workers.job import Waiting, fan_out_job, noted, tenant_job

log = structlog.get_logger(__name__)


@fan_out_job
def plan_all() -> None:
    """Send one job per institution; a closed one still has cases and holds."""
    for tenant in registry.directory():
        queues.enqueue(Job.PLAN_NOTICES, tenant_id=tenant.id)


@tenant_job
def plan(tenant_id: UUID, actor: Actor) -> None:
    """Write down the mails that are due at one institution, and what rose."""
    actions.plan(actor=actor, tenant_id=tenant_id, now=clock.now())


@tenant_job
def send(tenant_id: UUID, actor: Actor, *, mail_id: str) -> None:
    """Send one mail. Killed after the server took it, it is sent again as the same message."""
    of = {"tenant_id": tenant_id, "mail_id": UUID(mail_id)}
    mail = sending.to_send(actor=actor, **of, now=clock.now(), base_url=settings().base_url)
    if mail is None:
        return
    addresses = return_addresses()
    if addresses is not None:
        mail = replace(mail, returns_to=addresses.of(tenant_id=tenant_id, mail_id=UUID(mail_id)))
    refused = False
    with noted(lambda _error: sending.note_failure(actor=actor, **of, now=clock.now())):
        try:
            outgoing_mail().send(mail)
        except MailRefused:
            log.warning("mail server refuses an address", exc_info=True)
            refused = True
    sending.note_sent(actor=actor, **of, refused=refused, now=clock.now())


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """What is to be decided, and what did not go; the session is bound to the institution."""
    now = clock.now()
    if queries.is_waiting(tenant_id=tenant_id, now=now):
        yield Job.PLAN_NOTICES, {}
    for mail_id in queries.waiting_mails(tenant_id=tenant_id, now=now):
        yield Job.SEND_NOTICE, {"mail_id": mail_id}
