"""Sending what is written down: one row is one message, sent until it arrives or is known not to (0059).

A worker that dies between the server's yes and the note of it sends the message again, under the same Message-ID: of
two that are one message a mailbox shows one, and nothing is lost.
"""

from datetime import datetime, timedelta
from uuid import UUID

from infra.clock import civil_day
from infra.mail import Mail
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.notices import people, queries, rules, wording
from tenants.notices.models import MailState, NoticeMail, What
from tenants.registry import queries as registry
from tenants.registry import regulations

# A server that is down for days is a fault of its own; a mail so old tells nothing that is not on the first page.
GIVEN_UP_AFTER = timedelta(days=3)
_LONGEST_PAUSE = timedelta(hours=2)
# A server tries for five days at most (RFC 5321, 4.5.4.1); what comes later is an old letter that somebody found.
COMES_BACK_WITHIN = timedelta(days=14)


def to_send(*, actor: Actor, tenant_id: UUID, mail_id: UUID, now: datetime, base_url: str) -> Mail | None:
    """The message of a row that may go now; None where there is none: sent, taken, too early, or its person left."""
    found = queries.mail_locked(tenant_id=tenant_id, mail_id=mail_id)
    if found is None or found.state != MailState.WAITING or found.send_after > now:
        return None
    person = people.one(tenant_id=tenant_id, user_id=found.user_id, today=civil_day(now))
    if person is None:
        _end(found, MailState.LEFT, actor=actor, now=now)
        return None
    # What was held up until the night waits for the morning like everything else.
    found.send_after = rules.goes_at(now, person.wishes.quiet, must_by=found.must_by)
    if found.send_after > now:
        return None
    if not person.user.email:
        _end(found, MailState.NO_ADDRESS, actor=actor, now=now)
        return None
    return _mail(found, person.user.email, base_url)


def note_sent(*, actor: Actor, tenant_id: UUID, mail_id: UUID, refused: bool, now: datetime) -> None:
    """The server took the message, or will never take one for this address."""
    found = queries.mail_locked(tenant_id=tenant_id, mail_id=mail_id)
    if found is not None and found.state == MailState.WAITING:
        found.tries += 1
        _end(found, MailState.REFUSED if refused else MailState.SENT, actor=actor, now=now)


def note_failure(*, actor: Actor, tenant_id: UUID, mail_id: UUID, now: datetime) -> None:
    """The server did not take it this time: it is tried again, ever more rarely, and given up after three days."""
    found = queries.mail_locked(tenant_id=tenant_id, mail_id=mail_id)
    if found is None or found.state != MailState.WAITING:
        return
    found.tries += 1
    if now - found.planned_at > GIVEN_UP_AFTER:
        _end(found, MailState.FAILED, actor=actor, now=now)
        return
    found.send_after = now + min(_LONGEST_PAUSE, timedelta(minutes=5) * 2 ** (found.tries - 1))


def note_bounced(*, actor: Actor, tenant_id: UUID, mail_id: UUID, now: datetime) -> None:
    """A server behind ours could not deliver a mail that went. Nothing happens for one that did not, or long ago.

    Its person counts as unreached until a later one goes; what it told is told again, as it did not arrive.
    """
    found = queries.mail_locked(tenant_id=tenant_id, mail_id=mail_id)
    if found is None or found.state != MailState.SENT or found.ended_at is None:
        return
    if now - found.ended_at <= COMES_BACK_WITHIN:
        _end(found, MailState.BOUNCED, actor=actor, now=found.ended_at)


def _end(found: NoticeMail, state: MailState, *, actor: Actor, now: datetime) -> None:
    found.state, found.ended_at = state, now
    audit.record(
        Event.NOTICE_ENDED,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(found.user_id),
        notice_form=found.what,
        outcome=state.value,
        tries=found.tries,
    )


def _mail(found: NoticeMail, address: str, base_url: str) -> Mail:
    tenant = registry.tenant(tenant_id=found.tenant_id)
    said = wording.message(
        [wording.read_line(line) for line in found.lines],
        what=What(found.what),
        day=found.civil_day,
        house=tenant.name,
        law=regulations.of_institution(tenant_id=found.tenant_id, day=found.civil_day),
        base_url=base_url,
        home=f"/schools/{found.tenant_id}/",
    )
    return Mail(to=address, house=tenant.name, subject=said.subject, text=said.text, id=found.id)
