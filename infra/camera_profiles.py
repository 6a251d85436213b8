"""How a camera was set when a school approved it, how it is set now, and in what the two differ (KH-3-8, KH-3-9).

Rules of numbers alone, used by the box that measures and by the school's page that shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CODEC_NAMES: Mapping[str, str] = {"h264": "H.264", "hevc": "H.265"}
CLOCK_OFF_MS = 5_000
_FPS_SHARE = 0.2
_KEY_INTERVAL_SHARE = 1.5
_KBPS_TIMES = 3


@dataclass(frozen=True, kw_only=True)
class Approved:
    """What a camera may send. Spans are inclusive; an empty firmware was not looked at."""

    codec: str
    width: int
    height: int
    fps_from: float
    fps_to: float
    key_interval_most_ms: int
    kbps_from: int
    kbps_to: int
    firmware: str = ""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a camera sent, and said of itself where it was asked. None and empty: nobody could tell.

    `masks` counts the privacy masks that are switched on; `clock_offset_ms` is what
    must be added to its clock, positive where it is slow, as everywhere.
    """

    codec: str
    width: int
    height: int
    fps: float
    key_interval_ms: int | None
    kbps: int
    make: str = ""
    model: str = ""
    firmware: str = ""
    clock_offset_ms: int | None = None
    masks: int | None = None


class Difference(StrEnum):
    """In what a camera is not as it was approved."""

    CODEC = "codec"
    RESOLUTION = "resolution"
    FPS = "fps"
    KEY_INTERVAL = "key_interval"
    BITRATE = "bitrate"
    FIRMWARE = "firmware"
    CLOCK = "clock"
    MASK = "mask"


DIFFERENCE_NAMES: Mapping[Difference, str] = {
    Difference.CODEC: "編碼",
    Difference.RESOLUTION: "解析度",
    Difference.FPS: "每秒張數",
    Difference.KEY_INTERVAL: "關鍵畫面間隔",
    Difference.BITRATE: "位元率",
    Difference.FIRMWARE: "韌體",
    Difference.CLOCK: "時間",
    Difference.MASK: "隱私遮罩",
}


def differences(approved: Approved | None, measured: Measured, *, needs_mask: bool) -> list[Difference]:
    """In the order of the list above. Clock and mask are judged also where nothing was approved yet."""
    found = {
        Difference.CLOCK: measured.clock_offset_ms is not None and abs(measured.clock_offset_ms) > CLOCK_OFF_MS,
        Difference.MASK: needs_mask and not measured.masks,
    }
    if approved is not None:
        interval = measured.key_interval_ms
        found |= {
            Difference.CODEC: measured.codec != approved.codec,
            Difference.RESOLUTION: (measured.width, measured.height) != (approved.width, approved.height),
            Difference.FPS: not approved.fps_from <= measured.fps <= approved.fps_to,
            Difference.KEY_INTERVAL: interval is None or interval > approved.key_interval_most_ms,
            Difference.BITRATE: not approved.kbps_from <= measured.kbps <= approved.kbps_to,
            Difference.FIRMWARE: bool(approved.firmware and measured.firmware)
            and approved.firmware != measured.firmware,
        }
    return [one for one in Difference if found.get(one)]


def approving(measured: Measured) -> Approved | None:
    """What is approved with what was measured, with room for scenes that move; None where no key frame came in time."""
    if measured.key_interval_ms is None:
        return None
    return Approved(
        codec=measured.codec,
        width=measured.width,
        height=measured.height,
        fps_from=round(measured.fps * (1 - _FPS_SHARE), 1),
        fps_to=round(measured.fps * (1 + _FPS_SHARE), 1),
        key_interval_most_ms=round(measured.key_interval_ms * _KEY_INTERVAL_SHARE),
        kbps_from=measured.kbps // _KBPS_TIMES,
        kbps_to=measured.kbps * _KBPS_TIMES,
        firmware=measured.firmware,
    )
