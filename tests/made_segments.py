"""Self-made segments: what an edge box records, without a camera."""

import array
import io
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import av

from infra.export_boxes import Exported

FPS = 10
# Who gives a film that is made of them, which every film says.
EXPORTED = Exported(unit="晨光幼兒園", at_us=1_700_000_000_000_000, source="前門", line="C-GATE")


@dataclass(frozen=True)
class Made:
    """A segment's MP4, how long its samples are, and the bytes of each packet of the picture."""

    plain: bytes
    media_ms: int
    pictures: tuple[bytes, ...]


@lru_cache(maxsize=64)
def clip(
    seconds: float = 4,
    *,
    gop: int = FPS,
    b_frames: int = 0,
    audio: bool = False,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    first: int = 0,
) -> Made:
    """A fragmented MP4 of a moving pattern, `gop` frames from key frame to key frame, shaped like the edge's own."""
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(buffer, "w", format="mp4", options=options) as out:
        video = out.add_stream(codec, rate=FPS)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = Fraction(1, FPS)
        video.codec_context.gop_size = gop
        video.codec_context.max_b_frames = b_frames
        keys = "x265-params" if codec == "libx265" else "x264-params"
        quiet = ":log-level=none" if codec == "libx265" else ""
        video.options = {
            keys: f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}{quiet}",
            "preset": "ultrafast",
        }
        sound = out.add_stream("aac", rate=8000, layout="mono") if audio else None
        packets = _pictures(video, round(seconds * FPS), first)
        # What the encoder puts before the first sample is left out, as an edge leaves out sound before the first frame.
        packets += [packet for packet in _sounds(sound, seconds) if packet.dts >= 0] if sound else []
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            out.mux(packet)
    plain = buffer.getvalue()
    return Made(plain, round(seconds * 1000), tuple(pictures(plain)))


def pictures(mp4: bytes) -> list[bytes]:
    """The bytes of every packet of the picture, in the order in which they are decoded."""
    with av.open(io.BytesIO(mp4)) as source:
        return [bytes(packet) for packet in source.demux(source.streams.video[0]) if packet.size]


def _pictures(stream: "av.VideoStream", count: int, first: int) -> list["av.Packet"]:
    packets = []
    for number in range(count):
        frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
        for plane in frame.planes:
            shade = (first + number) * 7 % 200
            plane.update(bytes((shade + at % plane.line_size) % 256 for at in range(plane.buffer_size)))
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        packets += stream.encode(frame)
    return packets + stream.encode(None)


def _sounds(stream: "av.AudioStream", seconds: float) -> list["av.Packet"]:
    packets = []
    for number in range(round(seconds * 8000 / 1024)):
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(array.array("f", (math.sin(at / 5) / 2 for at in range(1024))).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 8000, number * 1024, Fraction(1, 8000)
        packets += stream.encode(frame)
    return packets + stream.encode(None)
