"""The clocks of cameras and boxes in words: how far they are off, what that means, and what to do (KH-3-10)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.footage import times
from tenants.footage.times import Drift, Times, Undated
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.roc_dates import format_time
from webapp.filters import roc_minute

_BADGES: Mapping[Drift, tuple[str, str]] = {
    Drift.GOOD: ("good", "時間準確"),
    Drift.WARN: ("warn", "時間偏差"),
    Drift.FAULT: ("bad", "時間不準"),
    Drift.TIME_ZONE: ("bad", "時區設定錯誤"),
    Drift.UNKNOWN: ("unknown", "無資料"),
}
_OF_CAMERA: Mapping[Drift, str] = {
    Drift.GOOD: "",
    Drift.WARN: "請在鏡頭的設定啟用自動校時（NTP），並在下次校正時確認。",
    Drift.FAULT: "畫面上的時間可能差到一分鐘以上。請立即校正鏡頭的時鐘並啟用自動校時（NTP），再記入校正紀錄。",
    Drift.TIME_ZONE: "鏡頭的時鐘走得準，但時區不是臺北（UTC+8）。請將鏡頭的時區改為臺北，不要直接改時間。",
    Drift.UNKNOWN: "主機讀不到這支鏡頭的時鐘，或主機還沒有校時。請確認鏡頭在線上；仍無資料時，請在檢查時人工核對。",
}
_OF_BOX: Mapping[Drift, str] = {
    Drift.GOOD: "",
    Drift.WARN: "請施作廠商啟用主機的自動校時。",
    Drift.FAULT: "請施作廠商立即啟用主機的自動校時，並檢查主機板電池。",
    Drift.TIME_ZONE: "請施作廠商檢查主機的時鐘與時區，並啟用自動校時。",
    Drift.UNKNOWN: "",
}


@dataclass(frozen=True, kw_only=True)
class ClockLook:
    """One clock: its state, how far it is off, and what to do; both are empty where there is nothing to say."""

    badge: str
    state: str
    offset: str
    advice: str
    read_at: datetime | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether somebody must put it right."""
        return self.badge in {"warn", "bad"}


def of_camera(said: Times | None, now: datetime) -> ClockLook:
    """A camera's own clock, which is what its picture shows."""
    held = said.clock if said is not None else None
    drift = held.drift(now) if held is not None else Drift.UNKNOWN
    badge, state = _BADGES[drift]
    offset = offset_words(held.offset_ms) if held is not None and drift is not Drift.UNKNOWN else ""
    return ClockLook(
        badge=badge,
        state=state,
        offset=offset,
        advice=_OF_CAMERA[drift],
        read_at=held.read_at if held is not None else None,
    )


def of_box(offset_ms: int | None) -> ClockLook:
    """A box's clock against the platform's. Its footage is dated by references, whatever that clock shows."""
    drift = times.drift_of(offset_ms)
    badge, state = _BADGES[drift]
    offset = offset_words(offset_ms) if offset_ms is not None else ""
    return ClockLook(badge=badge, state=state, offset=offset, advice=_OF_BOX[drift])


def offset_words(offset_ms: int) -> str:
    """慢 1.2 秒, 快 8 小時 0 分: how far a clock is behind or ahead, in the units that people use."""
    tenths = round(abs(offset_ms) / 100)
    side = "慢" if offset_ms > 0 else "快"
    if not tenths:
        return "0.0 秒"
    if tenths < 600:  # noqa: PLR2004 - a minute
        return f"{side} {tenths / 10:.1f} 秒"
    seconds = tenths // 10
    days, hours, minutes, rest = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60, seconds % 60
    parts = [(days, "天"), (hours, "小時"), (minutes, "分"), (rest, "秒")]
    told = [f"{number} {unit}" for number, unit in parts if number][:2]
    return f"{side} {' '.join(told)}"


def undated_words(found: Undated) -> str:
    """What a box recorded without a time, between which moments, and what becomes of it."""
    minutes = max(1, round(found.seconds / 60))
    after = f"{roc_minute(found.after)} 之後"
    span = f"{after}、{roc_minute(found.before)} 之前" if found.before is not None else after
    return (
        f"有 {found.segments} 段影像（約 {minutes} 分鐘）錄於主機不知道時間的期間：{span}。主機當時曾斷電又連不上網路，"
        "正確時間已無法得知。影像仍加密留在主機，不上傳也不刪除。知道主機當時開機（例如復電）的時刻時，可請施作廠商在主機補上；"
        "並請施作廠商更換主機板電池。"
    )


def redated_words(*, tenant_id: UUID, camera_id: UUID, day: date) -> str:
    """The note on a day of which some was dated afterwards; empty for every other day."""
    found = times.redated(tenant_id=tenant_id, camera_id=camera_id, day=day)
    if found is None:
        return ""
    first, last = (format_time(one.replace(microsecond=0)) for one in (found.started_at, found.ended_at))
    worth = f"誤差不超過 {max(0.1, found.bound.total_seconds()):.1f} 秒" if found.bound is not None else "誤差無法得知"
    how = "由人員填報主機開機的時刻後推算補上的" if found.by_hand else "校時後推算補上的"
    return (
        f"{first} 至 {last} 有 {found.segments} 段影像錄影時主機還不知道時間，日期與時間是{how}，{worth}。"
        "每段影像的簽章紀錄都載明補上的時刻與主機當時顯示的時間。"
    )


def to_look_after(*, tenant_id: UUID, now: datetime) -> Iterator[tuple[Camera, str]]:
    """The cameras whose time needs somebody, and why."""
    said = times.of_cameras(tenant_id=tenant_id)
    for camera in registry.cameras(tenant_id=tenant_id):
        look = of_camera(said.get(camera.id), now)
        if look.badge == "bad":
            yield camera, f"鏡頭「{camera.name}」{look.state}（{look.offset}）：{look.advice}"
        held = said[camera.id].undated if camera.id in said else None
        if held is not None:
            yield camera, f"鏡頭「{camera.name}」有 {held.segments} 段影像時間不明，仍加密留在主機，不上傳也不刪除"
