"""What a person does for nobody else is recorded in the bureau's chain: it belongs to no institution."""

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.people.models import User
from tenants.registry import queries as registry


def record_person(*, event: Event, user: User, actor: Actor, **fields: int) -> None:
    """Record an event about an account, which always carries its id."""
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(event, tenant_id=bureau_id, actor=actor, subject_id=user.id, user_id=str(user.id), **fields)
