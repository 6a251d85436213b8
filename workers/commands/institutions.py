"""Walking over institutions in a command: one binding after the other, never two at once."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry import queries as registry
from tenants.registry.models import Tenant


def each_institution(code: str | None = None) -> Iterator[Tenant]:
    """Every institution, or the one of this code, with the session bound to it while it is at hand."""
    chosen: list[UUID] = registry.every_tenant_id()
    if code is not None:
        chosen = list(db.session.scalars(select(Tenant.id).where(Tenant.code == code)))
    for tenant_id in chosen:
        bind(db.session, Binding(tenant_id=tenant_id))
        yield registry.tenant(tenant_id=tenant_id)
        db.session.rollback()
    bind(db.session, Binding())
