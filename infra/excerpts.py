"""Decodes what one segment holds of a stretch of wall time: its pictures to the frame, and its sound.

Decoding begins with the last key frame that is not after the stretch's start, so the same pictures come out whatever
was watched before. One raw picture is held at a time. What cannot be decoded is told, never left out in silence.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError

from infra.joining import Clip, pace_of

_MICROSECOND = 1_000_000
# Shorter than this, nobody would see a card that says that something is missing.
SHORTEST_HOLE_US = _MICROSECOND
# A decoder of sound needs a packet or two to begin with; this holds two of the longest (1024 samples at 8 kHz).
_RUN_UP_US = 300_000
# And the sound of a stretch is encoded in frames that reach a little beyond it.
_RUN_OUT_US = 60_000
# Where sound and picture lie far apart in a file, it is not read to its end for the rest of either.
_FARTHEST_APART_US = 5 * _MICROSECOND
# The header says all that is needed; nothing is gained by looking for the frame rate.
_DEMUXER = {"fpsprobesize": "0"}
# No picture beyond 8192x8192 is decoded, whatever a segment says of itself.
_DECODER = {"max_pixels": str(1 << 26)}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What of a segment could not be decoded, and when. `code`: `unreadable`, `broken_off`, `picture`, `sound`."""

    code: str
    at_us: int
    reason: str


@dataclass(frozen=True)
class Shot:
    """A decoded picture and when it was taken, in microseconds since 1970."""

    taken_us: int
    frame: Any


@dataclass(frozen=True)
class Hole:
    """A part of the stretch for which the segment should have pictures and gives none."""

    started_us: int
    ended_us: int


class Excerpt:
    """What a clip holds of the half-open stretch from `from_us` until `until_us`. Good for one run of `shots`.

    Known when the first shot comes: `before`, the picture on the screen as the stretch began, if the clip has it. Known
    at the end: `next_us`, when the first picture after the stretch was taken, if the clip has one; `heard`, decoded
    sound and when it began; `faults`, the first of each kind.
    """

    def __init__(self, clip: Clip, *, from_us: int, until_us: int, sound: bool) -> None:
        self._clip, self._from_us, self._until_us, self._sound = clip, from_us, until_us, sound
        self.before: Shot | None = None
        self.next_us: int | None = None
        self.heard: list[tuple[int, Any]] = []
        self.faults: list[Fault] = []
        self._seen_us = clip.started_us
        self._broken = True

    def shots(self) -> Iterator[Shot | Hole]:
        """The pictures of the stretch in order, and where a second or more of them is missing, the hole.

        Passes on what `clip.read` raises.
        """
        plain = self._clip.read()
        try:
            with av.open(io.BytesIO(plain), "r", format="mp4", options=_DEMUXER) as source:
                yield from self._of(source)
        except FFmpegError as error:
            self._tell("unreadable", self._seen_us, str(error))
            yield from self._hole(self._clip.ended_us)

    def _of(self, source: Any) -> Iterator[Shot | Hole]:  # noqa: ANN401 - PyAV ships no complete types
        video, audio = (_decodable(streams) for streams in (source.streams.video, source.streams.audio))
        if video is None:
            self._tell("unreadable", self._clip.started_us, "no picture that can be decoded")
            yield from self._hole(self._clip.ended_us)
            return
        cut = _Cut(self._clip, video, audio if self._sound else None, from_us=self._from_us, until_us=self._until_us)
        try:
            cut.read(source)
        except FFmpegError as error:
            self._tell("broken_off", self._clip.started_us, str(error))
        yield from self._shown(cut)
        self._listen(cut)

    def _shown(self, cut: "_Cut") -> Iterator[Shot | Hole]:
        if cut.pictures and cut.pictures[0].is_keyframe:
            self._seen_us = cut.picture_us(cut.pictures[0].pts)
        for frame in self._decoded(cut):
            taken_us = cut.picture_us(frame.pts)
            if self._broken and taken_us - self._seen_us >= SHORTEST_HOLE_US:
                yield from self._hole(taken_us)
            if taken_us >= self._until_us:
                self.next_us = taken_us
                return
            self._broken = False
            self._seen_us = max(taken_us, cut.picture_us(frame.pts + (frame.duration or 0)))
            if taken_us < self._from_us:
                self.before = Shot(taken_us, frame)
            else:
                yield Shot(taken_us, frame)
        if cut.ended and self._clip.ended_us - self._seen_us >= SHORTEST_HOLE_US:
            self._tell("broken_off", self._seen_us, "the samples end before the span that was signed")
            yield from self._hole(self._clip.ended_us)
        elif self._broken and self._until_us - self._seen_us >= SHORTEST_HOLE_US:
            yield from self._hole(self._until_us)

    def _decoded(self, cut: "_Cut") -> Iterator[Any]:
        for packet in [*cut.pictures, None]:
            try:
                frames = cut.decoder.decode(packet)
            except FFmpegError as error:
                self._broken = True
                self._tell("picture", cut.picture_us(packet.pts) if packet else self._seen_us, str(error))
            else:
                yield from (frame for frame in frames if frame.pts is not None)

    def _listen(self, cut: "_Cut") -> None:
        for packet in cut.sounds:
            try:
                frames = packet.decode()
            except FFmpegError as error:
                self._tell("sound", cut.sound_us(packet.pts), str(error))
            else:
                self.heard += [(cut.sound_us(frame.pts), frame) for frame in frames if frame.pts is not None]

    def _hole(self, ended_us: int) -> Iterator[Hole]:
        first, last = max(self._seen_us, self._from_us), min(ended_us, self._until_us)
        if first < last:
            yield Hole(first, last)

    def _tell(self, code: str, at_us: int, reason: str) -> None:
        """A thousand bad packets of one segment are one fact."""
        if all(fault.code != code for fault in self.faults):
            self.faults.append(Fault(code=code, at_us=at_us, reason=reason))


