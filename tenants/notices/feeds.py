"""A person's due days as a calendar, behind an address that is a secret and can be taken back (RFC 5545, DR-31).

It opens nothing: days, kinds and a link to sign in. Of the secret a hash is kept; who lost the address makes a new one.
The account is looked at at each fetch, so that the calendar ends with it (DR-15).
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import select, update

from infra import calendars, clock
from infra.calendars import Entry
from infra.clock import civil_day, day_start
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.errors import NotAllowed, NotFound
from tenants.notices import people, queries, reading, rules, wording
from tenants.notices.models import CalendarFeed
from tenants.notices.rules import Due
from tenants.people import queries as accounts
from tenants.people.models import User
from tenants.people.recording import record_person
from tenants.registry import queries as registry
from tenants.registry import regulations

_BYTES = 32
# What lies behind longer than this is on the first page and in each digest; a calendar would only grow.
_KEPT = timedelta(days=60)
_NAME = "守園 期限"


def make(*, actor: Actor, user_id: UUID) -> str:
    """The secret of a new address, shown once, 256 random bits; the address before it is dead."""
    user = _own(actor, user_id)
    _revoke(user_id)
    token = secrets.token_urlsafe(_BYTES)
    db.session.add(CalendarFeed(id=uuid4(), user_id=user_id, token_hash=_hash(token), made_at=clock.now()))
    record_person(event=Event.CALENDAR_FEED_MADE, user=user, actor=actor)
    return token


def revoke(*, actor: Actor, user_id: UUID) -> None:
    """The address is dead from the next fetch on."""
    user = _own(actor, user_id)
    if _revoke(user_id):
        record_person(event=Event.CALENDAR_FEED_REVOKED, user=user, actor=actor)


def living(*, user_id: UUID) -> CalendarFeed | None:
    """The feed whose address works now."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalar(query)


def owner(*, token: str) -> User:
    """Whose calendar an address is. Raises `NotFound` for any other, a dead one, and of an account that is closed."""
    query = (
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(
            CalendarFeed.token_hash == _hash(token), CalendarFeed.revoked_at.is_(None), User.deactivated_at.is_(None)
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def calendar_of(*, user_id: UUID, now: datetime, base_url: str) -> bytes:
    """Everything that is due for a person, at each institution of theirs. The session is bound to the person."""
    held = {each.tenant_id for each in accounts.memberships_of(user_id=user_id) if each.tenant_id is not None}
    entries: list[Entry] = []
    for tenant_id in sorted(held):
        with bound(db.session, Binding(user_id=user_id, tenant_id=tenant_id)):
            entries += _entries(tenant_id, user_id, now, base_url)
    return calendars.calendar_file(entries, name=_NAME)


def _entries(tenant_id: UUID, user_id: UUID, now: datetime, base_url: str) -> Iterator[Entry]:
    today = civil_day(now)
    if not queries.is_told(tenant_id=tenant_id):
        return
    everybody = people.everybody(tenant_id=tenant_id, today=today)
    person = next((each for each in everybody if each.user.id == user_id), None)
    if person is None:
        return
    office = people.office_of(person, everybody)
    house, law = registry.tenant(tenant_id=tenant_id).name, regulations.of_institution(tenant_id=tenant_id, day=today)
    dues = reading.reader(tenant_id=tenant_id, now=now)(person.actor)
    theirs = [due for due in dues if due.on >= today - _KEPT and rules.concerns(due, office, today=today)]
    for due in sorted(theirs, key=lambda due: (due.on, due.kind, due.subject)):
        yield Entry(
            uid=str(_uid(tenant_id, due)),
            begins=due.on,
            summary=f"{due.duty.name}（{house}）",
            description=f"依據：{due.article or wording.article(due.kind, law)}。請登入辦理。",
            link=f"{base_url}/schools/{tenant_id}/",
            stamped_at=_stamp(due.on),
        )


def _uid(tenant_id: UUID, due: Due) -> UUID:
    """The same for the same thing on the same day, and of no id that a page or a row bears."""
    return uuid5(NAMESPACE_URL, f"{tenant_id}/{due.kind}/{due.subject}/{due.on.isoformat()}")


def _stamp(day: date) -> datetime:
    """What is due says when, and no more: the same things make the same file, so that nothing is fetched twice."""
    return day_start(day)


def _own(actor: Actor, user_id: UUID) -> User:
    if actor.id != user_id:
        raise NotAllowed("只能設定自己的行事曆。")
    found = accounts.user_locked(user_id=user_id)
    if found is None:
        raise NotFound
    return found


def _revoke(user_id: UUID) -> bool:
    ended = update(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalar(ended.values(revoked_at=clock.now()).returning(CalendarFeed.id)) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
