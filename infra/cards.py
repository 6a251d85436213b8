"""Grey cards for stretches of time without a picture, so that whoever watches sees that something is missing.

Their Chinese words are pictures drawn beforehand: the process that shows footage has no Chinese font.
"""

from enum import Enum
from functools import cache
from pathlib import Path

from PIL import Image

from infra.letters import drawn_lines, letter_size
from infra.moving_mark import clock_time

_PICTURES = Path(__file__).with_name("pictures")
_GREY, _WHITE = 90, 235
# Of the card's height and width.
_WORDS_HEIGHT, _LETTER_HEIGHT = 8, 20
_WIDEST = 0.8


class Missing(Enum):
    """Why there is no picture. The value names the file with the words."""

    NOT_RECORDED = "no_recording"  # 此段沒有錄影
    NOT_READABLE = "not_readable"  # 此段影像無法顯示


class Cards:
    """Draws cards of one size, in shades of grey."""

    def __init__(self, *, width: int, height: int) -> None:
        self._size = width, height

    def blank(self) -> Image.Image:
        """A card without a word."""
        return Image.new("L", self._size, _GREY)

    def card(self, missing: Missing, span_us: tuple[int, int] | None = None) -> Image.Image:
        """A card with its words and, where it is given, from when until when something is missing."""
        card, (width, height) = self.blank(), self._size
        words = _words(missing)
        high = max(min(height // _WORDS_HEIGHT, int(width * _WIDEST) * words.height // words.width), 1)
        wide = max(words.width * high // words.height, 1)
        _put(card, words.resize((wide, high), Image.Resampling.LANCZOS), height // 2 - high)
        if span_us is not None:
            text = " - ".join(map(clock_time, span_us))
            letter = letter_size(len(text), within=int(width * _WIDEST), at_most=height // _LETTER_HEIGHT)
            _put(card, drawn_lines((text,), letter), height // 2 + high // 2)
        return card


def _put(card: Image.Image, mask: Image.Image, top: int) -> None:
    card.paste(_WHITE, ((card.width - mask.width) // 2, top), mask)


@cache
def _words(missing: Missing) -> Image.Image:
    with Image.open(_PICTURES / f"{missing.value}.png") as picture:
        return picture.convert("L")
