"""The disks of edge boxes, as the school sees them: how long they last, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.disk_hours import in_words
from tenants.registry import device_queries, disks
from tenants.registry.models import EdgeDevice

_FAULTS: Mapping[str, str] = {
    "full": "磁碟已滿，新的畫面無法保存",
    "missing": "找不到錄影磁碟，沒有錄影",
}
_TO_DO: Mapping[str, str] = {
    "full": "請恢復上傳的網路，或請施作廠商清出其他資料、加大磁碟；待上傳的影像都還在主機內",
    "missing": "請施作廠商確認磁碟已接上並掛載在原來的位置",
    "short": "請檢查主機的網路與上傳速度上限，或請施作廠商加大磁碟",
}
# Closed hours that a box does not keep to, and why: a page must not promise what does not happen.
_IGNORED: Mapping[str, str] = {
    "disk_short": "磁碟將滿，不上傳時段也持續上傳",
    "too_old": "有影像已等候超過 24 小時，不上傳時段也持續上傳",
    "waits": "不上傳時段，影像暫存在主機內",
}


@dataclass(frozen=True, kw_only=True)
class Disk:
    """One box's disk. `badge` is empty while nothing is to be done; `to_do` says what is."""

    device: EdgeDevice
    badge: str
    words: str
    to_do: str
    sending: str


def disk(device: EdgeDevice, *, now: datetime) -> Disk:
    """What is known of a box's disk. While it is not heard of, the hours go on running out."""
    hours, fault = disks.hours_left(device, now=now), device.disk_fault
    if fault:
        words, badge, to_do = _FAULTS[fault], "bad", _TO_DO[fault]
    elif hours is None or device.disk_hours is None:
        words, badge, to_do = "無資料", "", ""
    else:
        words = f"磁碟可存 {in_words(device.disk_hours)}，尚餘 {in_words(hours)}"
        badge, to_do = ("bad", _TO_DO["short"]) if disks.is_short(hours) else ("", "")
    return Disk(device=device, badge=badge, words=words, to_do=to_do, sending=_IGNORED.get(device.sending, ""))


def to_look_after(*, tenant_id: UUID, now: datetime) -> Sequence[Disk]:
    """The boxes in use whose disks need somebody."""
    found = [disk(device, now=now) for device in device_queries.devices(tenant_id=tenant_id) if not device.revoked_at]
    return [one for one in found if one.badge]
