"""Whether a camera that is set to record sound sends any, in words."""

from dataclasses import dataclass
from uuid import UUID

from tenants.footage.rules import Window
from tenants.footage.sound import Sound, sound
from tenants.registry.models import Camera

_ADVICE = (
    "鏡頭設定收音，但有片段沒有聲音。請檢查鏡頭的麥克風是否開啟與聲音編碼：主機可收 AAC 與 G.711（A-law、μ-law），"
    "其他編碼（如 G.726、Opus）請在鏡頭上改設。影像不受影響。"
)


@dataclass(frozen=True)
class Heard:
    """What the page says of the day; `advice` is empty where nothing is to be done."""

    words: str
    advice: str


def of_day(*, tenant_id: UUID, camera: Camera, day: Window) -> Heard:
    """What one camera's page says."""
    return _said(sound(tenant_id=tenant_id, camera_id=camera.id, day=day)) if camera.audio else Heard("設定不收音", "")


def _said(found: Sound) -> Heard:
    if not found.segments:
        return Heard("無資料", "")
    if not found.silent:
        return Heard("有", "")
    if found.silent == found.segments:
        return Heard("全部的片段都沒有聲音", _ADVICE)
    return Heard(f"{found.segments:,} 個片段中 {found.silent:,} 個沒有聲音", _ADVICE)
