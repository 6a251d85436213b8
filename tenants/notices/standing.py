"""Whether an institution's people can be told, and what rose to the bureau, seen on a day (ADR 0047, DR-31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from infra.clock import civil_day
from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.notices import people, queries
from tenants.notices.duties import DUTIES, RISEN, Kind, Level
from tenants.notices.models import MailState, NoticeRise
from tenants.people.models import User


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """An account to whom nothing comes through: how its last mail ended, since which day; None where nobody knows."""

    user_id: UUID
    name: str
    state: MailState
    since: date | None = None

    @property
    def why(self) -> str:
        """In a few words."""
        return "沒有電子郵件" if self.state is MailState.NO_ADDRESS else "通知信無法送達"


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
    users = people.involved(tenant_id=tenant_id, today=day)
    found = _unreached(tenant_id, day, users)
    return NoticesStanding(people=len(users), unreached=found, risen=_risen(tenant_id, day))


def unreached(*, tenant_id: UUID, day: date) -> Sequence[Unreached]:
    """Of them those whom nothing reaches; first who has no address."""
    return _unreached(tenant_id, day, people.involved(tenant_id=tenant_id, today=day))


def _unreached(tenant_id: UUID, day: date, users: Sequence[User]) -> Sequence[Unreached]:
    addressed = {user.id for user in users if user.email}
    lacking = [
        Unreached(user_id=user.id, name=user.name, state=MailState.NO_ADDRESS) for user in users if not user.email
    ]
    failed = [
        Unreached(user_id=mail.user_id, name=line.name, state=MailState(mail.state), since=civil_day(mail.planned_at))
        for line in queries.unreached(tenant_id=tenant_id)
        if (mail := line.mail).user_id in addressed
        and mail.state != MailState.NO_ADDRESS  # somebody typed one since, and nothing came back from it
        and civil_day(mail.planned_at) <= day
    ]
    return [*lacking, *failed]


def _risen(tenant_id: UUID, day: date) -> Sequence[Risen]:
    found = db.session.scalars(*_at_the_bureau(tenant_id=tenant_id, day=day)) if any_risen(tenant_id=tenant_id) else ()
    return [Risen(kind=Kind(each.kind), id=each.id, since=each.due_on + timedelta(days=1)) for each in found]


@asked_together
def any_risen(tenant_id: Place) -> ColumnElement[bool]:
    """Whether anything ever rose to the bureau."""
    return exists().where(NoticeRise.tenant_id == tenant_id, NoticeRise.level == Level.BUREAU)


@made_once
def _at_the_bureau(*, tenant_id: UUID, day: date) -> Select[NoticeRise]:
    risen = select(NoticeRise).where(
        NoticeRise.tenant_id == tenant_id,
        NoticeRise.level == Level.BUREAU,
        NoticeRise.raised_on <= day,
        or_(NoticeRise.ended_on.is_(None), NoticeRise.ended_on > day),
        NoticeRise.kind.in_([kind for kind, duty in DUTIES.items() if duty.finding == RISEN]),
    )
    return risen.order_by(NoticeRise.due_on, NoticeRise.id)