class _Cut:
    """The packets from which a stretch is decoded. `ended`: the file has none after them."""

    def __init__(self, clip: Clip, video: Any, audio: Any | None, *, from_us: int, until_us: int) -> None:  # noqa: ANN401
        self._from_us, self._until_us = from_us, until_us
        self._video, self._streams = video, [video] if audio is None else [video, audio]
        for stream in self._streams:
            stream.codec_context.thread_count = 1
        self.decoder = video.codec_context
        self.decoder.options = _DECODER
        anchor = (video.start_time or 0) * video.time_base
        self.picture_us = _wall_clock(clip, anchor, video.time_base)
        self.sound_us = _wall_clock(clip, anchor, self._streams[-1].time_base)
        self.pictures: list[Any] = []
        self.sounds: list[Any] = []
        self.ended = True

    def read(self, source: Any) -> None:  # noqa: ANN401
        """Find them. Raises `FFmpegError` when the file breaks off; what came before is kept."""
        awaited = {stream.index for stream in self._streams}
        for packet in source.demux(self._streams):
            if packet.size == 0 or packet.pts is None:
                continue
            is_video = packet.stream_index == self._video.index
            beyond_us = self._take_picture(packet) if is_video else self._take_sound(packet)
            if beyond_us >= 0:
                awaited.discard(packet.stream_index)
            if not awaited or beyond_us > _FARTHEST_APART_US:
                self.ended = False
                return

    def _take_picture(self, packet: Any) -> int:  # noqa: ANN401
        """Keep the packet, unless a key frame makes those before it needless; how far beyond the stretch it lies."""
        if packet.is_keyframe and self.picture_us(packet.pts) <= self._from_us:
            self.pictures.clear()
        self.pictures.append(packet)
        return self.picture_us(packet.pts if packet.dts is None else packet.dts) - self._until_us

    def _take_sound(self, packet: Any) -> int:  # noqa: ANN401
        begins_us = self.sound_us(packet.pts)
        beyond_us = begins_us - self._until_us - _RUN_OUT_US
        if beyond_us < 0 and self._from_us - begins_us < _RUN_UP_US:
            self.sounds.append(packet)
        return beyond_us


def _decodable(streams: Any) -> Any | None:  # noqa: ANN401
    return next((stream for stream in streams if stream.codec_context is not None), None)


def _wall_clock(clip: Clip, anchor: Fraction, time_base: Fraction) -> Callable[[int], int]:
    """From a stream's ticks to microseconds since 1970, rounded down, so that an instant's frames are never before it.

    `anchor` is where the clip's first picture lies in its own file, in seconds: the start of its span.
    """
    tick_us = time_base * pace_of(clip) * _MICROSECOND
    first_us = anchor * pace_of(clip) * _MICROSECOND
    unit = tick_us.denominator * first_us.denominator
    scale, shift = tick_us.numerator * first_us.denominator, first_us.numerator * tick_us.denominator
    return lambda ticks: clip.started_us + (ticks * scale - shift) // unit
