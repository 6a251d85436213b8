"""Rectangles that hide somebody in each picture of a film: black in the copy, with what it is made of untouched.

A rectangle lies where it was drawn, in thousandths of the picture's width and height, over the whole film or between
two instants. It covers the decoded picture before it is encoded, so nothing that lay below it is in the film.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WHOLE = 1000
_BLACK, _NO_COLOUR = 16, 128


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in thousandths of the picture; `from_us` and `until_us` in microseconds since 1970, half-open.

    None for either: from the beginning, to the end. Raises `ValueError` for one that is empty or reaches outside.
    """

    left: int
    top: int
    width: int
    height: int
    from_us: int | None = None
    until_us: int | None = None

    def __post_init__(self) -> None:
        """Refuse what hides nothing or is nowhere."""
        if min(self.left, self.top) < 0 or min(self.width, self.height) < 1:
            raise ValueError("a rectangle has a place and a size")
        if max(self.left + self.width, self.top + self.height) > WHOLE:
            raise ValueError("a rectangle lies inside the picture")
        if self.from_us is not None and self.until_us is not None and self.until_us <= self.from_us:
            raise ValueError("a rectangle ends after it begins")

    def hides(self, taken_us: int) -> bool:
        """Whether it lies on a picture that was taken then."""
        begun = self.from_us is None or taken_us >= self.from_us
        return begun and (self.until_us is None or taken_us < self.until_us)


class Masks:
    """Draws the rectangles on pictures of one size."""

    def __init__(self, boxes: Sequence[Box], *, width: int, height: int) -> None:
        self._placed = [(box, _pixels(box, width, height)) for box in boxes]

    def cover(self, frame: Any, taken_us: int) -> None:  # noqa: ANN401 - PyAV ships no complete types
        """Black out, in luma and colour, a writable yuv420p frame of that size."""
        for box, (left, top, right, bottom) in self._placed:
            if box.hides(taken_us):
                _fill(frame.planes[0], (left, top, right, bottom), _BLACK)
                for plane in frame.planes[1:]:
                    _fill(plane, (left // 2, top // 2, right // 2, bottom // 2), _NO_COLOUR)


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Outwards to even pixels: colour has half as many, and a rim that shows would undo it."""
    left, top = box.left * width // WHOLE, box.top * height // WHOLE
    right, bottom = -(-(box.left + box.width) * width // WHOLE), -(-(box.top + box.height) * height // WHOLE)
    return left // 2 * 2, top // 2 * 2, min(-(-right // 2) * 2, width), min(-(-bottom // 2) * 2, height)


def _fill(plane: Any, at: tuple[int, int, int, int], value: int) -> None:  # noqa: ANN401
    left, top, right, bottom = at
    line, rows = plane.line_size, memoryview(plane)
    dark = bytes([value]) * (right - left)
    for row in range(top, bottom):
        rows[row * line + left : row * line + right] = dark
