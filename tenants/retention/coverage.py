"""Which sites and cameras a day's footage is of, and so which regulations speak of it (DR-11). Bound to the tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from infra.db import db
from tenants.footage.models import DayKey, FilmedDay, Segment
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site

DayClass = tuple[date, int]


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """A camera and the site it belongs to, as people call them."""

    site: str
    code: str
    camera: str


def sites_covered(*, tenant_id: UUID, day: date, retention_days: int) -> list[Site]:
    """The sites that have footage of the day in the class, by code.

    A day without any is of the sites whose class it was on that day; of all of them when it was no site's.
    """
    query = select(Site).where(Site.tenant_id == tenant_id).order_by(Site.code)
    filmed = exists().where(
        Segment.tenant_id == tenant_id,
        Segment.civil_day == day,
        Segment.retention_days == retention_days,
        Segment.site_id == Site.id,
    )
    once_filmed = exists().where(
        FilmedDay.tenant_id == tenant_id,
        FilmedDay.civil_day == day,
        FilmedDay.retention_days == retention_days,
        FilmedDay.site_id == Site.id,
    )
    if sites := list(db.session.scalars(query.where(filmed | once_filmed))):
        return sites
    return sites_of_class(tenant_id=tenant_id, day=day, retention_days=retention_days) or list(
        db.session.scalars(query)
    )


def sites_of_class(*, tenant_id: UUID, day: date, retention_days: int) -> list[Site]:
    """The sites whose footage of a day belongs to the class, whether there is any or not, by code."""
    known = classes.of_tenant(tenant_id=tenant_id)
    return [site for site in registry.sites(tenant_id=tenant_id) if known.of(site, day) == retention_days]


def kept_places(*, tenant_id: UUID, first: date, last: date) -> dict[DayClass, Sequence[Place]]:
    """The cameras that have footage under each living key from the first day to the last, that day included."""
    # One index probe for each key and camera, instead of a count over every minute of the period.
    filmed = exists().where(
        Segment.tenant_id == DayKey.tenant_id,
        Segment.civil_day == DayKey.civil_day,
        Segment.retention_days == DayKey.retention_days,
        Segment.camera_id == Camera.id,
    )
    query = (
        select(DayKey.civil_day, DayKey.retention_days, Site.name, Camera.code, Camera.name)
        .join(Camera, Camera.tenant_id == DayKey.tenant_id)
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .where(
            DayKey.tenant_id == tenant_id, DayKey.civil_day.between(first, last), DayKey.destroyed_at.is_(None), filmed
        )
        .order_by(DayKey.civil_day, DayKey.retention_days, Site.code, Camera.code)
    )
    found: dict[DayClass, list[Place]] = {}
    for day, retention_days, site, code, camera in db.session.execute(query):
        found.setdefault((day, retention_days), []).append(Place(site=site, code=code, camera=camera))
    return dict(found)
