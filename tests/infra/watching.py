"""Watches a viewing session as a player does: decodes its pieces, tells pictures apart, listens, reads the mark."""

import io
import math
import statistics
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import av
from PIL import Image

from infra.burning import Burnt, Viewing
from infra.film import Canvas
from infra.joining import Clip
from infra.letters import letter_size
from infra.moving_mark import Mark
from tests.infra.reading_marks import luma, read
from tests.made_segments import Made, clip

T0 = 1_795_000_000_000_000  # 民國115年11月18日 19:06:40 in Taipei
SECOND = 1_000_000
FOUR = 4 * SECOND
SIZE = (320, 180)
MARK = Mark(viewer="V7K3M2", case="115-0001", session="S9F2QX")
CANVAS = Canvas(width=SIZE[0], height=SIZE[1], sound=False)
GREY = 90


@dataclass(frozen=True)
class Seen:
    """One decoded picture: when it is shown, in seconds from the window's start, and its brightness."""

    second: float
    picture: Image.Image

    def number(self, near: int) -> int:
        """Which picture of `tests.made_segments` it is, by its shade; those 57 apart are too much alike."""
        rows, columns = range(1, self.picture.height, 3), range(8, 48, 4)
        shades = [int(self.picture.getpixel((column, row))) - column for row in rows for column in columns]  # type: ignore[arg-type]
        middle = statistics.median(shades)
        return min(range(near - 28, near + 29), key=lambda number: abs(number * 7 % 200 - middle))


def numbers(shown: Iterable[Seen], *, first: int) -> list[int]:
    """Which pictures these are, when the first is about that one."""
    found: list[int] = []
    for each in shown:
        found.append(each.number(found[-1] + 1 if found else first))
    return found


def clip_of(made: Made, started_us: int, *, span_us: int = FOUR) -> Clip:
    return Clip(started_us=started_us, ended_us=started_us + span_us, media_ms=made.media_ms, read=lambda: made.plain)


def three(**kind: Any) -> list[Clip]:  # noqa: ANN401
    """Twelve seconds, pictures 0 to 119, one every tenth of a second."""
    return [clip_of(clip(4, size=SIZE, first=40 * each, **kind), T0 + each * FOUR) for each in range(3)]


def viewing(
    clips: Sequence[Clip], *, from_us: int = T0, until_us: int = T0 + 12 * SECOND, canvas: Canvas = CANVAS
) -> Viewing:
    return Viewing(clips, from_us=from_us, until_us=until_us, mark=MARK, canvas=canvas)


def all_of(session: Viewing) -> list[Burnt]:
    return [session.piece(piece.number) for piece in session.pieces]


def seen(session: Viewing, *made: Burnt) -> list[Seen]:
    """What a player shows of these pieces, one after the other."""
    with av.open(io.BytesIO(session.init() + b"".join(each.data for each in made))) as source:
        return [Seen(float(frame.time or 0), luma(frame)) for frame in source.decode(video=0)]


def sound(session: Viewing, *made: Burnt) -> Callable[[float, float], float]:
    """How loud it is from one second to another, counted from the window's start."""
    levels: dict[int, float] = {}
    with av.open(io.BytesIO(session.init() + b"".join(each.data for each in made))) as source:
        for frame in source.decode(audio=0):
            data = struct.unpack(f"{frame.samples}f", bytes(frame.planes[0])[: 4 * frame.samples])
            begins = round(float(frame.pts * frame.time_base) * frame.sample_rate)
            levels |= {begins + at: value for at, value in enumerate(data)}

    def level(first: float, last: float) -> float:
        held = [levels[at] for at in range(round(first * 48_000), round(last * 48_000)) if at in levels]
        assert len(held) > 0.98 * (last - first) * 48_000, "sound is missing"
        return math.sqrt(sum(value * value for value in held) / len(held))

    return level


def written_on(picture: Image.Image, taken_us: int) -> list[str]:
    lines = MARK.lines(taken_us)
    width, height = picture.size
    letter = letter_size(max(map(len, lines)), within=int(width * 0.62), at_most=height // 20)
    plate = max(map(len, lines)) * letter[0] + letter[1] // 4 * 2, 2 * (letter[1] + letter[1] // 4) + letter[1] // 4
    at = MARK.place(taken_us, (width - plate[0], height - plate[1]))
    return read(picture, at=at, columns=tuple(map(len, lines)), letter=letter)
