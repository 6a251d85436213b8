"""What the bureau reads of places: counts by group and attempts at forbidden places, no typed word and no picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import bureau_session
from tenants.registry.assessments.models import AttemptFact, ZoneCount
from tenants.registry.models import Tenant
from tenants.registry.standing import open_on
from tenants.registry.zones import ZoneGroup


@dataclass(frozen=True, kw_only=True)
class ZoneLine:
    """One institution and what it has in each group; a group of which nothing was counted yet is missing."""

    tenant_id: UUID
    name: str
    district: str
    groups: Mapping[ZoneGroup, ZoneCount]

    @property
    def waits(self) -> bool:
        """Whether something of its places is to be done."""
        return any(each.unassessed or each.unnoted or each.unreviewed for each in self.groups.values())


@dataclass(frozen=True, kw_only=True)
class AttemptLine:
    """One attempt at a forbidden place."""

    name: str
    tried_on: date
    place: str
    zone: str
    way: str


def zones() -> Sequence[ZoneLine]:
    """Every open institution with its counts, those with something to do first; one to close is open until its day."""
    with bureau_session() as session:
        counts = session.scalars(select(ZoneCount)).all()
        session.expunge_all()
        tenants = session.scalars(select(Tenant).where(Tenant.kind != "bureau", open_on(clock.today()))).all()
        session.expunge_all()
    found: dict[UUID, dict[ZoneGroup, ZoneCount]] = {}
    for each in counts:
        found.setdefault(each.tenant_id, {})[ZoneGroup(each.zone_group)] = each
    lines = [
        ZoneLine(tenant_id=each.id, name=each.name, district=each.district, groups=found.get(each.id, {}))
        for each in tenants
    ]
    return sorted(lines, key=lambda line: (not line.waits, line.district, line.name))


def attempts(*, since: date) -> Sequence[AttemptLine]:
    """Every attempt from a day on, the latest first."""
    query = (
        select(Tenant.name, AttemptFact)
        .join(Tenant, Tenant.id == AttemptFact.tenant_id)
        .where(AttemptFact.tried_on >= since)
        .order_by(AttemptFact.tried_on.desc(), Tenant.name)
    )
    with bureau_session() as session:
        return [
            AttemptLine(name=name, tried_on=each.tried_on, place=each.place, zone=each.zone, way=each.way)
            for name, each in session.execute(query)
        ]
