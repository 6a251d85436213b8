"""Reads of the registry. All but `tenant_exists` and the directory need a session bound to the institution."""

from uuid import UUID

from sqlalchemy import exists, select

from infra.db import db
from tenants.registry.models import Camera, Site, Tenant


def tenant_exists(*, tenant_id: UUID) -> bool:
    """Whether an active institution has this id."""
    return bool(db.session.scalar(select(exists().where(Tenant.id == tenant_id, Tenant.active))))


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
