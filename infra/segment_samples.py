"""The samples of one segment, read where they lie: of an MP4 in fragments, as a box writes it, or of one with tables.

Nothing is decoded and nothing copied (ISO/IEC 14496-12, 8.6 to 8.8). A sample that the file does not hold as a whole is
none. One track of pictures counts, and one of sound.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from typing import NamedTuple

from infra.boxes import Broken, boxes
from infra.sample_entries import Coding, coding_of

_NOT_A_KEY = 0x01010000  # it depends on others, or says that it is no sync sample
_UNCOMPRESSED = frozenset({b"alaw", b"ulaw"})
_Boxes = Mapping[bytes, memoryview]


class Sample(NamedTuple):
    """One sample in ticks of its track, and where it lies in the segment. `units`: how many it is for the tables."""

    track: int
    dts: int
    pts: int
    duration: int
    is_key: bool
    begins: int
    ends: int
    units: int


@dataclass(frozen=True)
class Track:
    """What of a track does not change from sample to sample. Boxes are contents as they lie in the segment."""

    number: int
    timescale: int
    shift: int
    coding: Coding
    tkhd: bytes
    mdhd: bytes
    hdlr: bytes
    about: tuple[tuple[bytes, bytes], ...]
    stsd: bytes
    table: _Boxes


class Segment:
    """A segment's tracks, the picture first. Raises `Broken` for whatever is no film."""

    def __init__(self, plain: bytes | memoryview) -> None:
        self.plain = memoryview(plain)
        found = dict(_top(self.plain, b"moov"))
        if not found:
            raise Broken("no moov")
        head = next(iter(found.values()))
        scale = _uint(_first(head, b"mvhd"), 12, 20)
        tracks = [track for kind, content in boxes(head) if kind == b"trak" if (track := _track(content, scale))]
        pictures, sounds = ([each for each in tracks if each.coding.kind == kind] for kind in (b"vide", b"soun"))
        if not pictures:
            raise Broken("no picture")
        self.tracks: Sequence[Track] = [pictures[0], *sounds[:1]]
        self._defaults = {number: rest for number, *rest in map(_trex, _all(head, b"mvex", b"trex"))}

    def samples(self) -> Iterator[Sample]:
        """Every sample, in the order in which they lie in the file."""
        of_tables = sorted(
            chain.from_iterable(map(self._of_table, range(len(self.tracks)))), key=lambda one: one.begins
        )
        for one in chain(of_tables, self._of_fragments()):
            if one.begins < one.ends <= len(self.plain):
                yield one

    def _of_table(self, index: int) -> Iterator[Sample]:
        track = self.tracks[index]
        return _tabled(index, track, len(self.plain)) if b"stts" in track.table else iter(())

    def _of_fragments(self) -> Iterator[Sample]:
        indexes = {track.number: index for index, track in enumerate(self.tracks)}
        ended = [0] * len(self.tracks)
        for begins, content in _top(self.plain, b"moof"):
            for kind, traf in boxes(content):
                if kind != b"traf":
                    continue
                index = indexes.get(int.from_bytes(_first(traf, b"tfhd")[4:8], "big"))
                if index is not None:
                    for sample in self._of_run(index, traf, begins, ended[index]):
                        ended[index] = sample.dts - self.tracks[index].shift + sample.duration
                        yield sample

    def _of_run(self, index: int, traf: memoryview, moof: int, dts: int) -> Iterator[Sample]:
        track = self.tracks[index]
        found = list(boxes(traf))
        base, defaults = _tfhd(_first(traf, b"tfhd"), moof, self._defaults.get(track.number, [0, 0, 0]))
        told = next((content for kind, content in found if kind == b"tfdt"), None)
        dts = dts if told is None else _uint(told, 4, 4)
        at = base
        for content in (content for kind, content in found if kind == b"trun"):
            for duration, size, flags, offset, place in _trun(content, base, at, defaults):
                shown = dts + offset + track.shift
                is_key = not flags & _NOT_A_KEY
                at = place + size
                if at > len(self.plain):
                    return
                units = duration if track.coding.fourcc in _UNCOMPRESSED else 1
                yield Sample(index, dts + track.shift, shown, duration, is_key, place, at, units)
                dts += duration


