"""Reads of the registry. All but `tenant_exists` and the directory need a session bound to the institution."""

from uuid import UUID

from sqlalchemy import exists, select

from infra.db import db
from tenants.errors import NotFound
from tenants.registry.models import Agency, Camera, Site, Tenant, TenantKind


def tenant_exists(*, tenant_id: UUID) -> bool:
    """Whether an active institution has this id."""
    return bool(db.session.scalar(select(exists().where(Tenant.id == tenant_id, Tenant.active))))


def bureau() -> Tenant:
    """The education bureau's own row, whose chain keeps the platform's acts."""
    return db.session.scalars(select(Tenant).where(Tenant.kind == TenantKind.BUREAU)).one()


def tenant(*, tenant_id: UUID) -> Tenant:
    """The institution. Raises `NotFound`."""
    found = db.session.get(Tenant, tenant_id)
    if found is None:
        raise NotFound
    return found


def directory() -> list[Tenant]:
    """Every active institution that can be asked for footage, by district and name. The bureau is not one."""
    query = select(Tenant).where(Tenant.active, Tenant.kind != "bureau").order_by(Tenant.district, Tenant.name)
    return list(db.session.scalars(query))


def cameras(*, tenant_id: UUID) -> list[Camera]:
    """The institution's cameras in use, by site and code."""
    query = (
        select(Camera)
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .where(Camera.tenant_id == tenant_id, Camera.retired_on.is_(None))
        .order_by(Site.code, Camera.code)
    )
    return list(db.session.scalars(query))


def agency(*, agency_id: UUID) -> Agency:
    """The agency, verified or not. Raises `NotFound`."""
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise NotFound
    return found
