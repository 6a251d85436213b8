"""Deciding who is told of what: mails are written down here, and sent from their rows alone (infra/decisions/0059).

Each may be repeated, and killed anywhere: what was told stands in the same transaction as its mails.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from infra import queues
from infra.clock import civil_day
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.notices import people, queries, reading, rules, wording
from tenants.notices.duties import Level
from tenants.notices.models import DAY, MailState, NoticeMail, NoticeRise, NoticeTold, What
from tenants.notices.people import Person
from tenants.notices.rules import Due, Line
from tenants.permissions import Permission


def plan(*, actor: Actor, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """Write down every mail that is due now, and what rose or is done; the new mails' ids."""
    actor.require(Permission.PLATFORM_READ)
    if not queries.is_told(tenant_id=tenant_id):
        return ()
    made = tell_at_once(actor=actor, tenant_id=tenant_id, now=now)
    if rules.is_morning(now):
        made = [*made, *make_digests(actor=actor, tenant_id=tenant_id, now=now)]
    note_rises(actor=actor, tenant_id=tenant_id, now=now)
    return made


def tell_at_once(*, actor: Actor, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """One mail to each whom it concerns, of everything that is new and must not wait: ten cameras are one fault."""
    new = _first_told(tenant_id, queries.untold(tenant_id=tenant_id, now=now), now)
    if not new:
        return ()
    today, everybody = civil_day(now), people.everybody(tenant_id=tenant_id, today=civil_day(now))
    made = []
    for person in everybody:
        known = reading.at_once(tenant_id=tenant_id, actor=person.actor, now=now)
        theirs = [due for due in _theirs(known, person, everybody, today) if (due.kind, due.subject) in new]
        if theirs:
            must_by = min((due.at for due in theirs if due.at is not None), default=None)
            made.append(_mail(tenant_id, person, What.AT_ONCE, rules.lines(theirs, now=now), now, must_by=must_by))
    _record(actor, tenant_id, What.AT_ONCE, made)
    return [each.id for each in made]


def make_digests(*, actor: Actor, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """The morning's mails, once a day: for each person whose day holds anything, and for nobody else."""
    today = civil_day(now)
    if not _first_told(tenant_id, {(DAY, today.isoformat())}, now):
        return ()
    _overtake(tenant_id, today, now)
    read, everybody = reading.reader(tenant_id=tenant_id, now=now), people.everybody(tenant_id=tenant_id, today=today)
    arrived = queries.last_digests(tenant_id=tenant_id)
    made = []
    for person in everybody:
        if not person.wants_digest:
            continue
        since = arrived.get(person.user.id)
        theirs = _theirs(read(person.actor), person, everybody, today)
        found = [due for due in theirs if rules.speaks(due, since=since, today=today)]
        if found:
            made.append(_mail(tenant_id, person, What.DIGEST, rules.lines(found, now=now), now))
    _record(actor, tenant_id, What.DIGEST, made)
    return [each.id for each in made]


def note_rises(*, actor: Actor, tenant_id: UUID, now: datetime) -> None:
    """Write down what rose to the head or the bureau, and end what was done meanwhile."""
    today = civil_day(now)
    risen = {
        (due.kind.value, due.subject, due.on, level)
        for due in reading.reader(tenant_id=tenant_id, now=now)(reading.SERVICE)
        if (level := rules.level(due, today)) is not Level.OWNER
    }
    known = {(each.kind, each.subject, each.due_on, each.level): each for each in queries.rises(tenant_id=tenant_id)}
    for key, row in known.items():
        if key not in risen:
            row.ended_on = today
    begun = sorted(risen - known.keys())
    for kind, subject, due_on, level in begun:
        values = {"kind": kind, "subject": subject, "due_on": due_on, "level": level, "tenant_id": tenant_id}
        statement = insert(NoticeRise).values(id=uuid4(), raised_on=today, **values)
        unique = ["tenant_id", "kind", "subject", "due_on", "level"]
        db.session.execute(statement.on_conflict_do_update(index_elements=unique, set_={"ended_on": None}))
    if begun:
        bureau = sum(level == Level.BUREAU for *_, level in begun)
        audit.record(Event.NOTICES_RISEN, tenant_id=tenant_id, actor=actor, count=len(begun), to_bureau=bureau)


def _theirs(dues: Iterable[Due], person: Person, everybody: Sequence[Person], today: date) -> list[Due]:
    office = people.office_of(person, everybody)
    return [due for due in dues if rules.concerns(due, office, today=today)]


def _first_told(tenant_id: UUID, found: Collection[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """Those of them that nobody was told of yet; of two jobs at the same moment one has each."""
    if not found:
        return set()
    rows = [{"tenant_id": tenant_id, "kind": kind, "subject": subject, "told_at": now} for kind, subject in found]
    statement = insert(NoticeTold).values(rows).on_conflict_do_nothing()
    return {
        (kind, subject)
        for kind, subject in db.session.execute(statement.returning(NoticeTold.kind, NoticeTold.subject))
    }


def _overtake(tenant_id: UUID, today: date, now: datetime) -> None:
    """A digest that never went says nothing that today's does not."""
    own = (NoticeMail.tenant_id == tenant_id, NoticeMail.what == What.DIGEST, NoticeMail.civil_day < today)
    waiting = update(NoticeMail).where(*own, NoticeMail.state == MailState.WAITING)
    db.session.execute(waiting.values(state=MailState.OVERTAKEN, ended_at=now))


def _mail(
    tenant_id: UUID,
    person: Person,
    what: What,
    lines: Sequence[Line],
    now: datetime,
    *,
    must_by: datetime | None = None,
) -> NoticeMail:
    reached = bool(person.user.email)
    made = NoticeMail(
        id=uuid4(),
        tenant_id=tenant_id,
        user_id=person.user.id,
        roles=sorted(person.roles),
        what=what,
        civil_day=civil_day(now),
        lines=[wording.kept_line(line) for line in lines],
        planned_at=now,
        send_after=rules.goes_at(now, person.wishes.quiet, must_by=must_by),
        must_by=must_by,
        state=MailState.WAITING if reached else MailState.NO_ADDRESS,
        ended_at=None if reached else now,
    )
    db.session.add(made)
    if reached and made.send_after <= now:
        queues.enqueue_after_commit(db.session, Job.SEND_NOTICE, tenant_id=tenant_id, mail_id=made.id)
    return made


def _record(actor: Actor, tenant_id: UUID, what: What, made: Sequence[NoticeMail]) -> None:
    if made:
        unreached = sum(each.state == MailState.NO_ADDRESS for each in made)
        audit.record(
            Event.NOTICES_PLANNED,
            tenant_id=tenant_id,
            actor=actor,
            notice_form=what.value,
            mails=len(made),
            unreached=unreached,
        )
