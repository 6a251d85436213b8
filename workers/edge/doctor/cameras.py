"""A camera as it sends now: reachable, let in, and what its stream is like. Some seconds are read, and none is kept."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

from infra.causes import GapCause
from infra.streams import LiveStream, StreamFault, open_stream
from workers.edge.configuration import CameraRules
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.places import is_prohibited
from workers.edge.words import ADVICE

LEAST_SECONDS, MOST_SECONDS = 5.0, 12.0
_ENOUGH_KEYS = 3
_AT_ONCE = 8
_FEW_KEYS_MS, _FEW_FRAMES = 10_000, 5.0
_CODECS: Mapping[str, str] = {"h264": "H.264", "hevc": "H.265"}


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What a camera sent. `key_interval_ms` is the longest seen; 0 when a second key frame did not come."""

    codec: str
    width: int
    height: int
    frames_per_second: float
    key_interval_ms: int
    bits_per_second: int
    sound: str


def look(address: str, *, least: float = LEAST_SECONDS, most: float = MOST_SECONDS) -> Stream:
    """Read a stream for some seconds. Raises `StreamFault`."""
    with open_stream(address, audio=True) as stream:
        return measured(stream, least=least, most=most)


def measured(stream: LiveStream, *, least: float, most: float) -> Stream:
    """What the packets of so many seconds say, by their own timestamps. Raises `StreamFault`."""
    began, size = time.monotonic(), 0
    times: list[float] = []
    keys: list[float] = []
    for arrival in stream.arrivals:
        if arrival.is_video:
            at = float(arrival.packet.dts * arrival.packet.time_base)
            times.append(at)
            size += arrival.packet.size
            keys += [at] if arrival.packet.is_keyframe else []
        passed = time.monotonic() - began
        if passed > most or (passed > least and len(keys) >= _ENOUGH_KEYS):
            break
    if not keys:
        raise StreamFault(GapCause.NO_KEY_FRAME)
    span = max(times[-1] - times[0], 1e-3)
    context, sound = stream.video.codec_context, stream.audio
    return Stream(
        codec=context.name,
        width=context.width,
        height=context.height,
        frames_per_second=round((len(times) - 1) / span, 1),
        key_interval_ms=round(1000 * max((b - a for a, b in pairwise(keys)), default=0)),
        bits_per_second=round(size * 8 / span),
        sound=sound.codec_context.name if sound is not None else "",
    )


def every(cameras: Sequence[CameraRules], home: Home) -> list[tuple[CameraRules, Stream | GapCause]]:
    """Each camera and what it sends, or why it cannot be recorded; several are looked at at once.

    Raises `CannotOpen` when the passwords of the cameras cannot be opened.
    """

    def tried(camera: CameraRules) -> Stream | GapCause:
        if is_prohibited(camera):
            return GapCause.PROHIBITED_ZONE
        address = home.stream_of(camera.camera_id)
        if not address:
            return GapCause.NOT_CONFIGURED
        try:
            return look(address)
        except StreamFault as fault:
            return fault.cause

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(zip(cameras, pool.map(tried, cameras), strict=True))


def finding(camera: CameraRules, found: Stream | GapCause) -> Finding:
    """One camera, green or red."""
    title = f"鏡頭 {camera.code}（{camera.name}）"
    if not isinstance(found, Stream):
        return Finding(
            check=f"camera:{camera.code}", title=title, good=False, words=ADVICE[found], facts={"cause": found.value}
        )
    faults = {
        found.key_interval_ms == 0 or found.key_interval_ms > _FEW_KEYS_MS: (
            "關鍵畫面太少，斷線重連時會多缺數秒。請在鏡頭將關鍵畫面間隔設為 2 秒，並關閉智慧編碼。"
        ),
        found.frames_per_second < _FEW_FRAMES: "每秒張數太少。請在鏡頭將張數設為 10 以上。",
        camera.audio and not found.sound: "平台設定收音，但鏡頭沒有送出可錄的聲音。請在鏡頭開啟收音（AAC 或 G.711）。",
    }
    return Finding(
        check=f"camera:{camera.code}",
        title=title,
        good=True not in faults,
        words="".join([words(found), *(["。", faults[True]] if True in faults else ["。"])]),
        facts=vars(found),
    )


def words(found: Stream) -> str:
    """What a camera sends, in one line."""
    interval = f"{found.key_interval_ms / 1000:.1f} 秒" if found.key_interval_ms else "未知"
    return "、".join(
        [
            f"{_CODECS.get(found.codec, found.codec)} {found.width}×{found.height}",
            f"每秒 {found.frames_per_second:g} 張",
            f"關鍵畫面間隔 {interval}",
            f"{found.bits_per_second / 1_000_000:.2f} Mbps",
            f"聲音 {found.sound.upper()}" if found.sound else "無聲音",
        ]
    )
