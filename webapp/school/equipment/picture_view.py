"""The last look at a camera's picture in words: what is wrong with it, what to do, and the numbers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.causes import PictureFault
from tenants.footage import pictures
from tenants.footage.pictures import PictureHealth

WORDS: Mapping[PictureFault, tuple[str, str]] = {
    PictureFault.DARK: ("畫面過暗", "請檢查現場照明與鏡頭的紅外線或夜視設定。"),
    PictureFault.BLOCKED: ("鏡頭疑似被遮住", "請到現場查看鏡頭是否被遮蔽、貼住或嚴重髒污。"),
    PictureFault.MOVED: (
        "拍攝範圍與基準不同",
        "請到現場查看鏡頭是否被轉動。若是刻意調整，請重新檢視拍攝範圍後，請安裝人員重設基準。",
    ),
    PictureFault.BLURRED: ("畫面模糊", "請擦拭鏡頭並重新對焦。"),
    PictureFault.COLOURLESS: (
        "白天畫面沒有色彩",
        "鏡頭白天仍停在夜視（紅外線）模式。請檢查鏡頭的日夜切換設定與現場照明；仍未改善時請送修。",
    ),
    PictureFault.STILL: ("畫面靜止不動", "鏡頭一直送出同一張畫面，請將鏡頭斷電重開；仍未改善時請送修。"),
}

_UNREFERENCED = "尚未設定基準畫面，無法判斷鏡頭是否被轉動。請安裝人員設定；已設定的，下次每小時檢查後會在這裡顯示。"


@dataclass(frozen=True)
class PictureLook:
    """As the camera's page shows it."""

    badge: str
    state: str
    advice: Sequence[str]
    facts: Sequence[tuple[str, str]]
    taken_at: datetime


def shown(*, tenant_id: UUID, camera_id: UUID, now: datetime) -> PictureLook | None:
    """The last look; None where there was none."""
    found = pictures.health(tenant_id=tenant_id, camera_id=camera_id)
    return described(found, now) if found is not None else None


def described(found: PictureHealth, now: datetime) -> PictureLook:
    """A look in words."""
    facts = [
        ("亮度", f"{found.brightness}（0 至 255）"),
        ("對比", str(found.contrast)),
        ("清晰度", str(found.sharpness)),
        ("與基準的相似度", f"{found.likeness}%" if found.likeness is not None else "未比對"),
    ]
    if now - found.taken_at > pictures.OLD:
        badge, state, advice = "unknown", "無資料（超過三小時未檢查）", []
    elif found.all_faults:
        badge, state = "bad", "、".join(WORDS[fault][0] for fault in found.all_faults)
        advice = [WORDS[fault][1] for fault in found.all_faults]
    else:
        badge, state = "good", "畫面正常"
        advice = [] if found.reference_at else [_UNREFERENCED]
    return PictureLook(badge, state, advice, facts, found.taken_at)
