"""Whether an institution's people can be told, and what rose to the bureau, seen on a day (ADR 0047, DR-31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from infra.clock import civil_day
from infra.db import db
from tenants.notices import people, queries
from tenants.notices.duties import DUTIES, RISEN, Kind, Level
from tenants.notices.models import MailState, NoticeRise

_NO_ADDRESS = "沒有電子郵件"
_NOT_REACHED = "通知信無法送達"


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """An account to whom nothing comes through, and why, since which day; None where nobody knows."""

    user_id: UUID
    why: str
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Risen:
    """A thing that went past its head: of which kind, and since which day it is late."""

    kind: Kind
    id: UUID
    since: date


@dataclass(frozen=True, kw_only=True)
class NoticesStanding:
    """`people` are to be told of something; `risen` is what no article of the bureau's tells by itself."""

    people: int
    unreached: Sequence[Unreached]
    risen: Sequence[Risen]


def standing(*, tenant_id: UUID, day: date) -> NoticesStanding:
    """How it stands; who is involved is as of now, what rose as of the day."""
    everybody = people.everybody(tenant_id=tenant_id, today=day)
    here = {each.user.id: each for each in everybody}
    lacking = [Unreached(user_id=each.user.id, why=_NO_ADDRESS) for each in everybody if not each.user.email]
    failed = [
        Unreached(user_id=line.mail.user_id, why=_NOT_REACHED, since=civil_day(line.mail.planned_at))
        for line in queries.unreached(tenant_id=tenant_id)
        if line.mail.user_id in here
        and here[line.mail.user_id].user.email
        and line.mail.state != MailState.NO_ADDRESS  # somebody typed one since, and nothing came back from it
        and civil_day(line.mail.planned_at) <= day
    ]
    return NoticesStanding(people=len(everybody), unreached=(*lacking, *failed), risen=_risen(tenant_id, day))


def _risen(tenant_id: UUID, day: date) -> Sequence[Risen]:
    query = select(NoticeRise).where(
        NoticeRise.tenant_id == tenant_id,
        NoticeRise.level == Level.BUREAU,
        NoticeRise.raised_on <= day,
        or_(NoticeRise.ended_on.is_(None), NoticeRise.ended_on > day),
        NoticeRise.kind.in_([kind for kind, duty in DUTIES.items() if duty.finding == RISEN]),
    )
    found = db.session.scalars(query.order_by(NoticeRise.due_on, NoticeRise.id))
    return [Risen(kind=Kind(each.kind), id=each.id, since=each.due_on + timedelta(days=1)) for each in found]
