"""Packets that a camera sent and its box never got, in words: of the day that is shown, and of the last 24 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.footage.remarks import Loss, Remarks, counts_losses, remarks
from tenants.footage.rules import Window
from tenants.roc_dates import format_time

_LAST = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_NOT_COUNTED = "主機未統計"
_MUCH = (
    "遺失偏多，畫面在這些時段可能破損或停頓。請檢查鏡頭到邊緣主機的網路線、接頭與交換器連接埠；"
    "鏡頭位元率過高或交換器負載過大時也會遺失，請調降位元率或洽設備廠商。"
)
_LITTLE = "少量遺失，通常不影響觀看。持續出現時請檢查網路線與交換器。"


@dataclass(frozen=True, kw_only=True)
class Losses:
    """What the page says: the last 24 hours with a sentence on what to do, the day in words, and its hours."""

    badge: str
    state: str
    advice: str
    of_day: str
    hours: Sequence[tuple[str, int, int]]


def losses(*, tenant_id: UUID, camera_id: UUID, of_day: Remarks, day: Window, now: datetime) -> Losses:
    """What one camera's page says."""
    last = Window(now - _LAST, now)
    found = remarks(tenant_id=tenant_id, camera_ids=[camera_id], window=last).get(camera_id, Remarks()).loss
    badge, state, advice = _judged(found, counts_losses(tenant_id=tenant_id, camera_id=camera_id, window=last))
    counted = of_day.loss.segments > 0 or counts_losses(tenant_id=tenant_id, camera_id=camera_id, window=day)
    return Losses(
        badge=badge,
        state=state,
        advice=advice,
        of_day=words(of_day.loss) if counted else _NOT_COUNTED,
        hours=[
            (f"{format_time(hour)} 至 {_until(hour)}", loss.packets, loss.segments)
            for hour, loss in of_day.by_hour.items()
        ],
    )


def words(loss: Loss) -> str:
    """A sum for people."""
    return f"{loss.packets:,} 個，出現在 {loss.segments} 個片段" if loss.segments else "沒有"


def _judged(loss: Loss, counted: bool | None) -> tuple[str, str, str]:  # noqa: FBT001 - what was found out, or not
    if counted is None:
        return "unknown", "最近 24 小時沒有錄影資料", ""
    if not counted and not loss.segments:
        return "unknown", _NOT_COUNTED, "這台邊緣主機的程式還不會統計遺失的封包。請更新邊緣主機的程式。"
    if loss.is_much:
        return "warn", f"遺失 {words(loss)}", _MUCH
    return ("info", f"遺失 {words(loss)}", _LITTLE) if loss.segments else ("good", "沒有遺失", "")


def _until(hour: datetime) -> str:
    ends = format_time(hour + _HOUR)
    return "24:00" if ends == "00:00" else ends
