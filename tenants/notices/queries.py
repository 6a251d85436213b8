"""Reads about notices. The session is bound to the institution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.clock import civil_day
from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.notices import reading, rules
from tenants.notices.models import DAY, MailState, NoticeMail, NoticeRise, NoticeTold, What
from tenants.people.models import User
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind

# What tells that a mail did not reach its person.
UNREACHED = frozenset({MailState.REFUSED, MailState.FAILED, MailState.BOUNCED, MailState.NO_ADDRESS})
# And how a person's last mail may have ended at all.
_ENDS = UNREACHED | {MailState.SENT}


@dataclass(frozen=True, kw_only=True)
class MailLine:
    """A mail with the name of whom it was for."""

    mail: NoticeMail
    name: str


def untold(*, tenant_id: UUID, now: datetime) -> set[tuple[str, str]]:
    """What must not wait and was told to nobody yet, by kind and subject."""
    found = {
        (due.kind.value, due.subject) for due in reading.at_once(tenant_id=tenant_id, actor=reading.SERVICE, now=now)
    }
    if not found:
        return set()
    query = select(NoticeTold.kind, NoticeTold.subject).where(
        NoticeTold.tenant_id == tenant_id, NoticeTold.subject.in_([subject for _, subject in found])
    )
    return found - {(kind, subject) for kind, subject in db.session.execute(query)}


def is_waiting(*, tenant_id: UUID, now: datetime) -> bool:
    """Whether there is anything to plan: the day's digests, or what must not wait for them."""
    if not is_told(tenant_id=tenant_id):
        return False
    if rules.is_morning(now) and not _is_planned(tenant_id, civil_day(now)):
        return True
    return bool(untold(tenant_id=tenant_id, now=now))


def is_told(*, tenant_id: UUID) -> bool:
    """Whether duties of this kind are anybody's here: the bureau has its morning, and is told of nothing by mail."""
    return registry.tenant(tenant_id=tenant_id).kind != TenantKind.BUREAU


def waiting_mails(*, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """The mails whose time has come and that did not go yet, the oldest first."""
    query = select(NoticeMail.id).where(
        NoticeMail.tenant_id == tenant_id, NoticeMail.state == MailState.WAITING, NoticeMail.send_after <= now
    )
    return db.session.scalars(query.order_by(NoticeMail.send_after, NoticeMail.id)).all()


def last_digests(*, tenant_id: UUID) -> Mapping[UUID, date]:
    """Of each person the day of the last digest that went."""
    query = (
        select(NoticeMail.user_id, func.max(NoticeMail.civil_day).label("day"))
        .where(NoticeMail.tenant_id == tenant_id, NoticeMail.what == What.DIGEST, NoticeMail.state == MailState.SENT)
        .group_by(NoticeMail.user_id)
    )
    return {row.user_id: row.day for row in db.session.execute(query)}


def rises(*, tenant_id: UUID) -> Sequence[NoticeRise]:
    """What has risen and is not done."""
    query = select(NoticeRise).where(NoticeRise.tenant_id == tenant_id, NoticeRise.ended_on.is_(None))
    return db.session.scalars(query.order_by(NoticeRise.due_on, NoticeRise.id)).all()


def mail_locked(*, tenant_id: UUID, mail_id: UUID) -> NoticeMail | None:
    """One mail, taken for this transaction; None while another worker has it."""
    query = select(NoticeMail).where(NoticeMail.tenant_id == tenant_id, NoticeMail.id == mail_id)
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalar(locked)


def mails(*, tenant_id: UUID, limit: int, offset: int = 0) -> Sequence[MailLine]:
    """What was told to whom, the newest first."""
    query = _named(tenant_id).order_by(NoticeMail.planned_at.desc(), NoticeMail.id)
    return [MailLine(mail=mail, name=name) for mail, name in db.session.execute(query.limit(limit).offset(offset))]


def unreached(*, tenant_id: UUID) -> Sequence[MailLine]:
    """Of each person who was not reached the last mail, as long as none came through after it."""
    if not any_unreached(tenant_id=tenant_id):
        return []
    return [MailLine(mail=mail, name=name) for mail, name in db.session.execute(*_unreached(tenant_id=tenant_id))]


@asked_together
def any_unreached(tenant_id: Place) -> ColumnElement[bool]:
    """Whether any mail ever came to nothing."""
    return exists().where(NoticeMail.tenant_id == tenant_id, NoticeMail.state.in_(UNREACHED))


@made_once
def _unreached(*, tenant_id: UUID) -> Select[NoticeMail, str]:
    newest = (
        select(NoticeMail.id)
        .where(NoticeMail.tenant_id == tenant_id, NoticeMail.state.in_(_ENDS))
        .ext(distinct_on(NoticeMail.user_id))
        .order_by(NoticeMail.user_id, NoticeMail.ended_at.desc(), NoticeMail.id)
    )
    return _named(tenant_id).where(NoticeMail.id.in_(newest), NoticeMail.state.in_(UNREACHED)).order_by(User.name)


def _named(tenant_id: UUID) -> Select[NoticeMail, str]:
    return (
        select(NoticeMail, User.name).join(User, User.id == NoticeMail.user_id).where(NoticeMail.tenant_id == tenant_id)
    )


def _is_planned(tenant_id: UUID, day: date) -> bool:
    return db.session.get(NoticeTold, (tenant_id, DAY, day.isoformat())) is not None
