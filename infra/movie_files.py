"""An MP4 or QuickTime file of samples that were coded elsewhere, written from front to back and never changed behind.

The samples of each segment lie in a box of their own, and the tables that say where follow at the end, so that what is
written can be hashed at once. What says how samples are coded is taken over from the segment byte by byte.
(ISO/IEC 14496-12, 8.)
"""

import struct
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from infra.boxes import box, full_box
from infra.segment_samples import Sample, Segment, Track
from infra.sums import Pieces

# One movie unit a 90000th of a second: with a millisecond an edit list would cut beside the frame.
_MOVIE_SCALE = 90_000
_LONG = 1 << 32
_HEADER = 8
_BRANDS = {
    "mp4": box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41"),
    "mov": box(b"ftyp", b"qt  \0\0\2\0qt  "),
}
_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_ENABLED = 3


class _Runs:
    """Values of which the same follow one another, as two of the tables have them."""

    def __init__(self) -> None:
        self.counts, self.values = array("Q"), array("Q")

    def add(self, value: int, count: int = 1) -> None:
        if self.values and self.values[-1] == value:
            self.counts[-1] += count
        else:
            self.counts.append(count)
            self.values.append(value)

    def packed(self) -> bytes:
        rows = chain.from_iterable(zip(self.counts, self.values, strict=True))
        return struct.pack(f">I{2 * len(self.counts)}I", len(self.counts), *rows)