def _top(data: memoryview, wanted: bytes) -> Iterator[tuple[int, memoryview]]:
    """Where each box of a kind begins in the file, and its content."""
    at = 0
    for kind, content in boxes(data):
        header = 16 if int.from_bytes(data[at : at + 4], "big") == 1 else 8
        if kind == wanted:
            yield at, content
        at += header + len(content)


def _all(data: memoryview, *path: bytes) -> list[memoryview]:
    found = [data]
    for wanted in path:
        found = [content for each in found for kind, content in boxes(each) if kind == wanted]
    return found


def _first(data: memoryview, *path: bytes) -> memoryview:
    found = _all(data, *path)
    if not found:
        raise Broken(path)
    return found[0]


def _uint(content: memoryview, at: int, at_long: int) -> int:
    """A number that has four bytes in version 0 and, if it then lies at the same place, eight in version 1."""
    if content[0] == 0:
        return int.from_bytes(content[at : at + 4], "big")
    return int.from_bytes(content[at_long : at_long + (8 if at == at_long else 4)], "big")


def _track(trak: memoryview, movie_scale: int) -> Track | None:
    media = _first(trak, b"mdia")
    handler = bytes(_first(media, b"hdlr")[8:12])
    if handler not in {b"vide", b"soun"}:
        return None
    stsd, tkhd, mdhd = _first(media, b"minf", b"stbl", b"stsd"), _first(trak, b"tkhd"), _first(media, b"mdhd")
    coding = coding_of(handler, stsd)
    timescale = _uint(mdhd, 12, 20)
    if coding is None or not timescale:
        return None
    table = dict(boxes(_first(media, b"minf", b"stbl")))
    return Track(
        number=_uint(tkhd, 12, 20),
        timescale=timescale,
        shift=_shift(_all(trak, b"edts", b"elst"), timescale, movie_scale),
        coding=coding,
        tkhd=bytes(tkhd),
        mdhd=bytes(mdhd),
        hdlr=bytes(_first(media, b"hdlr")),
        about=tuple((kind, bytes(content)) for kind, content in boxes(_first(media, b"minf")) if kind != b"stbl"),
        stsd=bytes(stsd),
        table=table if table.get(b"stsz", bytes(12))[4:12] != bytes(8) else {},
    )


def _shift(lists: Sequence[memoryview], timescale: int, movie_scale: int) -> int:
    """What an edit list adds to the times of the samples: what it leaves out in front, or waits for."""
    shift = 0
    for content in lists[:1]:
        form = struct.Struct(">QqI" if content[0] else ">IiI")
        rows: list[tuple[int, int, int]] = list(
            form.iter_unpack(content[8 : len(content) - (len(content) - 8) % form.size])
        )
        for duration, media_time, _rate in rows:
            if media_time >= 0:
                return shift - media_time
            shift += duration * timescale // (movie_scale or timescale)
    return shift


def _trex(content: memoryview) -> tuple[int, int, int, int]:
    """Track, and what its samples have unless a fragment says otherwise: duration, size, flags."""
    number, _description, duration, size, flags = struct.unpack_from(">5I", content, 4)
    return number, duration, size, flags


def _tfhd(content: memoryview, moof: int, defaults: Sequence[int]) -> tuple[int, list[int]]:
    """Where the run's offsets count from, and what its samples have (8.8.7)."""
    flags, at, base, found = int.from_bytes(content[1:4], "big"), 8, moof, list(defaults)
    if flags & 1:
        base, at = int.from_bytes(content[at : at + 8], "big"), at + 8
    at += 4 if flags & 2 else 0
    for number, bit in enumerate((8, 16, 32)):
        if flags & bit:
            found[number], at = int.from_bytes(content[at : at + 4], "big"), at + 4
    return base, found


