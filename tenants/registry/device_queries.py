"""Reads about edge boxes and what they are to record. The session is bound to the institution."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.registry.models import Camera, EdgeDevice, EnrolmentToken, Site


def device(*, tenant_id: UUID, device_id: UUID) -> EdgeDevice:
    """One edge box of the institution, also a revoked one. Raises `NotFound`."""
    found = db.session.scalar(
        select(EdgeDevice).where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.id == device_id),
        execution_options={"populate_existing": True},  # a withdrawal counts from the next request on
    )
    if found is None:
        raise NotFound
    return found


def all_take_hybrid(*, tenant_id: UUID) -> bool:
    """Whether the institution has boxes, and each that is not revoked said last that it takes post-quantum day keys."""
    query = select(EdgeDevice.takes_hybrid).where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.revoked_at.is_(None))
    said = db.session.scalars(query).all()
    return bool(said) and all(said)


@read_once
def devices(*, tenant_id: UUID) -> list[EdgeDevice]:
    """Every edge box of the institution, the newest first; revoked ones too."""
    return list(db.session.scalars(*_devices(tenant_id=tenant_id)))


@made_once
def _devices(*, tenant_id: UUID) -> Select[EdgeDevice]:
    return select(EdgeDevice).where(EdgeDevice.tenant_id == tenant_id).order_by(EdgeDevice.enrolled_at.desc())


def enrolled_at(*, tenant_id: UUID) -> dict[UUID, datetime]:
    """Since when each site has the box that it has now; a site without any is left out."""
    boxes = [box for box in devices(tenant_id=tenant_id) if box.revoked_at is None]
    return {box.site_id: box.enrolled_at for box in reversed(boxes)}


def open_tokens(*, tenant_id: UUID, now: datetime) -> list[EnrolmentToken]:
    """The enrolment codes with which a box could enrol now, the newest first. The codes themselves nobody has."""
    query = select(EnrolmentToken).where(
        EnrolmentToken.tenant_id == tenant_id,
        EnrolmentToken.used_at.is_(None),
        EnrolmentToken.withdrawn_at.is_(None),
        EnrolmentToken.expires_at > now,
    )
    return list(db.session.scalars(query.order_by(EnrolmentToken.created_at.desc())))


def sites_withdrawn(*, tenant_id: UUID) -> set[UUID]:
    """The sites that had a box and whose every box is revoked: silence there has a known cause."""
    boxes = devices(tenant_id=tenant_id)
    return {box.site_id for box in boxes} - {box.site_id for box in boxes if box.revoked_at is None}


def site(*, tenant_id: UUID, site_id: UUID) -> Site:
    """One site of the institution. Raises `NotFound`."""
    found = db.session.scalar(select(Site).where(Site.tenant_id == tenant_id, Site.id == site_id))
    if found is None:
        raise NotFound
    return found


def cameras_of_site(*, tenant_id: UUID, site_id: UUID) -> list[Camera]:
    """The cameras in use at one site, by code."""
    query = (
        select(Camera)
        .where(Camera.tenant_id == tenant_id, Camera.site_id == site_id, Camera.retired_on.is_(None))
        .order_by(Camera.code)
    )
    return list(db.session.scalars(query))


def every_camera_of_site(*, tenant_id: UUID, site_id: UUID) -> list[Camera]:
    """All cameras of one site, also retired ones: what they recorded before may still arrive."""
    query = select(Camera).where(Camera.tenant_id == tenant_id, Camera.site_id == site_id)
    return list(db.session.scalars(query))
