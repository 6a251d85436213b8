"""A camera's telephone sound as AAC: G.711 cannot lie in an MP4, and the picture waits for no sound (KH-3-11).

One encoder for a whole connection. Times are counted in samples from where the sound began, and put right where the
camera's own clock says that some are missing.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError

CONVERTED = frozenset({"pcm_alaw", "pcm_mulaw"})
RATE = 16_000
_SAMPLES = 1024
_BASE = Fraction(1, RATE)
# Clocks of sound and sender drift by less; more than this is a hole, and not to be closed up.
_LARGEST_DRIFT = RATE // 5


class Converter:
    """Makes AAC packets of the packets of one stream. `stream` is what a file is told about them."""

    def __init__(self) -> None:
        # A muxer that is never written: only streams have what a file needs to know, and one encoder serves all files.
        self._holder = av.open(io.BytesIO(), "w", format="mp4")
        self.stream: Any = self._holder.add_stream("aac", rate=RATE, layout="mono")
        self.stream.codec_context.open(strict=False)
        self._resampler = av.AudioResampler("fltp", "mono", RATE, frame_size=_SAMPLES)
        self._next: int | None = None
        # What was decoded and is in no frame yet: less than a frame of it.
        self._waiting = Fraction(0)
        self._faulty = False

    def convert(self, packet: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV ships no complete types
        """What is ready after this packet, with pts and dts in `stream`'s time. After a fault nothing ever is."""
        if self._faulty:
            return
        try:
            at = round(packet.pts * packet.time_base / _BASE - self._waiting)
            if self._next is None or abs(at - self._next) > _LARGEST_DRIFT:
                self._next = at
            yield from self._encoded(packet)
        except (FFmpegError, TypeError, ValueError):
            self._faulty = True

    def _encoded(self, packet: Any) -> Iterator[Any]:  # noqa: ANN401
        for decoded in packet.decode():
            decoded.pts = None
            self._waiting += Fraction(decoded.samples * RATE, decoded.sample_rate)
            for frame in self._resampler.resample(decoded):
                assert self._next is not None  # noqa: S101 - `convert` set it
                frame.pts, frame.time_base = self._next, _BASE
                self._next += frame.samples
                self._waiting -= frame.samples
                yield from self.stream.encode(frame)
