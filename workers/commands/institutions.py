"""Walking over institutions in a command: one binding after the other, never two at once."""

from collections.abc import Iterator, Sequence
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
    for tenant_id in _each(chosen):
        yield registry.tenant(tenant_id=tenant_id)


def each_institution_id() -> Iterator[UUID]:
    """As `each_institution`, for work so short that to read the institution itself would be a fifth of it."""
    yield from _each(registry.every_tenant_id())


def _each(chosen: Sequence[UUID]) -> Iterator[UUID]:
    for tenant_id in chosen:
        bind(db.session, Binding(tenant_id=tenant_id))
        yield tenant_id
        db.session.rollback()
    bind(db.session, Binding())
