"""What a device is told about its site."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from infra.age_keys import Kind, kind_of
from infra.clock import civil_day
from infra.manifest import microseconds
from tenants.actor import Actor
from tenants.footage import camera_checks, queries
from tenants.footage.admission import device_of
from tenants.periods import keys_through
from tenants.registry import classes, device_queries
from tenants.registry import queries as registry
from tenants.registry.models import EdgeDevice, Site
from tenants.registry.sending import OLDEST, closed_spans
from tenants.registry.standing import is_closed
from tenants.registry.zones import NEEDS_MASK
from tenants.retention.requested import waited_for
from webapp.ingest.forms import HeartbeatForm, paths

CONFIG_VERSION = 1
# What this server takes beyond the first version, so that a newer box goes on with an older server.
ACCEPTS = ("signed_gaps",)
_YESTERDAY = timedelta(days=1)
# How long after a gap its footage may still come off the camera's card.
_ON_CARDS = timedelta(days=7)
HEARTBEAT_SECONDS = 15
# How far ahead a box without contact knows when nothing is sent in bulk; after that it sends at any time.
_DAYS_AHEAD = 16
_KILOBIT_BYTES = 125
# A box that is newer than this server leaves out of its heartbeats what is not listed here.
_HEARTBEAT_KEYS = paths(HeartbeatForm)


def config_of(
    actor: Actor,
    *,
    tenant_id: UUID,
    segment_seconds: int,
    store: str,
    now: datetime,
    time_servers: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Cameras, and the public key and retention class of each day from yesterday, for what still waits, on.

    `store` is where uploads will go, so that an installer can try the way there before the first one.
    """
    device = device_of(actor, tenant_id)
    site = device_queries.site(tenant_id=tenant_id, site_id=device.site_id)
    tenant = registry.tenant(tenant_id=tenant_id)
    return {
        "v": CONFIG_VERSION,
        "now_us": microseconds(now),
        "tenant_id": str(tenant_id),
        "site_id": str(site.id),
        "device_id": str(device.id),
        **names_of(tenant_id=tenant_id, site_id=site.id),
        "store": store,
        "accepts": [*ACCEPTS, *_HEARTBEAT_KEYS],
        "segment_seconds": segment_seconds,
        "heartbeat_seconds": HEARTBEAT_SECONDS,
        "time_servers": list(time_servers),
        "sending": sending_of(site, now=now),
        # A box without cameras records nothing and goes on sending what lies on its disk.
        "cameras": [] if is_closed(tenant, civil_day(now)) else _cameras(site),
        "day_keys": _keys(device, site, civil_day(now) - _YESTERDAY, keys_through(civil_day(now))),
        # For nothing that is recorded now: only for what a camera's own card still holds of a gap.
        "past_day_keys": _keys(device, site, civil_day(now) - _ON_CARDS, civil_day(now) - 2 * _YESTERDAY),
    }


def _cameras(site: Site) -> list[dict[str, Any]]:
    cameras = device_queries.cameras_of_site(tenant_id=site.tenant_id, site_id=site.id)
    approved = camera_checks.approved_of(tenant_id=site.tenant_id, camera_ids=[camera.id for camera in cameras])
    return [
        {
            "id": str(camera.id),
            "code": camera.code,
            "name": camera.name,
            "audio": camera.audio,
            "zone": camera.zone,
            "needs_mask": camera.zone in NEEDS_MASK,
            "approved": asdict(approved[camera.id]) if camera.id in approved else None,
        }
        for camera in cameras
    ]


def sending_of(site: Site, *, now: datetime) -> dict[str, Any]:
    """When and how fast the site's boxes send, and what first. Whoever hears of it may speak of its disk."""
    closed = closed_spans(
        site.sending_closed_from, site.sending_closed_until, first=civil_day(now) - _YESTERDAY, days=_DAYS_AHEAD
    )
    return {
        "bytes_per_second": site.sending_kilobits * _KILOBIT_BYTES if site.sending_kilobits is not None else None,
        "closed": [[microseconds(begins), microseconds(ends)] for begins, ends in closed],
        "oldest_seconds": round(OLDEST.total_seconds()),
        "newest_first": site.newest_first,
        "requested": [
            {
                "camera_id": str(span.camera_id),
                "started_us": microseconds(span.started_at),
                "ended_us": microseconds(span.ended_at),
            }
            for span in waited_for(tenant_id=site.tenant_id, site_id=site.id)
        ],
    }


def names_of(*, tenant_id: UUID, site_id: UUID) -> dict[str, str]:
    """Whose box it is, so that an installer with another site's code sees it at once."""
    return {
        "tenant_name": registry.tenant(tenant_id=tenant_id).name,
        "site_name": device_queries.site(tenant_id=tenant_id, site_id=site_id).name,
    }


def _keys(device: EdgeDevice, site: Site, first: date, last: date) -> list[dict[str, Any]]:
    """The living key of each day in the site's own class of that day: the class is the day's, not the box's (DR-10).

    A key to which the box cannot encrypt is left out: it would fail at it, and so it says that it lacks one. Only a box
    of an older release that came after the key was made can meet one.
    """
    known = classes.of_tenant(tenant_id=site.tenant_id)
    found = queries.day_keys(tenant_id=site.tenant_id, first=first, last=last, living=True)
    tenant = registry.tenant(tenant_id=site.tenant_id)
    return [
        {"civil_day": key.civil_day.isoformat(), "retention_days": key.retention_days, "recipient": key.recipient}
        for key in found
        if key.retention_days == known.of(site, key.civil_day)
        and not is_closed(tenant, key.civil_day)
        and (device.takes_hybrid or kind_of(key.recipient) is Kind.CLASSIC)
    ]