def _trun(content: memoryview, base: int, at: int, defaults: Sequence[int]) -> Iterator[tuple[int, int, int, int, int]]:
    """Duration, size, flags, offset of the time shown, and place of each sample of a run (8.8.8)."""
    flags, count, read = int.from_bytes(content[1:4], "big"), int.from_bytes(content[4:8], "big"), 8
    first = defaults[2]
    if flags & 1:
        at, read = base + struct.unpack_from(">i", content, read)[0], read + 4
    if flags & 4:
        first, read = int.from_bytes(content[read : read + 4], "big"), read + 4
    signed = content[0] != 0
    fields = [
        name for name, bit in (("I", 0x100), ("I", 0x200), ("I", 0x400), ("i" if signed else "I", 0x800)) if flags & bit
    ]
    form = struct.Struct(">" + "".join(fields))
    rows = form.iter_unpack(content[read : read + count * form.size]) if fields else repeat((), count)
    has = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    if not has[1] and not defaults[1]:
        raise Broken("samples without a size")
    for number, row in enumerate(rows):
        values = iter(row)
        duration = next(values) if has[0] else defaults[0]
        size = next(values) if has[1] else defaults[1]
        flagged = next(values) if has[2] else (first if number == 0 else defaults[2])
        yield duration, size, flagged, next(values) if has[3] else 0, at
        at += size


def _tabled(index: int, track: Track, most: int) -> Iterator[Sample]:
    """The samples of a film with tables; sound without compression by the chunk."""
    sizes, deltas, offsets = _sizes(track.table[b"stsz"]), _runs(track.table[b"stts"], ">II"), _offsets(track.table)
    shown = _runs(track.table[b"ctts"], ">Ii") if b"ctts" in track.table else repeat(0)
    keys = (
        frozenset(each for (each,) in struct.iter_unpack(">I", track.table[b"stss"][8:]))
        if b"stss" in track.table
        else None
    )
    by_chunk = track.coding.fourcc in _UNCOMPRESSED
    dts, number = track.shift, 0
    for place, count in zip(offsets, _counts(track.table[b"stsc"], len(offsets)), strict=True):
        at, held = place, (0, 0)
        for _each in range(count):
            size, delta, late = (_next(each) for each in (sizes, deltas, shown))
            number += 1
            if number > most:
                raise Broken("more samples than bytes")
            if by_chunk:
                held = held[0] + size, held[1] + delta
                continue
            yield Sample(index, dts, dts + late, delta, keys is None or number in keys, at, at + size, 1)
            dts, at = dts + delta, at + size
        if by_chunk:
            yield Sample(index, dts, dts, held[1], True, at, at + held[0], count)
            dts += held[1]


def _next(values: Iterator[int]) -> int:
    found = next(values, None)
    if found is None:
        raise Broken("a table ends before the others")
    return found


def _sizes(content: memoryview) -> Iterator[int]:
    size, count = struct.unpack_from(">2I", content, 4)
    return repeat(size, count) if size else (each for (each,) in struct.iter_unpack(">I", content[12 : 12 + 4 * count]))


def _runs(content: memoryview, form: str) -> Iterator[int]:
    return chain.from_iterable(repeat(value, count) for count, value in struct.iter_unpack(form, content[8:]))


def _offsets(table: _Boxes) -> list[int]:
    if b"co64" in table:
        return [each for (each,) in struct.iter_unpack(">Q", table[b"co64"][8:])]
    return [each for (each,) in struct.iter_unpack(">I", table[b"stco"][8:])]


def _counts(content: memoryview, chunks: int) -> Iterator[int]:
    """How many samples each chunk has (8.7.4)."""
    rows = [(first, count) for first, count, _description in struct.iter_unpack(">3I", content[8:])]
    for (first, count), (after, _next) in pairwise([*rows, (chunks + 1, 0)]):
        yield from repeat(count, after - first)
