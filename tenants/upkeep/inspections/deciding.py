"""How often: a site's own interval, and the longest that the bureau leaves to the schools (KH-8-1a, TY-3-3c)."""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import regulations, standing
from tenants.upkeep.inspections import intervals, queries
from tenants.upkeep.inspections.models import InspectionCap, InspectionInterval


def set_interval(*, actor: Actor, tenant_id: UUID, site_id: UUID, months: str) -> InspectionInterval:
    """From today on a site is looked through every so many months. Raises `Invalid` for 0 and beyond the cap."""
    actor.require(Permission.UPKEEP_SCHEDULE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再訂定檢查週期")
    site, today = registry.site(tenant_id=tenant_id, site_id=site_id), clock.today()
    rule = regulations.profile(site.profile, today)
    chosen = intervals.checked_months(months, rules=rule, cap=queries.cap())
    made = InspectionInterval(id=uuid4(), tenant_id=tenant_id, site_id=site.id, effective_from=today, months=chosen)
    made.decided_by = person(actor)
    db.session.add(made)
    audit.record(
        Event.INSPECTION_INTERVAL_SET,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=site.id,
        site_id=str(site.id),
        months=chosen,
        effective_from=today.isoformat(),
    )
    return made


def set_cap(*, actor: Actor, months: str) -> InspectionCap:
    """From today on no school may look through its places less often. Raises `Invalid`."""
    actor.require(Permission.REGULATION_SCHEDULE)
    chosen, today, bureau = intervals.whole_months(months), clock.today(), registry.bureau()
    made = InspectionCap(id=uuid4(), effective_from=today, months=chosen, decided_by=person(actor))
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.add(made)
        audit.record(
            Event.INSPECTION_CAP_SET,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=made.id,
            months=chosen,
            effective_from=today.isoformat(),
        )
    return made
