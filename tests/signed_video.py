"""Video as a camera sends it that signs its own: a real stream with signing units before its slices (annex D of H.264).

What stands in the units is made up, since nobody here has a camera's key; that they are units of the stream is not.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av

from infra.signing_units import UUIDS, Framework

AXIS, ONVIF = (next(uuid for uuid, of in UUIDS.items() if of is each) for each in (Framework.AXIS, Framework.ONVIF))
FRAMES, KEY_EVERY, RATE = 40, 10, 10
_START = b"\x00\x00\x00\x01"
_SLICES = {"h264": frozenset({1, 5}), "hevc": frozenset(range(32))}
_ENCODERS = {"h264": ("libx264", "x264-params", ""), "hevc": ("libx265", "x265-params", ":log-level=none")}


def message(uuid: bytes, payload: bytes) -> bytes:
    """A message of this UUID (type 5)."""
    size = len(uuid + payload)
    return b"\x05" + b"\xff" * (size // 255) + bytes([size % 255]) + uuid + payload


def sei(codec: str, uuid: bytes, payload: bytes, *, before: bytes = b"") -> bytes:
    """A unit with one message of this UUID; `before` is another message in the same unit."""
    raw = before + message(uuid, payload) + b"\x80"
    return (b"\x06" if codec == "h264" else b"\x4e\x01") + _escaped(raw)


def _escaped(raw: bytes) -> bytes:
    """With the bytes that keep start codes out of a unit (7.4.1)."""
    made, zeros = bytearray(), 0
    for byte in raw:
        if zeros == 2 and byte <= 3:
            made.append(3)
            zeros = 0
        made.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(made)


def units_of(stream: bytes) -> list[bytes]:
    """The units of a byte stream (annex B), without start codes and the zeros that may come before them."""
    return [unit.rstrip(b"\x00") for unit in stream.split(b"\x00\x00\x01")[1:]]


def units_in(sample: bytes) -> list[bytes]:
    """The units of a sample of an MP4, without their lengths."""
    found, at = [], 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        found.append(sample[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def samples(mp4: bytes) -> list[list[bytes]]:
    """The units of each picture of an MP4."""
    with av.open(io.BytesIO(mp4)) as source:
        return [units_in(bytes(packet)) for packet in source.demux(video=0) if packet.size]


@lru_cache(maxsize=2)
def _encoded(codec: str) -> bytes:
    """An unsigned stream as MPEG-TS, whose units have start codes as RTSP delivers them."""
    encoder, parameters, quiet = _ENCODERS[codec]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mpegts") as out:
        video = out.add_stream(encoder, rate=RATE)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        keys = f"keyint={KEY_EVERY}:min-keyint={KEY_EVERY}:scenecut=0:bframes=0{quiet}"
        video.options = {parameters: keys, "preset": "ultrafast"}
        for number in range(FRAMES):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes((number * 7 + at) % 256 for at in range(plane.buffer_size)))
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return buffer.getvalue()


def stream(codec: str, signing: Mapping[int, Iterable[bytes]], *, kind: str = "mpegts") -> io.BytesIO:
    """The stream with these units before the first slice of the numbered pictures, in a container of this kind."""
    buffer = io.BytesIO()
    with av.open(io.BytesIO(_encoded(codec))) as source, av.open(buffer, "w", format=kind) as out:
        template = source.streams.video[0]
        video = out.add_stream_from_template(template, opaque=True)
        for number, packet in enumerate(packet for packet in source.demux(template) if packet.size):
            made = av.Packet(_with(codec, bytes(packet), list(signing.get(number, ()))))
            made.pts, made.dts, made.duration = packet.pts, packet.dts, packet.duration
            made.time_base, made.is_keyframe, made.stream = packet.time_base, packet.is_keyframe, video
            out.mux_one(made)
    buffer.seek(0)
    return buffer


def _with(codec: str, picture: bytes, signing: list[bytes]) -> bytes:
    units = units_of(picture)
    first = next(at for at, unit in enumerate(units) if _kind(codec, unit) in _SLICES[codec])
    return b"".join(_START + unit for unit in [*units[:first], *signing, *units[first:]])


def _kind(codec: str, unit: bytes) -> int:
    return unit[0] & 0x1F if codec == "h264" else (unit[0] >> 1) & 0x3F


def packets(source: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV ships no complete types
    """What a camera sends, picture by picture."""
    return (packet for packet in source.demux(source.streams.video[0]) if packet.size)
