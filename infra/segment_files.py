"""One segment as a fragmented MP4, made of the camera's own packets and handed on fragment by fragment."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError

from infra.boxes import boxes
from infra.key_frames import NoPicture, decoded
from infra.streams import LiveStream

# A fragment of about a second and one at each key frame: what a crash cut off still plays up to its last one.
# No index, neither in front nor behind: the one would have to be written anew, the other tells places in a file in
# which something else may come to lie. Sound that stays away holds the picture back no longer than half a second. Each
# track keeps the times it is given (`frag_discont`), so that sound that begins later than the picture stays beside it.
_MP4 = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer+frag_discont",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "frag_duration": "1000000",
    "flush_packets": "1",
    "max_interleave_delta": "500000",
}
_ADTS = 0xFFF0
_BOX_HEADER_BYTES, _PICTURE_TRACK = 8, 1
# As a rule a whole fragment, which then need not be put together.
_BUFFER_BYTES = 1 << 19
_NANOSECOND = 1_000_000_000
# Sound that ended longer before the picture has paused, and the picture does not wait for it in the file.
_LONGEST_LEAD = Fraction(5)


@dataclass(frozen=True)
class Shape:
    """What stays the same within one file. `sets` is empty when the camera's description alone holds them."""

    codec: str
    sets: bytes
    width: int
    height: int


def free_box(size: int) -> bytes:
    """A box of an MP4 that says nothing, of eight bytes or more; it may lie between any two fragments."""
    return size.to_bytes(4, "big") + b"free" + bytes(size - _BOX_HEADER_BYTES)


def pictures_in(fragments: bytes) -> int:
    """How many samples of the picture, which is the first track, whole fragments hold (ISO/IEC 14496-12, 8.8)."""
    headers = (header for kind, header in boxes(memoryview(fragments)) if kind == b"moof")
    return sum(_samples(track) for header in headers for kind, track in boxes(header) if kind == b"traf")


def _samples(track: memoryview) -> int:
    found = list(boxes(track))
    if not any(kind == b"tfhd" and _number(box) == _PICTURE_TRACK for kind, box in found):
        return 0
    return sum(_number(box) for kind, box in found if kind == b"trun")


def _number(box: memoryview) -> int:
    """What stands behind version and flags: of a track's header its number, of a run how many samples it has."""
    return int.from_bytes(box[4:8], "big")


class _Made:
    """What the muxer made since it was last asked. Not seekable: nothing that was handed on can be changed."""

    def __init__(self) -> None:
        self.made: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.made.append(data)
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self.made)
        self.made.clear()
        return taken


