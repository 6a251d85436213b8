"""The institutions as they are on the first day: places, people, papers and the ledger, as rows."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.permissions import Role
from tenants.registry.hours.models import SiteHours
from tenants.registry.models import Site, Tenant
from tests.city_year.days import FOUNDED
from tests.city_year.events import School
from tests.factories import assets, people
from tests.factories.hours import every_day
from tests.factories.registry import Institution

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass
class Settled:
    """An institution as it was written: its ids by the names of the invention."""

    of: Institution
    head: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    devices: list[UUID] = field(default_factory=list)
    assets: dict[str, UUID] = field(default_factory=dict)
    faults: dict[object, UUID] = field(default_factory=dict)
    requests: dict[object, UUID] = field(default_factory=dict)


def week(opens: tuple[str, str]) -> dict[str, list[list[str]]]:
    """Monday to Friday."""
    return {day: periods for day, periods in every_day(list(opens)).items() if day in WEEKDAYS}


def found(school: School) -> Settled:
    """Write an institution; the session is bound to it."""
    of = Institution(uuid4(), uuid4(), {})
    bind(db.session, Binding(tenant_id=of.tenant_id))
    tenant = Tenant(id=of.tenant_id, code=school.code, kind=school.kind, name=school.name, short_name=school.name)
    tenant.district, tenant.ownership, tenant.supervising_authority = school.district, school.ownership, "直轄市"
    db.session.add(tenant)
    db.session.flush()
    audit.start_chain(tenant_id=of.tenant_id, code=school.code, actor=system("city"))
    profile = "KH_PRESCHOOL" if school.is_preschool else "TY_ELEMENTARY"
    site = Site(id=of.site_id, tenant_id=of.tenant_id, code=school.code, name=school.name, profile=profile)
    site.notice_posted_on, site.notice_places = FOUNDED, "大門"
    db.session.add(site)
    db.session.flush()
    if school.opens is not None:
        hours = SiteHours(id=uuid4(), tenant_id=of.tenant_id, site_id=of.site_id, effective_from=FOUNDED, basis="own")
        hours.weekly, hours.care = week(school.opens), []
        db.session.add(hours)
    db.session.commit()
    head = people.person(f"{school.code}-head", name="王園長")
    people.membership(head, Role.HEAD, tenant_id=of.tenant_id)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return Settled(of, head)


def listed(settled: Settled, key: str, *, custodian: UUID, acquired: date, **values: Any) -> None:  # noqa: ANN401
    """An entry of the ledger."""
    settled.assets[key] = assets.asset(settled.of, custodian=custodian, acquired_on=acquired, **values)
