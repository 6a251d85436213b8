"""Mails that were told or wait, what rose, and a person's own choices. Rows as they are, and no act."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.notices.models import CalendarFeed, NoticeMail, NoticeRise, NoticeTold, NoticeWish
from tests.factories import people
from tests.factories.registry import Institution

LINE = {"kind": "inspection", "count": 1, "late": 0, "first": "2026-12-05", "at": None}


def mail(of: Institution, *, user_id: UUID, on: date | None = None, **changed: Any) -> UUID:  # noqa: ANN401 - columns
    """A digest that went, unless said otherwise. Any binding will do."""
    held, now = binding_of(db.session), clock.now()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    made = NoticeMail(id=uuid4(), tenant_id=of.tenant_id, user_id=user_id, roles=["head"], what="digest")
    made.civil_day, made.lines, made.planned_at, made.send_after = on or clock.today(), [LINE], now, now
    made.state, made.ended_at, made.tries = "sent", now, 1
    for name, value in changed.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.commit()
    made_id = made.id
    bind(db.session, held)
    return made_id


def rise(of: Institution, *, kind: str = "rights", due_on: date | None = None, level: str = "bureau") -> UUID:
    """Something that rose, and is not done. The session is bound to the institution."""
    on = due_on or clock.today() - timedelta(days=9)
    made = NoticeRise(id=uuid4(), tenant_id=of.tenant_id, kind=kind, subject=str(uuid4()), due_on=on, level=level)
    made.raised_on = clock.today()
    db.session.add(made)
    db.session.commit()
    return made.id


def told(of: Institution, *, subject: str = "", at: datetime | None = None) -> None:
    """Something that was told at once. The session is bound to the institution."""
    row = {"tenant_id": of.tenant_id, "kind": "fault", "subject": subject or str(uuid4())}
    db.session.add(NoticeTold(told_at=at or clock.now(), **row))
    db.session.commit()


def wish(user_id: UUID, *, digest: bool = True, quiet: tuple[int, int] = (20, 7)) -> None:
    """What a person chose."""
    begins, ends = quiet
    made = NoticeWish(user_id=user_id, digest=digest, quiet_from=begins, quiet_until=ends, said_at=clock.now())
    _own(user_id, made)


def feed(user_id: UUID, *, token_hash: str = "") -> UUID:
    """The address of a person's calendar."""
    made = CalendarFeed(id=uuid4(), user_id=user_id, token_hash=token_hash or uuid4().hex, made_at=clock.now())
    made_id = made.id
    _own(user_id, made)
    return made_id


def _own(user_id: UUID, made: NoticeWish | CalendarFeed) -> None:
    """Written by the person alone."""
    held = binding_of(db.session)
    bind(db.session, Binding(user_id=user_id))
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)


def whole(of: Institution) -> UUID:
    """One of each, of somebody who holds no role; the mail, which waits to be sent."""
    user_id = people.person()
    mail_id = mail(of, user_id=user_id, state="waiting", ended_at=None)
    rise(of)
    told(of)
    wish(user_id)
    feed(user_id)
    return mail_id
