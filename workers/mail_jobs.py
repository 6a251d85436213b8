"""Telling people by mail that there is something to read."""

from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures import notices
from tenants.disclosures.lifecycle import Step
from workers.context import outgoing_mail, settings
from workers.job import tenant_job


@tenant_job
def send(tenant_id: UUID, _actor: Actor, *, disclosure_id: str, step: str) -> None:
    """Tell the other side of a step of a case. Run again it sends again: a second notice is better than none."""
    found = notices.messages(
        tenant_id=tenant_id, disclosure_id=UUID(disclosure_id), step=Step(step), base_url=settings().base_url
    )
    for mail in found:
        outgoing_mail().send(mail)
