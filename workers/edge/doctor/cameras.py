"""A camera as it sends now: reachable, let in, and what its stream is like. Some seconds are read, and none is kept."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from infra.age_format import CHUNK_BYTES
from infra.camera_profiles import CODEC_NAMES
from infra.causes import GapCause
from infra.streams import open_stream
from workers.edge.configuration import CameraRules
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.watching import Length, tried, watched
from workers.edge.words import advice

_LENGTH = Length(least=5.0, most=12.0)
_AT_ONCE = 8
_FEW_KEYS_MS, _FEW_FRAMES = 10_000, 5.0


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

    @property
    def kept_bits_per_second(self) -> int:
        """What of it is written: a camera that sends little is filled up to a whole chunk a second (ADR 0031)."""
        return max(self.bits_per_second, CHUNK_BYTES * 8)


def look(address: str, length: Length = _LENGTH) -> Stream:
    """Read a stream for some seconds. Raises `StreamFault`."""
    with open_stream(address, audio=True) as stream:
        found, sound = watched(stream, length), stream.audio
    return Stream(
        codec=found.codec,
        width=found.width,
        height=found.height,
        frames_per_second=round(found.fps, 1),
        key_interval_ms=found.key_interval_ms or 0,
        bits_per_second=found.kbps * 1000,
        sound=sound.codec_context.name if sound is not None else "",
    )


def every(cameras: Sequence[CameraRules], home: Home) -> list[tuple[CameraRules, Stream | GapCause]]:
    """Each camera and what it sends, or why it cannot be recorded; several are looked at at once.

    Raises `CannotOpen` when the passwords of the cameras cannot be opened.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(zip(cameras, pool.map(lambda camera: tried(camera, home, look), cameras), strict=True))


def finding(camera: CameraRules, found: Stream | GapCause) -> Finding:
    """One camera, green or red."""
    title = f"鏡頭 {camera.code}（{camera.name}）"
    if not isinstance(found, Stream):
        what_to_do = advice(found, camera.code)
        return Finding(
            check=f"camera:{camera.code}", title=title, good=False, words=what_to_do, facts={"cause": found.value}
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
            f"{CODEC_NAMES.get(found.codec, found.codec)} {found.width}×{found.height}",
            f"每秒 {found.frames_per_second:g} 張",
            f"關鍵畫面間隔 {interval}",
            f"{found.bits_per_second / 1_000_000:.2f} Mbps",
            f"聲音 {found.sound.upper()}" if found.sound else "無聲音",
        ]
    )
