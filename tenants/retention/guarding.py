"""Whether a day may be destroyed at this moment: the plan with its clocks and limits, the floor, holds, edge boxes."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select

from infra import clock
from infra.db import db
from infra.objects import ObjectStore
from tenants import periods
from tenants.errors import HeldByLaw
from tenants.footage.keys import day_lock
from tenants.footage.models import CameraStatus, DayKey
from tenants.registry import classes
from tenants.registry.models import Camera, EdgeDevice, Site
from tenants.registry.regulations import profile
from tenants.retention import coverage, hold_queries, plan_queries, rules, stops
from tenants.retention.certificate import OnRevoked
from tenants.retention.rules import DayAndClass


def refuse_unplanned(*, tenant_id: UUID, of: DayAndClass, now: datetime) -> None:
    """Raise `HeldByLaw` unless the plan of this moment has the day (infra/decisions/0015)."""
    made = plan_queries.current(tenant_id=tenant_id, now=now)
    if made.stop is not None and of in made.stop.days:
        raise HeldByLaw(f"銷毀作業已暫停：{stops.WHY[made.stop.kind]}")
    _refuse_too_early(tenant_id, of, made.today)
    _refuse_while_held(tenant_id, of)
    if of not in made.go:
        raise HeldByLaw("這一天不在目前的銷毀計畫中。請以 flask retention plan 查看計畫。")


def refuse_not_lost(*, key: DayKey, now: datetime, store: ObjectStore) -> None:
    """Raise `HeldByLaw` unless the key opens nothing any more, since the store lost its share, and its day is over.

    No limit holds up what is a fact already; a clock that is ahead still does not count.
    """
    tenant_id, of = key.tenant_id, DayAndClass(day=key.civil_day, retention_days=key.retention_days)
    share = day_lock(tenant_id=tenant_id, day=of.day, retention_days=of.retention_days, recipient=key.recipient).share
    if next(iter(store.remnants(share)), None) is not None:
        raise HeldByLaw("這一天的金鑰另一份仍在儲存服務，應依銷毀計畫銷毀。")
    _refuse_too_early(tenant_id, of, clock.civil_day(plan_queries.told(tenant_id=tenant_id, now=now).now))
    _refuse_while_held(tenant_id, of)


def refuse_while_on_edge(*, tenant_id: UUID, day: date) -> None:
    """Raise `HeldByLaw` while a box that still speaks to us says that it has footage of this day or before."""
    if db.session.scalar(select(exists(_spooled(tenant_id, day).where(~_is_revoked())))):
        raise HeldByLaw("邊緣主機的磁碟上仍有這一天或更早的影像，清除並回報後才能開立銷毀證明。")


def left_on_revoked(*, tenant_id: UUID, day: date) -> list[OnRevoked]:
    """Cameras whose boxes were all revoked, and what their last word said to be unsent: nobody will ever say more.

    It lies there encrypted to keys that are destroyed, takes no more part in anything, and the certificate says so.
    """
    unsent = CameraStatus.spooled_from
    query = _spooled(tenant_id, day).where(_is_revoked()).with_only_columns(Site.name, Camera.name, unsent)
    rows = db.session.execute(query.order_by(Site.code, Camera.code))
    return [OnRevoked(site, camera, since) for site, camera, since in rows if since is not None]


def _spooled(tenant_id: UUID, day: date) -> Select[UUID]:
    """The oldest footage that a box has not sent is of this day or before; older than a year, its clock was wrong."""
    return (
        select(CameraStatus.camera_id)
        .join(Camera, (Camera.tenant_id == CameraStatus.tenant_id) & (Camera.id == CameraStatus.camera_id))
        .join(Site, (Site.tenant_id == Camera.tenant_id) & (Site.id == Camera.site_id))
        .where(
            CameraStatus.tenant_id == tenant_id,
            CameraStatus.spooled_from < clock.day_start(day + timedelta(days=1)),
            CameraStatus.spooled_from >= clock.day_start(day - timedelta(days=periods.YEAR_DAYS)),
        )
    )


def _is_revoked() -> ColumnElement[bool]:
    """Whether the camera's site had boxes, and none of them may speak any more."""
    of_site = (EdgeDevice.tenant_id == Site.tenant_id) & (EdgeDevice.site_id == Site.id)
    return exists().where(of_site) & ~exists().where(of_site, EdgeDevice.revoked_at.is_(None))


def _refuse_too_early(tenant_id: UUID, of: DayAndClass, today: date) -> None:
    """What the class says, and what the days of that day were at every site of which something may be in it.

    A box that was told another class than its site's would not make the site's footage go early: what is destroyed too
    early never comes back.
    """
    known = classes.of_tenant(tenant_id=tenant_id)
    concerned = [
        *coverage.sites_covered(tenant_id=tenant_id, day=of.day, retention_days=of.retention_days),
        *coverage.sites_of_class(tenant_id=tenant_id, day=of.day, retention_days=of.retention_days),
    ]
    for site in concerned:
        owed = max(of.retention_days, known.of(site, of.day))
        if not rules.is_due(of.day, owed, today):
            raise HeldByLaw(rules.too_early(of.day, owed, profile(site.profile, of.day).article("retention_min")))


def _refuse_while_held(tenant_id: UUID, of: DayAndClass) -> None:
    waiting = hold_queries.waiting_holds(tenant_id=tenant_id, day=of.day, retention_days=of.retention_days)
    if waiting:
        references = "、".join(hold.reference for hold in waiting)
        raise HeldByLaw(f"尚有保全的影像未複製完成（{references}），完成後才能銷毀這一天的影像。")
