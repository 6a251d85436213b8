"""How long the disks of edge boxes last, by what they said last (DR-34)."""

from datetime import datetime, timedelta

from infra.disk_hours import ALARM_HOURS
from tenants.registry.models import EdgeDevice

_HOUR = timedelta(hours=1)


def hours_left(device: EdgeDevice, *, now: datetime) -> int | None:
    """What is left now; None where it was never measured. While a box is not heard of, its hours go on running out."""
    if device.disk_hours_left is None or device.last_seen_at is None:
        return device.disk_hours_left
    return max(0, device.disk_hours_left - max(timedelta(0), now - device.last_seen_at) // _HOUR)


def is_short(hours: int) -> bool:
    """Whether somebody must act."""
    return hours < ALARM_HOURS
