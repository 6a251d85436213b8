"""Reads burnt-in text again as a machine would: letter by letter, told where it lies and not what it says."""

from typing import Any

from PIL import Image, ImageChops, ImageStat

from infra.letters import drawn_letter

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-/: "
_BLACK, _WHITE = 16, 235


def luma(frame: Any) -> Image.Image:  # noqa: ANN401 - PyAV ships no complete types
    """The brightness of a decoded picture."""
    plane = frame.planes[0]
    return Image.frombuffer("L", (frame.width, frame.height), bytes(plane), "raw", "L", plane.line_size, 1).copy()


def read(picture: Image.Image, *, at: tuple[int, int], columns: tuple[int, ...], letter: tuple[int, int]) -> list[str]:
    """The lines of a text that begins `at` and has so many letters in each."""
    wide, high = letter
    edge, pitch = high // 4, high + high // 4
    return [
        "".join(
            _likest(picture, at[0] + edge + column * wide, at[1] + edge + row * pitch, letter)
            for column in range(length)
        )
        for row, length in enumerate(columns)
    ]


def _likest(picture: Image.Image, left: int, top: int, letter: tuple[int, int]) -> str:
    cell = picture.crop((left, top, left + letter[0], top + letter[1]))
    low: Any = cell.getextrema()[0]
    spread = [min(max(value - low, 0) * 255 // max(_WHITE - low, 1), 255) for value in range(256)]
    seen = cell.point(spread)
    return min(
        LETTERS, key=lambda each: sum(ImageStat.Stat(ImageChops.difference(seen, drawn_letter(each, letter))).sum2)
    )
