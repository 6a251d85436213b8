"""What tells of an account that several people share, out of events that are recorded anyway; nobody is followed.

Signs and no proof: a telephone that changes its line looks as two places. So they are counted and shown to the head,
who asks; no address leaves here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import ActorKind
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent, AuditHead
from tenants.people import queries as people
from tenants.registry import queries as registry

LOOKED_BACK = timedelta(days=30)
# Here, there, and here again within so short a time: nobody walks that fast, and a telephone rarely goes back.
AT_ONCE = timedelta(minutes=10)
# The newest of an institution's chain, read by its key: a busy school records some hundred acts a day.
_NEWEST = 5000
_LOCKED = (Event.ACCOUNT_LOCKED.key, Event.ACCOUNT_PIN_LOCKED.key)


@dataclass(frozen=True, kw_only=True)
class Signal:
    """How often one account acted from two places at once, and how often it was locked by wrong passwords or PINs."""

    user_id: UUID
    name: str
    two_places: int
    locked: int


def signals(*, tenant_id: UUID, now: datetime) -> list[Signal]:
    """The accounts of the institution that show any sign in the last thirty days, by name."""
    here = {user.id: user.name for _held, user in people.staff(tenant_id=tenant_id)}
    since = now - LOOKED_BACK
    places, locks = _two_places(tenant_id, since), _locks(here, since)
    return [
        Signal(user_id=user_id, name=name, two_places=places.get(user_id, 0), locked=locks.get(user_id, 0))
        for user_id, name in here.items()
        if places.get(user_id) or locks.get(user_id)
    ]


def _two_places(tenant_id: UUID, since: datetime) -> Counter[UUID]:
    newest = select(AuditHead.seq - _NEWEST).where(AuditHead.tenant_id == tenant_id).scalar_subquery()
    acts_of, in_order = AuditEvent.actor_id, AuditEvent.seq
    acts = (
        select(
            AuditEvent.actor_id,
            AuditEvent.at,
            AuditEvent.address,
            func.lag(AuditEvent.address).over(partition_by=acts_of, order_by=in_order).label("there"),
            func.lag(AuditEvent.address, 2).over(partition_by=acts_of, order_by=in_order).label("before"),
            func.lag(AuditEvent.at, 2).over(partition_by=acts_of, order_by=in_order).label("began"),
        )
        .where(
            AuditEvent.tenant_id == tenant_id,
            AuditEvent.seq > newest,
            AuditEvent.at >= since,
            AuditEvent.actor_kind == ActorKind.PERSON,
            AuditEvent.address != "",
        )
        .subquery()
    )
    query = select(acts.c.actor_id).where(
        acts.c.address != acts.c.there, acts.c.address == acts.c.before, acts.c.at - acts.c.began <= AT_ONCE
    )
    return Counter(db.session.scalars(query))


def _locks(here: Mapping[UUID, str], since: datetime) -> Counter[UUID]:
    """Locks stand in the bureau's chain, since an account belongs to no institution: only these are counted."""
    bureau_id = registry.bureau().id
    query = select(AuditEvent.subject_id).where(
        AuditEvent.tenant_id == bureau_id,
        AuditEvent.at >= since,
        AuditEvent.event.in_(_LOCKED),
        AuditEvent.subject_id.in_(here),
    )
    with bound(db.session, Binding(tenant_id=bureau_id)):
        return Counter(db.session.scalars(query))
