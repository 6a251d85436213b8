"""Reads of the registry. All but `tenant_exists` and the directory need a session bound to the institution."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, exists, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.registry.models import Agency, Camera, Site, Tenant, TenantKind

Row = TypeVar("Row")


def tenant_exists(*, tenant_id: UUID) -> bool:
    """Whether an institution has this id, open or closed: cases of a closed one go on, and its doors stay shut."""
    return bool(db.session.scalar(select(exists().where(Tenant.id == tenant_id))))


def bureau() -> Tenant:
    """The education bureau's own row, whose chain keeps the platform's acts."""
    found = bureau_if_any()
    if found is None:
        raise NotFound
    return found


def bureau_if_any() -> Tenant | None:
    """The same; None in a database in which nothing was founded yet."""
    return db.session.scalar(select(Tenant).where(Tenant.kind == TenantKind.BUREAU))


def every_tenant_id() -> list[UUID]:
    """Every institution, the bureau and those that closed included: their footage must still go, their chains hold."""
    return list(db.session.scalars(select(Tenant.id).order_by(Tenant.code)))


@read_once
def tenant(*, tenant_id: UUID) -> Tenant:
    """The institution. Raises `NotFound`."""
    return _one(db.session.get(Tenant, tenant_id))


def tenant_locked(*, tenant_id: UUID) -> Tenant:
    """The same, read again with its row locked: of two changes at the same moment the second sees the first."""
    found = tenant(tenant_id=tenant_id)
    db.session.refresh(found, with_for_update=True)
    return found


def tenant_by_code(*, code: str) -> Tenant | None:
    """The institution with this code, open or closed: a code is never used again."""
    return db.session.scalar(select(Tenant).where(Tenant.code == code))


def directory() -> list[Tenant]:
    """Every institution that records or once did, by district and name: whoever looks for a closed one finds it.

    The bureau is not one.
    """
    query = select(Tenant).where(Tenant.kind != TenantKind.BUREAU).order_by(Tenant.district, Tenant.name)
    return list(db.session.scalars(query))


def open_directory(*, day: date) -> list[Tenant]:
    """The institutions of the directory that are open on a civil day."""
    return [each for each in directory() if each.closed_from is None or each.closed_from > day]


@read_once
def sites(*, tenant_id: UUID) -> list[Site]:
    """The institution's sites, by code."""
    return list(db.session.scalars(*_sites(tenant_id=tenant_id)))


@made_once
def _sites(*, tenant_id: UUID) -> Select[Site]:
    return select(Site).where(Site.tenant_id == tenant_id).order_by(Site.code)


def site(*, tenant_id: UUID, site_id: UUID) -> Site:
    """One site of the institution. Raises `NotFound`."""
    return _one(db.session.scalar(select(Site).where(Site.tenant_id == tenant_id, Site.id == site_id)))


def cameras_in_use(*, tenant_id: UUID, day: date) -> list[Camera]:
    """The cameras that were in use on a civil day, by code; none where the institution was closed."""
    closed_from = tenant(tenant_id=tenant_id).closed_from
    if closed_from is not None and closed_from <= day:
        return []
    found = [each for each in cameras_ever(tenant_id=tenant_id) if _in_use(each, day)]
    return sorted(found, key=lambda camera: camera.code)


def _in_use(camera: Camera, day: date) -> bool:
    return camera.active_from <= day and (camera.retired_on is None or camera.retired_on > day)


def camera(*, tenant_id: UUID, camera_id: UUID) -> Camera:
    """One camera of the institution, also a retired one. Raises `NotFound`."""
    return _one(db.session.scalar(select(Camera).where(Camera.tenant_id == tenant_id, Camera.id == camera_id)))


def camera_by_code(*, tenant_id: UUID, site_id: UUID, code: str) -> Camera | None:
    """The camera that bears this code at a site, also a retired one: a code is not used twice."""
    return db.session.scalar(
        select(Camera).where(Camera.tenant_id == tenant_id, Camera.site_id == site_id, Camera.code == code)
    )


def cameras(*, tenant_id: UUID) -> list[Camera]:
    """The institution's cameras in use, by site and code."""
    return [camera for camera in cameras_ever(tenant_id=tenant_id) if camera.retired_on is None]


@read_once
def cameras_ever(*, tenant_id: UUID) -> list[Camera]:
    """The same with those that were retired: what they recorded can be asked for as any other (KH-A1-08)."""
    return list(db.session.scalars(*_cameras_ever(tenant_id=tenant_id)))


@made_once
def _cameras_ever(*, tenant_id: UUID) -> Select[Camera]:
    return (
        select(Camera)
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .where(Camera.tenant_id == tenant_id)
        .order_by(Site.code, Camera.code)
    )


def agency(*, agency_id: UUID) -> Agency:
    """The agency, verified or not. Raises `NotFound`."""
    return _one(db.session.get(Agency, agency_id))


def agency_by_folded_name(*, folded_name: str) -> Agency | None:
    """The agency of this name, whichever 台 it is written with."""
    return db.session.scalar(select(Agency).where(Agency.folded_name == folded_name))


def agencies() -> list[Agency]:
    """Every agency of the directory, those waiting to be verified first."""
    return list(db.session.scalars(select(Agency).order_by(Agency.verified_at.nulls_first(), Agency.name)))


def _one(found: Row | None) -> Row:
    if found is None:
        raise NotFound
    return found
