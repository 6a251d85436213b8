"""An emergency access that is over in the sample city: two people opened it, the head ended it, its review is due."""

from dataclasses import replace

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.emergency import actions
from tenants.emergency.models import Scope
from tenants.permissions import Permission
from workers.sample_city.founding import City

_REASON = "園方來電：調閱登記簿打不開，電話中無法判斷原因，請協助查看最近的稽核軌跡。"


def ended(city: City) -> None:
    """One look into a preschool's trail, by the operator."""
    operator, tenant_id = city.actor("operator"), city.tenants["K2"]
    made = actions.request(actor=operator, tenant_id=tenant_id, scope=Scope.TRAIL, hours=1, reason=_REASON)
    about = {"tenant_id": tenant_id, "access_id": made.id}
    marked = replace(operator, roles=frozenset(), under=made.serial)
    actions.approve(actor=city.actor("auditor"), **about)
    with bound(db.session, Binding(tenant_id=tenant_id)):
        route = "/schools/<uuid:tenant_id>/audit/"
        actions.use(actor=marked, **about, permission=Permission.AUDIT_READ, route=route)
    actions.end(actor=operator, **about)