class SegmentFile:
    """The file being written. Its timestamps begin at zero, with the picture or with sound that comes before it."""

    def __init__(
        self,
        stream: LiveStream,
        shape: Shape,
        *,
        picture: Any,  # noqa: ANN401
        lost_before: int,
        sound_ended: int | None,
        is_first: bool,
    ) -> None:
        """`picture` is what the first packet is of; `is_first` of the connection's files. The sound before is none's.

        `lost_before` packets of the stream were lost before what comes. What was lost while the stream was opened may
        be of any picture of the first, and so counts there. `sound_ended` is how far the file before has sound.
        """
        self.shape = shape
        self.packets = 0
        self.has_audio = False
        self._losses, self._lost_before = stream.losses, lost_before - stream.losses.lost_early * is_first
        self.lost_until: int | None = None
        self._made = _Made()
        # What `take` would take: asked for each packet, and nearly always nothing.
        self.made = self._made.made
        self._out = av.open(self._made, "w", format="mp4", container_options=_MP4, buffer_size=_BUFFER_BYTES)
        # Opaque: copied as they are. A codec object made anew for each segment would leak (PyAV #2135).
        self._video = self._out.add_stream_from_template(picture, opaque=True)
        if shape.sets:
            context = self._video.codec_context
            context.extradata, context.width, context.height = shape.sets, shape.width, shape.height
        self._audio = self._with_audio(stream)
        self._base: Fraction = picture.time_base
        # In whole numbers, since they run for every packet.
        self._ns_up: int = self._base.numerator * _NANOSECOND
        self._ns_down: int = self._base.denominator
        self._is_first, self._sound_ended = is_first, sound_ended
        self._sound_zero: int | None = None
        self._sound_next = 0
        self._first: int | None = None
        self._zero = self._last = self._step = 0

    def take(self) -> bytes:
        """What was made since the last time: whole fragments, or nothing yet. Before the first also the file's head."""
        return self._made.take()

    @property
    def lost_packets(self) -> int:
        """How many packets of the stream nobody got since the file began, up to `lost_until` where that is set."""
        return (self._losses.lost if self.lost_until is None else self.lost_until) - self._lost_before

    @property
    def step_ns(self) -> int:
        """The length of the last frame."""
        return self._ns(self._step)

    @property
    def media_ns(self) -> int:
        """What the samples add up to."""
        return self._ns(self._last + self._step)

    def add_video(self, packet: Any) -> int:  # noqa: ANN401
        """Write one packet; how many nanoseconds behind the first. Packets of one connection come in order."""
        if self._first is None:
            self._first, self._zero = packet.dts, self._begins(packet.dts)
        at = packet.dts - self._first
        self._step = packet.duration or at - self._last
        self._last = at
        packet.dts -= self._zero
        packet.pts -= self._zero
        self.packets += 1
        packet.stream = self._video
        self._out.mux_one(packet)
        return self._ns(at)

    def add_audio(self, packet: Any) -> None:  # noqa: ANN401
        """Write sound beside the picture, where the last ended. A fault of the sound ends the sound, never the picture.

        Sound that belongs before the picture lies before it, and of what comes later still none is left out.
        """
        if self._audio is None or (not self.has_audio and _is_framed(packet)):
            return
        if self._sound_zero is None:
            self._sound_zero = self._zero * self._base // packet.time_base
        at, lag = packet.dts - self._sound_zero, packet.pts - packet.dts
        if at < 0 and self._is_first:
            return
        at = max(at, self._sound_next)
        self._sound_next = at + 1
        packet.dts, packet.pts = at, at + lag
        try:
            packet.stream = self._audio
            self._out.mux_one(packet)
            self.has_audio = True
        except (FFmpegError, ValueError):
            self._audio = None

    def close(self) -> bytes:
        """The rest of the file."""
        self._out.close()
        return self.take()

    def _ns(self, ticks: int) -> int:
        return (2 * ticks * self._ns_up + self._ns_down) // (2 * self._ns_down)

    def _begins(self, first: int) -> int:
        """What is zero in the file: the first picture, or the end of the sound before it, whose rest is yet to come."""
        lead = first - self._sound_ended if self._sound_ended is not None else 0
        return first - lead if 0 < lead * self._base <= _LONGEST_LEAD else first

    def _with_audio(self, stream: LiveStream) -> Any | None:  # noqa: ANN401
        if stream.audio is None:
            return None
        try:
            return self._out.add_stream_from_template(stream.audio, opaque=True)
        except (FFmpegError, ValueError):
            return None


def _is_framed(packet: Any) -> bool:  # noqa: ANN401
    """Whether AAC begins as in a broadcast (ADTS).

    A file that begins with it the muxer says to take, and fails at a later picture; in the middle it only warns.
    """
    return int.from_bytes(memoryview(packet)[:2]) & _ADTS == _ADTS


def decoded_size(codec: str, sets: bytes, key_frame: bytes) -> tuple[int, int] | None:
    """Width and height of a key frame under new parameter sets, by decoding this one picture; None when it fails."""
    try:
        frame = decoded(codec, sets, key_frame)
    except NoPicture:
        return None
    return frame.width, frame.height
