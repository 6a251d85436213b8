"""How a camera is set, against what the school approved, in words and with what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.camera_profiles import CODEC_NAMES, DIFFERENCE_NAMES, Approved, Difference, Measured
from tenants.footage import camera_checks
from tenants.registry.models import Camera

ADVICE: Mapping[Difference, str] = {
    Difference.CODEC: "編碼與核定的不同。請在鏡頭的設定改回核定的編碼，或確認後重新核定。",
    Difference.RESOLUTION: "解析度與核定的不同。請在鏡頭的設定改回核定的解析度，或確認後重新核定。",
    Difference.FPS: "每秒張數不在核定範圍。請檢查鏡頭的張數設定、夜間慢快門與網路。",
    Difference.KEY_INTERVAL: "關鍵畫面間隔過長，播放與匯出會不夠精確。請縮短間隔，並關閉智慧編碼。",
    Difference.BITRATE: "位元率不在核定範圍。請檢查鏡頭的畫質設定，過高會耗用儲存空間，過低會看不清楚。",
    Difference.FIRMWARE: "韌體版本與核定時不同。請確認是否由學校或廠商更新，並檢視畫面後重新核定。",
    Difference.MASK: "未偵測到隱私遮罩。請立即在鏡頭的設定中遮蔽床位、檢查角落或盥洗室入口內側，並請第二人檢視畫面。",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the page shows; `check_id` is what its button approves, None where there is nothing to approve."""

    measured_at: datetime | None
    lines: Sequence[tuple[str, str, str, bool]]
    advice: Sequence[str]
    has_approval: bool
    check_id: UUID | None


def settings(*, tenant_id: UUID, camera: Camera) -> Settings:
    """The last measurement of a camera."""
    found = camera_checks.standing_of(tenant_id=tenant_id, camera=camera)
    if found.check is None:
        return Settings(measured_at=None, lines=[], advice=[], has_approval=False, check_id=None)
    return Settings(
        measured_at=found.check.measured_at,
        lines=_lines(camera_checks.measured_of(found.check), found.approved, found.differences),
        # The clock has a part of the page of its own (`clock_view`).
        advice=[ADVICE[one] for one in found.differences if one in ADVICE],
        has_approval=found.approved is not None,
        check_id=found.check.id if found.may_approve else None,
    )


def _lines(
    measured: Measured, approved: Approved | None, found: Sequence[Difference]
) -> Sequence[tuple[str, str, str, bool]]:
    """Name, what was measured, what is approved, and whether they differ."""
    said = measured.key_interval_ms
    rows = [
        (Difference.CODEC, CODEC_NAMES[measured.codec], approved and CODEC_NAMES[approved.codec]),
        (
            Difference.RESOLUTION,
            f"{measured.width} × {measured.height}",
            approved and f"{approved.width} × {approved.height}",
        ),
        (Difference.FPS, f"{measured.fps:.1f}", approved and f"{approved.fps_from:g}–{approved.fps_to:g}"),
        (
            Difference.KEY_INTERVAL,
            f"{said / 1000:.1f} 秒" if said is not None else "檢查期間未收到",
            approved and f"{approved.key_interval_most_ms / 1000:.1f} 秒以內",
        ),
        (
            Difference.BITRATE,
            f"{measured.kbps:,} kbit/s",
            approved and f"{approved.kbps_from:,}–{approved.kbps_to:,} kbit/s",
        ),
        (Difference.FIRMWARE, _firmware(measured), approved and approved.firmware),
        (Difference.MASK, _masks(measured.masks), ""),
    ]
    return [(DIFFERENCE_NAMES[one], value, wanted or "—", one in found) for one, value, wanted in rows]


def _firmware(measured: Measured) -> str:
    return " ".join(part for part in (measured.make, measured.model, measured.firmware) if part) or "鏡頭未提供"


def _masks(masks: int | None) -> str:
    if masks is None:
        return "鏡頭未提供"
    return f"已開啟 {masks} 處" if masks else "未開啟"
