"""The faults of a period from their finding to their end, as a pack tells them (KH-8-0, KH-8-1d)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from infra.clock import day_start
from infra.db import db
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.registry.models import Camera
from tenants.upkeep.faults import queries
from tenants.upkeep.faults.models import Fault, GapSettlement


@dataclass(frozen=True, kw_only=True)
class Past:
    """A fault with its cameras, as what its second look was taken, and the reasons given for what was not recorded."""

    fault: Fault
    cameras: Sequence[Camera]
    rechecked_as: Sequence[Role]
    settled: Sequence[GapSettlement]


def of_period(*, tenant_id: UUID, first: date, last: date) -> Sequence[Past]:
    """Those that were open on any day of the period, as they are now, the oldest first."""
    query = select(Fault).where(
        Fault.tenant_id == tenant_id,
        Fault.opened_at < day_start(last + timedelta(days=1)),
        or_(Fault.ended_at.is_(None), Fault.ended_at >= day_start(first)),
    )
    found = db.session.scalars(query.order_by(Fault.opened_at, Fault.serial)).all()
    ids = [fault.id for fault in found]
    cameras, settled = queries.cameras_by_fault(tenant_id=tenant_id, fault_ids=ids), _settled(tenant_id, ids)
    roles = _roles(tenant_id, found)
    return [
        Past(
            fault=fault,
            cameras=cameras.get(fault.id, ()),
            rechecked_as=roles.get(fault.id, ()),
            settled=settled.get(fault.id, ()),
        )
        for fault in found
    ]


def _settled(tenant_id: UUID, fault_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[GapSettlement]]:
    query = select(GapSettlement).where(GapSettlement.tenant_id == tenant_id, GapSettlement.fault_id.in_(fault_ids))
    found: dict[UUID, list[GapSettlement]] = {}
    for row in db.session.scalars(query.order_by(GapSettlement.settled_at, GapSettlement.started_at)):
        if row.fault_id is not None:
            found.setdefault(row.fault_id, []).append(row)
    return found


def _roles(tenant_id: UUID, faults: Iterable[Fault]) -> Mapping[UUID, Sequence[Role]]:
    """What each second person was here at that moment."""
    looked = [(fault, fault.rechecked_by, fault.rechecked_at) for fault in faults]
    held = people.memberships_ever(tenant_id=tenant_id, user_ids={who for _, who, _ in looked if who is not None})
    return {
        fault.id: [
            Role(each.role)
            for each in held
            if each.user_id == who and each.granted_at <= at and (each.ended_at is None or each.ended_at > at)
        ]
        for fault, who, at in looked
        if at is not None
    }
