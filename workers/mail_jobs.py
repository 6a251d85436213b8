"""Telling people by mail that there is something to read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from infra import clock
from infra.mail import Mail, MailRefused
from infra.queues import Job
from tenants import mail_hours
from tenants.actor import Actor
from tenants.compliance.rule_notices import actions as rule_notices
from tenants.compliance.rule_notices import mails as rule_mails
from tenants.disclosures import notices
from tenants.disclosures.applying import visits
from tenants.disclosures.insider.panel import mails as panel_mails
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import appointing
from tenants.emergency import actions as emergency
from tenants.emergency import mails as emergency_mails
from tenants.emergency.notices import Notice as EmergencyNotice
from tenants.people.invitations import actions as invitations
from tenants.people.invitations import queries as invited
from tenants.retention.urgent import notices as hold_notices
from tenants.retention.urgent.rules import Notice as HoldNotice
from workers.context import outgoing_mail, settings
from workers.job import tenant_job

log = structlog.get_logger(__name__)


@tenant_job
def send(tenant_id: UUID, actor: Actor, *, disclosure_id: str, step: str) -> None:
    """Tell the other side of a step of a case, once. Killed in between it tells again: twice is better than never."""
    case = {"tenant_id": tenant_id, "disclosure_id": UUID(disclosure_id)}
    if notices.is_told(**case, step=Step(step)):
        return
    mails = notices.messages(**case, step=Step(step), base_url=settings().base_url)
    if _may_go(Job.SEND_MAIL, Step(step), mails, before=appointing.agreed_time(**case)):
        notices.note_told(actor=actor, **case, step=Step(step), mails=_sent(mails))


@tenant_job
def send_to_panel(tenant_id: UUID, actor: Actor, *, member_id: str, notice: str) -> None:
    """Tell a panel's member, once. A link or code is made here, as it is sent; of two mails the later one's opens."""
    about = {"tenant_id": tenant_id, "member_id": UUID(member_id)}
    if panel_mails.is_told(**about, notice=Notice(notice)):
        return
    to, before = panel_mails.addresses(**about, notice=Notice(notice)), panel_mails.meets_at(**about)
    if not mail_hours.may_go(Job.SEND_PANEL_MAIL, Notice(notice), to=to, now=clock.now(), before=before):
        return
    mails = panel_mails.messages(actor=actor, **about, notice=Notice(notice), base_url=settings().base_url)
    panel_mails.note_told(actor=actor, **about, notice=Notice(notice), mails=_sent(mails))


@tenant_job
def send_about_hold(tenant_id: UUID, actor: Actor, *, hold_id: str, occasion: str) -> None:
    """Tell an institution of an urgent preservation, once."""
    about = {"tenant_id": tenant_id, "hold_id": UUID(hold_id)}
    if hold_notices.is_told(**about, notice=HoldNotice(occasion)):
        return
    mails = hold_notices.messages(**about, notice=HoldNotice(occasion), base_url=settings().base_url)
    if _may_go(Job.SEND_HOLD_MAIL, HoldNotice(occasion), mails, before=hold_notices.lapses_at(**about)):
        hold_notices.note_told(actor=actor, **about, notice=HoldNotice(occasion), mails=_sent(mails))


@tenant_job
def send_about_emergency(tenant_id: UUID, actor: Actor, *, access_id: str, moment: str) -> None:
    """Tell an institution of an emergency access, once."""
    about = {"tenant_id": tenant_id, "access_id": UUID(access_id)}
    if emergency_mails.is_told(**about, notice=EmergencyNotice(moment)):
        return
    mails = emergency_mails.messages(**about, notice=EmergencyNotice(moment), base_url=settings().base_url)
    if _may_go(Job.SEND_EMERGENCY_MAIL, EmergencyNotice(moment), mails):
        emergency.note_told(actor=actor, **about, notice=EmergencyNotice(moment), mails=_sent(mails))


@tenant_job
def send_invitation(tenant_id: UUID, actor: Actor, *, invitation_id: str) -> None:
    """Make the link by which somebody sets their password, and send it. A link that was not sent is not kept.

    That an address is refused for good stands beside the link.
    """
    about = {"tenant_id": tenant_id, "invitation_id": UUID(invitation_id)}
    token = invitations.issue(actor=actor, **about)
    if token is None:
        return
    if not _sent([invited.message(**about, token=token, base_url=settings().base_url)]):
        invitations.note_refused(actor=actor, **about)


@tenant_job
def send_rule_notice(tenant_id: UUID, actor: Actor, *, schedule_id: str) -> None:
    """Tell an institution that its storage will not do under a coming version, once."""
    about = {"tenant_id": tenant_id, "schedule_id": UUID(schedule_id)}
    if rule_mails.is_told(**about):
        return
    mails = rule_mails.messages(**about, base_url=settings().base_url)
    if _may_go(Job.SEND_RULE_NOTICE, mail_hours.ONLY, mails):
        rule_notices.note_told(actor=actor, **about, mails=_sent(mails))


@tenant_job
def send_code(tenant_id: UUID, actor: Actor, *, visit_id: str) -> None:
    """Make the code of somebody who wants to prove an address, and send it. A code that was not sent is not kept."""
    mail = visits.make_code(actor=actor, tenant_id=tenant_id, visit_id=UUID(visit_id))
    if mail is None:
        return
    try:
        outgoing_mail().send(mail)
    except MailRefused:  # the page tells everybody the same, so that no address can be probed
        log.warning("mail server refuses an address", exc_info=True)


@tenant_job
def forget_applicants(tenant_id: UUID, actor: Actor) -> None:
    """Empty what people without an account typed a day ago and did not send, and the addresses that they proved."""
    visits.forget(actor=actor, tenant_id=tenant_id)


def _may_go(job: Job, occasion: str, mails: Sequence[Mail], *, before: datetime | None = None) -> bool:
    """Whether they go now; what waits stays untold, and the sweep tells it once it may (tenants.mail_hours)."""
    return mail_hours.may_go(job, occasion, to=[each.to for each in mails], now=clock.now(), before=before)


def _sent(mails: Iterable[Mail]) -> int:
    """Send each; how many were taken."""
    sent = 0
    for mail in mails:
        try:
            outgoing_mail().send(mail)
            sent += 1
        except MailRefused:  # nobody's notice waits for an address that does not exist
            log.warning("mail server refuses an address", exc_info=True)
    return sent