@dataclass
class _Written:
    """What was written of one track. Some ten bytes for each sample."""

    track: Track
    sizes: "array[int]" = field(default_factory=lambda: array("I"))
    keys: "array[int]" = field(default_factory=lambda: array("I"))
    chunks: "array[int]" = field(default_factory=lambda: array("Q"))
    in_chunk: "array[int]" = field(default_factory=lambda: array("I"))
    deltas: _Runs = field(default_factory=_Runs)
    late: _Runs = field(default_factory=_Runs)
    count: int = 0
    begins: int = 0
    shown: tuple[int, int] = 0, 0
    last: Sample | None = None
    unit: int = 0

    def add(self, sample: Sample, place: int, *, begins_chunk: bool) -> None:
        if self.last is None:
            self.begins, self.shown = sample.dts, (sample.pts, sample.pts)
        else:
            self._space(sample.dts - self.last.dts)
        self.last = sample
        self.shown = min(self.shown[0], sample.pts), max(self.shown[1], sample.pts + sample.duration)
        if sample.units == 1:
            self.sizes.append(sample.ends - sample.begins)
        else:
            self.unit = (sample.ends - sample.begins) // sample.units
        if begins_chunk:
            self.chunks.append(place)
            self.in_chunk.append(0)
        self.in_chunk[-1] += sample.units
        self.count += sample.units
        self.late.add(sample.pts - sample.dts, sample.units)
        if sample.is_key:
            self.keys.append(self.count)

    def _space(self, ticks: int) -> None:
        """How long the last sample stays until the next; of many small ones in it the last."""
        assert self.last is not None  # noqa: S101 - only from above and the end
        if self.last.units > 1:
            self.deltas.add(1, self.last.units - 1)
        self.deltas.add(max(ticks - (self.last.units - 1), 0))

    @property
    def ticks(self) -> int:
        """From the first sample to the last one's end."""
        return 0 if self.last is None else self.last.dts + self.last.duration - self.begins

    def trak(self, number: int) -> tuple[bytes, int]:
        """The track's box, and how long it shows something in movie units."""
        assert self.last is not None  # noqa: S101 - a track without samples is left out
        self._space(self.last.duration)
        edits, shown = self._edits()
        minf = box(b"minf", *(box(kind, content) for kind, content in self.track.about), self._stbl())
        media = box(b"mdia", self._mdhd(), box(b"hdlr", self.track.hdlr), minf)
        return box(b"trak", self._tkhd(number, shown), edits, media), shown

    def _edits(self) -> tuple[bytes, int]:
        """What comes before zero is there to be decoded and not shown; what begins later is waited for (8.6.6)."""
        scale, since = self.track.timescale, max(self.shown[0], 0)
        waits, begins = round(since * _MOVIE_SCALE / scale), since - self.begins
        shows = round((self.shown[1] - since) * _MOVIE_SCALE / scale)
        rows = [*([(waits, -1)] if waits else []), (shows, begins)]
        is_long = max(waits, shows, begins) >= _LONG // 2
        form = ">Qqhh" if is_long else ">Iihh"
        packed = b"".join(struct.pack(form, length, time, 1, 0) for length, time in rows)
        return box(b"edts", full_box(b"elst", struct.pack(">I", len(rows)), packed, version=is_long)), waits + shows

    def _tkhd(self, number: int, shown: int) -> bytes:
        """As the segment's, whose second half says how the picture lies and the sound sounds (8.3.2)."""
        rest = self.track.tkhd[-60:]
        if shown >= _LONG:
            return full_box(b"tkhd", struct.pack(">QQIIQ", 0, 0, number, 0, shown), rest, version=1, flags=_ENABLED)
        return full_box(b"tkhd", struct.pack(">5I", 0, 0, number, 0, shown), rest, flags=_ENABLED)

    def _mdhd(self) -> bytes:
        language = self.track.mdhd[-4:]
        if self.ticks >= _LONG:
            return full_box(b"mdhd", struct.pack(">QQIQ", 0, 0, self.track.timescale, self.ticks), language, version=1)
        return full_box(b"mdhd", struct.pack(">4I", 0, 0, self.track.timescale, self.ticks), language)

    def _stbl(self) -> bytes:
        tables = [box(b"stsd", self.track.stsd), full_box(b"stts", self.deltas.packed())]
        if any(self.late.values):
            tables.append(full_box(b"ctts", self.late.packed()))
        if self.track.coding.kind == b"vide" and len(self.keys) < self.count:
            tables.append(full_box(b"stss", struct.pack(">I", len(self.keys)), _big(self.keys)))
        return box(b"stbl", *tables, self._stsc(), self._stsz(), self._stco())

    def _stsc(self) -> bytes:
        """Of the chunks only those that have another count than the one before (8.7.4)."""
        rows, before = array("I"), 0
        for number, count in enumerate(self.in_chunk, 1):
            if count != before:
                rows.extend((number, count, 1))
                before = count
        return full_box(b"stsc", struct.pack(">I", len(rows) // 3), _big(rows))

    def _stsz(self) -> bytes:
        if self.unit:
            return full_box(b"stsz", struct.pack(">2I", self.unit, self.count))
        return full_box(b"stsz", struct.pack(">2I", 0, self.count), _big(self.sizes))

    def _stco(self) -> bytes:
        count = struct.pack(">I", len(self.chunks))
        if self.chunks[-1] < _LONG:
            return full_box(b"stco", count, _big(array("I", self.chunks)))
        return full_box(b"co64", count, _big(self.chunks))


class MovieFile:
    """The file being written. Times may be below zero: what is then not yet shown is there to be decoded."""

    def __init__(
        self, write: Callable[[Pieces], object], tracks: Sequence[Track], *, suffix: str, front: bytes
    ) -> None:
        """`write` gets the bytes in order; `suffix` is `mp4` or `mov`; `front` is what the film says of itself."""
        self._write, self._written = write, [_Written(track) for track in tracks]
        begin = _BRANDS[suffix] + front
        write([begin])
        self._at = len(begin)

    def add(self, segment: Segment, samples: Sequence[Sample]) -> None:
        """Write these samples of a segment, in this order, with the times that they have by now."""
        if not samples:
            return
        begins = place = self._at + _HEADER
        stretches: list[tuple[int, int]] = []
        track, end = -1, -1
        for sample in samples:
            is_next = sample.begins == end
            self._written[sample.track].add(sample, place, begins_chunk=not is_next or sample.track != track)
            if is_next:
                stretches[-1] = stretches[-1][0], sample.ends
            else:
                stretches.append((sample.begins, sample.ends))
            track, end = sample.track, sample.ends
            place += sample.ends - sample.begins
        head = (place - begins + _HEADER).to_bytes(4, "big") + b"mdat"
        self._write([head, *(segment.plain[since:until] for since, until in stretches)])
        self._at = place

    def close(self) -> None:
        """Write the tables; nothing may be added afterwards."""
        used = [written for written in self._written if written.last is not None]
        traks = [written.trak(number) for number, written in enumerate(used, 1)]
        longest = max((shown for _trak, shown in traks), default=0)
        self._write([box(b"moov", _mvhd(longest, len(traks) + 1), *(trak for trak, _shown in traks))])


def _mvhd(shown: int, next_number: int) -> bytes:
    rest = struct.pack(">IH10x", 1 << 16, 1 << 8) + _MATRIX + bytes(24) + struct.pack(">I", next_number)
    if shown >= _LONG:
        return full_box(b"mvhd", struct.pack(">QQIQ", 0, 0, _MOVIE_SCALE, shown), rest, version=1)
    return full_box(b"mvhd", struct.pack(">4I", 0, 0, _MOVIE_SCALE, shown), rest)


def _big(numbers: "array[int]") -> bytes:
    """In the order of bytes that the file has."""
    swapped = array(numbers.typecode, numbers)
    swapped.byteswap()
    return swapped.tobytes()
