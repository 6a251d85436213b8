"""A small copy for computers that do not play the original: H.264 and AAC, encoded anew, with gaps as grey cards.

It is a convenience beside the original samples and proves nothing. Its pictures are those of the original's span and
none besides (DR-12); its time runs as the clock did, so a gap is as long as it was.
"""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import av

from infra.burning import Viewing
from infra.film import Canvas
from infra.joining import ROUNDED_US, Clip, Part

# What every browser and the player of every office computer shows.
_PLAYED_PICTURE, _PLAYED_SOUND = "h264", frozenset({"", "aac"})
_MOST_PIXELS = 1280 * 720


def needs_copy(part: Part) -> bool:
    """Whether an ordinary player may fail at the part: its picture is not H.264, or its sound not AAC (DR-25)."""
    return part.codec != _PLAYED_PICTURE or part.sound not in _PLAYED_SOUND


def browser_copy(part: Part, *, scratch: Path) -> IO[bytes]:
    """The copy of a part as a file without a name, the caller's to close; the same for the same part.

    Memory holds one segment and one picture. Passes on what a clip's `read` raises.
    """
    canvas = Canvas.holding([(part.width, part.height)], sound=part.audio, most=_MOST_PIXELS)
    from_us, until_us = part.started_us - ROUNDED_US, part.ended_us - ROUNDED_US
    viewing = Viewing(_read_once(part.clips), from_us=from_us, until_us=until_us, mark=None, canvas=canvas)
    with tempfile.TemporaryFile(dir=scratch) as fragments:
        fragments.write(viewing.init())
        for piece in viewing.pieces:
            fragments.write(viewing.piece(piece.number).data)
        fragments.seek(0)
        return _as_one(fragments, scratch)


def _as_one(fragments: IO[bytes], scratch: Path) -> IO[bytes]:
    """The same packets as one MP4 with an index: not every player seeks in fragments."""
    file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - unlinked at birth, and the caller's to close
    try:
        with av.open(fragments, "r", format="mp4") as source, av.open(file, "w", format="mp4") as out:
            into = {each.index: out.add_stream_from_template(each, opaque=True) for each in _streams(source)}
            for packet in source.demux(list(_streams(source))):
                if packet.size:
                    packet.stream = into[packet.stream_index]
                    out.mux_one(packet)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _streams(source: Any) -> list[Any]:  # noqa: ANN401 - PyAV ships no complete types
    return [*source.streams.video, *source.streams.audio]


def _read_once(clips: Iterable[Clip]) -> list[Clip]:
    """The clips, of which the one that was read last is kept: some thirty pieces are made of each."""
    kept: dict[int, bytes | memoryview] = {}

    def reading(number: int, read: Callable[[], bytes | memoryview]) -> Callable[[], bytes | memoryview]:
        def held() -> bytes | memoryview:
            if number not in kept:
                kept.clear()
                kept[number] = read()
            return kept[number]

        return held

    return [replace(clip, read=reading(number, clip.read)) for number, clip in enumerate(clips)]
