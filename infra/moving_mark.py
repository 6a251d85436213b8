"""The mark in each picture of a viewing session: whose eyes, which case, which session, and when the picture was taken.

Who photographs the screen photographs the mark (DR-13, KH-6-2i). It moves, so that nothing stays hidden behind it, and
nobody is rid of it by cutting off an edge.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image

from infra.clock import TAIPEI
from infra.letters import drawn_lines, letter_size
from infra.manifest import instant

_WORD = re.compile(r"[0-9A-Z][0-9A-Z-]{0,15}")
_MICROSECOND = 1_000_000
_ROC = 1911
# Long enough to be read, too short to hide somebody.
_REST_SECONDS = 2
_COLUMNS = _ROWS = 3
# Of the picture's height, and how much of its width. Read with ease on a photo that shows a whole screen.
_LETTER_HEIGHT = 20
_WIDEST = 0.62
_EXAMPLE_US = 1_795_000_000 * _MICROSECOND
_WHITE = 235
# The picture behind the letters stays visible, and is never brighter than a third of white.
_DIMMED = [16 + max(value - 16, 0) * 3 // 10 for value in range(256)]


class BadMark(ValueError):
    """A code that cannot be drawn: not of 1 to 16 capital letters, digits and hyphens."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What is burnt in: the viewer's code, the case's serial, and the session's code (or its companion's).

    Raises `BadMark`. The session's code also decides the way that the mark takes over the picture.
    """

    viewer: str
    case: str
    session: str

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for word in (self.viewer, self.case, self.session):
            if not _WORD.fullmatch(word):
                raise BadMark(word)

    def lines(self, taken_us: int) -> tuple[str, str]:
        """What is written on a picture that was taken then; the date is Taipei's, in 民國 years."""
        return f"{self.viewer} {self.case}", f"{written(taken_us)} {self.session}"

    def place(self, taken_us: int, room: tuple[int, int]) -> tuple[int, int]:
        """Where it stands then, at most `room` pixels right and down: in turns of nine, once in each ninth."""
        turn, step = divmod(taken_us // _MICROSECOND // _REST_SECONDS, _COLUMNS * _ROWS)
        dice = hashlib.sha256(f"{self.session}:{turn}".encode()).digest()
        ninth = sorted(range(_COLUMNS * _ROWS), key=lambda each: dice[each])[step]
        row, column = divmod(ninth, _COLUMNS)
        across, down = dice[-1 - step], dice[-1 - step - _COLUMNS * _ROWS]
        return (
            (255 * column + across) * room[0] // (255 * _COLUMNS),
            (255 * row + down) * room[1] // (255 * _ROWS),
        )


def written(at_us: int) -> str:
    """`115/11/22 10:05:07` in Taipei, for an instant in microseconds since 1970."""
    day = instant(at_us).astimezone(TAIPEI)
    return f"{day.year - _ROC}/{day.month:02}/{day.day:02} {clock_time(at_us)}"


def clock_time(at_us: int) -> str:
    """`10:05:07` in Taipei."""
    return instant(at_us).astimezone(TAIPEI).strftime("%H:%M:%S")


class Stamp:
    """Draws one mark on pictures of one size."""

    def __init__(self, mark: Mark, *, width: int, height: int) -> None:
        self._mark = mark
        self._size = width, height
        columns = max(map(len, mark.lines(_EXAMPLE_US)))
        self._letter = letter_size(columns, within=int(width * _WIDEST), at_most=height // _LETTER_HEIGHT)
        self._second = -1
        self._letters = Image.new("L", (1, 1))

    def burn(self, frame: Any, taken_us: int) -> None:  # noqa: ANN401 - PyAV ships no complete types
        """Draw it into the luma of a writable yuv420p frame of the stamp's size."""
        letters = self._written(taken_us)
        wide, high = letters.size
        left, top = self._mark.place(taken_us, (self._size[0] - wide, self._size[1] - high))
        line = frame.planes[0].line_size
        luma = memoryview(frame.planes[0])
        picture = Image.frombuffer("L", self._size, luma, "raw", "L", line, 1)  # type: ignore[arg-type] # any buffer
        plate = picture.crop((left, top, left + wide, top + high)).point(_DIMMED)
        plate.paste(_WHITE, mask=letters)
        drawn = plate.tobytes()
        for row in range(high):
            at = (top + row) * line + left
            luma[at : at + wide] = drawn[row * wide : (row + 1) * wide]

    def _written(self, taken_us: int) -> Image.Image:
        second = taken_us // _MICROSECOND
        if second != self._second:
            self._second, self._letters = second, drawn_lines(self._mark.lines(taken_us), self._letter)
        return self._letters
