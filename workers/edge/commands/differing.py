"""`check`, after a camera answered: in what it differs from what the school approved, told here and to the server."""

from collections.abc import Mapping

from infra.camera_profiles import Difference, Measured, differences
from infra.stream_addresses import CLIP
from workers.edge.api import Api, Refused
from workers.edge.commands.terminal import say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.onvif.nights import look, told
from workers.edge.watching import Length

_LENGTH = Length(least=3.0, most=15.0)
WORDS: Mapping[Difference, str] = {
    Difference.CODEC: "編碼與核定不同",
    Difference.RESOLUTION: "解析度與核定不同",
    Difference.FPS: "每秒張數不在核定範圍",
    Difference.KEY_INTERVAL: "關鍵畫面間隔過長",
    Difference.BITRATE: "位元率不在核定範圍",
    Difference.FIRMWARE: "韌體版本與核定時不同",
    Difference.CLOCK: "鏡頭時間誤差超過 5 秒",
    Difference.MASK: "未偵測到隱私遮罩",
}


def measured(home: Home, camera: CameraRules) -> Measured | None:
    """Look at a camera, and say how it is set and what is different."""
    if home.addresses()[camera.camera_id].startswith(CLIP):
        say("\t未量測（示範影片）")
        return None
    seen = look(home, camera, _LENGTH)
    if seen is None:
        return None
    interval = f"{seen.key_interval_ms / 1000:.1f} 秒" if seen.key_interval_ms is not None else "未知"
    said = f"{seen.codec} {seen.width}×{seen.height}\t{seen.fps:.1f} fps\t關鍵畫面間隔 {interval}\t{seen.kbps} kbit/s"
    say(f"\t{said}")
    for one in differences(camera.approved, seen, needs_mask=camera.needs_mask):
        say(f"\t不符：{WORDS[one]}")
    return seen


def tell(home: Home, found: Mapping[CameraRules, Measured]) -> None:
    """Report them to the server. One that is older does not take them, which is no fault of a camera."""
    if not found:
        return
    try:
        items = [told(camera, seen) for camera, seen in found.items()]
        Api(home.identity(), home.device_key()).post("/checks", {"items": items})
    except Refused:
        say("平台的版本較舊，尚不接受鏡頭規格檢查結果。")
