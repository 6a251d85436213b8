"""A camera with sound, played to the recorder by hand: so that its sound can come late or jump."""

import io
import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av

from infra.sound_conversion import CONVERTED, Converter
from infra.streams import Arrival, LiveStream
from tests.clips import Clip

RATE = 8000
_NANOSECOND = 1_000_000_000
_SAMPLES = {"aac": 1024, "pcm_alaw": 160, "pcm_mulaw": 160}
_FORMATS = {"aac": "fltp", "pcm_alaw": "s16", "pcm_mulaw": "s16"}
# How a jump changes a packet's time: by the second at which it was taken, the seconds to add.
Jump = Callable[[float], int]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A packet as the recorder got it: its bytes, and how many seconds after the first picture it was taken."""

    data: bytes
    at: float


class _Sent(NamedTuple):
    """A packet on its way, and how many seconds after the first picture it was taken."""

    packet: Any
    came_ns: int
    is_video: bool
    at: float


@dataclass
class Sounding:
    """Ten pictures a second and a noise no two packets of which are alike. Both begin at the same instant.

    `late` is how many seconds after the pictures the sound comes that belongs to them. `jumps` change what the camera
    says of the times of picture and sound. `sent` is the sound that was handed on, and when it was taken.
    """

    folder: Path
    sound: str = "aac"
    seconds: int = 12
    late: float = 0
    picture_jumps: Jump = lambda _at: 0
    sound_jumps: Jump = lambda _at: 0
    silent: Callable[[float], bool] = lambda _at: False

    def __post_init__(self) -> None:
        """Make what it sends."""
        path = self.folder / "pictures.ts"
        if not path.exists():
            Clip(path=path, frames=self.seconds * 10, key_every=10, size=(64, 48)).make()
        self.sent: list[Sample] = []
        self.video_source: Any = av.open(path)
        self.sound_source: Any = av.open(io.BytesIO(_noise(self.sound, self.seconds)))

    def stream(self) -> LiveStream:
        """What is recorded."""
        video, sound = self.video_source.streams.video[0], self.sound_source.streams.audio[0]
        if self.sound not in CONVERTED:
            return LiveStream(video, sound, self._told(self._mixed()))
        converter = Converter()
        return LiveStream(video, converter.stream, self._told(self._converted(converter)))

    def _mixed(self) -> Iterator[_Sent]:
        pictures = [packet for packet in self.video_source.demux(video=0) if packet.size]
        sounds = [packet for packet in self.sound_source.demux(audio=0) if packet.size]
        first = pictures[0].dts * pictures[0].time_base
        found = [(number / 10, number / 10, True, packet) for number, packet in enumerate(pictures)]
        heard = [(float(packet.dts * packet.time_base), packet) for packet in sounds]
        found += [(at + self.late, at, False, packet) for at, packet in heard if not self.silent(at)]
        for comes, at, is_video, packet in sorted(found, key=lambda one: (one[0], not one[2])):
            jump = self.picture_jumps(at) if is_video else self.sound_jumps(at)
            shift = round((jump + (0 if is_video else first)) / packet.time_base)
            packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
            yield _Sent(packet, round(max(comes, 0) * _NANOSECOND), is_video, at)

    def _converted(self, converter: Converter) -> Iterator[_Sent]:
        """As `infra.streams` does; the first frame that an encoder gives comes before what it was given."""
        number = -1
        for one in self._mixed():
            if one.is_video:
                yield one
                continue
            for packet in converter.convert(one.packet):
                yield one._replace(packet=packet, at=number * 1024 / 16_000)
                number += 1

    def _told(self, found: Iterator[_Sent]) -> Iterator[Arrival]:
        """Each picture with the sound that came before it; what comes after the last is nobody's."""
        heard: list[_Sent] = []
        for one in found:
            if not one.is_video:
                heard.append(one)
                continue
            self.sent += [Sample(data=bytes(each.packet), at=each.at) for each in heard if each.at >= 0]
            yield Arrival(one.packet, one.came_ns, [each.packet for each in heard])
            heard = []


def heard_in(mp4: bytes) -> list[Sample]:
    """The sound of one segment, by its distance from the first picture."""
    with av.open(io.BytesIO(mp4)) as file:
        packets = [packet for packet in file.demux() if packet.size]
        times = [float(packet.dts * packet.time_base) for packet in packets]
        is_sound = [packet.stream.type == "audio" for packet in packets]
    first = min(at for at, sound in zip(times, is_sound, strict=True) if not sound)
    found = zip(packets, times, is_sound, strict=True)
    return [Sample(data=bytes(packet), at=at - first) for packet, at, sound in found if sound]


def _noise(codec: str, seconds: int) -> bytes:
    source, buffer = random.Random(codec), io.BytesIO()  # noqa: S311 - the same in each run
    samples, kind = _SAMPLES[codec], _FORMATS[codec]
    with av.open(buffer, "w", format="nut" if codec in CONVERTED else "mp4") as out:
        stream: Any = out.add_stream(codec, rate=RATE, layout="mono")
        for number in range(seconds * RATE // samples):
            frame = av.AudioFrame(format=kind, layout="mono", samples=samples)
            values = [source.uniform(-0.5, 0.5) for _each in range(samples)]
            frame.planes[0].update(_spelled(values, kind))
            frame.sample_rate, frame.pts, frame.time_base = RATE, number * samples, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def _spelled(values: Sequence[float], kind: str) -> bytes:
    if kind == "fltp":
        return array("f", values).tobytes()
    return array("h", (round(value * 32767) for value in values)).tobytes()
