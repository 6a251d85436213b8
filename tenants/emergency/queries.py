"""Reads about emergency accesses. All but `of_the_city` need a session bound to the institution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, exists, or_, select

from infra import clock
from infra.db import bureau_session, db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.emergency import rules
from tenants.emergency.models import EmergencyAccess, EmergencyState, Scope
from tenants.emergency.notices import Notice
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry.models import Tenant

_LIVING = (EmergencyState.REQUESTED, EmergencyState.OPEN)
# Long enough to be read by whoever was away over a weekend.
_RECENT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One access in the bureau's list: of which institution, whose, until when it waits, and when its review is due."""

    id: UUID
    tenant_id: UUID
    institution: str
    serial: str
    state: EmergencyState
    scope: Scope
    requested_at: datetime
    requested_by: UUID
    approve_by: datetime
    decided_by: UUID | None
    ended_at: datetime | None
    review_due_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether its review is overdue."""
        due = self.review_due_on
        return self.state is EmergencyState.ENDED and due is not None and due < today


@dataclass(frozen=True, kw_only=True)
class Lent:
    """What an open access lets its person read here, until when, and its number and id."""

    access_id: UUID
    serial: str
    scope: Scope
    ends_at: datetime
    permissions: frozenset[Permission]


def of_the_city() -> Sequence[Line]:
    """Every access there was, those that wait or are open first, then those whose review is due, then by date."""
    columns = (
        EmergencyAccess.id,
        EmergencyAccess.tenant_id,
        Tenant.name.label("institution"),
        EmergencyAccess.serial,
        EmergencyAccess.state,
        EmergencyAccess.scope,
        EmergencyAccess.requested_at,
        EmergencyAccess.requested_by,
        EmergencyAccess.approve_by,
        EmergencyAccess.decided_by,
        EmergencyAccess.ended_at,
        EmergencyAccess.review_due_on,
    )
    query = select(*columns).join(Tenant, Tenant.id == EmergencyAccess.tenant_id)
    with bureau_session() as session:
        found = [_line(row) for row in session.execute(query.order_by(EmergencyAccess.requested_at.desc())).mappings()]
    order: Mapping[EmergencyState, int] = {_LIVING[1]: 0, _LIVING[0]: 1, EmergencyState.ENDED: 2}
    return sorted(found, key=lambda each: order.get(each.state, len(order)))


def institution_of(*, access_id: UUID) -> UUID:
    """Whose access this is, for the bureau. Raises `NotFound`."""
    with bureau_session() as session:
        found = session.scalar(select(EmergencyAccess.tenant_id).where(EmergencyAccess.id == access_id))
    if found is None:
        raise NotFound
    return found


def access(*, tenant_id: UUID, access_id: UUID) -> EmergencyAccess:
    """One access of the institution. Raises `NotFound`."""
    query = select(EmergencyAccess).where(EmergencyAccess.tenant_id == tenant_id, EmergencyAccess.id == access_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def locked(*, tenant_id: UUID, access_id: UUID) -> EmergencyAccess:
    """The same, with its row locked until the transaction ends."""
    found = access(tenant_id=tenant_id, access_id=access_id)
    db.session.refresh(found, with_for_update=True)
    return found


def listed(*, tenant_id: UUID) -> Sequence[EmergencyAccess]:
    """All that there were at the institution, the latest first."""
    return list(db.session.scalars(*_listed(tenant_id=tenant_id))) if _any(tenant_id=tenant_id) else []


@asked_together
def _any(tenant_id: Place) -> ColumnElement[bool]:
    return exists().where(EmergencyAccess.tenant_id == tenant_id)


@made_once
def _listed(*, tenant_id: UUID) -> Select[EmergencyAccess]:
    ever = select(EmergencyAccess).where(EmergencyAccess.tenant_id == tenant_id)
    return ever.order_by(EmergencyAccess.requested_at.desc())


def living(*, tenant_id: UUID) -> EmergencyAccess | None:
    """The one that waits or is open."""
    return db.session.scalars(*_living(tenant_id=tenant_id)).first()


@made_once
def _living(*, tenant_id: UUID) -> Select[EmergencyAccess]:
    return select(EmergencyAccess).where(EmergencyAccess.tenant_id == tenant_id, EmergencyAccess.state.in_(_LIVING))


def to_show(*, tenant_id: UUID, now: datetime) -> Sequence[EmergencyAccess]:
    """Those that the institution's first page tells of: each that lives, and each that was open within a week."""
    return [
        each
        for each in listed(tenant_id=tenant_id)
        if each.state in _LIVING or (each.ended_at is not None and now - each.ended_at < _RECENT)
    ]


def lent(*, tenant_id: UUID, user_id: UUID) -> Lent | None:
    """What the person who asked for an open access may read now; None without one. Asked anew at every request."""
    found = living(tenant_id=tenant_id)
    if found is None or found.requested_by != user_id or found.ends_at is None or not is_usable(found):
        return None
    scope = Scope(found.scope)
    return Lent(
        access_id=found.id, serial=found.serial, scope=scope, ends_at=found.ends_at, permissions=rules.LENT[scope]
    )


def is_usable(found: EmergencyAccess) -> bool:
    """Whether an access opens anything now."""
    return rules.is_usable(state=found.state, ends_at=found.ends_at, now=clock.now())


def run_out(*, tenant_id: UUID, now: datetime) -> Sequence[EmergencyAccess]:
    """Those that time ended and nobody has written down yet."""
    unanswered = and_(EmergencyAccess.state == EmergencyState.REQUESTED, EmergencyAccess.approve_by <= now)
    over = and_(EmergencyAccess.state == EmergencyState.OPEN, EmergencyAccess.ends_at <= now)
    query = select(EmergencyAccess).where(EmergencyAccess.tenant_id == tenant_id, or_(unanswered, over))
    return list(db.session.scalars(query.with_for_update()))


def untold(*, tenant_id: UUID) -> Sequence[tuple[UUID, Notice]]:
    """The notices whose mails did not go out yet."""
    query = select(EmergencyAccess).where(EmergencyAccess.tenant_id == tenant_id, EmergencyAccess.ends_at.is_not(None))
    found = list(db.session.scalars(query))
    opened = [(each.id, Notice.OPENED) for each in found if each.opened_told_at is None]
    return [*opened, *((each.id, Notice.ENDED) for each in found if each.ended_at and each.ended_told_at is None)]


def _line(row: RowMapping) -> Line:
    said = {**row, "state": EmergencyState(row["state"]), "scope": Scope(row["scope"])}
    return Line(**said)
