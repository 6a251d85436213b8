"""What a device is told about its site."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from infra.clock import civil_day
from infra.manifest import microseconds
from tenants.actor import Actor
from tenants.footage import queries
from tenants.footage.admission import device_of
from tenants.registry import device_queries

CONFIG_VERSION = 1
DAYS_AHEAD = timedelta(days=14)
HEARTBEAT_SECONDS = 15


def config_of(actor: Actor, *, tenant_id: UUID, segment_seconds: int, now: datetime) -> dict[str, Any]:
    """Cameras, rules and public day keys from yesterday, for what still waits, to `DAYS_AHEAD`."""
    device = device_of(actor, tenant_id)
    site = device_queries.site(tenant_id=tenant_id, site_id=device.site_id)
    today = civil_day(now)
    keys = queries.day_keys(
        tenant_id=tenant_id,
        first=today - timedelta(days=1),
        last=today + DAYS_AHEAD,
        retention_days=site.retention_days,
        living=True,
    )
    return {
        "v": CONFIG_VERSION,
        "now_us": microseconds(now),
        "tenant_id": str(tenant_id),
        "site_id": str(site.id),
        "device_id": str(device.id),
        "retention_days": site.retention_days,
        "segment_seconds": segment_seconds,
        "heartbeat_seconds": HEARTBEAT_SECONDS,
        "cameras": [
            {"id": str(camera.id), "code": camera.code, "name": camera.name, "audio": camera.audio}
            for camera in device_queries.cameras_of_site(tenant_id=tenant_id, site_id=site.id)
        ],
        "day_keys": [{"civil_day": key.civil_day.isoformat(), "recipient": key.recipient} for key in keys],
    }
