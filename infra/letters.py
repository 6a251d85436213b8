"""Capitals, digits and signs as pictures, of the font that Pillow brings along: none of the system's is needed."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

_WIDTH = 0.64  # of a letter's height
_LARGER = 4  # drawn so much larger, then made small: clean edges at any size
_EM = 1.35  # the font's size at which a capital has the height 1


def letter_size(columns: int, *, within: int, at_most: int) -> tuple[int, int]:
    """Width and height of a letter at most so high, so that so many fit side by side `within` so many pixels."""
    high = max(min(at_most, int(within / columns / _WIDTH)), 1)
    return max(int(high * _WIDTH), 1), high


def drawn_lines(lines: tuple[str, ...], letter: tuple[int, int]) -> Image.Image:
    """White on black, each letter as wide as the others, so that a machine can read them as well."""
    wide, high = letter
    pitch, edge = high + high // 4, high // 4
    columns = max(map(len, lines))
    drawn = Image.new("L", (columns * wide + 2 * edge, len(lines) * pitch + edge))
    for row, text in enumerate(lines):
        for column, character in enumerate(text):
            drawn.paste(drawn_letter(character, letter), (edge + column * wide, edge + row * pitch))
    return drawn


@lru_cache(maxsize=512)
def drawn_letter(character: str, letter: tuple[int, int]) -> Image.Image:
    """One letter, which fills the height; a wide one is narrowed."""
    wide, high = letter
    large = _LARGER * high
    font = ImageFont.load_default(large * _EM)
    left, _top, right, _bottom = font.getbbox(character, anchor="ls")
    bold = large // 24
    drawn = Image.new("L", (max(int(right - left), 1) + 4 * bold, large + 2 * bold))
    ImageDraw.Draw(drawn).text(
        (2 * bold - left, large + bold), character, fill=255, font=font, anchor="ls", stroke_width=bold
    )
    fitted = min(wide, max(drawn.width * high // drawn.height, 1))
    narrowed = Image.new("L", letter)
    narrowed.paste(drawn.resize((fitted, high), Image.Resampling.LANCZOS), ((wide - fitted) // 2, 0))
    return narrowed
