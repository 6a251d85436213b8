"""What will break the fourteen days if nobody acts, told while it can still be mended (journey B1, DR-34)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from infra.clock import civil_day
from infra.disk_hours import in_words
from tenants.compliance.articles.facts import Risk
from tenants.footage import camera_days
from tenants.registry import device_queries, disks
from tenants.registry.models import Camera, EdgeDevice
from tenants.roc_dates import format_instant

# A night's trouble is a fault that somebody has; after a day the holes grow into the fourteen.
_STOPPED = timedelta(days=1)
# What a box holds for a week at least (DR-34): after two days out of contact somebody must have gone there.
UNHEARD = timedelta(days=2)


def risks(*, tenant_id: UUID, cameras: Iterable[Camera], now: datetime) -> Sequence[Risk]:
    """Boxes that run full or are out of contact, and cameras that stopped; the session is bound to the institution."""
    boxes = [each for each in device_queries.devices(tenant_id=tenant_id) if each.revoked_at is None]
    found = [risk for box in boxes for risk in of_box(box, now)]
    away = {risk.site_id for risk in found if risk.is_away}
    stopped = camera_days.stopped_since(tenant_id=tenant_id)
    return [*found, *(each for each in _stopped(cameras, stopped, now) if each.site_id not in away)]


def of_box(box: EdgeDevice, now: datetime) -> Iterator[Risk]:
    """What one box's last words promise. Raises nothing: a box that never spoke is told by the article of recording."""
    hours = disks.hours_left(box, now=now)
    if box.last_seen_at is not None and now - box.last_seen_at >= UNHEARD:
        until = "" if hours is None else f"；主機內的影像約可再保存 {in_words(hours)}，之後開始遺失"
        why = f"自{format_instant(box.last_seen_at)}起沒有連線{until}"
        since = civil_day(box.last_seen_at)
        yield Risk(site_id=box.site_id, label=box.name, id=str(box.id), why=why, since=since, is_away=True)
    elif hours is not None and disks.is_short(hours):
        why = f"錄影磁碟尚餘 {in_words(hours)}"
        yield Risk(site_id=box.site_id, label=box.name, id=str(box.id), why=why, since=civil_day(now))


def _stopped(cameras: Iterable[Camera], stopped: Mapping[UUID, datetime], now: datetime) -> Iterator[Risk]:
    for camera in cameras:
        since = stopped.get(camera.id)
        if since is not None and now - since >= _STOPPED:
            yield Risk(
                site_id=camera.site_id,
                label=f"{camera.code} {camera.name}",
                id=str(camera.id),
                why=f"自{format_instant(since)}起沒有錄影",
                since=civil_day(since),
            )
