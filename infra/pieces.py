"""Cuts joined packets into pieces for playback in a browser: fragmented MP4, each piece from key frame to key frame.

A browser cannot be made to hide a pre-roll, so pieces begin with the first key frame inside the window: no frame from
outside it is ever sent (DR-12). What lies between the window's start and that frame is in the file only.
"""

import io
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import av

from infra.playlists import INIT, Piece, piece_name

# Offsets below zero, so that with B-frames a run begins with a frame; at a hole before it a browser would stall.
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer+negative_cts_offsets"}
# Each piece is an object of its own in the store, where a request costs as much as half a megabyte.
_PIECE_US = 8_000_000
# What the muxer hands over at a time: a call for each box is much, for each 32 kB it is a third of the whole work.
_BUFFER = 1 << 20
_GAP_US = 1_000_000
_BOX_HEADER = 8
_MICROSECOND = 1_000_000


def fits_mp4(source: Any) -> bool:  # noqa: ANN401 - PyAV ships no complete types
    """Whether an MP4 can hold the sound as it is: G.711, which cameras send, it cannot."""
    return all(stream.codec_context.name in _held_by_mp4() for stream in source.streams.audio[:1])


@cache
def _held_by_mp4() -> frozenset[str]:
    with av.open(io.BytesIO(), "w", format="mp4") as out:
        return frozenset(out.supported_codecs)


class PieceWriter:
    """Takes the packets of one part, with timestamps that count from `from_us`, and keeps whole pieces."""

    def __init__(self, from_us: int, keep: Callable[[str, bytes], None]) -> None:
        self._from_us, self._keep = from_us, keep
        self._run: _Run | None = None
        self._pieces: list[Piece] = []
        self._ended_us: int | None = None

    def begin(self, source: Any, started_us: int, ended_us: int) -> None:  # noqa: ANN401 - PyAV ships no complete types
        """A segment follows, with this wall span. After a gap the timestamps of the pieces begin anew."""
        if self._ended_us is None or started_us - self._ended_us > _GAP_US:
            self._close_run()
            self._run = _Run(source, self._piece)
        self._ended_us = ended_us

    def add(self, index: int, packet: Any) -> None:  # noqa: ANN401
        """Write a packet of the picture (0) or the sound (1). The packet is left as it was."""
        if self._run is not None:
            self._run.add(index, packet)

    def close(self) -> tuple[Piece, ...]:
        """Every piece that was kept."""
        self._close_run()
        return tuple(self._pieces)

    def _close_run(self) -> None:
        if self._run is not None:
            self._run.close()
            self._run = None

    def _piece(self, init: bytes, data: bytes, start: int, end: int, *, first: bool) -> None:
        if not self._pieces:
            self._keep(INIT, init)
        number = len(self._pieces) + 1
        self._keep(piece_name(number), data)
        self._pieces.append(
            Piece(
                number=number,
                started_us=self._from_us + start,
                duration_ms=(end - start) // 1000,
                after_gap=first and number > 1,
            )
        )


class _Run:
    """What was recorded without a gap. The muxer makes one fragment from each key frame to the next."""

    def __init__(self, source: Any, keep: Callable[..., None]) -> None:  # noqa: ANN401
        self._sink = _Sink()
        self._keep = keep
        self._out: Any = av.open(self._sink, "w", format="mp4", container_options=_FRAGMENTED, buffer_size=_BUFFER)
        streams = [source.streams.video[0], *(source.streams.audio[:1] if fits_mp4(source) else ())]
        self._streams = [self._out.add_stream_from_template(stream, opaque=True) for stream in streams]
        self._key_frames: list[int] = []
        self._taken = 0
        self._end = 0
        self._bases: list[Fraction] = [stream.time_base for stream in streams]
        self._video_us = _MICROSECOND * self._bases[0].numerator, self._bases[0].denominator
        self._shifts: list[int] = []

    def add(self, index: int, packet: Any) -> None:  # noqa: ANN401
        if index >= len(self._streams):
            return  # sound that an MP4 cannot hold; no browser plays it, and the picture goes on
        is_video, base = index == 0, self._bases[index]
        if not self._shifts:
            if not (is_video and packet.is_keyframe and packet.pts >= 0):
                return
            begins = packet.dts * base
            self._shifts = [round(begins / each) for each in self._bases]
        if is_video:
            begins_run = packet.is_keyframe
            shown_us = _us(packet.pts, self._video_us)
            if begins_run:
                self._key_frames.append(shown_us)
            self._end = max(self._end, shown_us + _us(packet.duration, self._video_us))
        elif packet.dts < self._shifts[index]:
            return
        self._mux(index, packet)
        if is_video and begins_run:
            self._take()

    def close(self) -> None:
        if not self._shifts:
            return
        self._out.close()
        self._sink.finish()
        self._take(whole=True)

    def _mux(self, index: int, packet: Any) -> None:  # noqa: ANN401
        held = packet.stream, packet.pts, packet.dts, packet.duration
        packet.pts -= self._shifts[index]
        packet.dts -= self._shifts[index]
        packet.stream = self._streams[index]
        self._out.mux_one(packet)
        packet.stream, packet.pts, packet.dts, packet.duration = held
        packet.time_base = self._bases[index]

    def _take(self, *, whole: bool = False) -> None:
        """Keep what has become long enough; at the end whatever is left."""
        fragments = self._sink.fragments
        while fragments:
            ready = 1
            while ready < len(fragments) and self._at(ready) - self._at(0) < _PIECE_US:
                ready += 1
            if not whole and self._at(ready) - self._at(0) < _PIECE_US:
                return
            start, end = self._at(0), self._at(ready)
            data = b"".join(box for fragment in fragments[:ready] for box in fragment)
            del fragments[:ready]
            self._keep(self._sink.init, data, start, end, first=self._taken == 0)
            self._taken += ready

    def _at(self, fragment: int) -> int:
        """When a waiting fragment begins; of the one after the last, when the run ends."""
        index = self._taken + fragment
        return self._key_frames[index] if index < len(self._key_frames) else self._end


class _Sink:
    """Receives the muxer's bytes and takes them apart by boxes (ISO/IEC 14496-12, 4.2): header, then fragments."""

    def __init__(self) -> None:
        self.init = b""
        self.fragments: list[list[bytes]] = []
        self._buffer = bytearray()
        self._head: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Called by the muxer. There is no `seek`, so that it writes strictly forward."""
        self._buffer += data
        while len(self._buffer) >= _BOX_HEADER:
            size = int.from_bytes(self._buffer[:4], "big")
            if len(self._buffer) < size:
                break
            with memoryview(self._buffer) as held:
                box = bytes(held[:size])
            self._box(box[4:_BOX_HEADER], box)
            del self._buffer[:size]
        return len(data)

    def finish(self) -> None:
        """Raise `ValueError` when the muxer left half a box."""
        if self._buffer or self._head:
            raise ValueError("the last fragment is cut off")

    def _box(self, kind: bytes, box: bytes) -> None:
        if kind in {b"ftyp", b"moov"}:
            self.init += box
        elif kind == b"mdat":
            self.fragments.append([*self._head, box])
            self._head = []
        else:
            self._head.append(box)


def _us(ticks: int, base: tuple[int, int]) -> int:
    """Microseconds, in whole numbers, since this runs for every packet."""
    return ticks * base[0] // base[1]
