"""Cuts a joined film into pieces for playback in a browser: fragmented MP4, each piece from key frame to key frame.

A browser cannot be made to hide a pre-roll, so pieces begin with the first key frame inside the window: no frame from
outside it is ever sent (DR-12). What lies between the window's start and that frame is in the film only.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import IO, Any

import av

from infra.joining import fits_mp4
from infra.playlists import INIT, Piece, piece_name

# Offsets below zero, so that with B-frames a run begins with a frame; at a hole before it a browser would stall.
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer+negative_cts_offsets"}
# Each piece is an object of its own in the store, where a request costs as much as half a megabyte.
_PIECE_US = 8_000_000
# What is read or handed over at a time: a call for each box is much, for each 32 kB it is a third of the whole work.
_BUFFER = 1 << 20
_GAP_US = 1_000_000
_BOX_HEADER = 8
_MICROSECOND = 1_000_000


def cut(film: IO[bytes], *, started_us: int, keep: Callable[[str, bytes], None]) -> tuple[Piece, ...]:
    """Cut a film whose first shown frame was taken at `started_us`; every piece. `keep` gets each with its name.

    In constant memory. A film tells of a gap by one frame that stays on for as long; in pieces that frame is as short
    as the others, and the one after the gap begins a run of its own.
    """
    with av.open(film, "r", format="mp4", buffer_size=_BUFFER) as source:
        cutting = _Cutting(source, keep)
        for packet in source.demux(cutting.streams):
            if packet.size:
                cutting.add(packet)
        return cutting.close(started_us)


class _Cutting:
    """Takes the packets of one film as they lie in it."""

    def __init__(self, source: Any, keep: Callable[[str, bytes], None]) -> None:  # noqa: ANN401 - PyAV ships no complete types
        self.streams = [source.streams.video[0], *(source.streams.audio[:1] if fits_mp4(source) else ())]
        self._keep = keep
        self._units = [(_MICROSECOND * each.time_base.numerator, each.time_base.denominator) for each in self.streams]
        self._run = _Run(self.streams, self._piece)
        self._pieces: list[Piece] = []
        self._shown_us: int | None = None
        self._latest_us = 0
        self._held: Any = None
        self._usual = [0 for _ in self.streams]

    def add(self, packet: Any) -> None:  # noqa: ANN401
        """Write a packet of the picture once the next one says whether a gap follows; of the sound at once."""
        index = int(packet.stream_index != self.streams[0].index)
        at_us = _us(packet.dts, self._units[index])
        is_after_gap = at_us - self._latest_us > _GAP_US
        if index:
            if is_after_gap:
                return  # nothing can be heard before there is a picture
            self._write(index, packet, last=_us(packet.duration, self._units[index]) > _GAP_US)
        else:
            is_after_gap = is_after_gap and packet.is_keyframe
            self._write_held(last=is_after_gap)
            if is_after_gap:
                self._run.close()
                self._run = _Run(self.streams, self._piece)
            self._held = packet
            self._note_shown(_us(packet.pts, self._units[0]))
        self._latest_us = max(self._latest_us, at_us)

    def close(self, started_us: int) -> tuple[Piece, ...]:
        """Every piece that was kept, with the wall time that follows from that of the first shown frame."""
        self._write_held(last=False)
        self._run.close()
        began_us = started_us - (self._shown_us or 0)
        return tuple(replace(piece, started_us=began_us + piece.started_us) for piece in self._pieces)

    def _note_shown(self, at_us: int) -> None:
        """Where the first shown frame lies: after a pre-roll at zero, else where it was in its window."""
        if at_us >= 0:
            self._shown_us = at_us if self._shown_us is None else min(at_us, self._shown_us)

    def _write_held(self, *, last: bool) -> None:
        if self._held is not None:
            self._write(0, self._held, last=last)

    def _write(self, index: int, packet: Any, *, last: bool) -> None:  # noqa: ANN401
        """Write a packet. The last one before a gap is as long as the one before it."""
        if last:
            packet.duration = self._usual[index] or packet.duration
        self._usual[index] = packet.duration
        self._run.add(index, packet)

    def _piece(self, init: bytes, data: bytes, start: int, end: int, *, first: bool) -> None:
        if not self._pieces:
            self._keep(INIT, init)
        number = len(self._pieces) + 1
        self._keep(piece_name(number), data)
        self._pieces.append(
            Piece(
                number=number,
                started_us=start,
                duration_ms=(end - start) // 1000,
                after_gap=first and number > 1,
            )
        )


class _Run:
    """What was recorded without a gap. The muxer makes one fragment from each key frame to the next."""

    def __init__(self, streams: list[Any], keep: Callable[..., None]) -> None:
        self._sink = _Sink()
        self._keep = keep
        self._out: Any = av.open(self._sink, "w", format="mp4", container_options=_FRAGMENTED, buffer_size=_BUFFER)
        self._streams = [self._out.add_stream_from_template(stream, opaque=True) for stream in streams]
        self._key_frames: list[int] = []
        self._taken = 0
        self._end = 0
        self._bases: list[Fraction] = [stream.time_base for stream in streams]
        self._video_us = _MICROSECOND * self._bases[0].numerator, self._bases[0].denominator
        self._shifts: list[int] = []

    def add(self, index: int, packet: Any) -> None:  # noqa: ANN401
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
        packet.pts -= self._shifts[index]
        packet.dts -= self._shifts[index]
        packet.stream = self._streams[index]
        self._out.mux_one(packet)
        if is_video and begins_run:
            self._take()

    def close(self) -> None:
        if not self._shifts:
            return
        self._out.close()
        self._sink.finish()
        self._take(whole=True)

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
