"""Changing how an institution is reached: by its head, or by the operator in its name."""

from uuid import UUID

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.permissions import Permission
from tenants.registry import phones, queries, standing
from tenants.registry.models import Tenant


def change_phone(*, tenant_id: UUID, phone: str, actor: Actor) -> Tenant:
    """Publish another contact telephone, or none. The same one again changes nothing. Raises `Invalid`."""
    actor.require(Permission.CONTACT_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再變更聯絡電話")
    tenant, wanted = queries.tenant(tenant_id=tenant_id), phones.checked(phone)
    if tenant.phone == wanted:
        return tenant
    with bound(db.session, Binding(tenant_id=tenant_id)):
        tenant.phone = wanted
        db.session.flush()
        audit.record(
            Event.TENANT_PHONE_CHANGED, tenant_id=tenant_id, actor=actor, subject_id=tenant_id, phone=tenant.phone
        )
    return tenant
